package schema

import (
	"bytes"
	"fmt"
)

// The rules whose violations make a spec unusable, and those about its text.
const (
	ruleJSONSyntax          = "json-syntax"
	ruleConflictMarkers     = "merge-conflict-markers"
	ruleTrailingComma       = "json-trailing-comma"
	ruleComment             = "json-comment"
	ruleBOM                 = "utf8-bom"
	ruleDuplicateKey        = "duplicate-json-key"
	ruleSchema              = "schema"
	ruleEntryUnrecognised   = "source-config-entry-unrecognised"
	ruleItemKeyMissing      = "item-key-missing"
	ruleUnknownType         = "unknown-attribute-type"
	ruleFieldKeyMissing     = "field-key-missing"
	ruleUnknownInitialValue = "unknown-initial-value-type"
	ruleIdentityMissing     = "identity-attribute-missing"
	ruleEntitlementType     = "duplicate-entitlement-type"
	ruleAttributeConflict   = "duplicate-attribute-conflict"
	ruleConfigKeyConflict   = "duplicate-config-key-conflict"
)

// maxSize is far above any real spec; see [Parse].
const maxSize = 10 << 20

// maxTold is how much of a text that is too large is read to tell what it is.
const maxTold = 4 << 10

// Parse reads the text of a connector-spec.json. It returns everything that is wrong with
// the text at once, sorted by position, and the spec as far as it can be read: values of
// a wrong type are left out. The spec is nil only if the text is not a JSON object, or
// exceeds a limit: larger than 10 MiB, nested deeper than 200 levels, or of more than
// 200,000 values. A name of more than 1,000 bytes is an error too, and is left out.
//
// The spec keeps data, which must not be changed afterwards.
func Parse(name string, data []byte) (*Spec, Diagnostics) {
	f := NewFile(name, data)
	r := &reporter{file: f}
	spec := read(f, r, len(data))
	if f.root != nil && !IsSpec(f) {
		r.withoutFixes()
	}
	r.findings.Sort()
	return spec, r.findings.Compact()
}

// A Document is a kind of file that can be parsed.
type Document struct {
	Name    string // "spec"
	Example string // the hint for an empty file
	Other   string // the hint for a file that is too large
}

// specDocument is the kind that [Parse] reads.
var specDocument = Document{
	Name:    "spec",
	Example: `a spec is a JSON object: {"name": …, "commands": […], "sourceConfig": […]}`,
	Other:   "name a connector-spec.json",
}

// ReadJSON reads a document that is not a spec, with [Parse]'s findings about its syntax. The file
// has values unless one of them is an error; it also has them if comments and trailing commas are
// the only errors. [File.Has] of "" tells.
func ReadJSON(name string, data []byte, what Document) (*File, Diagnostics) {
	f := NewFile(name, data)
	r := &reporter{file: f}
	readText(f, r, len(data), what)
	r.findings.Sort()
	return f, r.findings
}

func read(f *File, r *reporter, size int) *Spec {
	if !readText(f, r, size, specDocument) {
		return nil
	}
	if f.root.kind != '{' {
		r.value("", Error, ruleSchema, fmt.Sprintf("spec must be a JSON object, not %s", kindName(f.root)), "")
		return nil
	}
	if k, member, found := otherObject(f); found {
		r.name(member, Error, ruleSchema, k.message, k.hint)
		return nil
	}
	validate(f, r)
	spec := decode(f, r)
	checkNames(spec, r)
	return spec
}

// readText is readTree for texts of any size, with or without a byte order mark.
func readText(f *File, r *reporter, size int, what Document) bool {
	if size > maxSize {
		r.file = NewFile(f.Name, nil) // its lines are not worth an index
		large := kind{fmt.Sprintf("file is larger than %d MiB, the most that a %s may have", maxSize>>20, what.Name), what.Other}
		if k, found := otherText(f.Name, f.text[:min(len(f.text), maxTold)]); found {
			large = k
		}
		r.span(span{}, Error, ruleJSONSyntax, "", large.message, large.hint)
		return false
	}
	if size > len(f.text) {
		r.span(span{}, Warning, ruleBOM, "", "file begins with a byte order mark, which the platform does not read",
			"save the file as UTF-8 without byte order mark")
		r.last().Fix = &Fix{Safe: true, Text: "remove the byte order mark", Edits: []Edit{{0, f.mark, ""}}}
	}
	return readTree(f, r, what)
}

// readTree checks that the text is JSON and builds the file's tree. It reports false if there is
// none.
func readTree(f *File, r *reporter, what Document) bool {
	if isUTF16(f.text) {
		r.span(span{}, Error, ruleJSONSyntax, "", "file is encoded as UTF-16", "save the file as UTF-8")
		return false
	}
	if k, found := otherText(f.Name, f.text); found {
		r.withoutFixes()
		r.span(span{}, Error, ruleJSONSyntax, "", k.message, k.hint)
		return false
	}
	valid, invalid := replaceInvalidUTF8(f.text)
	f.valid = valid
	if invalid >= 0 {
		r.span(span{invalid, invalid + 1}, Error, ruleJSONSyntax, "",
			fmt.Sprintf("byte 0x%02X is not UTF-8", f.text[invalid]), "save the file as UTF-8")
	}
	s := &scanner{text: valid, what: what}
	err := s.scan()
	f.strict, f.loose = s.strict(), len(s.comments)+len(s.commas) > 0 || invalid >= 0
	f.notes = s.comments
	for _, c := range s.comments {
		r.span(c, Error, ruleComment, "", "JSON has no comments", "remove the comment")
		r.last().Fix = certain(err, "remove the comment", f.commentRemoval(c))
	}
	for _, c := range s.commas {
		r.span(span{c, c + 1}, Error, ruleTrailingComma, "",
			fmt.Sprintf("trailing comma before %q", nextBracket(f.strict, c)), "remove the comma")
		r.last().Fix = certain(err, "remove the comma", f.edit(c, c+1, ""))
	}
	if err != nil {
		reportSyntax(r, err, invalid)
		return false
	}
	buildTree(f, r)
	return true
}

// certain is a fix of a text that is JSON except for comments and trailing commas. In any other
// text, what looks like one of them may be something else.
func certain(err *syntaxError, text string, edit Edit) *Fix {
	if err != nil {
		return nil
	}
	return &Fix{Safe: true, Text: text, Edits: []Edit{edit}}
}

func buildTree(f *File, r *reporter) {
	var duplicates []duplicate
	f.root, duplicates = newTree(f.strict)
	for _, d := range duplicates {
		first := f.spanPosition(d.first.start, d.first.end)
		r.span(span{d.start, d.end}, Warning, ruleDuplicateKey, "",
			fmt.Sprintf("member name %s occurs twice in this object, first in line %d; the last one counts", quoted(d.name), first.Line),
			"remove one of the two")
		r.last().Related = Place{Position: first}
		r.last().Fix = f.duplicateFix(d)
	}
}

// reportSyntax reports what keeps the text from being JSON. Conflict markers are the cause of any
// error that the scanner found.
func reportSyntax(r *reporter, err *syntaxError, invalid int) {
	if at, found := findConflict(r.file.text); found {
		r.span(at, Error, ruleConflictMarkers, "", "merge conflict is not resolved",
			"keep one of the versions and remove the marker lines")
		return
	}
	if err.start == invalid {
		return // the byte has its own finding
	}
	r.span(err.span, Error, ruleJSONSyntax, "", err.message, err.hint)
}

// isUTF16 recognises the byte order marks of UTF-16, and a first character of
// two bytes.
func isUTF16(text []byte) bool {
	return bytes.HasPrefix(text, []byte{0xFE, 0xFF}) || bytes.HasPrefix(text, []byte{0xFF, 0xFE}) ||
		bytes.HasPrefix(text, []byte{'{', 0}) || bytes.HasPrefix(text, []byte{0, '{'})
}

// nextBracket returns the closing bracket after a trailing comma.
func nextBracket(strict []byte, comma int) rune {
	return rune(bytes.TrimLeft(strict[comma:], " \t\r\n")[0])
}

// A reporter collects findings about one file.
type reporter struct {
	file     *File
	findings Diagnostics
}

// value reports a finding about the value at p.
func (r *reporter) value(p Pointer, severity Severity, rule, message, hint string) {
	r.add(r.file.Position(p), p, severity, rule, message, hint)
}

// name reports a finding about the name of the member at p.
func (r *reporter) name(p Pointer, severity Severity, rule, message, hint string) {
	r.add(r.file.NamePosition(p), p, severity, rule, message, hint)
}

// span reports a finding about a range of the text.
func (r *reporter) span(at span, severity Severity, rule string, p Pointer, message, hint string) {
	r.add(r.file.spanPosition(at.start, at.end), p, severity, rule, message, hint)
}

// conflict reports a finding about the value at p, which contradicts the value at first.
func (r *reporter) conflict(p, first Pointer, rule, message, hint string) {
	r.value(p, Error, rule, message, hint)
	r.last().Related = r.file.Place(first)
}

// fix adds an unsafe fix to the last finding, if there are edits for it.
func (r *reporter) fix(text string, edits []Edit) {
	if len(edits) > 0 {
		r.last().Fix = &Fix{Text: text, Edits: edits}
	}
}

// safeFix is fix for a safe one.
func (r *reporter) safeFix(text string, edits []Edit) {
	if r.fix(text, edits); r.last().Fix != nil {
		r.last().Fix.Safe = true
	}
}

// withoutFixes removes the fixes so far: fixes for specs may harm another file, which may have
// comments.
func (r *reporter) withoutFixes() {
	for i := range r.findings {
		r.findings[i].Fix = nil
	}
}

// last returns the last finding, to be completed.
func (r *reporter) last() *Diagnostic { return &r.findings[len(r.findings)-1] }

func (r *reporter) add(at Position, p Pointer, severity Severity, rule, message, hint string) {
	r.findings = append(r.findings, Diagnostic{
		Path: r.file.Name, Position: at,
		Pointer: p, Rule: rule, Severity: severity, Message: message, Hint: hint,
	})
}
