package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

const accountCommands = `"std:test-connection","std:account:list","std:account:read","std:account:create","std:account:update","std:account:delete"`

// accountSpec returns a spec of accounts with an ID, and of more members and attributes.
func accountSpec(members, attributes string) string {
	return `{"name":"x","keyType":"simple","commands":[` + accountCommands + `],` + members + `,
		"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}` + attributes + `]}}`
}

// hostileSpecs are specs that are easy to make wrong examples of.
var hostileSpecs = map[string]string{
	"typeconflict": accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[
		{"key":"level","label":"l","type":"boolean","required":true},{"key":"roles","label":"l","type":"string","required":true},
		{"key":"on","label":"l","type":"string","required":true}]}`,
		`,{"name":"level","type":"int"},{"name":"roles","type":"string","multi":true},{"name":"on","type":"boolean"}`),
	"optionalfields": strings.Replace(accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[
		{"key":"password","label":"l","type":"string","required":false},{"key":"mail","label":"l","type":"string","required":false}]}`,
		`,{"name":"mail","type":"string"}`), "simple", "compound", 1),
	"notemplate":     accountSpec(`"sourceConfig":[]`, `,{"name":"level","type":"long","required":true},{"name":"flags","type":"boolean","multi":true,"required":true}`),
	"emptytemplate":  accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[]}`, ""),
	"noattributes":   `{"name":"x","commands":[` + accountCommands + `],"sourceConfig":[]}`,
	"arrayfields":    accountSpec(`"sourceConfig":[],"accountCreateTemplate":{"fields":[{"key":"id","label":"l","type":"array","required":true}]}`, ""),
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

// TestProjects: projects for hostile specs build, and pass their own tests. They share one
// SDK in one module, which is compiled once.
func TestProjects(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds projects")
	}
	const module = "example.com/projects"
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte("module "+module+"\n\ngo 1.24\n"))
	sdk, err := generator.SDK(module + "/sdk")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sdk {
		write(t, filepath.Join(dir, "sdk", f.Path), f.Content)
	}
	args := []string{"test", "-trimpath"}
	for name, text := range hostileSpecs {
		writeProject(t, filepath.Join(dir, name), module+"/"+name, module+"/sdk", parse(t, "connector-spec.json", text))
		args = append(args, "./"+name+"/...")
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// writeProject writes a project that uses an SDK elsewhere in its module.
func writeProject(t *testing.T, dir, module, sdk string, spec *schema.Spec) {
	t.Helper()
	files, err := Files(spec, Options{Name: "x", Module: module})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Path != "go.mod" && !strings.HasPrefix(f.Path, "connector/sdk/") {
			write(t, filepath.Join(dir, f.Path), []byte(strings.ReplaceAll(string(f.Content), `"`+module+"/connector/sdk", `"`+sdk)))
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
