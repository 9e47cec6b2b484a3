// Package project makes the files of a new project: those that its author owns from then
// on, and the generated packages.
package project

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/module"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/generator/stub"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/settings"
	"github.com/conngen/conngen/templates"
)

// Options describe a new project.
type Options struct {
	Name      string // for people
	Module    string // module path
	HasModule bool   // its go.mod already exists
	Call      string // runs conngen in the project, see [target.Call]
	CI        string // "github" for a workflow of GitHub Actions, "" for none
	Docker    bool   // with a Dockerfile
	NPM       bool   // with a package.json
	Agents    bool   // with an AGENTS.md
	Action    Action // the action that the workflow uses

	// The names that the spec's settings define. The project gets them in its own settings.
	Names       map[string]string // Go names by wire names
	Initialisms []string

	Root bool // surrounding folders have settings, which must not apply to the project
}

// An Action is a version of conngen's GitHub Action.
type Action struct {
	Ref     string // a tag, commit or branch of its repository
	Comment string // a line of comment beside it; usually ""
}

func (o Options) plan() plan.Options {
	return plan.Options{Names: o.Names, Initialisms: o.Initialisms}
}

// projectData is the data of a project's templates.
type projectData struct {
	Name, Module string
	GoName       string   // Name, quoted as in Go
	Call         string   // runs conngen
	Program      string   // its first word, as JSON
	Args         []string // the other words
	OnPath       bool     // the call requires conngen on the PATH
	Go           string   // release that the code needs
	GoImage      string   // release in images and workflows
	Action       Action
	Base         string // the program's name
	Docker       bool
	NPM          bool
	Agents       bool
	HasSettings  bool

	// The descriptors of the methods that the tests call; "" for methods that are untested or not
	// in the spec.
	TestConnection, AccountList, AccountRead, AccountCreate, AccountDelete string

	Calls  bool // the tests call a method
	Create newAccount
	Lists  bool // accounts have lists of entitlements

	Unnamed       string   // Go condition that a config does not identify the source; usually ""
	NamingProblem string   // the error then, as in Go
	Addresses     []string // keys of the config items that locate the source, as in Go
	Impossible    string   // why no config is valid, as in Go; usually ""

	Example     string // a command
	CurlExample string

	// For AGENTS.md, "" if the spec lacks them.
	Lookups    string // methods whose notFound makes ISC create the account: "`AccountRead` or `AccountUpdate`"
	ListMethod string // one that sends a list
	Update     string // the one that changes accounts
	Hooked     string // the descriptor of a method

	EditorSchemas []schemaOfEditors // that the settings of editors name
}

// A schemaOfEditors is an entry in editor settings.
type schemaOfEditors struct {
	For, Path string
	Comma     string // before it
}

func schemasOfEditors() []schemaOfEditors {
	var all []schemaOfEditors
	comma := ""
	for _, s := range EditorSchemas() {
		all = append(all, schemaOfEditors{s.For, s.Path, comma})
		comma = ","
	}
	return all
}

// A namingField is a config field that the client needs to identify its source.
type namingField struct {
	Key, GoName string
	Secret      bool
}

// specFile is the name of the spec in a project.
const specFile = "connector-spec.json"

// An EditorSchema is a JSON Schema in a project, used by editors to complete and explain.
type EditorSchema struct {
	Path    string // of its file, with slashes
	For     string // file name that it applies to
	Args    string // conngen's command that prints it
	Content func() []byte
}

// EditorSchemas returns the JSON Schemas of a project.
func EditorSchemas() []EditorSchema {
	return []EditorSchema{
		{".vscode/connector-spec.schema.json", specFile, "schema", schema.JSONSchema},
		{".vscode/conngen-settings.schema.json", settings.FileName, "schema --settings", settingsSchema},
	}
}

var settingsSchema = sync.OnceValue(settings.JSONSchema)

// Files returns the files of a new project for a spec without errors: the spec itself, the author's
// files, the generated package and its SDK.
func Files(spec *schema.Spec, opts Options) ([]generator.File, error) {
	p := plan.New(spec, opts.plan())
	own, err := settingsFiles(p, opts)
	if err != nil {
		return nil, err
	}
	sample := p.SampleConfig(nil)
	config, err := indent(sample)
	if err != nil {
		return nil, err
	}
	files := []generator.File{
		{Path: specFile, Content: spec.File.Text()},
		{Path: "config.example.json", Content: config},
	}
	for _, s := range EditorSchemas() {
		files = append(files, generator.File{Path: s.Path, Content: s.Content()})
	}
	data := newProjectData(p, opts, sample)
	data.HasSettings = len(own) > 0
	authored, err := renderProject(data, opts)
	if err != nil {
		return nil, err
	}
	if err := addStubs(authored, spec, opts); err != nil {
		return nil, err
	}
	generated, err := generatedFiles(spec, opts)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(files, own, authored, generated)
	ignoreProgram(all, data.Base)
	return all, nil
}

// ignoreProgram lets git ignore the program that go build writes, unless the project or the
// Go modules in it have files of that name, which go build does not overwrite. Case counts
// for nothing, since git ignores it on some systems. A folder of that name is kept.
func ignoreProgram(files []generator.File, name string) {
	switch path.Ext(name) {
	case ".go", ".mod", ".sum", ".work":
		return
	}
	for _, f := range files {
		if first, _, _ := strings.Cut(f.Path, "/"); strings.EqualFold(first, name) {
			return
		}
	}
	i := slices.IndexFunc(files, func(f generator.File) bool { return f.Path == ".gitignore" })
	lines := fmt.Sprintf("# the program; a folder of that name is kept\n/%[1]s\n/%[1]s.exe\n!/%[1]s/\n\n", name)
	files[i].Content = append([]byte(lines), files[i].Content...)
}

// settingsFiles returns the project's settings file, where it needs one. Names that the
// spec does not have come from settings for several specs: here they would be mistakes.
func settingsFiles(p *plan.Package, opts Options) ([]generator.File, error) {
	type naming struct {
		Names       map[string]string `json:"names,omitempty"`
		Initialisms []string          `json:"initialisms,omitempty"`
	}
	content := struct {
		Root     bool    `json:"root"`
		Generate *naming `json:"generate,omitempty"`
	}{Root: true}
	names := maps.Clone(opts.Names)
	maps.DeleteFunc(names, func(key, _ string) bool { return slices.Contains(p.UnusedNames, key) })
	switch {
	case len(names)+len(opts.Initialisms) > 0:
		content.Generate = &naming{names, opts.Initialisms}
	case !opts.Root:
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(content)
	return []generator.File{{Path: settings.FileName, Content: b.Bytes()}}, err
}

// generate describes how the project's package is generated.
func (o Options) generate() generator.Options {
	return generator.Options{
		Package: generator.PackageName(settings.DefaultOut), SDK: path.Join(o.importPath(), generator.SDKFolder), SpecFile: specFile,
		Names: o.Names, Initialisms: o.Initialisms,
	}
}

// importPath is that of the generated package.
func (o Options) importPath() string { return path.Join(o.Module, settings.DefaultOut) }

// addStubs adds the client's methods that Memory lacks: those for the spec's own commands.
func addStubs(files []generator.File, spec *schema.Spec, opts Options) error {
	const name = settings.DefaultFile
	i := slices.IndexFunc(files, func(f generator.File) bool { return f.Path == name })
	var err error
	files[i].Content, err = stub.Complete(spec, stub.Options{
		Options: opts.generate(), Import: opts.importPath(), File: name, Type: settings.DefaultType,
	}, files[i].Content)
	return err
}

// generatedFiles returns the package and its SDK.
func generatedFiles(spec *schema.Spec, opts Options) ([]generator.File, error) {
	how := opts.generate()
	code, err := generator.Generate(spec, how)
	if err != nil {
		return nil, err
	}
	sdk := generator.SDK(how.SDK)
	var files []generator.File
	for _, f := range code {
		files = append(files, generator.File{Path: path.Join(settings.DefaultOut, f.Path), Content: f.Content})
	}
	for _, f := range sdk {
		files = append(files, generator.File{Path: path.Join(settings.DefaultOut, generator.SDKFolder, f.Path), Content: f.Content})
	}
	return files, nil
}

func newProjectData(p *plan.Package, opts Options, sample plan.ConfigSample) projectData {
	d := projectData{
		Name:          plan.OneLine(opts.Name),
		Module:        opts.Module,
		Call:          opts.Call,
		OnPath:        opts.Call == "conngen",
		Base:          programName(opts.Module),
		Go:            templates.GoVersion,
		GoImage:       templates.GoImage,
		Action:        opts.Action,
		Docker:        opts.Docker,
		NPM:           opts.NPM,
		Agents:        opts.Agents,
		Example:       exampleCommand(p),
		EditorSchemas: schemasOfEditors(),
	}
	d.GoName = strconv.Quote(d.Name)
	words := quotedAll(strings.Fields(opts.Call)) // they are plain ASCII
	d.Program, d.Args = words[0], words[1:]
	descriptors := make(map[string]string)
	for _, m := range p.Methods() {
		descriptors[m.Command.Name] = m.Var
	}
	d.TestConnection = descriptors["std:test-connection"]
	if list, read := descriptors["std:account:list"], descriptors["std:account:read"]; list != "" && read != "" {
		d.AccountList, d.AccountRead = list, read
		if d.AccountCreate = descriptors["std:account:create"]; d.AccountCreate != "" {
			d.AccountDelete = descriptors["std:account:delete"]
			d.Create = exampleAccount(p)
		}
	}
	d.nameMethods(p.Methods())
	d.Calls = d.TestConnection != "" || d.AccountRead != ""
	d.Lists = hasLists(p.Spec)
	naming := namingFields(sample)
	d.Unnamed = unnamed(naming)
	d.NamingProblem = strconv.Quote(namingProblem(naming))
	d.Addresses = quotedAll(sample.Addresses)
	if len(sample.Impossible) > 0 {
		d.Impossible = strconv.Quote("no config is valid: " + strings.Join(sample.Impossible, "; "))
	}
	d.CurlExample = curlExample(d.Example, sample.JSON)
	return d
}

// nameMethods finds the methods that AGENTS.md names.
func (d *projectData) nameMethods(methods []*plan.Method) {
	var lookups []string
	for _, m := range methods {
		switch m.Command.Name {
		case "std:account:read":
			lookups = append(lookups, "`"+m.GoName+"`")
		case "std:account:update":
			lookups = append(lookups, "`"+m.GoName+"`")
			d.Update = m.GoName
		}
		if m.Command.Shape.Streams() {
			d.ListMethod = cmp.Or(d.ListMethod, m.GoName)
		}
		d.Hooked = cmp.Or(d.Hooked, m.Var)
	}
	d.Lookups = strings.Join(lookups, " or ")
}

// quotedAll quotes texts as in Go.
func quotedAll(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, strconv.Quote(text))
	}
	return all
}

// ExampleCommand returns the command that a project's README runs as an example.
func ExampleCommand(spec *schema.Spec, opts Options) string {
	return exampleCommand(plan.New(spec, opts.plan()))
}

func exampleCommand(p *plan.Package) string {
	has := make(map[string]bool)
	for _, m := range p.Methods() {
		has[m.Command.Name] = true
	}
	switch {
	case has["std:account:list"] && has["std:account:read"]:
		return "std:account:list"
	case has["std:test-connection"]:
		return "std:test-connection"
	}
	return protocol.SpecRead
}

// programName returns the name that Go gives the program of a module: the last element of its path,
// or the one before it if the last is a major version.
func programName(modulePath string) string {
	prefix, major, ok := module.SplitPathVersion(modulePath)
	if ok && strings.HasPrefix(major, "/") {
		return path.Base(prefix)
	}
	return path.Base(modulePath)
}

// hasLists reports whether accounts have lists of entitlements.
func hasLists(spec *schema.Spec) bool {
	return spec.AccountSchema != nil && slices.ContainsFunc(spec.AccountSchema.Attributes, func(a schema.Attribute) bool {
		return a.Entitlement && a.Multi
	})
}

// namingProblem is the error for a config in which all of some fields are empty. It is a format.
func namingProblem(fields []namingField) string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, strings.ReplaceAll(strconv.Quote(f.Key), "%", "%%"))
	}
	return "the config does not say which source: set " + strings.Join(keys, " or ")
}

// unnamed is the condition that all of some config fields are empty.
func unnamed(fields []namingField) string {
	var all []string
	for _, f := range fields {
		value := "config." + f.GoName
		if f.Secret {
			value += ".Reveal()"
		}
		all = append(all, value+` == ""`)
	}
	return strings.Join(all, " && ")
}

// namingFields are the secrets among the fields that identify the source, or else its addresses.
func namingFields(sample plan.ConfigSample) []namingField {
	var all, secrets []namingField
	for _, f := range sample.Naming {
		named := namingField{f.Name, f.GoName, f.Type == plan.SecretConfig}
		all = append(all, named)
		if named.Secret {
			secrets = append(secrets, named)
		}
	}
	if len(secrets) > 0 {
		return secrets
	}
	return all
}

// curlExample is a call with curl.
func curlExample(command string, config []byte) string {
	body := fmt.Sprintf(`{"type":%q,"input":{},"config":%s}`, command, config)
	return "curl -H 'Content-Type: application/json' -d '" + strings.ReplaceAll(body, "'", `'\''`) + "' localhost:3000"
}

// hiddenFiles are the paths of files that cannot have their own names among the templates.
var hiddenFiles = map[string]string{
	"gitattributes":        ".gitattributes",
	"gitignore":            ".gitignore",
	"dockerignore":         ".dockerignore",
	"github-workflow.yml":  ".github/workflows/connector.yml",
	"vscode-settings.json": ".vscode/settings.json",
	"vscode-tasks.json":    ".vscode/tasks.json",
}

// want reports whether a file is part of the project: most always are, some by choice.
func (o Options) want(target string) bool {
	if ci, ok := strings.CutSuffix(target, "-workflow.yml"); ok {
		return ci == o.CI
	}
	switch target {
	case "go.mod":
		return !o.HasModule
	case "package.json":
		return o.NPM
	case "AGENTS.md":
		return o.Agents
	case "Dockerfile", "dockerignore":
		return o.Docker
	}
	return true
}

// renderProject renders the templates of the author's files.
func renderProject(data projectData, opts Options) ([]generator.File, error) {
	names, err := fs.Glob(templates.Project(), "*.tmpl")
	if err != nil {
		return nil, err
	}
	var files []generator.File
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
		files = append(files, generator.File{Path: target, Content: content})
	}
	return files, nil
}

func renderFile(name string, data projectData) ([]byte, error) {
	text, err := fs.ReadFile(templates.Project(), name)
	if err != nil {
		return nil, err
	}
	rendered, err := render(name, string(text), data)
	if err != nil || !strings.HasSuffix(name, ".go.tmpl") {
		return []byte(rendered), err
	}
	content, err := format.Source([]byte(rendered))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}

// DefaultSpec returns the spec of a new project with a name.
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
