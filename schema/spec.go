// Package schema reads connector-spec.json, the file that tells SailPoint
// Identity Security Cloud what a SaaS connector can do.
//
// [Parse] turns bytes into a [Spec] and reports all its faults, each at its line and column. The
// rules of the format itself are in connector-spec.schema.json; [JSONSchema] returns it.
package schema

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
)

// A Spec is one connector-spec.json, as far as it is readable. Absent, null and empty are the same
// in it where the format treats them alike.
type Spec struct {
	File *File // positions of everything in the spec

	Name                     string // display name, free text
	Description              string
	KeyType                  KeyType
	Commands                 []Command // in file order, with duplicates
	SourceConfig             []*Entry  // the config form, in UI order
	InitialValues            []InitialValue
	AccountSchema            *ObjectSchema   // nil if the spec has none
	EntitlementSchemas       []*ObjectSchema // in file order
	AccountCreateTemplate    *CreateTemplate // nil if the spec has none
	SupportsStatefulCommands bool
	ShowDebugLoggingOption   bool
	SupportsCustomSchemas    bool
	Features                 []string
	ScriptName               string
	TestConnectionTimeout    int64 // seconds, 0 if absent
	Visibility               string
	Topology                 string
	Unknown                  []Member // members that the format does not know

	QuotedFlags []Pointer // booleans anywhere in the spec that are written as strings
}

// KeyType says which kind of key identifies an object.
type KeyType string

// The key types. A spec without one uses simple keys, and its objects may have identity and uuid
// instead.
const (
	NoKeyType       KeyType = ""
	SimpleKeyType   KeyType = "simple"
	CompoundKeyType KeyType = "compound"
)

// A Command is one entry of commands.
type Command struct {
	Pointer Pointer
	Name    string // "std:account:list"
}

// A Member is one name and value of a JSON object that the format does not know.
type Member struct {
	Pointer Pointer // of the value
	Name    string
	Value   json.RawMessage
	Known   []string // the names of the format for members of the object
}

// The keys of items or initial values that ISC reads itself.
const (
	StatefulKey            = "spConnEnableStatefulCommands" // whether delta aggregation is on
	ProvisioningTimeoutKey = "provisioningTimeout"          // seconds that ISC waits for a change of an account
	DebugLoggingKey        = "spConnDebugLoggingEnabled"    // whether the connector logs details
)

// DefaultProvisioningTimeout is how many seconds ISC waits for a change of an account.
const DefaultProvisioningTimeout = 60

// An InitialValue is one member of sourceConfigInitialValues.
type InitialValue struct {
	Pointer Pointer // of the value
	Key     string
	Value   json.RawMessage // as written
}

// The types of an [Entry] that are not config items.
const (
	EntryMenu    = "menu"
	EntrySection = "section"
)

// The documented types of config items.
const (
	ItemText           = "text"
	ItemSecret         = "secret"
	ItemTextArea       = "textarea"
	ItemSecretTextArea = "secrettextarea"
	ItemURL            = "url"
	ItemNumber         = "number"
	ItemCheckbox       = "checkbox"
	ItemToggle         = "toggle"
	ItemRadio          = "radio"
	ItemSelect         = "select"
	ItemList           = "list"
	ItemKeyValue       = "keyValue"
	ItemCardList       = "cardList"
)

// ItemTypes returns the documented types of config items.
func ItemTypes() []string {
	return []string{
		ItemText, ItemSecret, ItemTextArea, ItemSecretTextArea, ItemURL, ItemNumber, ItemCheckbox,
		ItemToggle, ItemRadio, ItemSelect, ItemList, ItemKeyValue, ItemCardList,
	}
}

// ItemPassword is an undocumented type, which specs use for secrets.
const ItemPassword = "password"

// An Entry is one entry of the config form: a menu, a section or a config item, according to Type.
type Entry struct {
	Pointer Pointer
	Type    string // "menu", "section", or the type of a config item
	Label   string // of menus and items

	// Sections.
	SectionTitle       string
	SectionHelpMessage string // may contain HTML
	DocLink            string
	DocLinkLabel       string

	// Menus and sections.
	Items []*Entry

	// Config items.
	Key         string // literal key in the config object, dots included
	Required    bool   // while visible
	ParentKey   string // the item in the same scope that controls visibility
	ParentValue string // the parent's value that shows this item; "true" for a checked box
	Placeholder string
	HelpKey     string
	HelpText    string          // undocumented
	HelpMessage string          // undocumented
	Min, Max    string          // numeric text, "" when absent
	MaxLength   string          // numeric text, "" when absent
	Value       json.RawMessage // undocumented default of an item in a card, nil when absent
	ValuePath   string          // undocumented

	Options []Option // radio and select

	KeyValueKey   *KeyValuePart // keyValue
	KeyValueValue *KeyValuePart // keyValue

	// Card lists.
	SubMenus         []SubMenu
	TitleKey         string
	SubtitleKey      string
	IndexKey         string
	ButtonLabel      string
	AddButton        bool
	EditButton       bool
	DeleteButton     bool
	CopyButton       bool
	DragNDropEnabled bool

	Unknown []Member
}

// IsItem reports whether e is a config item, neither menu nor section.
func (e *Entry) IsItem() bool { return e.Type != EntryMenu && e.Type != EntrySection }

// IsSwitch reports whether an item is either on or off.
func (e *Entry) IsSwitch() bool { return e.Type == ItemCheckbox || e.Type == ItemToggle }

// IsChoice reports whether the value of an item is one of its options.
func (e *Entry) IsChoice() bool { return e.Type == ItemRadio || e.Type == ItemSelect }

// AlternativeTo reports whether at most one of two items is ever visible: the same parent
// shows them for different values, so they may share a key.
func (e *Entry) AlternativeTo(other *Entry) bool {
	return e.ParentKey != "" && e.ParentKey == other.ParentKey && e.ParentValue != other.ParentValue
}

// CardItems yields the config items of a card list in file order; they are a scope of keys.
func (e *Entry) CardItems() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, m := range e.SubMenus {
			if !walkItems(m.Items, yield) {
				return
			}
		}
	}
}

// ConfigItems walks the config items of the spec's top-level scope in file order,
// whatever menus and sections they are in. Items inside cards are not among them; see
// [Entry.CardItems].
func (s *Spec) ConfigItems() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) { walkItems(s.SourceConfig, yield) }
}

func walkItems(entries []*Entry, yield func(*Entry) bool) bool {
	for _, e := range entries {
		if e.IsItem() {
			if !yield(e) {
				return false
			}
			continue
		}
		if !walkItems(e.Items, yield) {
			return false
		}
	}
	return true
}

// IsDynamic reports whether the connector discovers the attributes of accounts.
func (s *Spec) IsDynamic() bool { return s.HasCommand(discoverSchema) }

// HasOpenAccounts reports whether accounts may have attributes that the spec does not list:
// discovered ones, a source's own, or all of them.
func (s *Spec) HasOpenAccounts() bool {
	return s.IsDynamic() || s.SupportsCustomSchemas || s.AccountSchema == nil || len(s.AccountSchema.Attributes) == 0
}

// HasCommand reports whether the spec lists the command.
func (s *Spec) HasCommand(name string) bool {
	for _, c := range s.Commands {
		if c.Name == name {
			return true
		}
	}
	return false
}

// An Option is one choice of a radio or select item.
type Option struct {
	Pointer      Pointer
	Label        string
	Value        string // scalars are read as text
	DocLink      string
	DocLinkLabel string
	Unknown      []Member
}

// A KeyValuePart describes one of the two members of a keyValue pair.
type KeyValuePart struct {
	Pointer   Pointer
	Key       string // the member's name in each pair
	Label     string
	Type      string
	Required  bool
	MaxLength string // numeric text, "" when absent
	Unknown   []Member
}

// A SubMenu is one page of a card.
type SubMenu struct {
	Pointer Pointer
	Label   string
	Items   []*Entry
	Unknown []Member
}

// An ObjectSchema is accountSchema or one entry of entitlementSchemas.
type ObjectSchema struct {
	Pointer            Pointer
	Type               string // entitlement schemas only: "group"
	DisplayAttribute   string
	IdentityAttribute  string
	GroupAttribute     string
	HierarchyAttribute string
	IncludePermissions bool
	Attributes         []Attribute // in file order, with duplicates
	Unknown            []Member
}

// The attribute and template field types. TypeArray occurs only in templates.
const (
	TypeString  = "string"
	TypeBoolean = "boolean"
	TypeInt     = "int"
	TypeLong    = "long"
	TypeArray   = "array"
)

// AttributeTypes returns the types of attributes.
func AttributeTypes() []string { return []string{TypeString, TypeBoolean, TypeInt, TypeLong} }

// FieldTypes returns the types of template fields.
func FieldTypes() []string { return append(AttributeTypes(), TypeArray) }

// An Attribute is one attribute of an account or entitlement schema.
type Attribute struct {
	Pointer          Pointer
	Name             string // literal, any text
	Type             string // "string", "boolean", "int" or "long"
	Description      string
	Multi            bool
	Entitlement      bool
	Managed          bool
	Required         bool
	Writable         bool
	SchemaObjectType string // "" means "group" if Entitlement is set
	Unknown          []Member
}

// ObjectType returns the type of the entitlements that the attribute holds.
func (a Attribute) ObjectType() string {
	if a.SchemaObjectType == "" {
		return "group"
	}
	return a.SchemaObjectType
}

// A CreateTemplate is accountCreateTemplate.
type CreateTemplate struct {
	Pointer Pointer
	Fields  []Field // in file order, with duplicates
	Unknown []Member
}

// A Field is one field of the create template.
type Field struct {
	Pointer           Pointer
	Key               string // attribute name in the create request; the deprecated name if key is absent
	Name              string // deprecated name of key, "" when absent
	Label             string
	Type              string // "string", "boolean", "int", "long" or "array"
	Required          bool
	IsMultiValued     bool
	InitialValue      *FieldValue // nil when absent
	IdentityAttribute string      // deprecated form of an initial value
	Unknown           []Member
}

// The kinds of [FieldValue].
const (
	ValueIdentityAttribute = "identityAttribute"
	ValueStatic            = "static"
	ValueGenerator         = "generator"
)

// The generators of [ValueGenerator].
const (
	CreatePassword        = "Create Password"
	CreateUniqueAccountID = "Create Unique Account ID"
)

// Generators returns the platform's generators.
func Generators() []string { return []string{CreatePassword, CreateUniqueAccountID} }

// A FieldValue says where ISC takes a create field's value from.
type FieldValue struct {
	Pointer         Pointer
	Type            string          // "identityAttribute", "static" or "generator"
	Name            string          // identity attribute or generator
	Value           json.RawMessage // static value, nil when absent
	Template        string          // of the generator [CreateUniqueAccountID]
	MaxSize         string          // numeric text, "" when absent
	MaxUniqueChecks string          // numeric text, "" when absent
	Unknown         []Member
}

// A Pointer is a JSON Pointer (RFC 6901) to a value of the spec; "" is the
// whole file.
type Pointer string

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// Member returns the pointer to the member name of the object that p points to.
func (p Pointer) Member(name string) Pointer {
	return p + "/" + Pointer(pointerEscaper.Replace(name))
}

// element returns the pointer to an element of the array that p points to.
func (p Pointer) element(i int) Pointer {
	var room [96]byte
	return Pointer(strconv.AppendInt(append(append(room[:0], p...), '/'), int64(i), 10))
}

// Last returns the last token of p, the name of the member that it points to; ""
// for the whole file.
func (p Pointer) Last() string {
	last := ""
	for rest := string(p); rest != ""; {
		last, rest = nextToken(rest)
	}
	return last
}
