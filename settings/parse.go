package settings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// maxSize is far above the size of any hand-written settings.
const maxSize = 256 << 10

// A file is a single settings file.
type file struct {
	source  *schema.File
	isRoot  bool // "root": true, which applies even if other members are wrong
	content content
	found   schema.Diagnostics // if there are any, content is empty
}

// content is the format.
type content struct {
	Rules    map[string]string `json:"rules"`
	Generate struct {
		Out         string            `json:"out"`
		Package     string            `json:"package"`
		SDK         string            `json:"sdk"`
		Names       map[string]string `json:"names"`
		Initialisms []string          `json:"initialisms"`
	} `json:"generate"`
	Stub struct {
		File string `json:"file"`
		Type string `json:"type"`
	} `json:"stub"`
	Ignore []struct {
		Rule   string `json:"rule"`
		At     string `json:"at"`
		Reason string `json:"reason"`
	} `json:"ignore"`
}

var document = schema.Document{Name: "settings object", Example: `settings are a JSON object, such as {"generate": {"out": "connector"}}`}

// parse reads a settings file and finds everything that is wrong with it.
func parse(name string, text []byte) *file {
	if len(text) > maxSize {
		f := &file{source: schema.NewFile(name, nil)} // its lines are not worth an index
		f.found = schema.Diagnostics{finding(f.source, f.source.Position, "", schema.Error,
			fmt.Sprintf("file has %d bytes; settings have at most %d", len(text), maxSize), "")}
		return f
	}
	source, found := schema.ReadJSON(name, text, document)
	f := &file{source: source, found: syntaxErrors(found)}
	if !source.Has("") {
		return f
	}
	c := &checker{file: source}
	value := decode(source.Raw(""))
	c.settings(value)
	if len(c.found) == 0 {
		c.schema(value)
	}
	object, _ := value.(map[string]any)
	f.isRoot = object["root"] == true
	f.found = append(f.found, c.found...)
	f.found.Sort()
	if len(f.found) > 0 {
		return f
	}
	if err := json.Unmarshal(source.Raw(""), &f.content); err != nil { // the checker should have found it
		f.found = append(f.found, finding(source, source.Position, "", schema.Error, err.Error(), ""))
	}
	return f
}

// syntaxErrors are the findings about a text that make settings unreadable. A repeated member would
// silently replace settings; a byte order mark does no harm.
func syntaxErrors(found schema.Diagnostics) schema.Diagnostics {
	var errors schema.Diagnostics
	for _, d := range found {
		if d.Rule == "duplicate-json-key" {
			d.Severity = schema.Error
		}
		if d.Severity == schema.Error {
			errors = append(errors, d)
		}
	}
	return errors
}

// decode reads a text known to be JSON, with numbers of any size.
func decode(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value)
	return value
}

// A checker finds mistakes in the values of a file.
type checker struct {
	file  *schema.File
	found schema.Diagnostics
}

// value reports a mistake at a value.
func (c *checker) value(at schema.Pointer, message, hint string) {
	c.found = append(c.found, finding(c.file, c.file.Position, at, schema.Error, message, hint))
}

// name reports a mistake at the name of a member.
func (c *checker) name(at schema.Pointer, message, hint string) {
	c.found = append(c.found, finding(c.file, c.file.NamePosition, at, schema.Error, message, hint))
}

// schema is the final check: what the JSON Schema rejects, editors mark, so no command may accept
// it.
func (c *checker) schema(value any) {
	if err := validator().Validate(value); err != nil {
		c.value("", "settings do not match their JSON Schema: "+err.Error(), "")
	}
}

// A check describes the fault in the value of a member.
type check func(c *checker, at schema.Pointer, value any)

func (c *checker) settings(value any) {
	c.members("", value, "settings", "", map[string]check{
		"$schema":  text("$schema", nil),
		"root":     (*checker).root,
		"rules":    (*checker).rules,
		"generate": (*checker).generate,
		"stub":     (*checker).stub,
		"ignore":   (*checker).ignore,
	})
}

func (c *checker) generate(at schema.Pointer, value any) {
	c.members(at, value, "generate", `write "generate": {"out": "connector"}`, map[string]check{
		"out":         text("out", checkOut),
		"package":     text("package", checkPackage),
		"sdk":         text("sdk", checkSDK),
		"names":       (*checker).names,
		"initialisms": (*checker).initialisms,
	})
}

func (c *checker) stub(at schema.Pointer, value any) {
	c.members(at, value, "stub", `write "stub": {"file": "client.go"}`, map[string]check{
		"file": text("file", checkStubFile),
		"type": text("type", checkStubType),
	})
}

func (c *checker) root(at schema.Pointer, value any) {
	if _, ok := value.(bool); !ok {
		c.value(at, "root must be true or false, not "+described(value), "")
	}
}

func (c *checker) rules(at schema.Pointer, value any) {
	rules, ok := value.(map[string]any)
	if !ok {
		c.value(at, "rules must be an object, not "+described(value), `write "rules": {"missing-description": "off"}`)
		return
	}
	for id, severity := range rules {
		if message, hint := checkRule(id); message != "" {
			c.name(at.Member(id), message, hint)
			continue
		}
		if severity, ok := severity.(string); ok && slices.Contains(severities(), severity) {
			continue
		}
		hint := "write " + list(severities(), "or")
		if severity, ok := severity.(string); ok {
			if near := nearest.Name(severity, severities()); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
		}
		c.value(at.Member(id), described(severity)+" is not a severity", hint)
	}
}

func (c *checker) names(at schema.Pointer, value any) {
	names, ok := value.(map[string]any)
	if !ok {
		c.value(at, "names must be an object, not "+described(value), `write "names": {"account/userId": "UserID"}`)
		return
	}
	for wire, name := range names {
		if message, hint := checkWireName(wire); message != "" {
			c.name(at.Member(wire), message, hint)
		}
		text("Go name", checkGoName)(c, at.Member(wire), name)
	}
}

func (c *checker) initialisms(at schema.Pointer, value any) {
	first := make(map[string]int)
	c.elements(at, value, "initialisms", `write "initialisms": ["IIQ"]`, func(c *checker, at schema.Pointer, value any) {
		before := len(c.found)
		text("initialism", checkInitialism)(c, at, value)
		word, _ := value.(string)
		if len(c.found) > before {
			return
		}
		key := strings.ToUpper(word)
		line := c.file.Position(at).Line
		if other, ok := first[key]; ok {
			c.value(at, fmt.Sprintf("initialism %s is listed twice, first in line %d", quote(word), other), "remove one of the two")
			return
		}
		first[key] = line
	})
}

func (c *checker) ignore(at schema.Pointer, value any) {
	const example = `{"rule": "missing-description", "at": "account/userId", "reason": "…"}`
	c.elements(at, value, "ignore", `write "ignore": [`+example+"]", func(c *checker, at schema.Pointer, value any) {
		c.members(at, value, "ignore entry", "write "+example, map[string]check{
			"rule":   text("rule", checkRule),
			"at":     text("at", checkPlace),
			"reason": text("reason", nil),
		})
		entry, ok := value.(map[string]any)
		if !ok {
			return
		}
		for _, m := range ignoreMembers {
			if _, ok := entry[m.name]; !ok {
				c.value(at, fmt.Sprintf("ignore entry has no %q", m.name), m.hint)
			}
		}
	})
}

// ignoreMembers are the members that an ignore entry must have.
var ignoreMembers = []struct{ name, hint string }{
	{"rule", `add "rule", the ID of the rule`},
	{"at", `add "at", a wire name such as "account/userId", or a JSON Pointer`},
	{"reason", `add "reason": why the rule does not apply here`},
}

// members checks an object that has only the members of checks.
func (c *checker) members(at schema.Pointer, value any, subject, hint string, checks map[string]check) {
	object, ok := value.(map[string]any)
	if !ok {
		c.value(at, subject+" must be an object, not "+described(value), hint)
		return
	}
	for name, value := range object {
		if check, ok := checks[name]; ok {
			check(c, at.Member(name), value)
			continue
		}
		known := slices.Sorted(maps.Keys(checks))
		message := fmt.Sprintf("unknown setting %s", quote(name))
		if subject != "settings" {
			message = fmt.Sprintf("unknown member %s of %s", quote(name), subject)
		}
		hint := "use " + list(known, "or")
		if near := nearest.Name(name, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		c.name(at.Member(name), message, hint)
	}
}

// elements checks each element of an array.
func (c *checker) elements(at schema.Pointer, value any, subject, hint string, element check) {
	array, ok := value.([]any)
	if !ok {
		c.value(at, subject+" must be an array, not "+described(value), hint)
		return
	}
	for i, value := range array {
		element(c, at.Member(strconv.Itoa(i)), value)
	}
}

// text checks a string, which must not be blank, with a function that describes its fault and the
// correction.
func text(subject string, wrong func(text string) (message, hint string)) check {
	return func(c *checker, at schema.Pointer, value any) {
		text, ok := value.(string)
		switch {
		case !ok:
			c.value(at, subject+" must be a string, not "+described(value), "")
		case strings.TrimSpace(text) == "":
			c.value(at, subject+" must not be empty", "")
		case wrong != nil:
			if message, hint := wrong(text); message != "" {
				c.value(at, message, hint)
			}
		}
	}
}

func severities() []string {
	return []string{string(off), string(schema.Info), string(schema.Warning), string(schema.Error)}
}

// checkRule refuses rules that settings cannot change.
func checkRule(id string) (message, hint string) {
	problem := rules.Changeable(shortened(id)) // no rule has a long ID
	if problem == nil {
		return "", ""
	}
	return problem.Message, cmp.Or(problem.Hint, "settings change what validate finds, and the command rules lists it")
}

// changeable returns the IDs of the rules that settings can change, sorted.
func changeable() []string {
	var ids []string
	for _, r := range lint.Rules() {
		if rules.Changeable(r.ID) == nil {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// maxQuoted is the maximum number of characters of user text in a message.
const maxQuoted = 60

// quote puts user text in quotes and shortens it.
func quote(text string) string { return strconv.Quote(shortened(text)) }

func shortened(text string) string {
	if utf8.RuneCountInString(text) > maxQuoted {
		return string([]rune(text)[:maxQuoted]) + "…"
	}
	return text
}

// described repeats a scalar, and names the type of any other value.
func described(value any) string {
	switch value := value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return quote(value)
	case json.Number:
		return strings.Trim(quote(value.String()), `"`)
	case bool:
		return strconv.FormatBool(value)
	}
	return "null"
}

// list quotes names and puts a word before the last of them.
func list(names []string, word string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " " + word + " " + quoted[last]
}
