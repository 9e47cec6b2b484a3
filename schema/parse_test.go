package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/google/go-cmp/cmp"
)

const minimal = `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": []}`

func TestEncodings(t *testing.T) {
	t.Parallel()
	tests := []findingsTest{
		{
			name: "byte that is not UTF-8 in a string",
			spec: "{\"name\": \"M\xfcller\",\n\"commands\": [], \"sourceConfig\": 1}",
			want: []string{
				`1:12+1: error: byte 0xFC is not UTF-8 [json-syntax] hint: save the file as UTF-8`,
				`2:33+1: error: sourceConfig must be an array of menus, sections and config items, not a number [schema] at /sourceConfig`,
			},
		},
		{
			name:       "byte that is not UTF-8 outside strings",
			spec:       "{\xff}",
			want:       []string{`1:2+1: error: byte 0xFF is not UTF-8 [json-syntax] hint: save the file as UTF-8`},
			unreadable: true,
		},
		{
			name:       "UTF-16",
			spec:       "\xff\xfe{\x00}\x00",
			want:       []string{`1:1+1: error: file is encoded as UTF-16 [json-syntax] hint: save the file as UTF-8`},
			unreadable: true,
		},
		{
			name: "column after a comment with characters of several bytes",
			spec: `{/* äöü */ "name": 1, "commands": [], "sourceConfig": []}`,
			want: []string{
				`1:2+9: error: JSON has no comments [json-comment] hint: remove the comment`,
				`1:20+1: error: name must be a string, not a number [schema] at /name`,
			},
		},
		{
			name: "end of file after a comment that is not UTF-8",
			spec: "{\"a\": // \xcdԨ",
			want: []string{
				`1:7+5: error: JSON has no comments [json-comment] hint: remove the comment`,
				`1:10+1: error: byte 0xCD is not UTF-8 [json-syntax] hint: save the file as UTF-8`,
				`1:12+1: error: file ends before the '{' of line 1 is closed [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "columns after characters of several bytes",
			spec: "{\"name\": \"日本語😀\", \"commands\": 1,\r\n\"sourceConfig\": \"é\"}\r\n",
			want: []string{
				`1:30+1: error: commands must be an array of command names, not a number [schema] at /commands hint: list the names: "commands": ["std:test-connection", …]`,
				`2:17+3: error: sourceConfig must be an array of menus, sections and config items, not a string [schema] at /sourceConfig`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return strings.TrimSuffix(minimal, "}") + `, "x": ` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
	}
	tests := []findingsTest{
		{name: "200 levels", spec: nested(200)},
		{
			name:       "201 levels",
			spec:       nested(201),
			want:       []string{`1:276+1: error: objects and arrays are nested deeper than 200 levels [json-syntax]`},
			unreadable: true,
		},
		{
			name:       "a million brackets",
			spec:       strings.Repeat("[", 1_000_000),
			want:       []string{`1:201+1: error: objects and arrays are nested deeper than 200 levels [json-syntax]`},
			unreadable: true,
		},
		{
			name: "brackets in strings and comments",
			spec: strings.Replace(minimal, `"x"`, "/* "+strings.Repeat("[", 300)+` */ "`+strings.Repeat("{", 300)+`"`, 1),
			want: []string{`1:10+306: error: JSON has no comments [json-comment] hint: remove the comment`},
		},
		{
			name:       "10 MiB and a byte",
			spec:       minimal + strings.Repeat(" ", 10<<20+1-len(minimal)),
			want:       []string{`1:1+1: error: file is larger than 10 MiB, the most that a spec may have [json-syntax] hint: name a connector-spec.json`},
			unreadable: true,
		},
		{
			name:       "large binary",
			spec:       strings.Repeat("\x00", 10<<20+1),
			want:       []string{`1:1+1: error: file is binary, not JSON [json-syntax] hint: name the connector-spec.json`},
			unreadable: true,
		},
		{name: "10 MiB", spec: minimal + strings.Repeat(" ", 10<<20-len(minimal))},
		{
			name:       "too many values",
			spec:       "[" + strings.Repeat("1,\n", 200_000),
			want:       []string{`200000:1+1: error: file has more than 200000 values [json-syntax] hint: name a connector-spec.json`},
			unreadable: true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

// TestHugeNumbers guards against arithmetic with the numbers of a spec.
func TestHugeNumbers(t *testing.T) {
	t.Parallel()
	const spec = `{"name": "x", "commands": [1e999999999], "sourceConfig": [], "testConnectionTimeout": 1e999999999,
		"accountSchema": {"displayAttribute": "", "identityAttribute": "", "attributes": [{"name": "a", "type": -1e999999999}]}}`
	got, findings := schema.Parse("spec.json", []byte(spec))
	if n := findings.Count(schema.Error); n != 3 { // command, type, identity attribute
		t.Errorf("%d errors: %v", n, findings)
	}
	if got.TestConnectionTimeout != 0 {
		t.Errorf("testConnectionTimeout = %d", got.TestConnectionTimeout)
	}
}

// TestOneLine guards against time that grows with the square of the line's length.
func TestOneLine(t *testing.T) {
	t.Parallel()
	spec := `{"name": "x", "sourceConfig": [], "commands": [` + strings.Repeat(`"", `, 20_000) + `""]}`
	_, findings := schema.Parse("spec.json", []byte(spec))
	if len(findings) != 20_001 {
		t.Fatalf("%d findings", len(findings))
	}
	if last := findings[20_000]; last.Column != 80_048 || last.Pointer != "/commands/20000" {
		t.Errorf("last finding at column %d, %s", last.Column, last.Pointer)
	}
}

func TestManyTrailingCommas(t *testing.T) {
	t.Parallel()
	spec := strings.TrimSuffix(minimal, "}") + `, "x": [` + strings.Repeat("[1,],\n", 50_000) + "1]}"
	got, findings := schema.Parse("spec.json", []byte(spec))
	if got == nil || len(findings) != 50_000 || findings[0].Rule != "json-trailing-comma" {
		t.Errorf("%d findings", len(findings))
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	const text = "\uFEFF{\r\n  \"a/b\": {\"~\": [1, \"é\\n\"]},\r\n  \"long\": true\n}"
	spec, _ := schema.Parse("dir/spec.json", []byte(text))
	f := spec.File
	if f.Name != "dir/spec.json" || string(f.Text()) != strings.TrimPrefix(text, "\uFEFF") {
		t.Errorf("name %q, text %q", f.Name, f.Text())
	}
	lines := []string{f.Line(0), f.Line(1), f.Line(2), f.Line(3), f.Line(4), f.Line(5)}
	wantLines := []string{"", "{", `  "a/b": {"~": [1, "é\n"]},`, `  "long": true`, "}", ""}
	if diff := cmp.Diff(wantLines, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	tests := []struct {
		pointer     schema.Pointer
		has         bool
		value, name [3]int
	}{
		{"", true, [3]int{1, 1, 1}, [3]int{1, 1, 1}},
		{"/a~1b", true, [3]int{2, 10, 1}, [3]int{2, 3, 5}},
		{"/a~1b/~0", true, [3]int{2, 16, 1}, [3]int{2, 11, 3}},
		{"/a~1b/~0/1", true, [3]int{2, 20, 5}, [3]int{2, 20, 5}},
		{"/a~1b/~0/01", false, [3]int{2, 16, 1}, [3]int{2, 16, 1}},
		{"/a~1b/~0/2", false, [3]int{2, 16, 1}, [3]int{2, 16, 1}},
		{"/long", true, [3]int{3, 11, 4}, [3]int{3, 3, 6}},
		{"/long/x/y", false, [3]int{3, 11, 4}, [3]int{3, 11, 4}},
		{"/none", false, [3]int{1, 1, 1}, [3]int{1, 1, 1}},
	}
	for _, tt := range tests {
		value, name := marked(f.Position(tt.pointer)), marked(f.NamePosition(tt.pointer))
		if f.Has(tt.pointer) != tt.has || value != tt.value || name != tt.name {
			t.Errorf("%q: has %v, value at %v, name at %v; want %v, %v, %v",
				tt.pointer, f.Has(tt.pointer), value, name, tt.has, tt.value, tt.name)
		}
		start, end := f.Span(tt.pointer)
		if got, want := string(f.Text()[start:end]), string(f.Raw(tt.pointer)); got != want {
			t.Errorf("%q spans %q, want %q", tt.pointer, got, want)
		}
	}
}

// marked returns the beginning of a position, and how much of the line to mark.
func marked(p schema.Position) [3]int { return [3]int{p.Line, p.Column, p.Width} }

// TestPositionsEnd: objects, arrays and comments may end lines after their beginning.
func TestPositionsEnd(t *testing.T) {
	t.Parallel()
	f, found := schema.ReadJSON("spec.json", []byte("\uFEFF{ // c\r\n  \"名\": [\r\n    \"é\u00e9\", {}\r\n  ], /* of\r\ntwo */\r\n \"e\": \"\"\r\n}\r\n"), schema.Document{})
	for pointer, want := range map[schema.Pointer][5]int{
		"":       {1, 1, 7, 2, 1},
		"/名":     {2, 8, 4, 4, 1},
		"/名/0":   {3, 5, 3, 9, 4},
		"/名/1":   {3, 11, 3, 13, 1},
		"/e":     {6, 7, 6, 9, 2},
		"/e/far": {6, 7, 6, 9, 2},
	} {
		p := f.Position(pointer)
		if got := [5]int{p.Line, p.Column, p.EndLine, p.EndColumn, p.Width}; got != want {
			t.Errorf("%q is at %v, want %v", pointer, got, want)
		}
	}
	var comments [][4]int
	for _, d := range found {
		if d.Rule == "json-comment" {
			comments = append(comments, [4]int{d.Line, d.Column, d.EndLine, d.EndColumn})
		}
	}
	if diff := cmp.Diff([][4]int{{1, 3, 1, 7}, {4, 6, 5, 7}}, comments); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
}

func TestFileOfUnreadableText(t *testing.T) {
	t.Parallel()
	f := schema.NewFile("spec.json", []byte("\uFEFFnot JSON\nat \xffall"))
	if at := f.Position("/name"); at != (schema.Position{Line: 1, Column: 1, EndLine: 1, EndColumn: 2, Width: 1}) || f.Has("") {
		t.Errorf("position %v, has root: %v", at, f.Has(""))
	}
	if f.Line(1) != "not JSON" || f.Line(2) != "at \xffall" {
		t.Errorf("lines %q and %q", f.Line(1), f.Line(2))
	}
}

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	var document struct {
		Schema string `json:"$schema"`
		ID     string `json:"$id"`
	}
	text := schema.JSONSchema()
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if document.Schema != "http://json-schema.org/draft-07/schema#" ||
		document.ID != "https://github.com/conngen/conngen/schema/connector-spec.schema.json" {
		t.Errorf("schema %q, ID %q", document.Schema, document.ID)
	}
	if bytes.Contains(text, []byte("additionalProperties")) {
		t.Error("unknown members are for the lint to judge")
	}
	text[0] = 'x' // the caller's copy
	if schema.JSONSchema()[0] != '{' {
		t.Error("the caller can change the schema")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "{}", minimal, complete, "\uFEFF" + minimal, "{\"a\": [1,], /* c */ 'x'", "[[[[", "{\"\\ud800\": \"\xff\"}",
		"<<<<<<< HEAD\n=======\n>>>>>>> x\n", `{"a": 1, "a": 2} // end`, `{"sourceConfig": [{"type": "Menu", "items": [{}]}]}`,
		`{"accountCreateTemplate": {"fields": [{"type": "x", "initialValue": {"attributes": {"value": []}}}]}}`,
		`{"accountSchema": {"identityAttribute": "a", "attributes": [{"name": "b", "type": "int"}, {"name": "b", "type": "long"}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		spec, findings := schema.Parse("spec.json", bytes.Clone(data))
		if spec == nil && !findings.HasErrors() {
			t.Error("neither spec nor error")
		}
		if json.Valid(data) && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && spec == nil && len(data) < 400 {
			t.Errorf("JSON is refused: %v", findings)
		}
		if !json.Valid(data) && !findings.HasErrors() && !bytes.HasPrefix(data, []byte("\uFEFF")) {
			t.Error("text is not JSON and accepted")
		}
		file := schema.NewFile("spec.json", data)
		for i, d := range findings {
			checkFinding(t, file, d)
			if i > 0 && d == findings[i-1] {
				t.Errorf("twice: %v", d)
			}
		}
		if spec != nil {
			checkPointers(t, spec)
		}
	})
}

// checkFinding expects the finding to be inside the file, including its line ends.
func checkFinding(t *testing.T, file *schema.File, d schema.Diagnostic) {
	t.Helper()
	lines := 1 + bytes.Count(file.Text(), []byte("\n"))
	if d.Line < 1 || d.Line > lines || d.Column < 1 || d.Width < 1 ||
		d.Column > 1+len([]rune(file.Line(d.Line))) {
		t.Errorf("outside of the file: %v", d)
	}
	if d.Rule == "" || d.Message == "" || d.Severity == "" || d.Path == "" {
		t.Errorf("incomplete: %+v", d)
	}
}

// checkPointers expects the pointers of the model to resolve, and raw values to be JSON.
func checkPointers(t *testing.T, spec *schema.Spec) {
	t.Helper()
	for _, p := range unknownPointers(spec) {
		if !spec.File.Has(schema.Pointer(p)) {
			t.Errorf("no value at %q", p)
		}
	}
	for _, v := range spec.InitialValues {
		if !spec.File.Has(v.Pointer) || !json.Valid(v.Value) {
			t.Errorf("initial value %q at %q: %s", v.Key, v.Pointer, v.Value)
		}
	}
	for e := range spec.ConfigItems() {
		if !spec.File.Has(e.Pointer) {
			t.Errorf("no item at %q", e.Pointer)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data := largeSpec()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, findings := schema.Parse("spec.json", data); len(findings) > 0 {
			b.Fatal(findings)
		}
	}
}

// largeSpec generates a spec of the size of the largest known one, about 80 kB.
func largeSpec() []byte {
	var s strings.Builder
	s.WriteString(`{
  "name": "Large", "commands": ["std:test-connection", "std:account:list"], "sourceConfig": [
    {"type": "menu", "label": "Menu", "items": [{"type": "section", "sectionTitle": "Section", "items": [`)
	for i := range 250 {
		fmt.Fprintf(&s, `%s
      {"key": "item%d", "label": "Item %d", "type": "text", "required": true, "helpKey": "What item %d is for",
       "parentKey": "item0", "parentValue": "true", "placeholder": "value"}`, separator(i), i, i, i)
	}
	s.WriteString(`]}]}],
  "accountSchema": {"displayAttribute": "a0", "identityAttribute": "a0", "attributes": [`)
	for i := range 300 {
		fmt.Fprintf(&s, `%s
      {"name": "a%d", "type": "string", "description": "Attribute %d of an account", "multi": false}`, separator(i), i, i)
	}
	s.WriteString("]}}\n")
	return []byte(s.String())
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
