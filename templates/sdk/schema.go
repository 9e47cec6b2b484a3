package sdk

// A Spec is for generated code. It is what the SDK needs to know of a connector's
// connector-spec.json.
type Spec struct {
	Name         string
	KeyType      KeyType
	JSON         string // the whole file, for std:spec:read
	Account      *AccountSchema
	Entitlements []EntitlementSchema

	// Secrets are the keys of config items, in any scope, whose values are secret.
	Secrets []string

	// Passwords are the names of create fields and account attributes that hold
	// passwords.
	Passwords []string
}

// openAccount stands in for the account schema of a spec that has none: its attributes
// are discovered at run time.
var openAccount = AccountSchema{
	DisplayAttribute:  "name",
	IdentityAttribute: "id",
	Attributes: []SchemaAttribute{
		{Name: "id", Type: "string", Description: "The account's ID"},
		{Name: "name", Type: "string", Description: "The account's name"},
		{Name: "email", Type: "string", Description: "The account's email address"},
	},
}

// AccountSchema returns the schema of accounts. A spec without attributes, which leaves
// them to discovery, gets one with id, name and email.
func (s Spec) AccountSchema() AccountSchema {
	if s.HasOpenAccounts() {
		return openAccount
	}
	return *s.Account
}

// HasOpenAccounts reports whether the spec leaves the attributes of accounts to discovery.
func (s Spec) HasOpenAccounts() bool { return s.Account == nil || len(s.Account.Attributes) == 0 }

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
