package sdk

// A Command is the name of a command on the wire, such as "std:account:list".
// Names are matched exactly, case included.
type Command string

// stdSpecRead is answered by the registry itself.
const stdSpecRead Command = "std:spec:read"

// The commands that filters are for.
const (
	stdAccountList     Command = "std:account:list"
	stdEntitlementList Command = "std:entitlement:list"
)
