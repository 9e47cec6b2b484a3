package schema

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// decode reads the model from a file whose root is an object. It never fails: a value of the wrong
// type counts as absent, and was reported earlier. A name that is too long is reported here, and
// counts as absent, too.
func decode(f *File, r *reporter) *Spec {
	d := &decoder{file: f, reporter: r}
	o := d.object(f.root, "")
	o.skip("$schema")
	o.skip("resources")
	spec := &Spec{
		File:                     f,
		Name:                     o.text("name"),
		Description:              o.text("description"),
		KeyType:                  KeyType(o.text("keyType")),
		Commands:                 decodeCommands(o),
		SourceConfig:             decodeEntries(o, "sourceConfig"),
		InitialValues:            decodeInitialValues(o),
		AccountSchema:            decodeAccountSchema(o),
		EntitlementSchemas:       list(o, "entitlementSchemas", decodeObjectSchema),
		AccountCreateTemplate:    optional(o, "accountCreateTemplate", decodeTemplate),
		SupportsStatefulCommands: o.flag("supportsStatefulCommands", false),
		ShowDebugLoggingOption:   o.flag("showDebugLoggingOption", false),
		SupportsCustomSchemas:    o.flag("supportsCustomSchemas", false),
		Features:                 decodeFeatures(o),
		ScriptName:               o.text("scriptName"),
		TestConnectionTimeout:    o.integer("testConnectionTimeout"),
		Visibility:               o.text("visibility"),
		Topology:                 o.text("topology"),
		Unknown:                  o.unknown(),
	}
	spec.QuotedFlags = d.quoted
	return spec
}

// A decoder reads one file.
type decoder struct {
	file     *File
	reporter *reporter
	quoted   []Pointer // booleans written as strings
	around   int       // bytes of the enclosing names, as in a wire name
	done     []*object // for reuse
}

// maxName is the maximum length in bytes of a name and its enclosing names together: an option with
// its item and the cards that contain the item. Wire names and Go names repeat them, so everything
// inside something with a long name would repeat that name.
const maxName = 1000

// isName reports whether the name at p is short enough, and adds a finding if it is not.
func (d *decoder) isName(p Pointer, name string) bool {
	if d.isShort(name) {
		return true
	}
	what := "name has"
	if d.around > 0 {
		what = "name has, with the names around it,"
	}
	d.reporter.value(p, Error, ruleSchema, fmt.Sprintf("%s %d bytes; at most %d are allowed", what, d.around+len(name), maxName), "shorten it")
	return false
}

func (d *decoder) isShort(name string) bool { return d.around+len(name) <= maxName }

// inside reads the contents of something with a name.
func (d *decoder) inside(name string, read func()) {
	d.around += len(name)
	read()
	d.around -= len(name)
}

func decodeCommands(o *object) []Command {
	var commands []Command
	for p, n := range o.elements("commands") {
		if n.kind == '"' && n.text != "" && o.isName(p, n.text) {
			commands = append(commands, Command{Pointer: p, Name: n.text})
		}
	}
	return commands
}

func decodeFeatures(o *object) []string {
	var features []string
	for _, n := range o.elements("features") {
		if n.kind == '"' {
			features = append(features, n.text)
		}
	}
	return features
}

func decodeInitialValues(o *object) []InitialValue {
	values := o.value("sourceConfigInitialValues", '{')
	if values == nil {
		return nil
	}
	var initial []InitialValue
	p := o.pointer.Member("sourceConfigInitialValues")
	for _, m := range values.members {
		if m.value.kind != 'n' && o.isName(p.Member(m.name), m.name) {
			initial = append(initial, InitialValue{Pointer: p.Member(m.name), Key: m.name, Value: o.file.raw(m.value)})
		}
	}
	return initial
}

// decodeEntries reads entries at any level: menus, sections and config items may occur wherever
// entries may.
func decodeEntries(o *object, name string) []*Entry { return list(o, name, decodeEntry) }

func decodeEntry(o *object) *Entry {
	switch e := (&Entry{Pointer: o.pointer, Type: o.text("type")}); e.Type {
	case EntryMenu:
		return decodeMenu(o, e)
	case EntrySection:
		return decodeSection(o, e)
	case "":
		return e // the meaning of its members is unknown
	default:
		return decodeItem(o, e)
	}
}

func decodeMenu(o *object, e *Entry) *Entry {
	e.Label = o.text("label")
	e.Items = decodeEntries(o, "items")
	e.Unknown = o.unknown()
	return e
}

func decodeSection(o *object, e *Entry) *Entry {
	e.SectionTitle = o.text("sectionTitle")
	e.SectionHelpMessage = o.text("sectionHelpMessage")
	e.DocLink = o.text("docLink")
	e.DocLinkLabel = o.text("docLinkLabel")
	e.Items = decodeEntries(o, "items")
	e.Unknown = o.unknown()
	return e
}

func decodeItem(o *object, e *Entry) *Entry {
	e.Key = o.name("key")
	e.Label = o.text("label")
	e.Required = o.flag("required", false)
	e.ParentKey = o.text("parentKey")
	e.ParentValue = o.scalar("parentValue")
	e.Placeholder = o.text("placeholder")
	e.HelpKey = o.text("helpKey")
	e.HelpText = o.text("helpText")
	e.HelpMessage = o.text("helpMessage")
	e.Min = o.limit("min")
	e.Max = o.limit("max")
	e.MaxLength = o.limit("maxlength")
	e.Value = o.raw("value")
	e.ValuePath = o.text("valuePath")
	o.inside(e.Key, func() { e.Options = list(o, "options", decodeOption) })
	e.KeyValueKey = optional(o, "keyValueKey", decodeKeyValuePart)
	e.KeyValueValue = optional(o, "keyValueValue", decodeKeyValuePart)
	decodeCardList(o, e)
	e.Unknown = o.unknown()
	return e
}

func decodeCardList(o *object, e *Entry) {
	o.inside(e.Key, func() { e.SubMenus = list(o, "subMenus", decodeSubMenu) })
	e.TitleKey = o.text("titleKey")
	e.SubtitleKey = o.text("subtitleKey")
	e.IndexKey = o.text("indexKey")
	e.ButtonLabel = o.text("buttonLabel")
	cards := e.Type == ItemCardList // the buttons of other items are not buttons
	e.AddButton = o.flag("addButton", cards)
	e.EditButton = o.flag("editButton", cards)
	e.DeleteButton = o.flag("deleteButton", cards)
	e.CopyButton = o.flag("copyButton", false)
	e.DragNDropEnabled = o.flag("dragNDropEnabled", false)
}

func decodeSubMenu(o *object) SubMenu {
	return SubMenu{
		Pointer: o.pointer,
		Label:   o.text("label"),
		Items:   decodeEntries(o, "items"),
		Unknown: o.unknown(),
	}
}

func decodeOption(o *object) Option {
	return Option{
		Pointer:      o.pointer,
		Label:        o.scalar("label"),
		Value:        o.short("value", o.scalar("value")),
		DocLink:      o.text("docLink"),
		DocLinkLabel: o.text("docLinkLabel"),
		Unknown:      o.unknown(),
	}
}

func decodeKeyValuePart(o *object) *KeyValuePart {
	return &KeyValuePart{
		Pointer:   o.pointer,
		Key:       o.text("key"),
		Label:     o.text("label"),
		Type:      o.text("type"),
		Required:  o.flag("required", false),
		MaxLength: o.limit("maxlength"),
		Unknown:   o.unknown(),
	}
}

func decodeAccountSchema(o *object) *ObjectSchema {
	return optional(o, "accountSchema", decodeAccount)
}

// decodeAccount leaves type to the unknown members: only entitlement schemas have one.
func decodeAccount(o *object) *ObjectSchema {
	s := decodeAttributes(o)
	s.Unknown = o.unknown()
	return s
}

func decodeObjectSchema(o *object) *ObjectSchema {
	var s *ObjectSchema
	typ := o.name("type")
	o.inside(typ, func() { s = decodeAttributes(o) })
	s.Type = typ
	s.Unknown = o.unknown()
	return s
}

func decodeAttributes(o *object) *ObjectSchema {
	return &ObjectSchema{
		Pointer:            o.pointer,
		DisplayAttribute:   o.text("displayAttribute"),
		IdentityAttribute:  o.text("identityAttribute"),
		GroupAttribute:     o.text("groupAttribute"),
		HierarchyAttribute: o.text("hierarchyAttribute"),
		IncludePermissions: o.flag("includePermissions", false),
		Attributes:         list(o, "attributes", decodeAttribute),
	}
}

func decodeAttribute(o *object) Attribute {
	return Attribute{
		Pointer:          o.pointer,
		Name:             o.name("name"),
		Type:             o.text("type"),
		Description:      o.text("description"),
		Multi:            o.flag("multi", false),
		Entitlement:      o.flag("entitlement", false),
		Managed:          o.flag("managed", false),
		Required:         o.flag("required", false),
		Writable:         o.flag("writable", false),
		SchemaObjectType: o.text("schemaObjectType"),
		Unknown:          o.unknown(),
	}
}

func decodeTemplate(o *object) *CreateTemplate {
	return &CreateTemplate{
		Pointer: o.pointer,
		Fields:  list(o, "fields", decodeField),
		Unknown: o.unknown(),
	}
}

func decodeField(o *object) Field {
	o.skip("attributes") // always empty
	f := Field{
		Pointer:           o.pointer,
		Key:               o.name("key"),
		Name:              o.name("name"),
		Label:             o.text("label"),
		Type:              o.text("type"),
		Required:          o.flag("required", false),
		IsMultiValued:     o.flag("isMultiValued", false),
		InitialValue:      optional(o, "initialValue", decodeFieldValue),
		IdentityAttribute: o.text("identityAttribute"),
		Unknown:           o.unknown(),
	}
	if f.Key == "" {
		f.Key = f.Name
	}
	return f
}

func decodeFieldValue(o *object) *FieldValue {
	v := &FieldValue{Pointer: o.pointer, Type: o.text("type")}
	if a := optional(o, "attributes", func(a *object) *object { return a }); a != nil {
		v.Name = a.text("name")
		v.Value = a.scalarRaw("value")
		v.Template = a.text("template")
		v.MaxSize = a.limit("maxSize")
		v.MaxUniqueChecks = a.limit("maxUniqueChecks")
		v.Unknown = a.unknown()
	}
	v.Unknown = append(o.unknown(), v.Unknown...)
	return v
}

// An object reads the members of one JSON object, each at most once, and knows afterwards
// which were not read.
type object struct {
	*decoder
	node    *node
	pointer Pointer
	asked   []string // names of the format, present or not
	known   []bool   // per member of node
}

func (d *decoder) object(n *node, p Pointer) *object {
	o := &object{}
	if last := len(d.done) - 1; last >= 0 {
		o, d.done = d.done[last], d.done[:last]
	}
	known := append(o.known[:0], make([]bool, len(n.members))...)
	*o = object{decoder: d, node: n, pointer: p, asked: o.asked[:0], known: known}
	return o
}

// value returns the named member if it is of one of the kinds, nil otherwise.
func (o *object) value(name string, kinds ...byte) *node {
	o.asked = append(o.asked, name)
	i, ok := o.node.find(name)
	if !ok {
		return nil
	}
	o.known[i] = true
	n := o.node.members[i].value
	for _, k := range kinds {
		if byte(n.kind) == k {
			return n
		}
	}
	return nil
}

// skip marks the named member as known.
func (o *object) skip(name string) { o.value(name) }

func (o *object) textOf(name string, kinds ...byte) string {
	if n := o.value(name, kinds...); n != nil {
		return n.text
	}
	return ""
}

// text reads a string.
func (o *object) text(name string) string { return o.textOf(name, '"') }

// name reads a string that names something.
func (o *object) name(member string) string { return o.short(member, o.text(member)) }

// short returns the text of a member, "" if it is too long for a name.
func (o *object) short(member, text string) string {
	if o.isShort(text) || o.isName(o.pointer.Member(member), text) {
		return text
	}
	return ""
}

// limit reads a number, which may be written as a string, as text.
func (o *object) limit(name string) string { return o.textOf(name, '"', '0') }

// scalar reads a string, number or boolean as text.
func (o *object) scalar(name string) string { return o.textOf(name, '"', '0', 't', 'f') }

// flag reads a boolean, which may be written as a string.
func (o *object) flag(name string, absent bool) bool {
	n := o.value(name, '"', 't', 'f')
	if n == nil || n.text != "true" && n.text != "false" {
		return absent
	}
	if n.kind == '"' {
		o.quoted = append(o.quoted, o.pointer.Member(name))
	}
	return n.text == "true"
}

func (o *object) integer(name string) int64 {
	i, err := strconv.ParseInt(o.limit(name), 10, 64)
	if err != nil {
		return 0
	}
	return i
}

// raw reads any value as written; null is absent.
func (o *object) raw(name string) json.RawMessage {
	return o.file.raw(o.value(name, '{', '[', '"', '0', 't', 'f'))
}

func (o *object) scalarRaw(name string) json.RawMessage {
	return o.file.raw(o.value(name, '"', '0', 't', 'f'))
}

// elements walks the named array.
func (o *object) elements(name string) func(yield func(Pointer, *node) bool) {
	return func(yield func(Pointer, *node) bool) {
		n := o.value(name, '[')
		if n == nil {
			return
		}
		p := o.pointer.Member(name)
		for i, e := range n.elements {
			if !yield(p.element(i), e) {
				return
			}
		}
	}
}

// unknown returns the members that were not read. The object must not be read afterwards.
func (o *object) unknown() []Member {
	var unknown []Member
	for i, m := range o.node.members {
		if !o.known[i] {
			unknown = append(unknown, Member{
				Pointer: o.pointer.Member(m.name),
				Name:    m.name,
				Known:   o.asked,
				Value:   o.file.raw(m.value),
			})
		}
	}
	if unknown == nil { // otherwise they would share the list of names
		o.done = append(o.done, o)
	}
	return unknown
}

// list reads the objects of the named array.
func list[T any](o *object, name string, decode func(*object) T) []T {
	array := o.value(name, '[')
	if array == nil {
		return nil
	}
	var values []T
	p := o.pointer.Member(name)
	for i, n := range array.elements {
		if n.kind != '{' {
			continue
		}
		if values == nil {
			values = make([]T, 0, countObjects(array.elements[i:]))
		}
		values = append(values, decode(o.object(n, p.element(i))))
	}
	return values
}

func countObjects(nodes []*node) int {
	count := 0
	for _, n := range nodes {
		if n.kind == '{' {
			count++
		}
	}
	return count
}

// optional reads the named object, and gives nil if there is none.
func optional[T any](o *object, name string, decode func(*object) *T) *T {
	n := o.value(name, '{')
	if n == nil {
		return nil
	}
	return decode(o.object(n, o.pointer.Member(name)))
}
