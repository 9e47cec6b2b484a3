package protocol

import (
	"strings"

	"github.com/conngen/conngen/schema"
)

// A Kind says what a member of an input holds.
type Kind string

// The kinds.
const (
	Identity        Kind = "identity"        // the ID of an object, which lists send
	Key             Kind = "key"             // the object's key, of the kind in the spec's keyType
	Attributes      Kind = "attributes"      // attributes of an account by name, and their values
	Changes         Kind = "changes"         // a list of {op, attribute, value}
	EntitlementType Kind = "entitlementType" // the type of one of the spec's entitlement schemas
	Stateful        Kind = "stateful"        // true if the source runs delta aggregation
	State           Kind = "state"           // the object that the last run saved
	Datasets        Kind = "datasets"        // a list of the IDs of datasets
	Text            Kind = "text"            // any text
	Password        Kind = "password"        // a text that must not be shown
	JSON            Kind = "json"            // an object or list, or what the connector makes of it
)

// A condition says for which specs ISC sends a member.
type condition int

const (
	always condition = iota
	withState
	withKeys
	withCustomSchemas
)

// An Input is a member of a command's input.
type Input struct {
	Name     string
	Kind     Kind
	Required bool   // ISC always sends it
	Seldom   bool   // testers rarely set it: forms omit it
	Help     string // a sentence about its content

	when condition
}

// The members that commands share.
var (
	identityInput      = Input{Name: "identity", Kind: Identity, Required: true, Help: "The ID of the object."}
	keyInput           = Input{Name: "key", Kind: Key, Help: "The key of the object, as the connector has sent it.", when: withKeys}
	typeInput          = Input{Name: "type", Kind: EntitlementType, Required: true, Help: "The type of the entitlements."}
	statefulInput      = Input{Name: "stateful", Kind: Stateful, Help: "True when the source runs delta aggregation.", when: withState}
	stateInput         = Input{Name: "state", Kind: State, Help: "What the last run saved, for a run that reads only what has changed.", when: withState}
	passwordInput      = Input{Name: "password", Kind: Password, Required: true, Help: "The password."}
	optionsInput       = Input{Name: "options", Kind: JSON, Help: "Options of the command."}
	datasetsInput      = Input{Name: "datasetIds", Kind: Datasets, Required: true, Help: "The datasets to read."}
	streamInput        = Input{Name: "stream", Kind: JSON, Required: true, Help: "The shared signals stream."}
	accountSchemaInput = Input{Name: "accountSchema", Kind: JSON, Seldom: true, Help: "The account schema of the source.", when: withCustomSchemas}
	schemaInput        = Input{Name: "schema", Kind: JSON, Seldom: true, Help: "The schema of the source, where it differs from the spec's.", when: withCustomSchemas}
)

// The members that one command has.
var (
	proposedInput       = Input{Name: "identity", Kind: Identity, Seldom: true, Help: "An ID for the new account; usually null."}
	attributesInput     = Input{Name: "attributes", Kind: Attributes, Required: true, Help: "The attributes of the new account, as the create template sends them."}
	metadataInput       = Input{Name: "attributesWithMetadata", Kind: JSON, Seldom: true, Help: "Values of attributes with their metadata."}
	changesInput        = Input{Name: "changes", Kind: Changes, Required: true, Help: "What to change, in this order."}
	usernameInput       = Input{Name: "username", Kind: Text, Required: true, Help: "The name that the user signs in with."}
	requiredSchemaInput = Input{Name: "schema", Kind: JSON, Required: true, Seldom: true, Help: "The account schema of the source."}
	itemInput           = Input{Name: "key", Kind: Text, Required: true, Help: "The key of the config item."}
	discoverQueryInput  = Input{Name: "queryInput", Kind: JSON, Help: "A query, with its text and its limit."}
	dataKeyInput        = Input{Name: "sourceDataKey", Kind: Text, Required: true, Help: "The kind of data, as discovery has named it."}
	readQueryInput      = Input{Name: "queryInput", Kind: JSON, Help: "A query, with its text, its limit and the items to exclude."}
	anyDatasetsInput    = Input{Name: "datasetIds", Kind: Datasets, Help: "The datasets to read; none for all applications."}
	datasetInput        = Input{Name: "datasetId", Kind: Text, Seldom: true, Help: "One dataset, for connectors that know no list of them."}
	parametersInput     = Input{Name: "additionalParameters", Kind: JSON, Help: "Parameters of the source."}
	datasetSchemasInput = Input{Name: "datasetSchemas", Kind: JSON, Seldom: true, Help: "The schemas of the datasets, by ID."}
)

// InputsFor returns the members of the input that ISC sends to a connector with the spec.
func (c Command) InputsFor(spec *schema.Spec) []Input {
	var inputs []Input
	for _, in := range c.Inputs {
		if !in.when.holds(spec) {
			continue
		}
		if in.Kind == Key {
			in.Required = spec.KeyType == schema.CompoundKeyType
		}
		inputs = append(inputs, in)
	}
	return inputs
}

func (c condition) holds(spec *schema.Spec) bool {
	switch c {
	case withState:
		return spec.SupportsStatefulCommands
	case withKeys:
		return spec.KeyType != schema.NoKeyType
	case withCustomSchemas:
		return spec.SupportsCustomSchemas
	}
	return true
}

// CapabilityFor says what the command lets ISC do with sources of the spec, in ISC's words.
func (c Command) CapabilityFor(spec *schema.Spec) string {
	switch {
	case c.Has(State) && spec.SupportsStatefulCommands:
		return c.Capability + ", full and delta"
	case c.Has(Changes) && hasEntitlements(spec.AccountSchema):
		return c.Capability + ", add and remove entitlements"
	}
	return c.Capability
}

// Has reports whether the command's input has a member of the kind.
func (c Command) Has(k Kind) bool {
	for _, in := range c.Inputs {
		if in.Kind == k {
			return true
		}
	}
	return false
}

func hasEntitlements(s *schema.ObjectSchema) bool {
	if s == nil {
		return false
	}
	for _, a := range s.Attributes {
		if a.Entitlement {
			return true
		}
	}
	return false
}

// Summary returns what the command does, after its name, for readers who see requests and
// answers but no Go.
func (c Command) Summary() string {
	if c.About != "" {
		return c.About
	}
	return strings.ReplaceAll(c.Doc, "%s", "one type")
}
