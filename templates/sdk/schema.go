package sdk

import "slices"

// A Spec is for generated code. It is what the SDK needs to know about a
// connector's connector-spec.json.
type Spec struct {
	Name         string
	KeyType      KeyType
	JSON         string // the whole file, for std:spec:read
	Account      *AccountSchema
	Entitlements []EntitlementSchema

	// Open means that accounts may have attributes which Account does not list: they are
	// discovered, or a source's own.
	Open bool

	// Required are the keys of config items that every source must have: they are required,
	// always shown, and have no initial value.
	Required []string

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
// them to discovery, gets one with id, name and email. An attribute that it leaves to
// discovery, but names as the identity or display attribute, is a string.
func (s Spec) AccountSchema() AccountSchema {
	if s.Account == nil || len(s.Account.Attributes) == 0 {
		return openAccount
	}
	schema := *s.Account
	for _, name := range []string{schema.IdentityAttribute, schema.DisplayAttribute} {
		has := func(a SchemaAttribute) bool { return a.Name == name }
		if name != "" && !slices.ContainsFunc(schema.Attributes, has) {
			schema.Attributes = append(slices.Clip(schema.Attributes), SchemaAttribute{Name: name, Type: "string"})
		}
	}
	return schema
}

// namesOf returns the attributes that name an object to people, the best one first.
func (s Spec) namesOf(kind, entitlementType string) []string {
	if kind == "account" {
		schema := s.AccountSchema()
		return []string{schema.DisplayAttribute, schema.IdentityAttribute}
	}
	for _, schema := range s.Entitlements {
		if schema.Type == entitlementType {
			return []string{schema.DisplayAttribute, schema.IdentityAttribute}
		}
	}
	return nil
}

// An AccountSchema says which attributes accounts have.
type AccountSchema struct {
	DisplayAttribute  string
	IdentityAttribute string
	GroupAttribute    string
	Attributes        []SchemaAttribute
}

// An EntitlementSchema says which attributes entitlements of one type have.
type EntitlementSchema struct {
	Type               string
	DisplayAttribute   string
	IdentityAttribute  string
	HierarchyAttribute string
	IncludePermissions bool
	Attributes         []SchemaAttribute
}

// A SchemaAttribute describes one attribute.
type SchemaAttribute struct {
	Name             string
	Description      string
	Type             string // "string", "boolean", "int" or "long"
	Required         bool
	Multi            bool
	Managed          bool
	Entitlement      bool
	SchemaObjectType string // "" means "group" where Entitlement is set
}

// WireFields maps the fields to their JSON members.
func (s *AccountSchema) WireFields(w *Fields) {
	w.Required().String("displayAttribute", &s.DisplayAttribute)
	w.Required().String("identityAttribute", &s.IdentityAttribute)
	w.Required().String("groupAttribute", &s.GroupAttribute)
	objects(w.Required(), "attributes", &s.Attributes)
}

// MarshalJSON encodes the wire form.
func (s AccountSchema) MarshalJSON() ([]byte, error) { return Marshal(&s) }

// UnmarshalJSON decodes the wire form.
func (s *AccountSchema) UnmarshalJSON(data []byte) error { return Unmarshal(data, s) }

// WireFields maps the fields to their JSON members.
func (s *EntitlementSchema) WireFields(w *Fields) {
	w.Required().String("type", &s.Type)
	w.Required().String("displayAttribute", &s.DisplayAttribute)
	w.Required().String("identityAttribute", &s.IdentityAttribute)
	w.String("hierarchyAttribute", &s.HierarchyAttribute)
	w.Flag("includePermissions", &s.IncludePermissions)
	objects(w.Required(), "attributes", &s.Attributes)
}

// MarshalJSON encodes the wire form.
func (s EntitlementSchema) MarshalJSON() ([]byte, error) { return Marshal(&s) }

// UnmarshalJSON decodes the wire form.
func (s *EntitlementSchema) UnmarshalJSON(data []byte) error { return Unmarshal(data, s) }

// WireFields maps the fields to their JSON members.
func (s *DatasetSchema) WireFields(w *Fields) {
	w.Required().String("name", &s.Name)
	w.Required().String("displayAttribute", &s.DisplayAttribute)
	w.Required().String("identityAttribute", &s.IdentityAttribute)
	w.String("groupAttribute", &s.GroupAttribute)
	objects(w.Required(), "attributes", &s.Attributes)
	w.Object("config", (*datasetConfig)(s))
}

// MarshalJSON encodes the wire form.
func (s DatasetSchema) MarshalJSON() ([]byte, error) { return Marshal(&s) }

// UnmarshalJSON decodes the wire form.
func (s *DatasetSchema) UnmarshalJSON(data []byte) error { return Unmarshal(data, s) }

// datasetConfig is the config of a dataset's schema.
type datasetConfig DatasetSchema

func (s *datasetConfig) WireFields(w *Fields) {
	w.Required().String("datasetType", &s.Config.DatasetType)
	w.Required().String("datasetId", &s.Config.DatasetID)
}

// WireFields maps the fields to their JSON members.
func (a *SchemaAttribute) WireFields(w *Fields) {
	w.Required().String("name", &a.Name)
	w.Required().String("description", &a.Description)
	w.Required().String("type", &a.Type)
	w.Flag("required", &a.Required)
	w.Flag("multi", &a.Multi)
	w.Flag("managed", &a.Managed)
	w.Flag("entitlement", &a.Entitlement)
	w.String("schemaObjectType", &a.SchemaObjectType)
}

// MarshalJSON encodes the wire form.
func (a SchemaAttribute) MarshalJSON() ([]byte, error) { return Marshal(&a) }

// UnmarshalJSON decodes the wire form.
func (a *SchemaAttribute) UnmarshalJSON(data []byte) error { return Unmarshal(data, a) }
