package generator

// A shape says how a command's client method answers, and so which adapter the
// registry wraps it in.
type shape string

const (
	unary     shape = "Unary"     // returns the one output
	action    shape = "Action"    // returns an error alone, the output is {}
	streaming shape = "Streaming" // sends any number of outputs
	byDataset shape = "ByDataset" // as streaming, once for each dataset
)

// The outputs that are typed after the spec. Any other output is a type of the SDK.
const (
	accountOutput     = "the account"
	entitlementOutput = "the entitlement" // one method per entitlement type
)

// A standardCommand is one command of the protocol. Its client method and input
// type are named after it.
type standardCommand struct {
	name   string
	shape  shape
	input  string // type of the SDK; "" is the command's name with Input
	output string // "" for actions
	memory string // what Memory does, a key of memoryAnswers; "" leaves it unimplemented
	doc    string // what the method does, behind its name; %s is the entitlement type
}

// standardCommands are the commands of the protocol but std:spec:read, which the
// registry answers itself.
var standardCommands = []standardCommand{
	{"std:test-connection", action, "", "", "nothing", "checks that the source can be reached with the config."},
	{"std:account:list", streaming, "", accountOutput, "list", "sends all accounts of the source."},
	{"std:account:read", unary, "", accountOutput, "read", "returns one account, NotFound when it is not in the source."},
	{"std:account:create", unary, "AccountCreateInput", accountOutput, "create", "creates an account and returns it as a read would, IDs that the source has made up included."},
	{"std:account:update", unary, "", accountOutput, "update", "carries out in.Changes in their order and returns the whole account, the zero Account when nothing has changed, NotFound when it is not in the source."},
	{"std:account:delete", action, "", "", "delete", "deletes an account. ISC never sends it in life-cycle events."},
	{"std:account:enable", unary, "", accountOutput, "enable", "enables an account and returns it."},
	{"std:account:disable", unary, "", accountOutput, "disable", "disables an account, which is what ISC does with leavers, and returns it."},
	{"std:account:unlock", unary, "", accountOutput, "unlock", "unlocks an account and returns it."},
	{"std:account:discover-schema", unary, "", "AccountSchema", "discover", "returns the schema that the source's accounts have at the moment."},
	{"std:entitlement:list", streaming, "", entitlementOutput, "list", "sends all entitlements of %s."},
	{"std:entitlement:read", unary, "", entitlementOutput, "read", "returns one entitlement of %s, NotFound when it is not in the source."},
	{"std:change-password", action, "", "", "password", "sets an account's password."},
	{"std:authenticate", unary, "", accountOutput, "read", "checks a user's password and returns the account."},
	{"std:config-options:read", unary, "", "ConfigOptionsReadOutput", "", "returns the options of a config item."},
	{"std:source-data:discover", unary, "", "[]SourceDataItem", "", "returns the kinds of data that the source offers."},
	{"std:source-data:read", unary, "", "[]SourceDataItem", "", "returns the source's data of one kind."},
	{"std:application-discovery:list", streaming, "", "Application", "", "sends the applications that the source knows."},
	{"std:machine-identity:list", byDataset, "DatasetInput", "DatasetObject", "", "sends the machine identities of one dataset."},
	{"std:resource:list", byDataset, "DatasetInput", "DatasetObject", "", "sends the resources of one dataset."},
	{"std:agent:list", byDataset, "DatasetInput", "DatasetObject", "", "sends the agents of one dataset. The command is deprecated for std:machine-identity:list."},
	{"std:ssf-stream:discover", unary, "SSFStreamInput", "SSFStreamOutput", "", "finds the source's shared signals stream."},
	{"std:ssf-stream:read", unary, "SSFStreamInput", "SSFStreamOutput", "", "returns a shared signals stream."},
	{"std:ssf-stream:create", unary, "SSFStreamInput", "SSFStreamOutput", "", "creates a shared signals stream."},
	{"std:ssf-stream:update", unary, "SSFStreamInput", "SSFStreamOutput", "", "updates a shared signals stream."},
	{"std:ssf-stream:replace", unary, "SSFStreamInput", "SSFStreamOutput", "", "replaces a shared signals stream."},
	{"std:ssf-stream:delete", unary, "SSFStreamInput", "SSFStreamOutput", "", "deletes a shared signals stream."},
	{"std:ssf-stream:status-update", unary, "SSFStreamInput", "SSFStreamOutput", "", "changes the status of a shared signals stream."},
	{"std:ssf-stream:verify", unary, "SSFStreamInput", "SSFStreamOutput", "", "asks for the verification of a shared signals stream."},
}

// specRead is in the registry already.
const specRead = "std:spec:read"

// standard returns a command of the table.
func standard(name string) (standardCommand, bool) {
	for _, c := range standardCommands {
		if c.name == name {
			return c, true
		}
	}
	return standardCommand{}, false
}
