package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// Ptr returns a pointer to v, for fields where nil means absent.
func Ptr[T any](v T) *T { return &v }

// A Permission is a right on a target in the source.
type Permission struct {
	Target     string `json:"target"`
	Rights     string `json:"rights"` // comma-separated
	Annotation string `json:"annotation,omitempty"`
}

// A Result reports what became of one attribute while the rest of a create or update
// succeeded.
type Result struct {
	Attribute string          `json:"attribute"`
	Status    string          `json:"status,omitempty"` // "error" or empty
	Messages  []ResultMessage `json:"messages,omitempty"`
}

// A ResultMessage explains a [Result].
type ResultMessage struct {
	Level   string `json:"level"` // "WARN" or "ERROR"
	Message string `json:"message"`
}

// AttributeMetadata is an attribute value of a create request with its metadata.
type AttributeMetadata struct {
	Attribute string
	Value     SecretJSON // it may be a password
	Metadata  map[string]any
}

// A ConfigPatch is one JSON Patch operation on the source's config.
type ConfigPatch struct {
	Op    string `json:"op"`    // "add", "replace" or "remove"
	Path  string `json:"path"`  // JSON Pointer
	Value any    `json:"value"` // nil is null, and absent with remove; a Secret is sent in plain text
}

// MarshalJSON writes the operation without secrets. Every operation but remove has a value,
// even if it is null.
func (p ConfigPatch) MarshalJSON() ([]byte, error) { return p.append(nil, hideSecrets) }

func (p ConfigPatch) append(b []byte, secrets secrecy) ([]byte, error) {
	b = jsontext.AppendString(append(b, `{"op":`...), p.Op)
	b = jsontext.AppendString(append(b, `,"path":`...), p.Path)
	if p.Op == "remove" && p.Value == nil {
		return append(b, '}'), nil
	}
	b, err := appendNested(append(b, `,"value":`...), p.Value, 0, secrets)
	return append(b, '}'), err
}

// appendPatches appends patches with their secrets, for ISC. A redacted secret is an error: it
// would overwrite the one in the source's config.
func appendPatches(b []byte, patches []ConfigPatch) ([]byte, error) {
	b = append(b, '[')
	for i, p := range patches {
		if i > 0 {
			b = append(b, ',')
		}
		start := len(b)
		var err error
		if b, err = p.append(b, allSecrets); err != nil {
			return b, err
		}
		if bytes.Contains(b[start:], []byte(redact.Text)) {
			return b, fmt.Errorf("the config patch of %q has a redacted secret; pass the Secret itself as its value, or in a map", p.Path)
		}
	}
	return append(b, ']'), nil
}

// TestConnectionInput is the input of std:test-connection.
type TestConnectionInput struct {
	AccountSchema *AccountSchema
}

// AccountListInput is the input of std:account:list.
type AccountListInput struct {
	Stateful bool            // the source runs stateful aggregation
	State    json.RawMessage // what the last successful run saved; nil on the first run
	Schema   *AccountSchema  // only from sources with custom schemas
}

// AccountReadInput is the input of std:account:read.
type AccountReadInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Schema   *AccountSchema // only from sources with custom schemas
}

// AccountDeleteInput is the input of std:account:delete.
type AccountDeleteInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Schema   *AccountSchema // only from sources with custom schemas
}

// AccountEnableInput is the input of std:account:enable.
type AccountEnableInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Schema   *AccountSchema // only from sources with custom schemas
}

// AccountDisableInput is the input of std:account:disable.
type AccountDisableInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Schema   *AccountSchema // only from sources with custom schemas
}

// AccountUnlockInput is the input of std:account:unlock.
type AccountUnlockInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Schema   *AccountSchema // only from sources with custom schemas
}

// AccountDiscoverSchemaInput is the input of std:account:discover-schema, which
// has no members.
type AccountDiscoverSchemaInput struct{}

// EntitlementListInput is the input of std:entitlement:list.
type EntitlementListInput struct {
	Type     string             // the entitlement type wanted
	Stateful bool               // the source runs stateful aggregation
	State    json.RawMessage    // what the last successful run saved; nil on the first run
	Schema   *EntitlementSchema // only from sources with custom schemas
}

// EntitlementReadInput is the input of std:entitlement:read.
type EntitlementReadInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Type     string
	Schema   *EntitlementSchema // only from sources with custom schemas
}

// ChangePasswordInput is the input of std:change-password.
type ChangePasswordInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Password Secret
}

// AuthenticateInput is the input of std:authenticate.
type AuthenticateInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Username string
	Password Secret
	Options  json.RawMessage
	Schema   *AccountSchema
}

// ResourceInput is the input of std:resource:enable, std:resource:disable and
// std:resource:delete.
type ResourceInput struct {
	Identity string // native identity; equals the key's ID
	Key      Key
	Schema   json.RawMessage
	Options  json.RawMessage
}

// ID returns the native identity of the account asked for.
func (in AccountReadInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the account to delete.
func (in AccountDeleteInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the account to enable.
func (in AccountEnableInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the account to disable.
func (in AccountDisableInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the account to unlock.
func (in AccountUnlockInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the entitlement asked for.
func (in EntitlementReadInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the account whose password changes.
func (in ChangePasswordInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the account that logs in.
func (in AuthenticateInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ID returns the native identity of the resource to change.
func (in ResourceInput) ID() string { return nativeIdentity(in.Key, in.Identity) }

// ConfigOptionsReadInput is the input of std:config-options:read.
type ConfigOptionsReadInput struct {
	Key string // of the config item whose options are wanted
}

// ConfigOptionsReadOutput is the output of std:config-options:read.
type ConfigOptionsReadOutput struct {
	Options map[string]any `json:"options"` // name to text, list of texts or list of text maps
}

// A Query narrows what std:source-data:discover returns.
type Query struct {
	Query string
	Limit int // 0 when not given
}

// A ReadQuery narrows what std:source-data:read returns.
type ReadQuery struct {
	Query        string
	ExcludeItems []string
	Limit        int // 0 when not given
}

// SourceDataDiscoverInput is the input of std:source-data:discover.
type SourceDataDiscoverInput struct {
	QueryInput Query
}

// SourceDataReadInput is the input of std:source-data:read.
type SourceDataReadInput struct {
	SourceDataKey string
	QueryInput    ReadQuery
}

// A SourceDataItem is one choice that the source offers.
type SourceDataItem struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	SubLabel string `json:"subLabel,omitempty"`
}

// A DatasetInput asks the client for the objects of one dataset. ISC may name
// several; the client is called once for each.
type DatasetInput struct {
	DatasetID string
	Schema    *DatasetSchema // nil when the request has none
}

// A DatasetSchema describes the objects of a dataset.
type DatasetSchema struct {
	Name              string
	DisplayAttribute  string
	IdentityAttribute string
	GroupAttribute    string
	Attributes        []SchemaAttribute
	Config            struct {
		DatasetType string
		DatasetID   string
	}
}

// A DatasetObject is one output of a dataset command. The SDK fills in the
// dataset's ID.
type DatasetObject struct {
	Identity   string         `json:"identity"`
	Attributes map[string]any `json:"attributes"`
	DatasetID  string         `json:"datasetId"`
}

// An SSFStreamInput is the input of the std:ssf-stream commands.
type SSFStreamInput struct {
	Stream json.RawMessage
}

// An SSFStreamOutput is the output of the std:ssf-stream commands.
type SSFStreamOutput struct {
	Identity string `json:"identity,omitempty"`
	UUID     string `json:"uuid,omitempty"`
	Key      *Key   `json:"key,omitempty"`
}

// A ResourceOutput is the output of std:resource:enable and std:resource:disable.
type ResourceOutput struct {
	Key        *Key           `json:"key,omitempty"`
	Identity   string         `json:"identity,omitempty"`
	UUID       string         `json:"uuid,omitempty"`
	Attributes map[string]any `json:"attributes"`
	Results    []Result       `json:"results,omitempty"`
}

// MarshalJSON writes the output. Attributes are always sent, even if there are
// none.
func (o ResourceOutput) MarshalJSON() ([]byte, error) {
	type output ResourceOutput
	if o.Attributes == nil {
		o.Attributes = map[string]any{}
	}
	return json.Marshal(output(o))
}

// A ResourceDeleteOutput is the output of std:resource:delete.
type ResourceDeleteOutput struct {
	Results []Result `json:"results,omitempty"`
}
