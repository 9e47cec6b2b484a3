package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/settings"
	"github.com/conngen/conngen/templates"
)

// ProjectOptions say how a new project is called.
type ProjectOptions struct {
	Name   string // for people
	Module string // module path
	CI     string // "github" for a workflow of GitHub Actions, "" for none
	Docker bool   // with a Dockerfile
}

// projectData is what the templates of a project know.
type projectData struct {
	Name, Module     string
	Base             string // last element of the module path: the program's name
	Docker           bool
	TestConnection   bool
	List             bool // accounts can be listed and read
	Create, Delete   bool // accounts can also be created, deleted
	CreateAttributes string
	Example          string // a command
	CurlExample      string
}

// Project returns the files of a new project for a spec that has no errors: the
// spec itself, what its author owns from now on, and the generated package.
func Project(spec *schema.Spec, opts ProjectOptions) ([]File, error) {
	config, err := ExampleConfig(spec)
	if err != nil {
		return nil, err
	}
	files := []File{
		{Path: "connector-spec.json", Content: spec.File.Text()},
		{Path: "config.example.json", Content: config},
		{Path: ".vscode/connector-spec.schema.json", Content: schema.JSONSchema()},
		{Path: ".vscode/conngen-settings.schema.json", Content: settings.JSONSchema()},
	}
	authored, err := renderProject(newProjectData(spec, opts, config), opts)
	if err != nil {
		return nil, err
	}
	generated, err := Generate(spec, Options{Package: "connector"})
	if err != nil {
		return nil, err
	}
	for _, f := range generated {
		authored = append(authored, File{"connector/" + f.Path, f.Content})
	}
	return append(files, authored...), nil
}

func newProjectData(spec *schema.Spec, opts ProjectOptions, config []byte) projectData {
	d := projectData{
		Name:           oneLine(opts.Name),
		Module:         opts.Module,
		Base:           path.Base(opts.Module),
		Docker:         opts.Docker,
		TestConnection: spec.HasCommand("std:test-connection"),
		List:           spec.HasCommand("std:account:list") && spec.HasCommand("std:account:read"),
		Delete:         spec.HasCommand("std:account:delete"),
		Example:        protocol.SpecRead,
	}
	d.CreateAttributes, d.Create = createExample(spec)
	d.Create = d.Create && d.List && spec.HasCommand("std:account:create")
	switch {
	case d.List:
		d.Example = "std:account:list"
	case d.TestConnection:
		d.Example = "std:test-connection"
	}
	d.CurlExample = curlExample(d.Example, config)
	return d
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(plainRune, text)), " ")
}

// curlExample is a call from the shell.
func curlExample(command string, config []byte) string {
	var compact bytes.Buffer
	if err := json.Compact(&compact, config); err != nil {
		return ""
	}
	body := fmt.Sprintf(`{"type":%q,"input":{},"config":%s}`, command, compact.String())
	return "curl -H 'Content-Type: application/json' -d '" + strings.ReplaceAll(body, "'", `'\''`) + "' localhost:3000"
}

// createExample returns attributes that an account can be created with, as JSON.
// It reports false where none can be made up, since IDs of the kind are few.
func createExample(spec *schema.Spec) (string, bool) {
	attributes := make(map[string]any)
	if s := spec.AccountSchema; s != nil {
		for _, a := range s.Attributes {
			if a.Name != s.IdentityAttribute {
				continue
			}
			if a.Type == schema.TypeBoolean || a.Multi {
				return "", false
			}
			if spec.AccountCreateTemplate == nil {
				attributes[a.Name] = exampleValue(a.Type)
			}
		}
	}
	for _, f := range requiredFields(spec) {
		attributes[f.Name] = exampleValue(f.Type)
	}
	text, err := json.Marshal(attributes)
	return string(text), err == nil
}

type namedType struct{ Name, Type string }

// requiredFields are what a create request must have.
func requiredFields(spec *schema.Spec) []namedType {
	var fields []namedType
	if t := spec.AccountCreateTemplate; t != nil {
		for _, f := range t.Fields {
			if f.Required {
				fields = append(fields, namedType{f.Key, f.Type})
			}
		}
		return fields
	}
	if s := spec.AccountSchema; s != nil {
		for _, a := range s.Attributes {
			if a.Required || a.Name == s.DisplayAttribute {
				fields = append(fields, namedType{a.Name, a.Type})
			}
		}
	}
	return fields
}

func exampleValue(specType string) any {
	switch specType {
	case schema.TypeBoolean:
		return true
	case schema.TypeInt, schema.TypeLong:
		return 424242
	case schema.TypeArray:
		return []string{"new"}
	}
	return "new"
}

// hiddenFiles are the places of files that the templates cannot have under their
// own names.
var hiddenFiles = map[string]string{
	"gitignore":            ".gitignore",
	"dockerignore":         ".dockerignore",
	"github-workflow.yml":  ".github/workflows/connector.yml",
	"vscode-settings.json": ".vscode/settings.json",
}

// want reports whether a file is part of the project: most are, some by choice.
func (o ProjectOptions) want(target string) bool {
	if ci, ok := strings.CutSuffix(target, "-workflow.yml"); ok {
		return ci == o.CI
	}
	return o.Docker || target != "Dockerfile" && target != "dockerignore"
}

// renderProject renders the templates of the files that the author owns.
func renderProject(data projectData, opts ProjectOptions) ([]File, error) {
	names, err := fs.Glob(templates.Project(), "*.tmpl")
	if err != nil {
		return nil, err
	}
	var files []File
	for _, name := range names {
		target := strings.TrimSuffix(name, ".tmpl")
		if !opts.want(target) {
			continue
		}
		content, err := renderFile(name, data)
		if err != nil {
			return nil, err
		}
		if hidden, ok := hiddenFiles[target]; ok {
			target = hidden
		}
		files = append(files, File{target, content})
	}
	return files, nil
}

func renderFile(name string, data projectData) ([]byte, error) {
	t, err := template.ParseFS(templates.Project(), name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(name, ".go.tmpl") {
		return b.Bytes(), nil
	}
	content, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}

// DefaultSpec returns the spec of a new project, with a name in it.
func DefaultSpec(name string) ([]byte, error) {
	text, err := fs.ReadFile(templates.Project(), "connector-spec.json")
	if err != nil {
		return nil, err
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	return bytes.Replace(text, []byte(`"My first project"`), quoted, 1), nil
}

// WriteNew writes the files of a new project into the folder dir, which must not
// be there yet, or be empty. When that fails, dir is as it was.
func WriteNew(dir string, files []File) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("%s is not empty; choose another folder with --dir", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return inDir(dir, func(root *os.Root) error {
		err := writer{write: (*os.File).Write}.replace(root, files)
		if err != nil {
			removeAll(root, files)
		}
		return err
	})
}

// removeAll removes files, and the folders that they were in.
func removeAll(root *os.Root, files []File) {
	var dirs []string
	for _, f := range files {
		_ = root.Remove(f.Path)
		for d := path.Dir(f.Path); d != "."; d = path.Dir(d) {
			dirs = append(dirs, d)
		}
	}
	slices.Sort(dirs)
	for _, d := range slices.Backward(slices.Compact(dirs)) { // the inner ones first
		_ = root.Remove(filepath.FromSlash(d))
	}
}
