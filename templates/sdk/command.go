package sdk

// A Command is the name of a command on the wire, such as "std:account:list".
// Names are matched exactly, case included.
type Command string

// stdSpecRead is answered by the registry itself.
const stdSpecRead Command = "std:spec:read"

// The commands that filters and the self test are about.
const (
	cmdTestConnection  Command = "std:test-connection"
	cmdAccountList     Command = "std:account:list"
	cmdAccountRead     Command = "std:account:read"
	cmdAccountCreate   Command = "std:account:create"
	cmdAccountUpdate   Command = "std:account:update"
	cmdAccountDelete   Command = "std:account:delete"
	cmdDiscoverSchema  Command = "std:account:discover-schema"
	cmdEntitlementList Command = "std:entitlement:list"
	cmdEntitlementRead Command = "std:entitlement:read"
)
