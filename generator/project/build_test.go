package project

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

const accountCommands = `"std:test-connection","std:account:list","std:account:read","std:account:create","std:account:update","std:account:delete"`

// accountSpec returns a spec of accounts with an ID and the given members and attributes.
func accountSpec(members, attributes string) string {
	return `{"name":"x","keyType":"simple","commands":[` + accountCommands + `],` + members + `,
		"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}` + attributes + `]}}`
}

// hostileSpecs are specs for which correct examples are hard to make.
var hostileSpecs = map[string]string{
	"typeconflict": accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[
		{"key":"level","label":"l","type":"boolean","required":true},{"key":"roles","label":"l","type":"string","required":true},
		{"key":"on","label":"l","type":"string","required":true}]}`,
		`,{"name":"level","type":"int"},{"name":"roles","type":"string","multi":true},{"name":"on","type":"boolean"}`),
	"optionalfields": strings.Replace(accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[
		{"key":"password","label":"l","type":"string","required":false},{"key":"mail","label":"l","type":"string","required":false}]}`,
		`,{"name":"mail","type":"string"}`), "simple", "compound", 1),
	"notemplate":    accountSpec(`"sourceConfig":[]`, `,{"name":"level","type":"long","required":true},{"name":"flags","type":"boolean","multi":true,"required":true}`),
	"emptytemplate": accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[]}`, ""),
	"noattributes":  `{"name":"x","commands":[` + accountCommands + `],"sourceConfig":[]}`,
	"arrayfields":   accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[{"key":"id","label":"l","type":"array","required":true}]}`, ""),
	"booleanidentity": `{"name":"x","keyType":"compound","commands":[` + accountCommands + `,"std:entitlement:list","std:entitlement:read"],"sourceConfig":[],
		"accountSchema":{"displayAttribute":"logins","identityAttribute":"admin","groupAttribute":"groups","attributes":[
			{"name":"admin","type":"boolean"},{"name":"logins","type":"int"},{"name":"groups","type":"string","multi":true,"entitlement":true}]},
		"entitlementSchemas":[{"type":"group","identityAttribute":"open","displayAttribute":"open","attributes":[{"name":"open","type":"boolean"}]}]}`,
	"numberidentity": strings.Replace(accountSpec(`"sourceConfig":[]`, ""), `"name":"id","type":"string"`, `"name":"id","type":"long"`, 1),
	"nothingrequired": accountSpec(`"sourceConfigInitialValues":{"region":"eu"},"sourceConfig":[{"key":"region","label":"l","type":"text","required":true},
		{"key":"50%Token","label":"l","type":"secret"},{"key":"subKey","label":"l","type":"secret"},{"key":"base\"Url","label":"l","type":"url"},{"key":"tokenEndpoint","label":"l","type":"text"}]`, ""),
	"requiredboxes": accountSpec(`"sourceConfig":[{"key":"on","label":"l","type":"checkbox","required":true},{"key":"off","label":"l","type":"toggle","required":true}]`, ""),
	"onlyaddresses": accountSpec(`"sourceConfig":[{"key":"baseUrl","label":"l","type":"url"},{"key":"tokenUrl","label":"l","type":"text"}]`, ""),
	"nodelete": strings.Replace(accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[{"key":"id","label":"l","type":"string","required":true}]}`, ""),
		`,"std:account:delete"`, "", 1),
	"stateful":       strings.Replace(accountSpec(`"supportsStatefulCommands":true,"sourceConfig":[{"key":"spConnEnableStatefulCommands","label":"l","type":"checkbox"}]`, ""), "simple", "compound", 1),
	"customcommands": `{"name":"x","commands":["acme:sync","acme:client"],"sourceConfig":[]}`,
	"numberedlists": `{"name":"x","keyType":"compound","commands":[` + accountCommands + `],"sourceConfig":[],
		"accountSchema":{"displayAttribute":"name","identityAttribute":"id","attributes":[{"name":"id","type":"int","multi":true},{"name":"name","type":"string"}]}}`,
	"initialvalues": accountSpec(`"sourceConfigInitialValues":{"url":"not a URL","port":"http://[::1","most":5000,"never":7,"box":"maybe","list":{"a":1},"pairs":"x","choice":["x"]},
		"sourceConfig":[{"key":"url","label":"l","type":"url","required":true},{"key":"port","label":"l","type":"url"},
		{"key":"most","label":"l","type":"number","max":"10"},{"key":"never","label":"l","type":"number","min":"10","max":"5"},
		{"key":"box","label":"l","type":"checkbox"},{"key":"list","label":"l","type":"list","required":true},
		{"key":"pairs","label":"l","type":"keyValue","required":true},{"key":"choice","label":"l","type":"select","options":[{"label":"A","value":"a"}]}]`, ""),
	"impossible": accountSpec(`"sourceConfig":[{"key":"cards","label":"l","type":"cardList","required":true,"titleKey":"on","subMenus":[{"label":"m","items":[
		{"key":"on","label":"l","type":"toggle"},{"key":"never","label":"l","type":"number","min":"10","max":"5","required":true}]}]}]`, ""),
}

// TestProjects: projects for hostile specs build, and pass their own tests repeatedly, without log
// output.
func TestProjects(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	args := []string{"test", "-trimpath", "-count=2", "-v"}
	for name, text := range hostileSpecs {
		writeProject(t, filepath.Join(dir, name), name, text, "")
		args = append(args, "./"+name+"/...")
	}
	out, err := runGo(dir, args...)
	if err != nil || strings.Contains(out, `"level"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestFailures: the tests of a project say what its author has to do.
func TestFailures(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	const field = `{"key":"login","label":"l","type":"string","required":true}`
	spec := accountSpec(`"sourceConfig":[{"key":"baseUrl","label":"l","type":"url"}],"accountCreateTemplate":{"fields":[`+field+`]}`, "")
	args := []string{"test", "-trimpath", "-v"}
	tests := []struct {
		name, file, content string
		spec                string // the final source of connector/
		want                []string
	}{
		{name: "newfield", spec: strings.Replace(spec, field, field+`,{"key":"team","label":"l","type":"string","required":true}`, 1), want: []string{
			`the request lacks attributes that the create template requires: "team"`,
		}},
		{name: "removedfield", spec: strings.Replace(spec, `"login"`, `"user"`, 1), want: []string{
			"unknown field Login in struct literal of type connector.AccountCreateAttributes",
		}},
		{name: "callssource", file: "connection.go", content: `package main

import (
	"context"
	"net/http"

	"example.com/projects/sdk"
)

func (c *Client) TestConnection(ctx context.Context, _ sdk.TestConnectionInput) error {
	sdk.Logger(ctx).Info("calling", "url", c.config.BaseURL)
	_, err := http.Get(c.config.BaseURL + "/ping")
	return err
}
`, want: []string{"fakeSource has no answer to GET /ping", "log of the connector:", `"message":"calling"`}},
		{name: "emptysource", file: "accounts.go", content: `package main

import (
	"context"

	"example.com/projects/emptysource/connector"
	"example.com/projects/sdk"
)

func (c *Client) AccountList(context.Context, sdk.AccountListInput, *sdk.Stream[connector.Account]) error {
	return nil
}
`, want: []string{"the source has no accounts to read", "--- SKIP: TestAccountRead"}},
		{name: "otheraccount", file: "accounts.go", content: `package main

import (
	"context"

	"example.com/projects/otheraccount/connector"
	"example.com/projects/sdk"
)

func (c *Client) AccountRead(ctx context.Context, in sdk.AccountReadInput) (connector.Account, error) {
	a, err := c.Memory.AccountRead(ctx, in)
	a.Key = sdk.SimpleKey("other")
	return a, err
}
`, want: []string{`listed {"key":{"simple":{"id":"1"}},`, `, read {"key":{"simple":{"id":"other"}},`}},
		{name: "emptyconfig", file: "empty_test.go", content: `package main

import (
	"testing"

	"example.com/projects/emptyconfig/connector"
	"example.com/projects/sdk"
)

func TestEmptyConfig(t *testing.T) {
	c := newFixture(t, open)
	c.config = []byte("{}")
	one(t, c, connector.TestConnection, sdk.TestConnectionInput{})
}
`, want: []string{`the config does not say which source: set "baseUrl"`}},
	}
	for _, tt := range tests {
		folder := filepath.Join(dir, tt.name)
		writeProject(t, folder, tt.name, spec, "")
		if tt.file != "" {
			write(t, filepath.Join(folder, tt.file), []byte(tt.content))
		}
		if tt.spec != "" {
			writeProject(t, folder, tt.name, tt.spec, "connector/")
		}
		args = append(args, "./"+tt.name)
	}
	out, err := runGo(dir, args...)
	if err == nil || strings.Contains(out, "\nok ") {
		t.Errorf("not all tests fail:\n%s", out)
	}
	for _, tt := range tests {
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: the output lacks %s", tt.name, want)
			}
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// TestExampleConfigs: the example is a valid config for hostile, golden and real specs.
func TestExampleConfigs(t *testing.T) {
	t.Parallel()
	dir := newModule(t)
	specs := make(map[string]*schema.Spec)
	for name, text := range hostileSpecs {
		if name != "impossible" {
			specs[name] = parse(t, "connector-spec.json", text)
		}
	}
	for _, pattern := range []string{"../../golden/*/connector-spec.json", "../../golden/*/*/connector-spec.json", "../../../shared/corpus/specs/*.json"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if spec, found := schema.Parse(path, text); !found.HasErrors() {
				specs[fmt.Sprintf("spec%d", len(specs))] = spec
			}
		}
	}
	var imports, calls strings.Builder
	for name, spec := range specs {
		files, err := generator.Generate(spec, generator.Options{Package: "connector", SDK: testModule + "/sdk"})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Path == "config.go" || f.Path == "spec.go" {
				write(t, filepath.Join(dir, name, f.Path), f.Content)
			}
		}
		config, err := ExampleConfig(spec)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&imports, "%s %q\n", name, testModule+"/"+name)
		fmt.Fprintf(&calls, "if _, err := %s.DecodeConfig([]byte(%q)); err != nil {\nfmt.Println(%q, err)\n}\n", name, config, spec.File.Name)
	}
	write(t, filepath.Join(dir, "main.go"), []byte("package main\n\nimport (\n\"fmt\"\n"+imports.String()+")\n\nfunc main() {\n"+calls.String()+"}\n"))
	if out, err := runGo(dir, "run", "-trimpath", "."); err != nil || out != "" {
		t.Errorf("%v\n%s", err, out)
	}
}

// testModule is a module for generated packages.
const testModule = "example.com/projects"

// newModule returns the folder of a module with the SDK, which is compiled once for all of
// its packages.
func newModule(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds projects")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte("module "+testModule+"\n\ngo 1.24\n"))
	sdk := generator.SDK(testModule + "/sdk")
	for _, f := range sdk {
		write(t, filepath.Join(dir, "sdk", f.Path), f.Content)
	}
	return dir
}

// runGo runs the go command and returns its output. Tests of projects may change the accounts of
// their clients.
func runGo(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "CONNECTOR_TEST_CONFIG=", "CONNECTOR_TEST_WRITE=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// writeProject writes the files of a spec's project whose paths begin with part into the test
// module, which provides the SDK.
func writeProject(t *testing.T, dir, name, text, part string) {
	t.Helper()
	module := testModule + "/" + name
	files, err := Files(parse(t, "connector-spec.json", text), Options{Name: "x", Module: module, Call: "conngen"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Path, part) && f.Path != "go.mod" && !strings.HasPrefix(f.Path, "connector/sdk/") {
			content := strings.ReplaceAll(string(f.Content), `"`+module+"/connector/sdk", `"`+testModule+"/sdk")
			write(t, filepath.Join(dir, f.Path), []byte(content))
		}
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
