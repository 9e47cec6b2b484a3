// Package protocol has the commands of the connector protocol, in one table.
package protocol

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/internal/nearest"
)

// Prefix begins the names of all commands of the protocol.
const Prefix = "std:"

// A Shape says how a command is answered, which determines its client method.
type Shape int

// The shapes.
const (
	NoShape        Shape = iota // the connector itself answers the command
	Unary                       // the method returns the one output
	Action                      // the method returns only an error, and the output is {}
	Streaming                   // the method sends any number of outputs
	ByDataset                   // like Streaming, called once per dataset
	ByDatasetOrAll              // like ByDataset, or called once if the input names no datasets
)

// Streams reports whether methods of the shape send their outputs on a stream.
func (s Shape) Streams() bool { return s == Streaming || s == ByDataset || s == ByDatasetOrAll }

// An Object is the kind of object that a command works on.
type Object int

// The objects. The spec defines accounts and entitlements, so the commands for them have generated
// types.
const (
	NoObject     Object = iota
	Accounts            // one account, or all of them
	Entitlements        // entitlements of one type; such a command has one method per type
)

// An Answer is how a client can answer a command without a source.
type Answer int

// The answers.
const (
	NoAnswer       Answer = iota // the command is not implemented
	Succeed                      // succeeds without an output of its own
	ReturnSchema                 // returns the spec's account schema
	ReturnOptions                // returns the options of a config item in the spec
	ReturnNone                   // returns an empty list
	ReturnEmpty                  // returns an empty output
	SendNone                     // sends nothing
	FindNone                     // fails: the source has no such object
	ListAll                      // sends all objects
	ReadOne                      // returns the object with the input's ID
	CreateOne                    // adds an object
	UpdateOne                    // applies the input's changes
	DeleteOne                    // removes the object with the input's ID
	EnableOne                    // enables it
	DisableOne                   // disables it
	UnlockOne                    // unlocks it
	AcceptPassword               // accepts any password for an existing object
)

// UsesObjects reports whether the answer works on stored objects.
func (a Answer) UsesObjects() bool { return a >= ListAll }

// A Command is one command of the protocol. Its client method is named after it.
type Command struct {
	Name           string // std:account:list
	Shape          Shape
	Object         Object // what it works on; the output of a Unary or Streaming command without Output
	Input          string // type of the SDK; "" means the method's name with Input
	GeneratedInput bool   // the input depends on the spec: the type is generated
	Output         string // type of the SDK; "" for actions, and if the output is the object
	List           bool   // the output is a list of Output
	Memory         Answer // of an in-memory client
	Default        Answer // of a client without a method for the command
	Doc            string // what the method does, after its name; %s is the entitlement type

	Capability string  // what the command lets ISC do, in ISC's words
	Inputs     []Input // the members of its input, in protocol order
	About      string  // what the command does, if Doc describes the method; otherwise ""
}

// OutputLimit is the maximum length in bytes of an output line, with its envelope and its end.
const OutputLimit = 256 << 10

// SpecRead is answered by every connector, and need not be listed in a spec.
const SpecRead = "std:spec:read"

// Commands are the commands of the protocol.
var Commands = []Command{
	{
		Name: "std:test-connection", Shape: Action, Memory: Succeed, Default: Succeed,
		Doc:        "checks that the source can be reached with the config.",
		Capability: "Test connection", Inputs: []Input{accountSchemaInput},
	},
	{
		Name: "std:account:list", Shape: Streaming, Object: Accounts, Memory: ListAll,
		Doc:        "sends all accounts of the source.",
		Capability: "Account aggregation", Inputs: []Input{statefulInput, stateInput, schemaInput},
	},
	{
		Name: "std:account:read", Shape: Unary, Object: Accounts, Memory: ReadOne,
		Doc:        "returns one account, or NotFound when the source does not have it.",
		Capability: "Single account aggregation", Inputs: []Input{identityInput, keyInput, schemaInput},
	},
	{
		Name: "std:account:create", Shape: Unary, Object: Accounts, GeneratedInput: true, Memory: CreateOne,
		Doc:        "creates an account and returns it as a read would, including IDs that the source assigned.",
		Capability: "Create account", Inputs: []Input{proposedInput, attributesInput, metadataInput, schemaInput},
	},
	{
		Name: "std:account:update", Shape: Unary, Object: Accounts, GeneratedInput: true, Memory: UpdateOne,
		Doc:        "applies in.Changed and returns the whole account, or NotFound if the source does not have it. The zero Account will do if nothing changed.",
		Capability: "Update account", Inputs: []Input{identityInput, keyInput, changesInput, schemaInput},
		About: "applies the changes and returns the whole account, or NotFound if the source does not have it. {} will do if nothing changed.",
	},
	{
		Name: "std:account:delete", Shape: Action, Object: Accounts, Memory: DeleteOne,
		Doc:        "deletes an account. ISC never sends it in life-cycle events.",
		Capability: "Delete account", Inputs: []Input{identityInput, keyInput, schemaInput},
	},
	{
		Name: "std:account:enable", Shape: Unary, Object: Accounts, Memory: EnableOne,
		Doc:        "enables an account and returns it.",
		Capability: "Enable account", Inputs: []Input{identityInput, keyInput, schemaInput},
	},
	{
		Name: "std:account:disable", Shape: Unary, Object: Accounts, Memory: DisableOne,
		Doc:        "disables an account and returns it. ISC sends it for leavers.",
		Capability: "Disable account", Inputs: []Input{identityInput, keyInput, schemaInput},
	},
	{
		Name: "std:account:unlock", Shape: Unary, Object: Accounts, Memory: UnlockOne,
		Doc:        "unlocks an account and returns it.",
		Capability: "Unlock account", Inputs: []Input{identityInput, keyInput, schemaInput},
	},
	{
		Name: "std:account:discover-schema", Shape: Unary, Output: "AccountSchema", Memory: ReturnSchema, Default: ReturnSchema,
		Doc:        "returns the current schema of the source's accounts.",
		Capability: "Discover schema",
	},
	{
		Name: "std:entitlement:list", Shape: Streaming, Object: Entitlements, Memory: ListAll,
		Doc:        "sends all entitlements of %s.",
		Capability: "Entitlement aggregation", Inputs: []Input{typeInput, statefulInput, stateInput, schemaInput},
	},
	{
		Name: "std:entitlement:read", Shape: Unary, Object: Entitlements, Memory: ReadOne,
		Doc:        "returns one entitlement of %s, or NotFound when the source does not have it.",
		Capability: "Single entitlement aggregation", Inputs: []Input{identityInput, keyInput, typeInput, schemaInput},
	},
	{
		Name: "std:change-password", Shape: Action, Object: Accounts, Memory: AcceptPassword,
		Doc:        "sets an account's password.",
		Capability: "Change password", Inputs: []Input{identityInput, keyInput, passwordInput},
	},
	{
		Name: "std:authenticate", Shape: Unary, Object: Accounts, Memory: ReadOne,
		Doc:        "checks a user's password and returns the account.",
		Capability: "Pass-through authentication", Inputs: []Input{identityInput, keyInput, usernameInput, passwordInput, optionsInput, requiredSchemaInput},
	},
	{
		Name: "std:config-options:read", Shape: Unary, Output: "ConfigOptionsReadOutput", Memory: ReturnOptions,
		Doc:        "returns the options of a config item.",
		Capability: "Options of the source form", Inputs: []Input{itemInput},
	},
	{
		Name: "std:source-data:discover", Shape: Unary, Output: "SourceDataItem", List: true, Memory: ReturnNone,
		Doc:        "returns the kinds of data that the source offers.",
		Capability: "Discover source data", Inputs: []Input{discoverQueryInput},
	},
	{
		Name: "std:source-data:read", Shape: Unary, Output: "SourceDataItem", List: true, Memory: ReturnNone,
		Doc:        "returns the source's data of one kind.",
		Capability: "Read source data", Inputs: []Input{dataKeyInput, readQueryInput},
	},
	{
		Name: "std:application-discovery:list", Shape: ByDatasetOrAll, Output: "Application", Memory: SendNone,
		Doc:        "sends the applications that the source knows, or those of in.DatasetID where it is given.",
		Capability: "Application discovery", Inputs: []Input{anyDatasetsInput, datasetInput, parametersInput},
		About: "sends the applications that the source knows, or those of the datasets that the input names.",
	},
	{
		Name: "std:machine-identity:list", Shape: ByDataset, Input: "DatasetInput", Output: "DatasetObject", Memory: SendNone,
		Doc:        "sends the machine identities of one dataset.",
		Capability: "Machine identity aggregation", Inputs: []Input{datasetsInput, datasetSchemasInput},
		About: "sends the machine identities of each dataset that the input names.",
	},
	{
		Name: "std:resource:list", Shape: ByDataset, Input: "DatasetInput", Output: "DatasetObject", Memory: SendNone,
		Doc:        "sends the resources of one dataset.",
		Capability: "Resource aggregation", Inputs: []Input{datasetsInput, datasetSchemasInput},
		About: "sends the resources of each dataset that the input names.",
	},
	{
		Name: "std:resource:enable", Shape: Unary, Input: "ResourceInput", Output: "ResourceOutput", Memory: FindNone,
		Doc:        "enables a resource and returns it, or NotFound when the source does not have it.",
		Capability: "Enable resource", Inputs: []Input{identityInput, keyInput, schemaInput, optionsInput},
	},
	{
		Name: "std:resource:disable", Shape: Unary, Input: "ResourceInput", Output: "ResourceOutput", Memory: FindNone,
		Doc:        "disables a resource and returns it, or NotFound when the source does not have it.",
		Capability: "Disable resource", Inputs: []Input{identityInput, keyInput, schemaInput, optionsInput},
	},
	{
		Name: "std:resource:delete", Shape: Unary, Input: "ResourceInput", Output: "ResourceDeleteOutput", Memory: FindNone,
		Doc:        "deletes a resource, or returns NotFound when the source does not have it.",
		Capability: "Delete resource", Inputs: []Input{identityInput, keyInput, schemaInput, optionsInput},
	},
	{
		Name: "std:agent:list", Shape: ByDataset, Input: "DatasetInput", Output: "DatasetObject", Memory: SendNone,
		Doc:        "sends the agents of one dataset. Deprecated in favor of std:machine-identity:list.",
		Capability: "Agent aggregation", Inputs: []Input{datasetsInput, datasetSchemasInput},
		About: "sends the agents of each dataset that the input names. Deprecated in favor of std:machine-identity:list.",
	},
	{
		Name: "std:ssf-stream:discover", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "finds the source's shared signals stream.",
		Capability: "Discover shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:read", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "returns a shared signals stream.",
		Capability: "Read shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:create", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "creates a shared signals stream.",
		Capability: "Create shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:update", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "updates a shared signals stream.",
		Capability: "Update shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:replace", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "replaces a shared signals stream.",
		Capability: "Replace shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:delete", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "deletes a shared signals stream.",
		Capability: "Delete shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:status-update", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "changes the status of a shared signals stream.",
		Capability: "Change the status of the shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name: "std:ssf-stream:verify", Shape: Unary, Input: "SSFStreamInput", Output: "SSFStreamOutput", Memory: ReturnEmpty,
		Doc:        "asks for the verification of a shared signals stream.",
		Capability: "Verify shared signals stream", Inputs: []Input{streamInput},
	},
	{
		Name:       SpecRead,
		Doc:        "returns the spec.",
		Capability: "Read the spec",
	},
}

// Reads reports whether the command changes nothing in the source, as its name says, so
// it may be sent again.
func (c Command) Reads() bool {
	switch c.Name[strings.LastIndexByte(c.Name, ':')+1:] {
	case "test-connection", "list", "read", "discover", "discover-schema":
		return true
	}
	return false
}

// ChangesAccount reports whether the command creates, changes or deletes an account.
func (c Command) ChangesAccount() bool { return c.Object == Accounts && c.Memory >= CreateOne }

var byName = func() map[string]Command {
	commands := make(map[string]Command, len(Commands))
	for _, c := range Commands {
		commands[c.Name] = c
	}
	return commands
}()

// Find returns a command of the protocol.
func Find(name string) (Command, bool) {
	c, ok := byName[name]
	return c, ok
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

// Respelt returns the name of the command that a name spells differently: without the prefix, in
// other case, or with other separators or none. It returns "" for a correct or unknown name.
func Respelt(name string) string {
	if _, ok := byName[name]; ok {
		return ""
	}
	return byLetters[letters(name)]
}

var byLetters = func() map[string]string {
	names := make(map[string]string, len(Commands))
	for _, c := range Commands {
		names[letters(c.Name)] = c.Name
	}
	return names
}()

// letters returns a command's name without prefix, case and separators.
func letters(name string) string {
	all := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	return strings.TrimPrefix(all, strings.TrimSuffix(Prefix, ":"))
}

// Near returns the name of the command that a name is a misspelling of, or "" if there is
// none. Each of its words must be near: as a whole, std:account:aggregate is as near to
// std:account:create as a misspelling of it.
func Near(name string) string {
	if respelt := Respelt(name); respelt != "" {
		return respelt
	}
	words := goname.Words(name)
	best, fewest := "", math.MaxInt
	for _, c := range Commands {
		if count, few := typos(words, goname.Words(c.Name)); few && count < fewest {
			best, fewest = c.Name, count
		}
	}
	return best
}

// typos sums the typing errors in the words of a name, and reports whether each word has few
// enough.
func typos(words, candidate []string) (sum int, few bool) {
	if len(words) != len(candidate) {
		return 0, false
	}
	for i, word := range words {
		count, few := nearest.Typos(word, candidate[i])
		if !few {
			return 0, false
		}
		sum += count
	}
	return sum, true
}
