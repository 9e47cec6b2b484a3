package project

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

func parse(t *testing.T, name, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse(name, []byte(text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

// TestExampleConfig: the example has required items and values of the spec, but none of its
// secrets.
func TestExampleConfig(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ members, want string }{
		"values": {
			`"sourceConfigInitialValues":{"secret":"real","size":7,"apiToken":"real","hidden":8,"hiddenSecret":"real","pairs":[{"k":"real","v":"real"}],"bad":"x"},"sourceConfig":[
			{"key":"child","label":"l","type":"text","required":true,"parentKey":"kind","parentValue":"b"},
			{"key":"other","label":"l","type":"text","required":true,"parentKey":"kind","parentValue":"a"},
			{"key":"kind","label":"l","type":"radio","required":true,"options":[{"label":"A","value":"a"},{"label":"B","value":"b"}]},
			{"key":"hidden","label":"l","type":"number","parentKey":"kind","parentValue":"b"},
			{"key":"hiddenSecret","label":"l","type":"secret","parentKey":"kind","parentValue":"b"},
			{"key":"box","label":"l","type":"checkbox"},
			{"key":"unchecked","label":"l","type":"text","required":true,"parentKey":"box","parentValue":"false"},
			{"key":"checked","label":"l","type":"text","required":true,"parentKey":"box","parentValue":"true"},
			{"key":"secret","label":"l","type":"secret"},
			{"key":"noSecret","label":"l","type":"secret"},
			{"key":"apiToken","label":"l","type":"text","required":true},
			{"key":"size","label":"l","type":"number","min":"1"},
			{"key":"bad","label":"l","type":"number"},
			{"key":"optionalUrl","label":"l","type":"url"},{"key":"optionalList","label":"l","type":"list"},{"key":"optionalChoice","label":"l","type":"radio","options":[{"label":"A","value":"a"}]},
			{"key":"url","label":"l","type":"url","required":true},{"key":"tokenUrl","label":"l","type":"text","required":true},
			{"key":"pairs","label":"l","type":"keyValue","required":true,"keyValueKey":{"key":"k","label":"l","type":"text"},"keyValueValue":{"key":"v","label":"l","type":"secret"}},
			{"key":"cards","label":"l","type":"cardList","required":true,"titleKey":"on","subMenus":[{"label":"m","items":[
				{"key":"on","label":"l","type":"toggle"},{"key":"list","label":"l","type":"list","required":true}]}]}]`,
			`{"other":"example","kind":"a","hidden":8,"unchecked":"example","secret":"replace-me","apiToken":"replace-me","size":7,"bad":"",
			"url":"https://example.com","tokenUrl":"https://example.com","pairs":[{"k":"example","v":"replace-me"}],"cards":[{"list":["example"]}]}`,
		},
		"numbers": {
			`"sourceConfig":[
			{"key":"any","label":"l","type":"number","required":true},
			{"key":"page","label":"l","type":"number","required":true,"min":"1","max":"500"},
			{"key":"small","label":"l","type":"number","required":true,"min":"1","max":"50"},
			{"key":"large","label":"l","type":"number","required":true,"min":"1000"},
			{"key":"negative","label":"l","type":"number","required":true,"max":"-2"},
			{"key":"share","label":"l","type":"number","required":true,"min":"0","max":"0.5"},
			{"key":"optional","label":"l","type":"number","min":"5"}]`,
			`{"any":100,"page":100,"small":50,"large":1000,"negative":-2,"share":0.5}`,
		},
		"nothing is required": {
			`"sourceConfigInitialValues":{"region":"eu"},"sourceConfig":[
			{"key":"region","label":"l","type":"text","required":true},{"key":"token","label":"l","type":"secret"},
			{"key":"baseUrl","label":"l","type":"text"},{"key":"filter","label":"l","type":"text"},{"key":"size","label":"l","type":"number"}]`,
			`{"region":"eu","token":"replace-me","baseUrl":"https://example.com"}`,
		},
		"no item names the source": {`"sourceConfig":[{"key":"filter","label":"l","type":"text"}]`, `{}`},
		"no items":                 {`"sourceConfig":[]`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := ExampleConfig(parse(t, "connector-spec.json", `{"name":"x","commands":["a"],`+tt.members+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := indented(t, string(config)), indented(t, tt.want); got != want {
				t.Errorf("the example is\n%s, want\n%s", got, want)
			}
		})
	}
}

// indented normalizes JSON.
func indented(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(strings.TrimSpace(text)), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDefaultSpec(t *testing.T) {
	t.Parallel()
	text, err := DefaultSpec(`a "quoted" name`)
	if err != nil {
		t.Fatal(err)
	}
	spec, found := schema.Parse("connector-spec.json", text)
	if len(found) > 0 || spec.Name != `a "quoted" name` {
		t.Errorf("%q: %v", spec.Name, found)
	}
	if spec.KeyType != schema.SimpleKeyType || spec.AccountCreateTemplate == nil || len(spec.EntitlementSchemas) != 1 {
		t.Errorf("the default spec lacks something: %+v", spec)
	}
}

// TestFiles: a project has each file once, in Go that parses, and optional ones on request.
func TestFiles(t *testing.T) {
	t.Parallel()
	text, err := DefaultSpec("x")
	if err != nil {
		t.Fatal(err)
	}
	spec := parse(t, "elsewhere/my-spec.json", string(text))
	always := []string{
		"connector-spec.json", "config.example.json", ".gitignore", ".gitattributes", "go.mod", "main.go", "client.go", "client_test.go",
		"README.md", ".vscode/settings.json", ".vscode/connector-spec.schema.json", ".vscode/conngen-settings.schema.json",
		"connector/account.go", "connector/sdk/call.go", "connector/sdk/memory/table.go",
	}
	byChoice := []string{"Dockerfile", ".dockerignore", ".github/workflows/connector.yml", "package.json", "AGENTS.md"}
	for _, opts := range []Options{
		{Name: "x\ny", Module: "example.com/my-x", Call: "conngen"},
		{Name: "x", Module: "example.com/my-x", Call: "conngen", CI: "github", Docker: true, NPM: true, Agents: true},
		{Name: "x", Module: "example.com/my-x", Call: "conngen", Root: true},
		{Name: "x", Module: "example.com/my-x", Call: "conngen", Names: map[string]string{"email": "Mail"}, Initialisms: []string{"HR"}, Root: true},
	} {
		files, err := Files(spec, opts)
		if err != nil {
			t.Fatal(err)
		}
		names := make(map[string]string)
		for _, f := range files {
			if _, twice := names[f.Path]; twice {
				t.Errorf("%s is there twice", f.Path)
			}
			names[f.Path] = string(f.Content)
			checkFile(t, f)
		}
		for _, name := range always {
			if _, ok := names[name]; !ok {
				t.Errorf("there is no %s", name)
			}
		}
		if _, ok := names[".conngen.json"]; ok != opts.Root {
			t.Errorf(".conngen.json is there: %v", ok)
		}
		own := 0
		for name := range names {
			if !strings.HasPrefix(name, "connector/") && !slices.Contains(byChoice, name) {
				own++
			}
		}
		if own > 14 {
			t.Errorf("there are %d files that nobody has asked for", own)
		}
		for _, name := range byChoice {
			if _, ok := names[name]; ok != opts.Docker {
				t.Errorf("%s is there: %v", name, ok)
			}
		}
		if !strings.HasPrefix(names["connector/account.go"], "// Code generated by conngen from connector-spec.json. DO NOT EDIT.\n") {
			t.Error("the package is not generated from the spec in the project")
		}
		if !strings.Contains(names["connector/account.go"], `"example.com/my-x/connector/sdk"`) || !strings.HasPrefix(names["go.mod"], "module example.com/my-x\n") {
			t.Error("the module's path is not in the files")
		}
	}
}

// TestCall: everything in a project runs conngen in the same way.
func TestCall(t *testing.T) {
	t.Parallel()
	text, err := DefaultSpec("x")
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(parse(t, "connector-spec.json", string(text)),
		Options{Name: "x", Module: "example.com/x", HasModule: true, Call: "go tool conngen", NPM: true, Agents: true})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]string{
		"main.go": "\n//go:generate go tool conngen generate\n", "package.json": `"pack-zip": "go tool conngen pack"`,
		"README.md": "`go tool conngen validate`", "AGENTS.md": "\ngo tool conngen check --stub\n", ".vscode/tasks.json": `"command": "go",
      "args": ["tool", "conngen", "validate",`,
	}
	for _, f := range files {
		if f.Path == "go.mod" {
			t.Error("it has a go.mod of its own")
		}
		if want, ok := calls[f.Path]; ok && !strings.Contains(string(f.Content), want) {
			t.Errorf("%s does not have %s:\n%s", f.Path, want, f.Content)
		}
		rest := strings.ReplaceAll(string(f.Content), "go tool conngen", "")
		if bare := bareCall.FindString(rest); bare != "" && !strings.HasPrefix(f.Path, "connector/") && !strings.HasSuffix(f.Path, ".schema.json") {
			t.Errorf("%s says %q", f.Path, bare)
		}
	}
}

var bareCall = regexp.MustCompile(`conngen (init|validate|check|pack|schema|generate|stub)`)

// TestPackageJSON: the scripts have the names of those in official connectors, and run Go. Without
// a name, no npm publish makes the connector public.
func TestPackageJSON(t *testing.T) {
	t.Parallel()
	text, err := DefaultSpec("x")
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(parse(t, "connector-spec.json", string(text)), Options{Name: "x", Module: "example.com/x", Call: "conngen", NPM: true})
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Version string
		Scripts map[string]string
	}
	lines := 0
	for _, f := range files {
		if f.Path != "package.json" {
			continue
		}
		lines = bytes.Count(f.Content, []byte("\n"))
		d := json.NewDecoder(bytes.NewReader(f.Content))
		d.DisallowUnknownFields()
		if err := d.Decode(&manifest); err != nil {
			t.Fatal(err)
		}
	}
	if manifest.Version != "0.1.0" || lines != 10 {
		t.Errorf("the package is %+v, in %d lines", manifest, lines)
	}
	want := map[string]string{
		"build": "go generate && go build ./...", "debug": "go run . serve", "dev": "go run . serve", "pack-zip": "conngen pack", "test": "go test ./...",
	}
	if diff := cmp.Diff(want, manifest.Scripts); diff != "" {
		t.Error(diff)
	}
}

// checkFile checks invariants of a project's files.
func checkFile(t *testing.T, f generator.File) {
	t.Helper()
	if path.Clean(f.Path) != f.Path || path.IsAbs(f.Path) || strings.HasPrefix(f.Path, "..") {
		t.Errorf("%s is not a path in the project", f.Path)
	}
	if strings.Contains(string(f.Content), "<no value>") {
		t.Errorf("%s lacks a value", f.Path)
	}
	switch path.Ext(f.Path) {
	case ".go":
		if _, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution); err != nil {
			t.Error(err)
		}
	case ".json":
		if !json.Valid(f.Content) {
			t.Errorf("%s is not JSON", f.Path)
		}
	}
}

// TestFilesOfAnySpec: specs without accounts, or without commands to test, make projects, too.
func TestFilesOfAnySpec(t *testing.T) {
	t.Parallel()
	for _, commands := range []string{`"acme:sync"`, `"std:test-connection"`, `"std:account:list","std:account:read"`, `"std:account:create","std:account:delete","std:account:read","std:account:list"`} {
		files, err := Files(parse(t, "connector-spec.json", `{"name":"x","commands":[`+commands+`],"sourceConfig":[]}`), Options{Name: "x", Module: "example.com/x", Call: "conngen"})
		if err != nil {
			t.Errorf("%s: %v", commands, err)
		}
		for _, f := range files {
			checkFile(t, f)
		}
		if !slices.ContainsFunc(files, func(f generator.File) bool { return f.Path == "client.go" }) {
			t.Errorf("%s: there is no client", commands)
		}
	}
}
