package generator

import (
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// A Package is the generated package with every decision taken: emission only
// writes it down.
type Package struct {
	Name  string       // connector
	SDK   string       // import path of the shared SDK, "" when it is part of the package
	Title string       // the spec's name, one line
	Doc   string       // the spec's description
	Spec  *schema.Spec // for the schema tables
	JSON  string       // the spec, fit for a raw string literal

	Config       *ConfigStruct
	ConfigTypes  []*ConfigStruct // cards, in spec order
	Choices      []*Choice       // in spec order
	Account      *Object         // nil when nothing is said of accounts
	Create       *CreateInput    // nil when accounts cannot be created
	Entitlements []*Object       // one per type
	Commands     []*Command      // in spec order
}

// An Object is the struct of accounts or of one entitlement type.
type Object struct {
	GoName     string // Account, Group
	Type       string // wire name of the entitlement type; "" for accounts and open entitlements
	Doc        string
	Account    bool // with the members that only accounts have
	Open       bool // an entitlement whose type is known at run time alone
	KeyType    schema.KeyType
	Identity   Identity
	Attributes *Attributes
	Table      string // field of Memory: groups; "" when no command of the spec needs it
}

// An Identity says where an object's native identity is among its attributes.
type Identity struct {
	Field string // Go name of a string field; "" when there is none, or one of another type
	Name  string // wire name
}

// An Attributes is the struct of an object's attributes.
type Attributes struct {
	GoName   string // AccountAttributes
	Receiver string // a
	Doc      string
	Fields   []*Field
}

// A Field is one attribute.
type Field struct {
	GoName   string // UserID
	Name     string // userId, byte for byte
	Type     FieldType
	Required bool // always sent; in create input, must be given
	Doc      string
}

// A FieldType is the type of an attribute's field: the name of the Binder method
// that carries it.
type FieldType string

// The field types. goType gives each its Go type.
const (
	StringField  FieldType = "String"
	BoolField    FieldType = "Bool"
	IntField     FieldType = "Int"
	StringsField FieldType = "Strings"
	BoolsField   FieldType = "Bools"
	IntsField    FieldType = "Ints"
)

// A CreateInput is the input of std:account:create.
type CreateInput struct {
	Attributes *Attributes // the account's own where the spec has no create template
	Own        bool        // Attributes are to be emitted
}

// A ConfigStruct is the config, or a card in it.
type ConfigStruct struct {
	GoName string // Config, ConfigProfiles
	Doc    string
	Fields []*ConfigField
}

// A ConfigField is one config item, or several that are alternatives for one key.
type ConfigField struct {
	GoName string // BaseURL
	Key    string // base_url, byte for byte
	Type   ConfigType
	Named  string // Go name of the choice or card type
	Name   string // keyValue: the members of a pair
	Value  string
	Doc    string
	Items  []ConfigItem // one, or one for each alternative
}

// A ConfigType is the type of a config field: the name of the ConfigBinder method
// or SDK function that reads it.
type ConfigType string

// The config types. configGoType gives each its Go type.
const (
	TextConfig      ConfigType = "Text"
	URLConfig       ConfigType = "URL"
	SecretConfig    ConfigType = "Secret"
	CheckboxConfig  ConfigType = "Checkbox"
	NumberConfig    ConfigType = "Number"
	ListConfig      ConfigType = "List"
	KeyValuesConfig ConfigType = "KeyValues"
	ChoiceConfig    ConfigType = "Choice"
	CardsConfig     ConfigType = "Cards"
)

// A ConfigItem is what decides about a config field's value.
type ConfigItem struct {
	Required    bool
	Initial     string // JSON, "" for none
	Min, Max    *float64
	ParentKey   string // "" when always visible
	ParentValue string
}

// A Choice is the type of a radio or select item.
type Choice struct {
	GoName  string // ConfigRegion
	Doc     string
	Options []Option
}

// An Option is one constant of a choice.
type Option struct {
	GoName string // ConfigRegionEurope
	Value  string
	Doc    string
}

// A Command is one command of the spec.
type Command struct {
	Name    string // std:account:list
	Const   string // StdAccountList
	Shape   protocol.Shape
	Methods []*Method // one; for entitlement commands one per type
	ByType  bool      // Methods are told apart by the input's type
}

// A Method is one method of the client.
type Method struct {
	GoName  string // AccountList, GroupList
	Command *Command
	Doc     string
	Input   Type
	Output  Type // none for actions
	Object  *Object
	Memory  protocol.Answer // of Memory
	Default protocol.Answer // of UnimplementedClient
	Before  string          // Go names of the options for hooks
	After   string
}

// A Type is a type in a method's signature.
type Type struct {
	Name  string // "" for none
	Where origin
	List  bool // a slice of it
}

// An origin says where a type is declared.
type origin int

const (
	inPackage origin = iota // generated
	inSDK
	rawJSON // json.RawMessage
	anyType // any
)
