package schema_test

import (
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestOtherKinds: for a file that is not a spec, one finding says what it is.
func TestOtherKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"spec.json", "name: HR\ncommands: []\n", "spec.json:1:1: error: file is YAML, not JSON [json-syntax]"},
		{"spec.json", "# ours\n---\n- a\n", "spec.json:1:1: error: file is YAML, not JSON [json-syntax]"},
		{"spec.yml", "? a\n: b\n", "spec.yml:1:1: error: file is YAML, not JSON [json-syntax]"},
		{"api.yaml", "info: x\nopenapi: 3.1.0\n", "api.yaml:1:1: error: file is an OpenAPI description, not a connector spec [json-syntax]"},
		{"api.json", `{"info": {}, "openapi": "3.1.0"}`, "api.json:1:14: error: file is an OpenAPI description, not a connector spec [schema]"},
		{"api.json", `{"swagger": "2.0"}`, "api.json:1:2: error: file is an OpenAPI description, not a connector spec [schema]"},
		{"package.json", `{"name": "x", "devDependencies": {}}`, "package.json:1:15: error: file is a package.json of npm, not a connector spec [schema]"},
		{"x.schema.json", `{"$schema": "x", "properties": {}}`, "x.schema.json:1:18: error: file is a JSON Schema, not a connector spec [schema]"},
		{".conngen.json", `{"generate": {}}`, ".conngen.json:1:2: error: file has settings of conngen, and is not a connector spec [schema]"},
		{".conngen.json", `{"$schema": "x", "stub": {}}`, ".conngen.json:1:18: error: file has settings of conngen, and is not a connector spec [schema]"},
		{".conngen.json", `{"ignore": []}`, ".conngen.json:1:2: error: file has settings of conngen, and is not a connector spec [schema]"},
		{"x.zip", "PK\x03\x04\x00", "x.zip:1:1: error: file is a zip archive, not JSON [json-syntax]"},
		{"x", "\x7fELF\x00", "x:1:1: error: file is binary, not JSON [json-syntax]"},
		{"x.go", "// Command x.\n\npackage main\n", "x.go:1:1: error: file is Go code, not JSON [json-syntax]"},
		{"x.html", "\n<html>", "x.html:1:1: error: file is an HTML page, not JSON [json-syntax]"},
		{"x.html", "<!DOCTYPE html>\n", "x.html:1:1: error: file is an HTML page, not JSON [json-syntax]"},
		{"x.xml", "<?xml version=\"1.0\"?>", "x.xml:1:1: error: file is XML, not JSON [json-syntax]"},
		{"x", "<a>", `x:1:1: error: file is not JSON: it begins with "<" [json-syntax]`},
		{"go.mod", "// Ours.\n\nmodule hr\n", "go.mod:1:1: error: file is a go.mod, not JSON [json-syntax]"},
		{"x.md", "go there now\n", `x.md:1:1: error: file is not JSON: it begins with "go" [json-syntax]`},
		// These are faulty specs, whose faults are named.
		{"s.json", "// ours\n{", "s.json:1:1: error: JSON has no comments [json-comment]"},
		{"s.json", "None", `s.json:1:1: error: "None" is not a value in JSON [json-syntax]`},
		{"s.json", "<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> x\n", "s.json:1:1: error: merge conflict is not resolved [merge-conflict-markers]"},
		{"s.json", "'name': 1", "s.json:1:1: error: JSON has no single-quoted names or strings [json-syntax]"},
		{"s.json", "#", "s.json:1:1: error: number sign does not begin a comment [json-syntax]"},
	} {
		spec, found := schema.Parse(c.name, []byte(c.text))
		if spec != nil || len(found) == 0 {
			t.Errorf("%q is a spec: %v", c.text, found)
			continue
		}
		if got := found[0].String(); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.text, got, c.want)
		}
		if strings.Contains(c.want, ": file ") && found[0].Hint == "" {
			t.Errorf("%q has no hint", c.text)
		}
	}
	// Texts that are specs in other respects stay specs.
	for _, text := range []string{
		`{"openapi": "3.1.0", "commands": []}`,
		`{"sourceConfig": [], "rules": {}}`,
		`{"name": "x", "accountSchema": {"attributes": []}, "definitions": {}}`,
		`{"name": "x", "accountCreateTemplate": {"fields": []}, "properties": {}}`,
		`{"keyType": "simple", "dependencies": {}}`,
	} {
		if spec, _ := schema.Parse("s.json", []byte(text)); spec == nil {
			t.Errorf("%s is not a spec", text)
		}
	}
}
