package sdk

// A Command is the name of a command on the wire, such as "std:account:list".
// Names are matched exactly, case included.
type Command string

const (
	stdSpecRead Command = "std:spec:read" // the connector itself answers it

	// The commands whose outputs filters leave out.
	cmdAccountList     Command = "std:account:list"
	cmdEntitlementList Command = "std:entitlement:list"
)

// lists reports whether a command lists what the source has, of which ISC deletes what is
// missing.
func (c Command) lists() bool {
	switch c {
	case cmdAccountList, cmdEntitlementList, "std:application-discovery:list",
		"std:machine-identity:list", "std:resource:list", "std:agent:list":
		return true
	}
	return false
}
