package sdk

import "encoding/json"

// A Spec is what the SDK needs to know of a connector's connector-spec.json.
type Spec struct {
	Name         string
	KeyType      KeyType
	JSON         string // the whole file, for std:spec:read
	Account      *AccountSchema
	Entitlements []EntitlementSchema
}

// ConfigOptions returns the options that the spec has for a config item, texts by
// label; none for an item without options. An item that the spec does not have is
// not found.
func (s Spec) ConfigOptions(key string) (ConfigOptionsReadOutput, error) {
	var spec struct {
		SourceConfig json.RawMessage `json:"sourceConfig"`
	}
	if err := json.Unmarshal([]byte(s.JSON), &spec); err != nil {
		return ConfigOptionsReadOutput{}, Errorf("the connector's spec %w", err)
	}
	options, ok := optionsOf(spec.SourceConfig, key)
	if !ok {
		return ConfigOptionsReadOutput{}, NotFound("the config has no item %q", key)
	}
	return ConfigOptionsReadOutput{Options: options}, nil
}

// optionsOf looks for a config item among entries, at any depth.
func optionsOf(entries json.RawMessage, key string) (options map[string]any, ok bool) {
	var list []struct {
		Key     string `json:"key"`
		Options []struct {
			Label string `json:"label"`
			Value any    `json:"value"`
		} `json:"options"`
		Items    json.RawMessage `json:"items"`
		SubMenus []struct {
			Items json.RawMessage `json:"items"`
		} `json:"subMenus"`
	}
	if isNull(entries) || json.Unmarshal(entries, &list) != nil {
		return nil, false
	}
	for _, e := range list {
		if e.Key == key && key != "" {
			options = make(map[string]any)
			for _, o := range e.Options {
				options[o.Label] = o.Value
			}
			return options, true
		}
		if options, ok = optionsOf(e.Items, key); ok {
			return options, true
		}
		for _, page := range e.SubMenus {
			if options, ok = optionsOf(page.Items, key); ok {
				return options, true
			}
		}
	}
	return nil, false
}

// entitlement returns the schema of an entitlement type.
func (s Spec) entitlement(objectType string) (EntitlementSchema, bool) {
	for _, e := range s.Entitlements {
		if e.Type == objectType {
			return e, true
		}
	}
	return EntitlementSchema{}, false
}

// An AccountSchema says which attributes accounts have.
type AccountSchema struct {
	DisplayAttribute  string            `json:"displayAttribute"`
	IdentityAttribute string            `json:"identityAttribute"`
	GroupAttribute    string            `json:"groupAttribute"`
	Attributes        []SchemaAttribute `json:"attributes"`
}

// An EntitlementSchema says which attributes entitlements of one type have.
type EntitlementSchema struct {
	Type               string            `json:"type"`
	DisplayAttribute   string            `json:"displayAttribute"`
	IdentityAttribute  string            `json:"identityAttribute"`
	HierarchyAttribute string            `json:"hierarchyAttribute,omitempty"`
	IncludePermissions bool              `json:"includePermissions,omitempty"`
	Attributes         []SchemaAttribute `json:"attributes"`
}

// A SchemaAttribute describes one attribute.
type SchemaAttribute struct {
	Name             string `json:"name"`
	Description      string `json:"description"`
	Type             string `json:"type"` // "string", "boolean", "int" or "long"
	Required         bool   `json:"required,omitempty"`
	Multi            bool   `json:"multi,omitempty"`
	Managed          bool   `json:"managed,omitempty"`
	Entitlement      bool   `json:"entitlement,omitempty"`
	SchemaObjectType string `json:"schemaObjectType,omitempty"` // "" means "group" where Entitlement is set
}
