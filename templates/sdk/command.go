package sdk

import "strings"

// A Command is the name of a command on the wire, such as "std:account:list".
// Names are matched exactly, case included.
type Command string

const (
	stdSpecRead Command = "std:spec:read" // the connector itself answers it

	// The commands whose outputs filters leave out.
	cmdAccountList     Command = "std:account:list"
	cmdEntitlementList Command = "std:entitlement:list"

	// The one command whose attributes the create template requires.
	cmdAccountCreate Command = "std:account:create"

	// The one command that may answer with an account that holds nothing.
	cmdAccountUpdate Command = "std:account:update"
)

// lists reports whether ISC deletes what the command's outputs lack.
func (c Command) lists() bool {
	switch c {
	case cmdAccountList, cmdEntitlementList, "std:application-discovery:list",
		"std:machine-identity:list", "std:resource:list", "std:agent:list":
		return true
	}
	return false
}

// isStandard reports whether a command is one of the protocol's.
func (c Command) isStandard() bool { return strings.HasPrefix(string(c), "std:") }
