package sdk

// A Spec is what the SDK needs to know of a connector's connector-spec.json.
type Spec struct {
	Name         string
	KeyType      KeyType
	JSON         string // the whole file, for std:spec:read
	Account      *AccountSchema
	Entitlements []EntitlementSchema
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
