package generator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/goname"
	"github.com/conngen/conngen/schema/protocol"
)

// fixedNames are declared by every generated package, or by some of them.
var fixedNames = []string{
	"Account", "AccountAttributes", "AccountCreateInput", "AccountCreateAttributes", "newAccount",
	"Config", "DecodeConfig", "Client", "UnimplementedClient", "Memory", "NewMemory", "New", "Main",
	"spec", "specJSON",
}

// methodNames cannot be fields of attribute types.
var methodNames = []string{"Extra", "Bind", "Apply", "MarshalJSON", "UnmarshalJSON"}

// embeddedNames cannot be methods of the client: structs that embed the types of
// these names have them as fields.
var embeddedNames = []string{"UnimplementedClient", "Memory"}

// A planner takes the decisions of one package.
type planner struct {
	spec    *schema.Spec
	pkg     *Package
	names   scope // package level
	methods scope // of the client
}

// planPackage decides everything about the package: which types and methods there are,
// what they are called, and what they say.
func planPackage(spec *schema.Spec, opts Options) (*Package, error) {
	sdk, err := sdkIdentifiers()
	if err != nil {
		return nil, err
	}
	source, err := rawJSONText(spec.File.Text())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec.File.Name, err)
	}
	p := &planner{
		spec:    spec,
		names:   newScope(slices.Concat(sdk, fixedNames)...),
		methods: newScope(embeddedNames...),
		pkg: &Package{
			Name:  opts.Package,
			SDK:   opts.SDK,
			Title: spec.Name,
			Doc:   spec.Description,
			Spec:  spec,
			JSON:  source,
		},
	}
	p.planObjects()
	p.planConfig()
	p.planCommands()
	return p.pkg, nil
}

// planObjects decides about accounts, entitlement types and the create input.
func (p *planner) planObjects() {
	if p.spec.AccountSchema != nil || p.worksOn(protocol.Accounts) {
		p.pkg.Account = p.account()
	}
	if p.spec.HasCommand("std:account:create") || p.spec.AccountCreateTemplate != nil {
		p.pkg.Create = p.createInput()
	}
	seen := newScope()
	for _, e := range p.spec.EntitlementSchemas {
		if !seen[e.Type] {
			seen[e.Type] = true
			p.pkg.Entitlements = append(p.pkg.Entitlements, p.entitlement(e))
		}
	}
	if len(p.pkg.Entitlements) == 0 && p.worksOn(protocol.Entitlements) {
		p.pkg.Entitlements = []*Object{p.openEntitlement()}
	}
}

// worksOn reports whether a command of the spec works on objects of a kind.
func (p *planner) worksOn(o protocol.Object) bool {
	return slices.ContainsFunc(p.spec.Commands, func(c schema.Command) bool {
		s, ok := protocol.Find(c.Name)
		return ok && s.Object == o
	})
}

func (p *planner) account() *Object {
	s := p.spec.AccountSchema
	if s == nil || len(s.Attributes) == 0 {
		s = &schema.ObjectSchema{IdentityAttribute: "id"} // as the SDK's open schema
	}
	attributes := &Attributes{
		GoName:   "AccountAttributes",
		Receiver: "a",
		Doc:      "AccountAttributes are the attributes of an account.",
		Fields:   attributeFields(s),
	}
	object := &Object{
		GoName:     "Account",
		Doc:        "An Account is one account of the source.",
		Account:    true,
		KeyType:    p.spec.KeyType,
		Identity:   identity(s, attributes.Fields),
		Attributes: attributes,
	}
	if p.memoryNeeds(protocol.Accounts) {
		object.Table = "accounts"
	}
	return object
}

// memoryNeeds reports whether Memory answers a command of the spec from objects of
// a kind.
func (p *planner) memoryNeeds(o protocol.Object) bool {
	return slices.ContainsFunc(p.spec.Commands, func(c schema.Command) bool {
		s, ok := protocol.Find(c.Name)
		return ok && s.Object == o && s.Memory.UsesObjects()
	})
}

func (p *planner) entitlement(s *schema.ObjectSchema) *Object {
	name := p.takeType(s.Type)
	attributes := &Attributes{
		GoName:   name + "Attributes",
		Receiver: "a",
		Doc:      fmt.Sprintf("%sAttributes are the attributes of an entitlement of type %q.", name, s.Type),
		Fields:   attributeFields(s),
	}
	object := &Object{
		GoName:     name,
		Type:       s.Type,
		Doc:        fmt.Sprintf("%s %s is one entitlement of type %q.", article(name), name, s.Type),
		KeyType:    p.spec.KeyType,
		Identity:   identity(s, attributes.Fields),
		Attributes: attributes,
	}
	if p.memoryNeeds(protocol.Entitlements) {
		object.Table = goname.Unexported(name) + "s"
	}
	return object
}

// openEntitlement is for specs that name no entitlement types.
func (p *planner) openEntitlement() *Object {
	name := p.names.takeFamily("Entitlement", objectFamily)
	return &Object{
		GoName:     name,
		Doc:        fmt.Sprintf("%s %s is one entitlement of any type: the spec names no types.", article(name), name),
		Open:       true,
		KeyType:    p.spec.KeyType,
		Attributes: &Attributes{GoName: name + "Attributes", Receiver: "a", Doc: name + "Attributes are the attributes of an entitlement."},
	}
}

// takeType names an entitlement type. One that is called as something else in
// the package gets Entitlement behind its name, which says more than a number.
func (p *planner) takeType(text string) string {
	name := goname.Name(text, "Type")
	if name == "" {
		name = "Type" + strconv.Itoa(len(p.pkg.Entitlements)+1)
	}
	if p.names.anyTaken(objectFamily(name)) && !p.isEntitlement(name) {
		name += "Entitlement"
	}
	return p.names.takeFamily(name, objectFamily)
}

func (p *planner) isEntitlement(name string) bool {
	for _, e := range p.pkg.Entitlements {
		if e.GoName == name {
			return true
		}
	}
	return false
}

// objectFamily are the identifiers that an object type declares.
func objectFamily(name string) []string {
	return []string{name, name + "Attributes", "new" + name}
}

func article(name string) string {
	if strings.ContainsAny(name[:1], "AEIO") {
		return "An"
	}
	return "A"
}

// attributeFields returns the fields of a schema's attributes. An attribute that
// is listed twice is one field.
func attributeFields(s *schema.ObjectSchema) []*Field {
	names := newScope(methodNames...)
	seen := newScope()
	var fields []*Field
	for i, a := range s.Attributes {
		if seen[a.Name] {
			continue
		}
		seen[a.Name] = true
		fields = append(fields, &Field{
			GoName:   names.take(memberName(a.Name, "Attr", i)),
			Name:     a.Name,
			Type:     fieldType(a.Type, a.Multi),
			Required: a.Required || a.Name == s.IdentityAttribute || a.Name == s.DisplayAttribute,
			Doc:      attributeDoc(s, a),
		})
	}
	return fields
}

// memberName makes the name of a struct's member, which is number i of its list.
func memberName(text, kind string, i int) string {
	if name := goname.Name(text, kind); name != "" {
		return name
	}
	return kind + strconv.Itoa(i+1)
}

// fieldType is the one place that gives the types of the spec their fields.
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

// attributeDoc is the spec's description, and what the schema says besides.
func attributeDoc(s *schema.ObjectSchema, a schema.Attribute) string {
	doc := []string{sentence(a.Description)}
	if a.Name == s.IdentityAttribute {
		doc = append(doc, "Identity attribute.")
	}
	if a.Name == s.DisplayAttribute && a.Name != s.IdentityAttribute {
		doc = append(doc, "Display attribute.")
	}
	if a.Entitlement {
		doc = append(doc, fmt.Sprintf("Entitlements of type %q.", objectTypeOf(a)))
	}
	if a.Name == s.HierarchyAttribute {
		doc = append(doc, "Parent of this entitlement.")
	}
	return joinSentences(doc...)
}

func objectTypeOf(a schema.Attribute) string {
	if a.SchemaObjectType == "" {
		return "group"
	}
	return a.SchemaObjectType
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// joinSentences joins the texts that are not empty.
func joinSentences(texts ...string) string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return strings.Join(some, " ")
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

// createInput types the create request: after the template where there is one,
// else after the account schema.
func (p *planner) createInput() *CreateInput {
	t := p.spec.AccountCreateTemplate
	if t == nil {
		return &CreateInput{Attributes: p.accountAttributes()}
	}
	names := newScope(methodNames...)
	seen := newScope()
	var fields []*Field
	for i, f := range t.Fields {
		if seen[f.Key] {
			continue
		}
		seen[f.Key] = true
		fields = append(fields, &Field{
			GoName:   names.take(memberName(f.Key, "Attr", i)),
			Name:     f.Key,
			Type:     fieldType(f.Type, f.IsMultiValued || p.isMultiAccountAttribute(f.Key)),
			Required: f.Required,
			Doc:      fieldDoc(f),
		})
	}
	return &CreateInput{Own: true, Attributes: &Attributes{
		GoName:   "AccountCreateAttributes",
		Receiver: "a",
		Doc:      "AccountCreateAttributes are what the account create template sends for a new account.",
		Fields:   fields,
	}}
}

// accountAttributes are the account's, or open ones where nothing is said of
// accounts but that they can be created.
func (p *planner) accountAttributes() *Attributes {
	if p.pkg.Account == nil {
		p.pkg.Account = p.account()
	}
	return p.pkg.Account.Attributes
}

// isMultiAccountAttribute reports whether a create field fills a multi-valued
// attribute: one value of it comes bare, several come as a list.
func (p *planner) isMultiAccountAttribute(name string) bool {
	if p.spec.AccountSchema == nil {
		return false
	}
	for _, a := range p.spec.AccountSchema.Attributes {
		if a.Name == name {
			return a.Multi
		}
	}
	return false
}

func fieldDoc(f schema.Field) string {
	doc := sentence(f.Label)
	if f.Required {
		return joinSentences(doc, "Required.")
	}
	return doc
}

// rawJSONText returns the spec as JSON that fits between backquotes: indented,
// and with everything that a Go source file should not hold escaped, which JSON
// allows inside its strings and nowhere else.
func rawJSONText(text []byte) (string, error) {
	text = bytes.ToValidUTF8(bytes.TrimPrefix(text, []byte("\uFEFF")), []byte("\uFFFD"))
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(text), "", "  "); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range indented.String() {
		if r != '\n' && (r == '`' || !unicode.IsPrint(r)) {
			escape(&b, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

func escape(b *strings.Builder, r rune) {
	if r1, r2 := utf16.EncodeRune(r); r1 != unicode.ReplacementChar {
		fmt.Fprintf(b, `\u%04x\u%04x`, r1, r2)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}
