package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// fixedNames are declared by all or some generated packages. They are reserved in all, so a name
// does not depend on the rest of the spec.
var fixedNames = []string{
	"Account", "AccountAttributes", "AccountCreateInput", "AccountCreateAttributes", "AccountUpdateInput", "AccountChanges", "newAccount",
	"Config", "DecodeConfig", "Client", "UnimplementedClient", "Memory", "NewMemory", "New", "Main",
	"spec", "specJSON",
}

// The members of generated types that tie them to the wire.
const (
	FieldsMethod    = "WireFields"
	TypesMethod     = "WireTypes" // of an update's changes
	MarshalMethod   = "MarshalJSON"
	UnmarshalMethod = "UnmarshalJSON"
	ExtraField      = "Extra"
	ItemsMethod     = "ConfigItems" // of the config and its cards
	FormatMethod    = "Format"      // of the config and its cards
)

// attributeNames cannot be fields of attribute types, which already have them, nor of an update's
// changes, whose attributes have the same names.
var attributeNames = []string{ExtraField, FieldsMethod, TypesMethod, MarshalMethod, UnmarshalMethod}

// configNames cannot be fields of the config and its cards.
var configNames = []string{ExtraField, ItemsMethod, FormatMethod, MarshalMethod}

// clientNames cannot be methods of the client: structs that embed the types of these
// names have them as fields.
var clientNames = []string{"Client", "UnimplementedClient", "Memory"}

// A planner makes the decisions about one package.
type planner struct {
	spec     *schema.Spec
	opts     Options
	namer    *goname.Namer
	standard *goname.Namer // for names of the protocol, which no setting changes
	pkg      *Package
	names    scope                      // of the package
	initial  map[string]json.RawMessage // initial values by the keys of their items

	usedNames, usedInitialisms map[string]bool // keys of opts.Names, and words in lower case
}

// New decides everything about the package of a spec: its types and methods, their names,
// and their comments. For a spec with errors, it plans what can be read.
func New(spec *schema.Spec, opts Options) *Package {
	p := &planner{
		spec:     spec,
		opts:     opts,
		namer:    goname.NewNamer(opts.Initialisms),
		standard: goname.NewNamer(nil),
		names:    newScope(0, fixedNames...),
		initial:  make(map[string]json.RawMessage, len(spec.InitialValues)),

		usedNames:       make(map[string]bool),
		usedInitialisms: make(map[string]bool),

		pkg: &Package{
			Name:     opts.Package,
			SpecFile: specFile(cmp.Or(opts.SpecFile, spec.File.Name)),
			Title:    spec.Name,
			Doc:      spec.Description,
			Spec:     spec,
		},
	}
	for _, v := range spec.InitialValues {
		p.initial[v.Key] = v.Value
	}
	p.pkg.Passwords, p.pkg.Open = Passwords(spec), spec.HasOpenAccounts()
	p.objects()
	p.config()
	p.commands()
	p.memory()
	p.pkg.Secrets = SecretItems(p.spec)
	p.settings()
	return p.pkg
}

// Stdin is the name of a spec that comes from standard input.
const Stdin = "stdin"

// specFile is the name of a spec's file without its folder, safe for a comment.
func specFile(path string) string {
	if path == Stdin {
		return ""
	}
	return OneLine(filepath.Base(path))
}

// settings records which options had an effect.
func (p *planner) settings() {
	for _, key := range slices.Sorted(maps.Keys(p.opts.Names)) {
		if !p.usedNames[key] {
			p.pkg.UnusedNames = append(p.pkg.UnusedNames, key)
		}
	}
	used := Settings{Names: make(map[string]string)}
	if path.Dir(p.opts.SpecPath) != ".." {
		used.Spec = p.opts.SpecPath
	}
	for key := range p.usedNames {
		used.Names[key] = p.opts.Names[key]
	}
	for word := range p.usedInitialisms {
		used.Initialisms = append(used.Initialisms, strings.ToUpper(word))
	}
	slices.Sort(used.Initialisms)
	if used.Spec == "" && len(used.Names)+len(used.Initialisms) == 0 {
		return
	}
	text, err := json.Marshal(used)
	if err != nil {
		panic(err) // it only holds texts
	}
	p.pkg.Settings = string(text)
}

// objects plans accounts, entitlement types and the create input.
func (p *planner) objects() {
	p.accounts()
	var claims []claim
	for _, s := range p.spec.DistinctEntitlementSchemas() {
		o := &Object{Type: s.Type, Key: schema.WireName(schema.WireEntitlement, s.Type), At: s.Pointer.Member("type")}
		p.pkg.Entitlements = append(p.pkg.Entitlements, o)
		claims = append(claims, claim{
			key: o.Key, wire: s.Type, at: o.At, want: p.namer.Name(s.Type, "Type"), text: s.Type, kind: "Type", family: objectFamily,
			set: func(name string) { p.entitlement(o, s, name) },
		})
	}
	p.settle(p.names, "Entitlement", claims)
	if len(p.pkg.Entitlements) == 0 && p.worksOn(protocol.Entitlements) {
		p.pkg.Entitlements = []*Object{p.openEntitlement()}
	}
}

// accounts plans accounts and the inputs that create and update them.
func (p *planner) accounts() {
	attributes, fields := p.schemaFields(), p.templateFields()
	p.settleAccountNames(attributes, fields)
	if p.spec.AccountSchema != nil || p.worksOn(protocol.Accounts) {
		p.pkg.Account = p.account(attributes)
	}
	if p.spec.HasCommand(createCommand) || p.spec.AccountCreateTemplate != nil {
		p.pkg.Create = p.createInput(attributes, fields)
	}
	if p.spec.HasCommand(updateCommand) {
		p.pkg.Update = p.updateInput(attributes, fields)
	}
}

// schemaFields returns the fields of the account schema's attributes.
func (p *planner) schemaFields() []*Field {
	if p.spec.AccountSchema == nil {
		return nil
	}
	return attributeFields(p.spec.AccountSchema, schema.WireAccount, p.accountFieldType)
}

// templateFields returns the fields of the create template. If the schema has an attribute of that
// name, its type counts.
func (p *planner) templateFields() []*Field {
	t := p.spec.AccountCreateTemplate
	if t == nil {
		return nil
	}
	inSchema := make(map[string]*schema.Attribute)
	if s := p.spec.AccountSchema; s != nil && len(t.Fields) > 0 {
		for i := range s.Attributes {
			if a := &s.Attributes[i]; inSchema[a.Name] == nil { // the first of a name counts
				inSchema[a.Name] = a
			}
		}
	}
	var fields []*Field
	for _, f := range t.DistinctFields() {
		specType, multi := f.Type, f.IsMultiValued
		if a, ok := inSchema[f.Key]; ok {
			specType, multi = a.Type, a.Multi || !a.Entitlement && (f.IsMultiValued || f.Type == schema.TypeArray)
		}
		fields = append(fields, &Field{
			Name: f.Key, Type: p.accountFieldType(f.Key, specType, multi), Required: f.Required, Doc: fieldDoc(f),
			Key: schema.WireName(schema.WireCreate, f.Key), At: keyOf(p.spec, f),
		})
	}
	return fields
}

// settleAccountNames names account attributes and template fields in one scope: a wire name has one
// Go name in all structs, unless a setting changes it for creates. The schema's names come first,
// so no template changes them.
func (p *planner) settleAccountNames(attributes, template []*Field) {
	scope := newScope(len(attributes)+len(template), attributeNames...)
	byName := make(map[string]*Field, len(attributes))
	claims := make([]claim, 0, len(attributes))
	for _, f := range attributes {
		byName[f.Name] = f
		claims = append(claims, p.fieldClaim(f))
	}
	p.settle(scope, "", claims)
	claims = nil
	for _, f := range template {
		if byName[f.Name] == nil {
			claims = append(claims, p.fieldClaim(f))
		}
	}
	p.settle(scope, "", claims)
	for _, f := range template {
		if a := byName[f.Name]; a != nil {
			f.GoName = a.GoName
		}
	}
}

const (
	createCommand = "std:account:create"
	updateCommand = "std:account:update"
)

// worksOn reports whether a command of the spec works on objects of a kind.
func (p *planner) worksOn(o protocol.Object) bool {
	return slices.ContainsFunc(p.spec.Commands, func(c schema.Command) bool {
		s, ok := protocol.Find(c.Name)
		return ok && s.Object == o
	})
}

// objectFamily are the identifiers that an object type declares.
func objectFamily(name string) []string {
	return []string{name, attributesOf(name), constructorOf(name)}
}

func attributesOf(object string) string { return object + "Attributes" }

func constructorOf(object string) string { return "new" + object }

func (p *planner) account(fields []*Field) *Object {
	s := p.spec.AccountSchema
	if s == nil || len(s.Attributes) == 0 {
		s = &schema.ObjectSchema{IdentityAttribute: "id"} // as the SDK's open schema
	}
	const name = "Account"
	attributes := &Attributes{
		GoName:   attributesOf(name),
		Receiver: "a",
		Doc:      "AccountAttributes are the attributes of an account.",
		Open:     p.pkg.Open,
		Fields:   fields,
	}
	return &Object{
		GoName:     name,
		New:        constructorOf(name),
		Doc:        "An Account is one account of the source.",
		Receiver:   "a",
		Account:    true,
		KeyType:    p.spec.KeyType,
		Identity:   identity(s, attributes.Fields),
		Members:    accountMembers(p.spec.KeyType),
		Attributes: attributes,
		Key:        schema.WireAccount,
		At:         s.Pointer,
	}
}

// entitlement completes the object of an entitlement type, whose name is settled.
func (p *planner) entitlement(o *Object, s *schema.ObjectSchema, name string) {
	o.GoName, o.New = name, constructorOf(name)
	o.Doc = fmt.Sprintf("%s %s is one entitlement of type %q.", article(name), name, s.Type)
	o.Receiver = "e"
	o.KeyType = p.spec.KeyType
	o.Attributes = &Attributes{
		GoName:   attributesOf(name),
		Receiver: "a",
		Doc:      fmt.Sprintf("%sAttributes are the attributes of an entitlement of type %q.", name, s.Type),
		Fields:   attributeFields(s, o.Key, func(_, specType string, multi bool) FieldType { return fieldType(specType, multi) }),
	}
	var claims []claim
	for _, f := range o.Attributes.Fields {
		claims = append(claims, p.fieldClaim(f))
	}
	p.settle(newScope(len(claims), attributeNames...), "", claims)
	o.Members = entitlementMembers(o)
	o.Identity = identity(s, o.Attributes.Fields)
}

// openEntitlement is for specs that name no entitlement types.
func (p *planner) openEntitlement() *Object {
	const name = "Entitlement"
	o := &Object{
		GoName:     name,
		New:        constructorOf(name),
		Doc:        "An Entitlement is one entitlement of any type: the spec names no types.",
		Receiver:   "e",
		Open:       true,
		KeyType:    p.spec.KeyType,
		Attributes: &Attributes{GoName: attributesOf(name), Receiver: "a", Doc: "EntitlementAttributes are the attributes of an entitlement."},
		Key:        schema.WireEntitlement,
	}
	for _, n := range objectFamily(name) {
		p.names[n] = ""
	}
	o.Members = entitlementMembers(o)
	return o
}

func article(name string) string {
	if strings.ContainsAny(name[:1], "AEIO") {
		return "An"
	}
	return "A"
}

var (
	textType   = Type{Name: "string", Where: Builtin}
	flagType   = Type{Name: "bool", Where: Builtin}
	optionType = Type{Name: "bool", Where: Builtin, Pointer: true}
	keyType    = Type{Name: "Key", Where: SDK}
)

// keyMembers identify an object. A spec without keyType leaves the choice between the key
// and the older identity and uuid.
func keyMembers(t schema.KeyType) []Member {
	key := Member{GoName: "Key", Name: "key", Carrier: "Key", Type: keyType}
	switch t {
	case schema.SimpleKeyType:
		key.Comment = "made with SimpleKey"
		return []Member{key}
	case schema.CompoundKeyType:
		key.Comment = "made with CompoundKey"
		return []Member{key}
	}
	key.Comment = "may replace Identity and UUID"
	return []Member{
		{GoName: "Identity", Name: "identity", Carrier: "Identity", Type: textType, Comment: "native identity"},
		{GoName: "UUID", Name: "uuid", Carrier: "String", Type: textType, Comment: `ID that never changes; "" is absent`},
		key,
	}
}

// undocumentedFlag is the comment of the flags that the protocol has without an explanation.
const undocumentedFlag = "in lists; SailPoint does not say what it means"

func accountMembers(t schema.KeyType) []Member {
	return append(
		keyMembers(t),
		Member{GoName: "Disabled", Name: "disabled", Carrier: "Bool", Type: optionType, Comment: "nil is absent"},
		Member{GoName: "Locked", Name: "locked", Carrier: "Bool", Type: optionType, Comment: "nil is absent"},
		Member{GoName: "Deleted", Name: "deleted", Carrier: "Flag", Type: flagType, Comment: "stateful aggregation: deleted since the last run"},
		Member{GoName: "Attributes", Name: "attributes", Carrier: "Object", Type: Type{Name: attributesOf("Account")}},
		Member{GoName: "Incomplete", Name: "incomplete", Carrier: "Flag", Type: flagType, Comment: undocumentedFlag},
		Member{GoName: "FinalUpdate", Name: "finalUpdate", Carrier: "Flag", Type: flagType, Comment: undocumentedFlag},
		Member{GoName: "Permissions", Name: "permissions", Carrier: "Permissions", Type: Type{Name: "Permission", Where: SDK, List: true}},
		Member{
			GoName: "Results", Name: "results", Carrier: "Results", Type: Type{Name: "Result", Where: SDK, List: true},
			Comment: "partial success: attributes that a create or update could not set",
		},
	)
}

func entitlementMembers(o *Object) []Member {
	objectType := Member{Name: "type", Carrier: "Constant", Text: o.Type}
	if o.Open {
		objectType = Member{GoName: "Type", Name: "type", Carrier: "String", Type: textType}
	}
	return append(
		keyMembers(o.KeyType), objectType,
		Member{GoName: "Deleted", Name: "deleted", Carrier: "Flag", Type: flagType, Comment: "stateful aggregation: deleted since the last run"},
		Member{GoName: "Attributes", Name: "attributes", Carrier: "Object", Type: Type{Name: o.Attributes.GoName}},
		Member{GoName: "Permissions", Name: "permissions", Carrier: "Permissions", Type: Type{Name: "Permission", Where: SDK, List: true}},
	)
}

// attributeFields returns the fields of a schema's attributes, still unnamed; prefix begins their
// keys. An attribute that is listed twice is one field.
func attributeFields(s *schema.ObjectSchema, prefix string, typeOf func(name, specType string, multi bool) FieldType) []*Field {
	attributes := s.DistinctAttributes()
	fields := make([]*Field, len(attributes))
	for i, a := range attributes {
		fields[i] = &Field{
			Name:     a.Name,
			Type:     typeOf(a.Name, a.Type, a.Multi),
			Required: a.Required || a.Name == s.IdentityAttribute || a.Name == s.DisplayAttribute,
			Doc:      attributeDoc(s, &a),
			Key:      schema.WireName(prefix, a.Name),
			At:       a.Pointer.Member("name"),
		}
	}
	return fields
}

func (p *planner) fieldClaim(f *Field) claim {
	return claim{
		key: f.Key, wire: f.Name, at: f.At, want: p.namer.Name(f.Name, "Attr"), text: f.Name, kind: "Attr",
		set: func(name string) { f.GoName = name },
	}
}

// fieldType is the only place that maps types of the spec to fields.
func fieldType(specType string, multi bool) FieldType {
	switch specType {
	case schema.TypeBoolean:
		if multi {
			return BoolsField
		}
		return BoolField
	case schema.TypeInt, schema.TypeLong:
		if multi {
			return IntsField
		}
		return IntField
	case schema.TypeArray:
		return StringsField
	}
	if multi {
		return StringsField
	}
	return StringField
}

func identity(s *schema.ObjectSchema, fields []*Field) Identity {
	id := Identity{Name: s.IdentityAttribute}
	for _, f := range fields {
		if f.Name == s.IdentityAttribute && f.Type == StringField {
			id.Field = f.GoName
		}
	}
	return id
}

// createInput types the create request: the template's fields first, then the schema's
// other attributes, since ISC sends requested entitlements and more whatever the template
// lists. Only the template says what is required: most have no identity attribute, and
// the source makes it.
func (p *planner) createInput(attributes, template []*Field) *CreateInput {
	a := &Attributes{
		GoName:   "AccountCreateAttributes",
		Receiver: "a",
		Doc: "AccountCreateAttributes are what ISC sends for a new account: the fields of the create template, " +
			"then the other attributes of the account schema.",
	}
	inSchema, inTemplate := wireNames(attributes), wireNames(template)
	for _, f := range template {
		field := *f
		a.Fields = append(a.Fields, &field)
	}
	for _, f := range attributes {
		if !inTemplate[f.Name] {
			field := *f
			field.Required, field.Key = false, schema.WireName(schema.WireCreate, f.Name)
			a.Fields = append(a.Fields, &field)
		}
	}
	p.settleCreateNames(a.Fields, inSchema)
	return &CreateInput{
		GoName: "AccountCreateInput",
		Members: []Member{
			{GoName: "Identity", Name: "identity", Carrier: "String", Type: textType, Comment: "may be empty"},
			{GoName: "Attributes", Name: "attributes", Carrier: "Object", Type: Type{Name: a.GoName}},
			{
				GoName: "AttributesWithMetadata", Name: "attributesWithMetadata", Carrier: "Metadata",
				Type: Type{Name: "AttributeMetadata", Where: SDK, List: true},
			},
			{
				GoName: "Schema", Name: "schema", Carrier: "Schema", Type: Type{Name: "AccountSchema", Where: SDK, Pointer: true},
				Comment: "only from sources with custom schemas",
			},
		},
		Attributes: a,
	}
}

// settleCreateNames names the fields of creates. There, settings may name a schema attribute
// differently than in accounts. Without settings, all have different names already.
func (p *planner) settleCreateNames(fields []*Field, inSchema map[string]bool) {
	if len(p.opts.Names) == 0 {
		return
	}
	scope := newScope(len(fields), attributeNames...)
	var claims []claim
	for _, f := range fields {
		if inSchema[f.Name] {
			claims = append(claims, claim{key: f.Key, wire: f.Name, at: f.At, want: f.GoName, set: func(name string) { f.GoName = name }})
		} else {
			scope[f.GoName] = f.At
		}
	}
	p.settle(scope, "", claims)
}

// updateInput types the update request: its changes, for each account schema attribute, then for
// each other field of the create template.
func (p *planner) updateInput(attributes, template []*Field) *UpdateInput {
	u := &UpdateInput{
		GoName:  "AccountUpdateInput",
		Changes: "AccountChanges",
		Doc:     "AccountChanges holds an update's changes, one field per account attribute.",
		Fields:  attributes,
		Types:   []string{p.pkg.Account.Attributes.GoName},
	}
	inSchema := wireNames(attributes)
	u.Fields = slices.Clip(u.Fields)
	for _, f := range template {
		if !inSchema[f.Name] {
			u.Fields = append(u.Fields, f)
		}
	}
	if len(u.Fields) > len(attributes) {
		u.Types = append(u.Types, p.pkg.Create.Attributes.GoName)
		u.Doc = "AccountChanges holds an update's changes, one field per account attribute or other template field."
	}
	return u
}

// wireNames returns the wire names of fields.
func wireNames(fields []*Field) map[string]bool {
	set := make(map[string]bool, len(fields))
	for _, f := range fields {
		set[f.Name] = true
	}
	return set
}

// keyOf points to the member that holds a template field's key.
func keyOf(s *schema.Spec, f schema.Field) schema.Pointer {
	if at := f.Pointer.Member("key"); s.File.Has(at) {
		return at
	}
	return f.Pointer.Member("name")
}

// memory decides which objects Memory stores.
func (p *planner) memory() {
	taken := make(map[string]bool)
	for _, m := range p.pkg.Methods() {
		if !m.Memory.UsesObjects() || m.Object.Table != "" {
			continue
		}
		name := goname.Unexported(m.Object.GoName)
		for taken[name] { // Unicode has capitals that share a small letter: K and the Kelvin sign
			name += "_"
		}
		taken[name] = true
		m.Object.Table = name + "s"
	}
}
