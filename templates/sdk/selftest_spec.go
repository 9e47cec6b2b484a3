package sdk

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A selfSpec is what only the self test needs to know of a spec.
type selfSpec struct {
	Commands      []Command                  `json:"commands"`
	Stateful      selfFlag                   `json:"supportsStatefulCommands"`
	SourceConfig  []selfConfigEntry          `json:"sourceConfig"`
	InitialValues map[string]json.RawMessage `json:"sourceConfigInitialValues"`
	AccountSchema struct {
		Attributes []struct {
			Name     string   `json:"name"`
			Writable selfFlag `json:"writable"`
		} `json:"attributes"`
	} `json:"accountSchema"`
	Template *struct {
		Fields []selfField `json:"fields"`
	} `json:"accountCreateTemplate"`
}

// A selfConfigEntry is a menu, section, item or card of the source's config.
type selfConfigEntry struct {
	Type      string            `json:"type"`
	Key       string            `json:"key"`
	Required  selfFlag          `json:"required"`
	ParentKey string            `json:"parentKey"`
	Value     json.RawMessage   `json:"value"`
	Items     []selfConfigEntry `json:"items"`
	SubMenus  []selfConfigEntry `json:"subMenus"`
}

// A selfField is a field of the account create template.
type selfField struct {
	Key      string   `json:"key"`
	Name     string   `json:"name"` // the old name of Key
	Type     string   `json:"type"`
	Required selfFlag `json:"required"`
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

// A selfFlag is a boolean, or its text, as some specs have it.
type selfFlag bool

// UnmarshalJSON reads the flag. Whatever is no boolean is false.
func (f *selfFlag) UnmarshalJSON(raw []byte) error {
	set, err := readBool(raw)
	*f = selfFlag(err == nil && set)
	return nil
}

func readSelfSpec(text string) (selfSpec, error) {
	var s selfSpec
	err := json.Unmarshal([]byte(text), &s)
	if s.Template != nil {
		for i, f := range s.Template.Fields {
			s.Template.Fields[i].Key = cmp.Or(f.Key, f.Name)
		}
	}
	return s, err
}

// demandsConfig reports whether a source cannot do without config: an item is
// required, always visible, and has no initial value.
func (s selfSpec) demandsConfig() bool {
	var demands func(entries []selfConfigEntry) bool
	demands = func(entries []selfConfigEntry) bool {
		return slices.ContainsFunc(entries, func(e selfConfigEntry) bool {
			missing := isNull(e.Value) && isNull(s.InitialValues[e.Key])
			return bool(e.Required) && e.ParentKey == "" && e.Key != "" && missing || demands(e.Items)
		})
	}
	return demands(s.SourceConfig)
}

// secrets returns the secret texts of a config, each also as it is quoted and as
// it stands in a URL, the longest first. Texts of less than four bytes hide
// nothing, and would be found all over the report.
func (s selfSpec) secrets(config json.RawMessage) []string {
	keys := make(map[string]bool)
	noteSecretKeys(s.SourceConfig, keys)
	value, err := readValue(config)
	if err != nil {
		return nil
	}
	var found []string
	collectSecrets(value, keys, false, func(text string) {
		found = append(found, selfSecretForms(text)...)
	})
	return longestFirst(found)
}

func selfSecretForms(text string) []string {
	if len(text) < 4 {
		return nil
	}
	quoted := strconv.Quote(text)
	wire := appendString(nil, text)
	return []string{text, quoted[1 : len(quoted)-1], string(wire[1 : len(wire)-1]), url.QueryEscape(text), url.PathEscape(text)}
}

func longestFirst(texts []string) []string {
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(texts)
}

func noteSecretKeys(entries []selfConfigEntry, keys map[string]bool) {
	for _, e := range entries {
		keys[e.Key] = keys[e.Key] || e.Type == "secret" || e.Type == "secrettextarea"
		noteSecretKeys(e.Items, keys)
		noteSecretKeys(e.SubMenus, keys)
	}
}

// collectSecrets hands on all texts that are in members with secret names.
func collectSecrets(value any, keys map[string]bool, secret bool, add func(string)) {
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			collectSecrets(v, keys, secret || keys[key] || looksSecret(key), add)
		}
	case []any:
		for _, v := range value {
			collectSecrets(v, keys, secret, add)
		}
	case string:
		if secret {
			add(value)
		}
	case json.Number:
		if secret {
			add(value.String())
		}
	}
}

// looksSecret reports whether a name says that its value is a secret.
func looksSecret(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "passphrase", "secret", "token", "apikey", "api_key", "credential"}, func(word string) bool {
		return strings.Contains(lower, word)
	})
}
