package schema

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/internal/series"
)

// A need says how a finding asks for a member, and how to add it.
type need struct{ phrase, hint string }

// needs has all required members, by the kind of their object.
var needs = map[string]need{
	".name":         {"a name", `add "name", the display name of the connector`},
	".commands":     {"commands", `add "commands": ["std:test-connection"]`},
	".sourceConfig": {"a sourceConfig", `add "sourceConfig": []; it may be empty`},

	"entry.type":     {"a type", "use menu > section > item"},
	"entry.key":      {"a key", `add "key", the name of the value in the config`},
	"entry.label":    {"a label", `add "label", the text shown`},
	"entry.items":    {"items", `add "items": []`},
	"entry.subMenus": {"subMenus", `add "subMenus": [{"label": "…", "items": []}]`},
	"subMenu.items":  {"items", `add "items": []`},
	"option.label":   {"a label", `add "label", the text shown`},
	"option.value":   {"a value", `add "value", what the connector receives`},

	"objectSchema.displayAttribute":  {"a displayAttribute", "name the attribute that is shown as the name"},
	"objectSchema.identityAttribute": {"an identityAttribute", "name the attribute that is the ID"},
	"objectSchema.attributes":        {"attributes", `add "attributes": [{"name": "id", "type": "string"}]`},
	"entitlementSchema.type":         {"a type", `add "type": "group"`},
	"attribute.name":                 {"a name", `add "name"`},
	"attribute.type":                 {"a type", `add "type": "string", "boolean", "int" or "long"`},

	"template.fields":         {"fields", `add "fields": []`},
	"field.key":               {"a key", `add "key", the name of the attribute`},
	"field.type":              {"a type", `add "type": "string", "boolean", "int" or "long"`},
	"initialValue.type":       {"a type", `add "type": "identityAttribute", "static" or "generator"`},
	"initialValue.attributes": {"attributes", `add "attributes": {}`},
}

// contents says what arrays hold, for findings about values that are not arrays.
var contents = map[string]string{
	".commands":               "command names",
	".sourceConfig":           "menus, sections and config items",
	".entitlementSchemas":     "entitlement schemas",
	"entry.items":             "sections and config items",
	"entry.options":           "options",
	"entry.subMenus":          "card pages",
	"subMenu.items":           "config items",
	"objectSchema.attributes": "attributes",
	"template.fields":         "fields",
}

// typeRules has the lists of types whose faults have their own rules.
var typeRules = map[string]string{
	"attribute.type":    ruleUnknownType,
	"field.type":        ruleUnknownType,
	"initialValue.type": ruleUnknownInitialValue,
}

// shapes lists what an entry can be.
const shapes = `a menu (type "menu", label, items), a section (type "section", items) or a config item (type, key, label)`

func (v *violation) reportMissing(r *reporter, property string) {
	switch v.kind + "." + property {
	case "entry.type":
		v.reportUnrecognised(r)
		return
	case "entry.key":
		v.reportItemKey(r)
		return
	}
	rule := ruleSchema
	if v.kind+"."+property == "field.key" {
		rule = ruleFieldKeyMissing
	}
	n := needs[v.kind+"."+property]
	r.value(v.pointer, Error, rule, v.subjectOr("spec")+" needs "+n.phrase, n.hint)
}

// reportUnrecognised reports an entry without type.
func (v *violation) reportUnrecognised(r *reporter) {
	entry := v.file.value(v.owner)
	message := "entry" + nameOf(entry, "label", "sectionTitle", "key", "name") + " has no type; an entry is " + shapes
	hint := "use menu > section > item"
	switch {
	case entry.member("sections") != nil:
		hint = `add "type": "menu" and a "label", and rename "sections" to "items"`
	case entry.member("fields") != nil:
		hint = `add "type": "section", and rename "fields" to "items"`
	case entry.member("items") == nil && (entry.member("key") != nil || entry.member("label") != nil):
		hint = `add the type of the config item, for example "type": "text"`
	}
	r.value(v.pointer, Error, ruleEntryUnrecognised, message, hint)
}

// reportItemKey reports a config item without key. In the older form, the key was called
// name.
func (v *violation) reportItemKey(r *reporter) {
	if container := v.misspeltContainer(); container != "" {
		p := v.owner.Member("type")
		r.value(p, Error, ruleSchema, fmt.Sprintf("entry type must be %q, not %s", container, quoted(v.file.value(p).text)),
			fmt.Sprintf(`write "type": %q`, container))
		r.fix("write "+quoted(container), v.file.Replace(p, literal(container)))
		return
	}
	message := v.subjectOr("") + " needs a key"
	if name := v.file.value(v.owner).member("name"); name != nil && name.kind == '"' {
		r.name(v.owner.Member("name"), Error, ruleItemKeyMissing, message, `rename "name" to "key"`)
		if v.file.value(v.owner).member("key") == nil {
			r.fix(`rename "name" to "key"`, v.file.Rename(v.owner.Member("name"), "key"))
		}
		return
	}
	r.value(v.pointer, Error, ruleItemKeyMissing, message, needs["entry.key"].hint)
}

// misspeltContainer returns the type that an entry without a key was meant to have if it holds
// items like menus and sections, otherwise "".
func (v *violation) misspeltContainer() string {
	entry := v.file.value(v.owner)
	kind, items := entry.member("type"), entry.member("items")
	if v.kind != "entry" || kind == nil || items == nil || items.kind != '[' || entry.member("key") != nil {
		return ""
	}
	container := nearest.Name(kind.text, []string{EntryMenu, EntrySection})
	if container == kind.text {
		return ""
	}
	return container
}

func (v *violation) reportEmpty(r *reporter) {
	switch v.kind + "." + v.property {
	case "entry.type":
		v.reportUnrecognised(r)
	case "entry.key":
		v.reportItemKey(r)
	case "field.key":
		v.reportMissing(r, v.property)
	default:
		hint := needs[v.kind+"."+v.property].hint
		if v.element {
			hint = "remove it"
		}
		r.value(v.pointer, Error, ruleSchema, v.phrase("must not be empty"), hint)
	}
}

// reportEnum reports a value that is not among those listed.
func (v *violation) reportEnum(r *reporter) {
	rule := ruleSchema
	if own, ok := typeRules[v.kind+"."+v.property]; ok {
		rule = own
	}
	allowed := stringsOf(v.operand)
	if slices.Contains(allowed, "true") {
		r.value(v.pointer, Error, rule, v.phrase("must be true or false, not "+described(v.node)), valueHint(v.node, nil))
		if word := strings.ToLower(strings.TrimSpace(v.node.text)); v.node.kind == '"' && slices.Contains(allowed, word) {
			r.fix("write "+word, v.file.Replace(v.pointer, word))
		}
		return
	}
	r.value(v.pointer, Error, rule, v.phrase("must be "+alternatives(allowed)+", not "+described(v.node)),
		valueHint(v.node, allowed))
	if v.node.kind == '"' {
		v.fixEnum(r, allowed)
	}
}

// fixEnum adds the fix for a text that is not among those allowed.
func (v *violation) fixEnum(r *reporter, allowed []string) {
	better, isType := otherTypes[strings.ToLower(v.node.text)]
	switch {
	case !isType || !slices.Contains(allowed, TypeString):
		better = otherType{name: nearest.Name(v.node.text, allowed)}
	case better.multi && v.file.Has(v.owner.Member("multi")) || better.multi && v.kind != "attribute":
		return
	}
	if better.name == "" {
		return
	}
	edits := v.file.Replace(v.pointer, literal(better.name))
	if better.multi {
		edits = append(edits, v.file.AddAfter(v.pointer, "multi", "true")...)
	}
	r.fix("write "+quoted(better.name), edits)
}

// An otherType is the type here for a name of a type elsewhere.
type otherType struct {
	hint  string
	name  string // "" if no type fits
	multi bool   // it has several values
}

const (
	useString = `use "string"`
	useMulti  = `use "string" and "multi": true`
	noPoint   = `use "string"; there are no fractions`
)

// otherTypes are type names from elsewhere. Of the two types for whole numbers, the larger can hold
// all of them.
var otherTypes = map[string]otherType{
	"integer":  {`use "int"`, TypeInt, false},
	"int32":    {`use "int"`, TypeInt, false},
	"int64":    {`use "long"`, TypeLong, false},
	"number":   {`use "int" or "long"`, TypeLong, false},
	"float":    {noPoint, TypeString, false},
	"double":   {noPoint, TypeString, false},
	"decimal":  {noPoint, TypeString, false},
	"bool":     {`use "boolean"`, TypeBoolean, false},
	"text":     {useString, TypeString, false},
	"date":     {useString, TypeString, false},
	"datetime": {useString, TypeString, false},
	"object":   {`use "string"; there are no nested values`, "", false},
	"array":    {useMulti, TypeString, true},
	"list":     {useMulti, TypeString, true},
}

// valueHint proposes the intended value.
func valueHint(n *node, allowed []string) string {
	if n.kind == 'n' {
		return "leave it out"
	}
	if n.kind != '"' {
		return ""
	}
	if other, ok := otherTypes[strings.ToLower(n.text)]; ok && slices.Contains(allowed, TypeString) {
		return other.hint
	}
	if name := nearest.Name(n.text, allowed); name != "" {
		return fmt.Sprintf("did you mean %q?", name)
	}
	return ""
}

// reportType reports a value of a type that its place does not allow.
func (v *violation) reportType(r *reporter) {
	var wanted []string
	for _, name := range stringsOf(v.operand) {
		if name != "null" { // allowed, but not recommended
			wanted = append(wanted, withArticle(name))
		}
	}
	phrase := series.Or(wanted)
	if c, ok := contents[v.kind+"."+v.property]; ok && !v.element {
		phrase += " of " + c
	}
	r.value(v.pointer, Error, ruleSchema, v.phrase("must be "+phrase+", not "+kindName(v.node)), v.typeHint())
	if v.kind+"."+v.property == ".commands" && isCommandName(v.node) {
		r.fix("write it as a list", v.file.Enlist(v.pointer))
	}
}

func (v *violation) typeHint() string {
	if v.node.kind == 'n' {
		return "leave it out"
	}
	if v.element {
		return ""
	}
	switch v.kind + "." + v.property {
	case ".commands":
		if isCommandName(v.node) {
			return fmt.Sprintf(`write "commands": [%s]`, quoted(v.node.text))
		}
		return `list the names: "commands": ["std:test-connection", …]`
	case "objectSchema.attributes":
		if v.node.kind == '{' && len(v.node.members) > 0 {
			return fmt.Sprintf(`list the attributes: "attributes": [{"name": %s, "type": "string"}, …]`, quoted(v.node.members[0].name))
		}
		return needs["objectSchema.attributes"].hint
	}
	return ""
}

// isCommandName reports whether a value could be one of commands.
func isCommandName(n *node) bool {
	return n.kind == '"' && n.text != "" && !strings.ContainsAny(n.text, ", ")
}

// phrase makes a sentence about the refused value.
func (v *violation) phrase(predicate string) string {
	property := v.property
	if v.element {
		property = strings.TrimSuffix(property, "s") // one of commands is a command
	}
	switch subject := v.subject(); {
	case property == "":
		return subject + " " + predicate
	case subject == "":
		return property + " " + predicate
	default:
		return subject + ": " + property + " " + predicate
	}
}

// subjectOr is subject, with a word for the spec itself.
func (v *violation) subjectOr(spec string) string {
	if s := v.subject(); s != "" {
		return s
	}
	return spec
}

// subject names the object of the violation, "" for the spec itself.
func (v *violation) subject() string {
	n := v.file.value(v.owner)
	switch v.kind {
	case "entry":
		return entrySubject(n)
	case "subMenu":
		return "card page" + nameOf(n, "label")
	case "option":
		return "option" + nameOf(n, "value", "label")
	case "keyValuePart":
		return string(v.owner[strings.LastIndexByte(string(v.owner), '/')+1:])
	case "objectSchema", "entitlementSchema":
		if v.owner == "/accountSchema" {
			return "accountSchema"
		}
		return "entitlement schema" + nameOf(n, "type")
	case "attribute":
		return "attribute" + nameOf(n, "name")
	case "template":
		return "accountCreateTemplate"
	case "field":
		return "template field" + nameOf(n, "key", "name", "label")
	case "initialValue":
		return initialValueSubject(v.file, v.owner)
	}
	return ""
}

func entrySubject(n *node) string {
	kind := n.member("type")
	switch {
	case n.kind != '{':
		return "entry"
	case kind != nil && kind.text == EntryMenu:
		return "menu" + nameOf(n, "label")
	case kind != nil && kind.text == EntrySection:
		return "section" + nameOf(n, "sectionTitle")
	}
	return "config item" + nameOf(n, "key", "label", "name")
}

// initialValueSubject names the template field that the initial value belongs to.
func initialValueSubject(f *File, p Pointer) string {
	field := p[:strings.LastIndex(string(p), "/initialValue")]
	return "initialValue of template field" + nameOf(f.value(field), "key", "name", "label")
}

// nameOf returns the first member that is a text, quoted and after a space.
func nameOf(n *node, members ...string) string {
	for _, name := range members {
		if m := n.member(name); m != nil && m.kind == '"' && m.text != "" {
			return " " + quoted(m.text)
		}
	}
	return ""
}

// maxQuoted is the maximum number of characters of user text in a message.
const maxQuoted = 60

// quoted puts user text in quotes and shortens it.
func quoted(text string) string {
	if utf8.RuneCountInString(text) <= maxQuoted {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q", string([]rune(text[:min(len(text), 4*maxQuoted)])[:maxQuoted])+"…")
}

// kindName names the type of a value with its article.
func kindName(n *node) string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	}
	return "null"
}

// described repeats a scalar, and names the type of any other value.
func described(n *node) string {
	switch n.kind {
	case '"':
		return quoted(n.text)
	case '0', 't', 'f':
		return strings.Trim(quoted(n.text), `"`)
	}
	return kindName(n)
}

func withArticle(word string) string {
	if strings.IndexByte("aeiou", word[0]) >= 0 {
		return "an " + word
	}
	return "a " + word
}

// alternatives lists names in quotes.
func alternatives(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = quoted(name)
	}
	return series.Or(texts)
}
