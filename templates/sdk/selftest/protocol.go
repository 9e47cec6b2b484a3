package selftest

// The commands that the checks call.
const (
	cmdTestConnection  = "std:test-connection"
	cmdAccountList     = "std:account:list"
	cmdAccountRead     = "std:account:read"
	cmdAccountCreate   = "std:account:create"
	cmdAccountUpdate   = "std:account:update"
	cmdAccountDelete   = "std:account:delete"
	cmdAccountEnable   = "std:account:enable"
	cmdAccountDisable  = "std:account:disable"
	cmdAccountUnlock   = "std:account:unlock"
	cmdChangePassword  = "std:change-password"
	cmdDiscoverSchema  = "std:account:discover-schema"
	cmdEntitlementList = "std:entitlement:list"
	cmdEntitlementRead = "std:entitlement:read"
)

// A changeOp says what a change of an account update does.
type changeOp string

const (
	opSet    changeOp = "Set"
	opAdd    changeOp = "Add"
	opRemove changeOp = "Remove"
)
