// Package plan decides the Go package of a spec: its names, its types, and the methods of its
// clients. It is the only place that knows the Go API: emission writes its decisions, and lint,
// diff, stub and settings ask it.
package plan

import (
	"slices"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// Options are settings that are not in the spec.
type Options struct {
	Package     string            // name in the package clause: "connector"
	SpecFile    string            // name of the spec's file; "" is the spec's own name
	SpecPath    string            // its path from the package's folder, with slashes; "" is the folder above
	Names       map[string]string // Go names by wire names ("account/userId"); they override the plan's
	Initialisms []string          // capitalized words, besides Go's own
}

// A Package is the generated package with every decision made.
type Package struct {
	Name     string       // connector
	SpecFile string       // name of the spec's file, one line; "" for standard input
	Title    string       // the spec's name
	Doc      string       // the spec's description
	Spec     *schema.Spec // for the schema tables
	Settings string       // the [Settings], as JSON; "" when there are none

	Config       *ConfigStruct
	Cards        []*ConfigStruct // in spec order
	Choices      []*Choice       // in spec order
	Account      *Object         // nil if the spec says nothing about accounts
	Create       *CreateInput    // nil when accounts cannot be created
	Update       *UpdateInput    // nil when accounts cannot be updated
	Entitlements []*Object       // one per type, in spec order
	Commands     []*Command      // in spec order

	Open      bool     // accounts may have attributes that the spec does not list
	Required  []string // keys of config items that a valid config must have, in spec order
	Secrets   []string // keys of config items whose values are secret, sorted
	Passwords []string // names of attributes and create fields that hold passwords, sorted

	Renamings    []Renaming    // names that differ from those their wire names imply
	NameProblems []NameProblem // names of the options that cannot be used
	UnusedNames  []string      // keys of the options' names that nothing in the spec has, sorted
}

// Methods returns the methods of the client, in spec order.
func (p *Package) Methods() []*Method {
	var methods []*Method
	for _, c := range p.Commands {
		methods = append(methods, c.Methods...)
	}
	return methods
}

// HoldsSecret reports whether a field of the config, or of a card, holds a secret; for pairs,
// whether their values are secret.
func (p *Package) HoldsSecret(f *ConfigField) bool {
	_, found := slices.BinarySearch(p.Secrets, f.Name)
	return found || f.Type == SecretConfig
}

// Tables returns the objects that Memory stores.
func (p *Package) Tables() []*Object {
	var objects []*Object
	if p.Account != nil && p.Account.Table != "" {
		objects = append(objects, p.Account)
	}
	for _, o := range p.Entitlements {
		if o.Table != "" {
			objects = append(objects, o)
		}
	}
	return objects
}

// A Type is a Go type in a signature or a field.
type Type struct {
	Name    string // "Account", "string"
	Where   Origin
	List    bool  // a slice of it
	Pointer bool  // a pointer to it
	Of      *Type // its argument, where it is generic
}

// An Origin says where a type is declared.
type Origin int

// The origins.
const (
	Local   Origin = iota // in the generated package
	SDK                   // in the SDK
	JSON                  // in encoding/json
	Context               // in context
	Builtin               // in Go: string, any, map[string]any
)

// qualifiers are the package names before types in generated code.
var qualifiers = map[Origin]string{SDK: "sdk.", JSON: "json.", Context: "context."}

// String returns the type as generated code writes it.
func (t Type) String() string { return t.Text(qualifiers) }

// Text returns the type with other qualifiers, by origin.
func (t Type) Text(qualifiers map[Origin]string) string {
	name := qualifiers[t.Where] + t.Name
	if t.Of != nil {
		name += "[" + t.Of.Text(qualifiers) + "]"
	}
	if t.Pointer {
		name = "*" + name
	}
	if t.List {
		name = "[]" + name
	}
	return name
}

// An Object is the struct of accounts or of one entitlement type.
type Object struct {
	GoName     string // Account, Group
	New        string // function that makes one of its attributes: newAccount
	Type       string // wire name of the entitlement type; "" for accounts and open entitlements
	Doc        string
	Receiver   string // a, e
	Account    bool
	Open       bool // an entitlement whose type is known only at run time
	KeyType    schema.KeyType
	Identity   Identity
	Members    []Member // besides the attributes' own fields, in wire order
	Attributes *Attributes
	Table      string // field of Memory: groups; "" if Memory needs none
	Key        string // entitlement/group
	At         schema.Pointer
}

// Keyed reports whether the key alone identifies objects: the spec has a keyType.
func (o *Object) Keyed() bool { return o.KeyType != schema.NoKeyType }

// An Identity says which attribute is an object's native identity.
type Identity struct {
	Field string // Go name of a string field; "" if there is none, or it has another type
	Name  string // wire name
}

// A Member is one field of an object or input that the protocol defines.
type Member struct {
	GoName  string // UUID; "" for a member with a fixed text
	Name    string // uuid
	Carrier string // method of sdk.Fields that carries it: "String"
	Type    Type
	Comment string
	Text    string // of a member without a field
}

// An Attributes is a struct of attributes.
type Attributes struct {
	GoName   string // AccountAttributes
	Receiver string // a
	Doc      string
	Fields   []*Field
	Open     bool // there may be others: discovered, or specific to a source
}

// A Field is one attribute.
type Field struct {
	GoName   string // UserID
	Name     string // userId, byte for byte
	Type     FieldType
	Required bool // always sent; in create input, required
	Doc      string
	Key      string // account/userId
	At       schema.Pointer
}

// A FieldType is the type of an attribute's field: the name of the sdk.Fields method that carries
// it.
type FieldType string

// The field types. Method Go maps each to its Go type.
const (
	StringField  FieldType = "String"
	SecretField  FieldType = "Secret" // a password
	BoolField    FieldType = "Bool"
	IntField     FieldType = "Int"
	StringsField FieldType = "Strings"
	BoolsField   FieldType = "Bools"
	IntsField    FieldType = "Ints"
)

// IsList reports whether attributes of the type have several values.
func (t FieldType) IsList() bool { return t == StringsField || t == BoolsField || t == IntsField }

// Change returns the Go type of a change of an attribute.
func (t FieldType) Change() Type {
	value := t.Go()
	value.List, value.Pointer = false, false
	name := "Change"
	if t.IsList() {
		name = "ListChange"
	}
	return Type{Name: name, Where: SDK, Of: &value}
}

// Go returns the Go type of fields of the type.
func (t FieldType) Go() Type {
	switch t {
	case SecretField:
		return Type{Name: "Secret", Where: SDK}
	case BoolField:
		return Type{Name: "bool", Where: Builtin, Pointer: true}
	case IntField:
		return Type{Name: "int64", Where: Builtin, Pointer: true}
	case StringsField:
		return Type{Name: "string", Where: Builtin, List: true}
	case BoolsField:
		return Type{Name: "bool", Where: Builtin, List: true}
	case IntsField:
		return Type{Name: "int64", Where: Builtin, List: true}
	}
	return Type{Name: "string", Where: Builtin}
}

// A CreateInput is the input of std:account:create.
type CreateInput struct {
	GoName     string // AccountCreateInput
	Members    []Member
	Attributes *Attributes
}

// An UpdateInput is the input of std:account:update: the SDK's, for a struct of changes.
type UpdateInput struct {
	GoName  string // AccountUpdateInput
	Changes string // AccountChanges
	Doc     string // of the changes
	Fields  []*Field

	// Types are the attribute types that tie the fields to the wire: first the fields of the first
	// type, then the fields of the next one with new names.
	Types []string
}

// A ConfigStruct is the config, or a card in it.
type ConfigStruct struct {
	GoName string // Config, ConfigProfile
	Doc    string
	Fields []*ConfigField
	Extra  string // doc comment of the field for items that the spec does not list
	Key    string // config, config/profiles
	At     schema.Pointer

	items []*schema.Entry // of a card, until they become fields
}

// A ConfigField is one config item, or several alternatives for one key.
type ConfigField struct {
	GoName string // BaseURL
	Name   string // base_url, byte for byte
	Type   ConfigType
	Choice *Choice       // of a ChoiceConfig
	Card   *ConfigStruct // of a CardsConfig
	Doc    string
	Items  []ConfigItem // one, or one per alternative
	Key    string       // config/base_url
	At     schema.Pointer
}

// A ConfigType is the type of a config field: the name of its reader in the SDK's package config.
type ConfigType string

// The config types. Method Go maps each to its Go type.
const (
	TextConfig            ConfigType = "Text"
	URLConfig             ConfigType = "URL"
	SecretConfig          ConfigType = "Secret"
	CheckboxConfig        ConfigType = "Checkbox"
	IntConfig             ConfigType = "Int"
	OptionalIntConfig     ConfigType = "OptionalInt"
	FloatConfig           ConfigType = "Float"
	OptionalFloatConfig   ConfigType = "OptionalFloat"
	ListConfig            ConfigType = "List"
	KeyValuesConfig       ConfigType = "KeyValues"
	SecretKeyValuesConfig ConfigType = "SecretKeyValues"
	ChoiceConfig          ConfigType = "Choice"
	CardsConfig           ConfigType = "Cards"
)

// IsNumber reports whether fields of the type are numbers.
func (t ConfigType) IsNumber() bool { return t.isInt() || t.isFloat() }

func (t ConfigType) isInt() bool { return t == IntConfig || t == OptionalIntConfig }

func (t ConfigType) isFloat() bool { return t == FloatConfig || t == OptionalFloatConfig }

func (t ConfigType) isOptional() bool { return t == OptionalIntConfig || t == OptionalFloatConfig }

// numberType is the type of numbers.
func numberType(isFloat, optional bool) ConfigType {
	switch {
	case isFloat && optional:
		return OptionalFloatConfig
	case isFloat:
		return FloatConfig
	case optional:
		return OptionalIntConfig
	}
	return IntConfig
}

// IsPairs reports whether fields of the type are pairs.
func (t ConfigType) IsPairs() bool { return t == KeyValuesConfig || t == SecretKeyValuesConfig }

// isSecret reports whether fields of the type hide their values.
func (t ConfigType) isSecret() bool { return t == SecretConfig || t == SecretKeyValuesConfig }

// ExtraConfig is the type of the values in Extra of the config and its cards.
var ExtraConfig = Type{Name: "SecretJSON", Where: SDK}

// Go returns the Go type of the field.
func (f *ConfigField) Go() Type {
	switch f.Type {
	case SecretConfig:
		return Type{Name: "Secret", Where: SDK}
	case CheckboxConfig:
		return Type{Name: "bool", Where: Builtin}
	case IntConfig:
		return Type{Name: "int64", Where: Builtin}
	case OptionalIntConfig:
		return Type{Name: "int64", Where: Builtin, Pointer: true}
	case FloatConfig:
		return Type{Name: "float64", Where: Builtin}
	case OptionalFloatConfig:
		return Type{Name: "float64", Where: Builtin, Pointer: true}
	case ListConfig:
		return Type{Name: "string", Where: Builtin, List: true}
	case KeyValuesConfig:
		return Type{Name: "KeyValues", Where: SDK}
	case SecretKeyValuesConfig:
		return Type{Name: "SecretKeyValues", Where: SDK}
	case ChoiceConfig:
		return Type{Name: f.Choice.GoName}
	case CardsConfig:
		return Type{Name: f.Card.GoName, List: true}
	}
	return Type{Name: "string", Where: Builtin}
}

// A ConfigItem says how a config field gets its value.
type ConfigItem struct {
	Type        ConfigType // reads the value: the field's type, or URL for an alternative to a text
	Required    bool
	Initial     string // JSON, "" for none
	Min, Max    *float64
	ParentKey   string // "" when always visible
	ParentValue string
	PairKey     string // of a keyValue item: the names of the members of a pair
	PairVal     string
}

// A Choice is the type of a radio or select item.
type Choice struct {
	GoName  string // ConfigRegion
	Doc     string
	Options []Option
	Key     string // config/region
	At      schema.Pointer

	values map[string]bool // of the options
}

// An Option is one constant of a choice.
type Option struct {
	GoName string // ConfigRegionEurope
	Value  string
	Doc    string
	Key    string // option/region/europe
	At     schema.Pointer
}

// A Command is one command of the spec.
type Command struct {
	Name    string // std:account:list
	Shape   protocol.Shape
	Methods []*Method // one; for entitlement commands one per type
	Key     string    // command/std:account:list
	At      schema.Pointer
}

// A Method is one method of the client.
type Method struct {
	GoName  string // AccountList, GroupList
	Var     string // its descriptor: GroupList, GroupListMethod where a type has that name
	Command *Command
	Doc     string
	Input   Type
	Output  Type            // none for actions
	Object  *Object         // that it works on; nil for none
	Memory  protocol.Answer // of Memory
	Default protocol.Answer // of UnimplementedClient
}

// Signature returns the types of the method's parameters and results, with qualifiers by
// origin.
func (m *Method) Signature(qualifiers map[Origin]string) (params, results []string) {
	text := func(t Type) string { return t.Text(qualifiers) }
	params = []string{text(Type{Name: "Context", Where: Context}), text(m.Input)}
	switch {
	case m.Command.Shape == protocol.Action:
		return params, []string{"error"}
	case m.Command.Shape.Streams():
		stream := text(Type{Name: "Stream", Where: SDK, Pointer: true}) + "[" + text(m.Output) + "]"
		return append(params, stream), []string{"error"}
	}
	return params, []string{text(m.Output), "error"}
}

// EntitlementType returns the type of the method's objects, "" for none or any.
func (m *Method) EntitlementType() string {
	if m.Object == nil {
		return ""
	}
	return m.Object.Type
}

// Answered reports whether Memory answers the command, so a client that embeds it needs
// no method of its own.
func (m *Method) Answered() bool {
	return m.Memory != protocol.NoAnswer || m.Default != protocol.NoAnswer
}

// Settings are inputs of a package that neither its spec nor its code shows. conngen
// check reads them from spec.go.
type Settings struct {
	Spec        string            `json:"spec,omitempty"` // [Options.SpecPath]
	Names       map[string]string `json:"names,omitempty"`
	Initialisms []string          `json:"initialisms,omitempty"`
}
