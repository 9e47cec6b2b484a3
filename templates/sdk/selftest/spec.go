package selftest

import (
	"cmp"
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/items"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// facts are what the self test knows about a connector, from its spec.
type facts struct {
	Commands      []string            `json:"commands"`
	KeyType       string              `json:"keyType"`
	Stateful      flag                `json:"supportsStatefulCommands"`
	AccountSchema accountSchema       `json:"accountSchema"`
	Entitlements  []entitlementSchema `json:"entitlementSchemas"`
	Template      *struct {
		Fields []field `json:"fields"`
	} `json:"accountCreateTemplate"`

	isOpen                          bool     // see [Spec]
	required, secretKeys, passwords []string // see [Spec]
	configKeys                      items.Keys
}

// An accountSchema says which attributes accounts have.
type accountSchema struct {
	IdentityAttribute string      `json:"identityAttribute"`
	DisplayAttribute  string      `json:"displayAttribute"`
	GroupAttribute    string      `json:"groupAttribute"`
	Attributes        []attribute `json:"attributes"`
}

// An entitlementSchema says which attributes entitlements of a type have.
type entitlementSchema struct {
	Type              string      `json:"type"`
	IdentityAttribute string      `json:"identityAttribute"`
	Attributes        []attribute `json:"attributes"`
}

// An attribute is one attribute of a schema.
type attribute struct {
	Name             string `json:"name"`
	Type             string `json:"type"`
	Multi            flag   `json:"multi"`
	Managed          flag   `json:"managed"`
	Writable         flag   `json:"writable"`
	Entitlement      flag   `json:"entitlement"`
	SchemaObjectType string `json:"schemaObjectType"`
}

// entitlementType is the type of the entitlements that the attribute holds.
func (a attribute) entitlementType() string { return cmp.Or(a.SchemaObjectType, "group") }

// A field is a field of the account create template.
type field struct {
	Key      string `json:"key"`
	Name     string `json:"name"` // the old name of Key
	Type     string `json:"type"`
	Required flag   `json:"required"`
	Initial  struct {
		Type       string `json:"type"`
		Attributes struct {
			Name     string          `json:"name"`
			Value    json.RawMessage `json:"value"`
			Template string          `json:"template"`
			MaxSize  json.RawMessage `json:"maxSize"`
		} `json:"attributes"`
	} `json:"initialValue"`
}

// A flag is a boolean, or its text, as some specs have it.
type flag bool

// UnmarshalJSON reads the flag. A value of another kind is false.
func (f *flag) UnmarshalJSON(raw []byte) error {
	set, err := jsontext.ReadBool(raw)
	*f = flag(err == nil && set)
	return nil
}

func readFacts(spec Spec) (facts, error) {
	f := facts{isOpen: spec.Open, required: spec.Required, secretKeys: spec.Secrets, passwords: spec.Passwords}
	err := json.Unmarshal([]byte(spec.JSON), &f)
	if err == nil {
		f.configKeys, err = items.Read(spec.JSON)
	}
	if f.Template != nil {
		for i, t := range f.Template.Fields {
			f.Template.Fields[i].Key = cmp.Or(t.Key, t.Name)
		}
	}
	return f, err
}

// identityAttribute names the attribute that is the account's ID, which has the usual
// name where the spec leaves it to the source.
func (f facts) identityAttribute() string { return cmp.Or(f.AccountSchema.IdentityAttribute, "id") }

// templateFields returns the fields of the create template, none if there is none.
func (f facts) templateFields() []field {
	if f.Template == nil {
		return nil
	}
	return f.Template.Fields
}

// secrets returns the secret texts of a config, in all forms, the longest first: what is
// in secret items, what is under keys that the spec does not have, where ISC and
// connectors keep tokens, and who and what logs in by a URL.
func (f facts) secrets(config json.RawMessage) []string {
	value, err := jsontext.ReadValue(config)
	if err != nil {
		return nil
	}
	var found []string
	var collect func(value any, shortest int)
	collect = func(value any, shortest int) {
		switch value := value.(type) {
		case map[string]any:
			for key, v := range value {
				switch {
				case slices.Contains(f.secretKeys, key):
					collect(v, shortestSecret)
				case !f.configKeys.Known[key]:
					collect(v, min(shortest, shortestUnlisted))
				default:
					collect(v, shortest)
				}
			}
		case []any:
			for _, v := range value {
				collect(v, shortest)
			}
		case string:
			if _, err := strconv.ParseBool(value); err == nil {
				return
			}
			found = append(found, secretForms(value, shortest)...)
			for _, text := range redact.UserInfoParts(value) {
				found = append(found, secretForms(text, shortestSecret)...)
			}
		case json.Number:
			found = append(found, secretForms(value.String(), shortest)...)
		}
	}
	collect(value, math.MaxInt)
	return longestFirst(found)
}

// The shortest secrets that are hidden, in bytes: shorter texts hide nothing, and would be
// found all over the report. What the spec does not list is often a common word.
const (
	shortestSecret   = 4
	shortestUnlisted = 8
)

// secretForms returns a secret as it may be in a message, unless it is shorter than a
// number of bytes: as it is, quoted, in JSON, and in a URL.
func secretForms(text string, shortest int) []string {
	if len(text) < shortest {
		return nil
	}
	quoted := strconv.Quote(text)
	wire := jsontext.AppendString(nil, text)
	escaped, _ := json.Marshal(text) // a string always marshals
	forms := []string{text, url.QueryEscape(text), url.PathEscape(text)}
	for _, form := range []string{quoted, string(wire), string(escaped)} {
		forms = append(forms, form[1:len(form)-1])
	}
	return forms
}

func longestFirst(texts []string) []string {
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(texts)
}
