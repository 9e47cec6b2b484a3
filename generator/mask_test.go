package generator

import (
	"strconv"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestMasked: a secret is hidden in every form in which a spec, or a person, may write it.
func TestMasked(t *testing.T) {
	t.Parallel()
	spec, found := schema.Parse("connector-spec.json", []byte(`{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [
		{"type": "secret", "key": "token", "label": "T"}, {"type": "secret", "key": "quoted", "label": "Q"}, {"type": "secret", "key": "empty", "label": "E"}
	], "sourceConfigInitialValues": {"token": "p\u0061ss/wörd😀", "quoted": "a\"b\\", "empty": ""}}`))
	if found.HasErrors() {
		t.Fatal(found)
	}
	for name, written := range map[string]string{
		"as it is":           `"pass/wörd😀"`,
		"as in the spec":     `"p\u0061ss/wörd😀"`,
		"all escaped":        `"\u0070\u0061\u0073\u0073\u002F\u0077\u00f6\u0072\u0064\uD83D\uDE00"`,
		"slash":              `"pass\/w\u00F6rd\ud83d\ude00"`,
		"Go":                 `"\x70\141ss/w\xc3\xb6rd\U0001f600"`,
		"raw":                "`pass/wörd😀`",
		"JSON in Go":         strconv.Quote(`{"token": "p\u0061ss\/wörd😀"}`),
		"JSON in Go in Go":   strconv.Quote(strconv.Quote(`{"token": "p\u0061ss\/wörd😀"}`)),
		"quotes":             `"a\"b\\"`,
		"quotes, escaped":    `"\u0061\u0022b\u005c"`,
		"quotes in Go":       strconv.Quote(`{"quoted": "a\"b\\"}`),
		"quotes in Go in Go": strconv.Quote(strconv.Quote(`{"quoted": "a\"b\\"}`)),
		"the second of two":  `"a": "pass", "b": "pass\u002fwörd😀", "c": "d"`,
	} {
		got := Masked("-"+written+"\n+ \"empty\": \"\"\n", spec)
		if strings.Count(got, mask) != 1 || !strings.HasSuffix(got, "\n+ \"empty\": \"\"\n") {
			t.Errorf("%s: %s gives %s", name, written, got)
		}
	}
	for _, other := range []string{`"pass"`, `"wörd" "\u0070"`, `"pass/wörd😀!"`, `"a\"b"`, `"\`, `"\u00"`, `\\"`} {
		if got := Masked(other, spec); got != other {
			t.Errorf("%s gives %s", other, got)
		}
	}
}

// TestMaskedNumbers: if two numbers begin alike, the longer one is masked as a whole. Short ones
// occur everywhere.
func TestMaskedNumbers(t *testing.T) {
	t.Parallel()
	spec, _ := schema.Parse("connector-spec.json", []byte(`{"name": "X", "commands": ["std:test-connection"], "sourceConfig": [
		{"type": "secret", "key": "a", "label": "A"}, {"type": "secret", "key": "b", "label": "B"}, {"type": "secret", "key": "c", "label": "C"}
	], "sourceConfigInitialValues": {"a": 1234, "b": 123456, "c": 7}}`))
	const want = `{"b": ***, "a": ***, "c": 7}`
	if got := Masked(`{"b": 123456, "a": 1234, "c": 7}`, spec); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
