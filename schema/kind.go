package schema

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A kind is a kind of file that is not a spec.
type kind struct{ message, hint string }

var (
	yamlLine    = lazyregexp.New(`^(---|- \S.*|["']?[A-Za-z_$][\w.$-]*["']?:( .*)?)$`)
	openAPILine = lazyregexp.New(`(?m)^["']?(openapi|swagger)["']?:`)
	yamlNames   = []string{".yaml", ".yml"}
	htmlStart   = lazyregexp.New(`(?i)^<(!doctype html|html|head|body)\b`)
	goStart     = lazyregexp.New(`^(package [\pL_]\w*|func |import ["(])`)
	goModStart  = lazyregexp.New(`^(module|go|toolchain) \S+$`)
)

// Hints about a file that is not a spec.
const (
	makeSpec = "the command init makes a spec to begin with"
	nameSpec = "name the connector-spec.json"
)

// otherText recognises a text that is something other than JSON as a whole, for which the first
// wrong character would tell nothing. A text that begins as JSON does is a faulty one.
func otherText(name string, text []byte) (kind, bool) {
	start := afterComments(text)
	firstLine, _, _ := bytes.Cut(start, []byte("\n"))
	firstLine = bytes.TrimRight(firstLine, " \t\r")
	switch {
	case len(start) == 0 || bytes.IndexByte([]byte(`{["'`), start[0]) >= 0:
		return kind{}, false
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return kind{"file is a zip archive, not JSON", "name the connector-spec.json that is in it"}, true
	case bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0:
		return kind{"file is binary, not JSON", nameSpec}, true
	case htmlStart().Match(firstLine):
		return kind{"file is an HTML page, not JSON", "download the spec itself: what was saved is a page about it, or a sign-in page"}, true
	case bytes.HasPrefix(start, []byte("<?xml")):
		return kind{"file is XML, not JSON", nameSpec}, true
	case goModStart().Match(firstLine):
		return kind{"file is a go.mod, not JSON", nameSpec}, true
	case goStart().Match(firstLine):
		return kind{"file is Go code, not JSON", nameSpec}, true
	case slices.Contains(yamlNames, strings.ToLower(filepath.Ext(name))) || yamlLine().Match(firstLine):
		if openAPILine().Match(start) {
			return kind{"file is an OpenAPI description, not a connector spec", makeSpec}, true
		}
		return kind{"file is YAML, not JSON", "convert it to JSON"}, true
	}
	word := (&scanner{text: start}).word()
	if word.end == 0 {
		word.end = 1
	}
	first := string(start[:word.end])
	if _, found := findConflict(text); found || !startsText(first) {
		return kind{}, false
	}
	return kind{fmt.Sprintf("file is not JSON: it begins with %s", quoted(first)), nameSpec}, true
}

// startsText reports whether a text that begins with a word is not a faulty JSON value.
func startsText(word string) bool {
	switch strings.ToLower(word) {
	case "true", "false", "null", "none", "nil", "undefined":
		return false
	}
	c := word[0]
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '<' || c == '%'
}

// afterComments returns the text after leading white space and comments of YAML or Go.
func afterComments(text []byte) []byte {
	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		if !bytes.HasPrefix(text, []byte("#")) && !bytes.HasPrefix(text, []byte("//")) {
			return text
		}
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
}

// otherObjects are kinds of JSON files that are not specs, each with members that only they have.
var otherObjects = []struct {
	members []Pointer // one of them is enough
	kind
}{
	{[]Pointer{"/openapi", "/swagger"}, kind{"file is an OpenAPI description, not a connector spec", makeSpec}},
	{[]Pointer{"/dependencies", "/devDependencies"}, kind{"file is a package.json of npm, not a connector spec", nameSpec}},
	{[]Pointer{"/properties", "/definitions", "/$defs"}, kind{"file is a JSON Schema, not a connector spec", nameSpec}},
	{[]Pointer{"/generate", "/rules", "/stub", "/ignore"}, kind{"file has settings of conngen, and is not a connector spec", nameSpec}},
}

// ownMembers are members that only specs have.
var ownMembers = []Pointer{"/commands", "/sourceConfig", "/accountSchema", "/accountCreateTemplate", "/keyType"}

// IsSpec reports whether a JSON file is probably a spec: it has a member that only specs have.
func IsSpec(f *File) bool { return slices.ContainsFunc(ownMembers, f.Has) }

// otherObject recognises a JSON object that is not a spec, and returns the member that identifies
// it. An object with a member that only specs have is a spec, whatever else it has.
func otherObject(f *File) (kind, Pointer, bool) {
	if IsSpec(f) {
		return kind{}, "", false
	}
	for _, o := range otherObjects {
		for _, member := range o.members {
			if f.Has(member) {
				return o.kind, member, true
			}
		}
	}
	return kind{}, "", false
}
