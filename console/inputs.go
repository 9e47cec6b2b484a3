package console

import (
	"fmt"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// A command is what the page needs to know of one of the spec's commands.
type command struct {
	Name       string  `json:"name"`
	Doc        string  `json:"doc"`
	Shape      string  `json:"shape"`
	Object     string  `json:"object"`
	Inputs     []field `json:"inputs"`
	Capability string  `json:"capability"` // as ISC calls it
}

// A field is a member of a command's input, with the kind of control that the page draws for it.
type field struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Required bool   `json:"required"`
	Help     string `json:"help"`
}

// The fields of inputs.
var (
	identityField = field{"identity", "identity", true, "The ID of the object."}
	keyField      = field{"key", "key", false, "The key of the object, as the connector has sent it."}
	typeField     = field{"type", "entitlementType", true, "The type of the entitlements."}
	stateField    = field{"state", "state", false, "What the last run saved, for a run that reads only what has changed."}
	passwordField = field{"password", "password", true, "The password."}
	datasetsField = field{"datasetIds", "datasets", true, "The datasets to read."}
	queryField    = field{"queryInput", "json", false, "A query, with its text and its limit."}
	streamField   = field{"stream", "json", true, "The shared signals stream."}
	optionsField  = field{"options", "json", false, "Options of the command."}
)

// A commandText is what the table of the protocol does not say of a command.
type commandText struct {
	capability string
	inputs     []field
}

// commandTexts are the inputs of the protocol's commands, and what ISC calls what they do.
var commandTexts = map[string]commandText{
	"std:test-connection":            {"Test connection", nil},
	"std:account:list":               {"Account aggregation", []field{stateField}},
	"std:account:read":               {"Single account aggregation", []field{identityField, keyField}},
	"std:account:create":             {"Create account", []field{{"attributes", "attributes", true, "The attributes of the new account, as the create template sends them."}}},
	"std:account:update":             {"Update account, add and remove entitlements", []field{identityField, keyField, {"changes", "changes", true, "What to change, in this order."}}},
	"std:account:delete":             {"Delete account", []field{identityField, keyField}},
	"std:account:enable":             {"Enable account", []field{identityField, keyField}},
	"std:account:disable":            {"Disable account", []field{identityField, keyField}},
	"std:account:unlock":             {"Unlock account", []field{identityField, keyField}},
	"std:account:discover-schema":    {"Discover schema", nil},
	"std:entitlement:list":           {"Entitlement aggregation", []field{typeField, stateField}},
	"std:entitlement:read":           {"Single entitlement aggregation", []field{identityField, keyField, typeField}},
	"std:change-password":            {"Change password", []field{identityField, keyField, passwordField}},
	"std:authenticate":               {"Pass-through authentication", []field{identityField, keyField, {"username", "text", true, "The name that the user signs in with."}, passwordField, optionsField}},
	"std:config-options:read":        {"Options of the source form", []field{{"key", "text", true, "The key of the config item."}}},
	"std:source-data:discover":       {"Discover source data", []field{queryField}},
	"std:source-data:read":           {"Read source data", []field{{"sourceDataKey", "text", true, "The kind of data, as discovery has named it."}, queryField}},
	"std:spec:read":                  {"Read the spec", nil},
	"std:application-discovery:list": {"Application discovery", []field{{"datasetIds", "datasets", false, "The datasets to read; none for all applications."}, {"additionalParameters", "json", false, "Parameters of the source."}}},
	"std:machine-identity:list":      {"Machine identity aggregation", []field{datasetsField}},
	"std:resource:list":              {"Resource aggregation", []field{datasetsField}},
	"std:resource:enable":            {"Enable resource", []field{identityField, keyField, optionsField}},
	"std:resource:disable":           {"Disable resource", []field{identityField, keyField, optionsField}},
	"std:resource:delete":            {"Delete resource", []field{identityField, keyField, optionsField}},
	"std:agent:list":                 {"Agent aggregation", []field{datasetsField}},
	"std:ssf-stream:discover":        {"Discover shared signals stream", []field{streamField}},
	"std:ssf-stream:read":            {"Read shared signals stream", []field{streamField}},
	"std:ssf-stream:create":          {"Create shared signals stream", []field{streamField}},
	"std:ssf-stream:update":          {"Update shared signals stream", []field{streamField}},
	"std:ssf-stream:status-update":   {"Change the status of the shared signals stream", []field{streamField}},
	"std:ssf-stream:delete":          {"Delete shared signals stream", []field{streamField}},
	"std:ssf-stream:verify":          {"Verify shared signals stream", []field{streamField}},
	"std:ssf-stream:replace":         {"Replace shared signals stream", []field{streamField}},
}

// shapeNames are the names of shapes.
var shapeNames = map[protocol.Shape]string{
	protocol.NoShape: "none", protocol.Unary: "unary", protocol.Action: "action", protocol.Streaming: "streaming",
	protocol.ByDataset: "by-dataset", protocol.ByDatasetOrAll: "by-dataset",
}

var objectNames = map[protocol.Object]string{protocol.NoObject: "", protocol.Accounts: "account", protocol.Entitlements: "entitlement"}

// commandsOf returns the commands of a spec, in its order.
func commandsOf(spec *schema.Spec) []command {
	all := []command{}
	seen := make(map[string]bool)
	for _, c := range spec.Commands {
		if seen[c.Name] || c.Name == "" {
			continue
		}
		seen[c.Name] = true
		text := commandTexts[c.Name]
		p, known := protocol.Find(c.Name)
		doc := p.Doc
		if strings.Contains(doc, "%s") {
			doc = fmt.Sprintf(doc, "one type")
		}
		shape := shapeNames[p.Shape]
		if !known {
			shape = "" // a command of the connector's own
		}
		all = append(all, command{c.Name, doc, shape, objectNames[p.Object], inputsFor(spec, text.inputs), text.capability})
	}
	return all
}

// inputsFor returns the fields that make sense for a spec.
func inputsFor(spec *schema.Spec, fields []field) []field {
	all := []field{}
	for _, f := range fields {
		switch f.Kind {
		case "state":
			if !spec.SupportsStatefulCommands {
				continue
			}
		case "key":
			if spec.KeyType == schema.NoKeyType {
				continue
			}
			f.Required = spec.KeyType == schema.CompoundKeyType
		}
		all = append(all, f)
	}
	return all
}
