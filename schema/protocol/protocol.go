// Package protocol has the commands of the connector protocol, in one table.
package protocol

import (
	"slices"
	"strings"
)

// A Shape says how a command is answered, and so what its client method looks like.
// Its text is the name of the SDK's adapter for such methods.
type Shape string

// The shapes.
const (
	Unary          Shape = "Unary"          // returns the one output
	Action         Shape = "Action"         // returns an error alone, the output is {}
	Streaming      Shape = "Streaming"      // sends any number of outputs
	ByDataset      Shape = "ByDataset"      // as streaming, once for each dataset
	ByDatasetOrAll Shape = "ByDatasetOrAll" // as ByDataset, or once when the input names no datasets
)

// The outputs that are typed after the spec. Any other output is a type of the SDK.
const (
	AccountOutput     = "the account"
	EntitlementOutput = "the entitlement" // one method per entitlement type
)

// A Command is one command of the protocol. Its client method and input type are
// named after it.
type Command struct {
	Name    string
	Shape   Shape  // "" for the command that every connector answers by itself
	Input   string // type of the SDK; "" is the command's name with Input
	Output  string // "" for actions
	Memory  string // what an in-memory source does, "" when nothing is known that it could do
	Default string // what a client without a method for it answers, "" that it is not implemented
	Doc     string // what the method does, behind its name; %s is the entitlement type
}

// SpecRead is answered by every connector, and need not be listed in a spec.
const SpecRead = "std:spec:read"

// Commands are the commands of the protocol.
var Commands = []Command{
	{"std:test-connection", Action, "", "", "nothing", "nothing", "checks that the source can be reached with the config."},
	{"std:account:list", Streaming, "", AccountOutput, "list", "", "sends all accounts of the source."},
	{"std:account:read", Unary, "", AccountOutput, "read", "", "returns one account, NotFound when it is not in the source."},
	{"std:account:create", Unary, "AccountCreateInput", AccountOutput, "create", "", "creates an account and returns it as a read would, IDs that the source has made up included."},
	{"std:account:update", Unary, "", AccountOutput, "update", "", "carries out in.Changes in their order and returns the whole account, the zero Account when nothing has changed, NotFound when it is not in the source."},
	{"std:account:delete", Action, "", "", "delete", "", "deletes an account. ISC never sends it in life-cycle events."},
	{"std:account:enable", Unary, "", AccountOutput, "enable", "", "enables an account and returns it."},
	{"std:account:disable", Unary, "", AccountOutput, "disable", "", "disables an account, which is what ISC does with leavers, and returns it."},
	{"std:account:unlock", Unary, "", AccountOutput, "unlock", "", "unlocks an account and returns it."},
	{"std:account:discover-schema", Unary, "", "AccountSchema", "discover", "discover", "returns the schema that the source's accounts have at the moment."},
	{"std:entitlement:list", Streaming, "", EntitlementOutput, "list", "", "sends all entitlements of %s."},
	{"std:entitlement:read", Unary, "", EntitlementOutput, "read", "", "returns one entitlement of %s, NotFound when it is not in the source."},
	{"std:change-password", Action, "", "", "password", "", "sets an account's password."},
	{"std:authenticate", Unary, "", AccountOutput, "read", "", "checks a user's password and returns the account."},
	{"std:config-options:read", Unary, "", "ConfigOptionsReadOutput", "options", "", "returns the options of a config item."},
	{"std:source-data:discover", Unary, "", "[]SourceDataItem", "none", "", "returns the kinds of data that the source offers."},
	{"std:source-data:read", Unary, "", "[]SourceDataItem", "none", "", "returns the source's data of one kind."},
	{"std:application-discovery:list", ByDatasetOrAll, "", "Application", "nothing sent", "", "sends the applications that the source knows, or those of in.DatasetID where it is given."},
	{"std:machine-identity:list", ByDataset, "DatasetInput", "DatasetObject", "nothing sent", "", "sends the machine identities of one dataset."},
	{"std:resource:list", ByDataset, "DatasetInput", "DatasetObject", "nothing sent", "", "sends the resources of one dataset."},
	{"std:agent:list", ByDataset, "DatasetInput", "DatasetObject", "nothing sent", "", "sends the agents of one dataset. The command is deprecated for std:machine-identity:list."},
	{"std:ssf-stream:discover", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "finds the source's shared signals stream."},
	{"std:ssf-stream:read", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "returns a shared signals stream."},
	{"std:ssf-stream:create", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "creates a shared signals stream."},
	{"std:ssf-stream:update", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "updates a shared signals stream."},
	{"std:ssf-stream:replace", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "replaces a shared signals stream."},
	{"std:ssf-stream:delete", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "deletes a shared signals stream."},
	{"std:ssf-stream:status-update", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "changes the status of a shared signals stream."},
	{"std:ssf-stream:verify", Unary, "SSFStreamInput", "SSFStreamOutput", "empty", "", "asks for the verification of a shared signals stream."},
	{SpecRead, "", "", "", "", "", "returns the spec."},
}

// Reads reports whether the command changes nothing in the source, as its name
// says, so that it may be sent again.
func (c Command) Reads() bool {
	switch c.Name[strings.LastIndexByte(c.Name, ':')+1:] {
	case "test-connection", "list", "read", "discover", "discover-schema":
		return true
	}
	return false
}

// Find returns a command of the protocol.
func Find(name string) (Command, bool) {
	for _, c := range Commands {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

// Names returns the names of all commands, sorted.
func Names() []string {
	names := make([]string, len(Commands))
	for i, c := range Commands {
		names[i] = c.Name
	}
	slices.Sort(names)
	return names
}
