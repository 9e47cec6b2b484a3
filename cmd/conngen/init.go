package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/importpath"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/slug"
	"github.com/conngen/conngen/settings"
)

// initOptions say what init makes, and where.
type initOptions struct {
	name, spec, module, dir, ci, format string
	docker, npm, agents                 bool
}

func (a app) initCommand() *cobra.Command {
	var p initOptions
	cmd := &cobra.Command{
		Use:   "init NAME",
		Short: "Make a project that runs",
		Long: "init makes a project: a spec, the package generated from it, a client with\n" +
			"sample data, and tests. It builds, tests and serves at once, without a network.\n" +
			"Then replace the sample data with calls to your source.\n" +
			"\n" +
			"With --spec the project uses your spec; without it, a small example. The folder\n" +
			"and the Go module are named after NAME; --dir and --module set other names. The\n" +
			"folder must be new, or hold nothing but go.mod, go.sum, a license and a\n" +
			"repository. If that go.mod lists conngen as a tool, the project runs it as go\n" +
			"tool conngen.",
		Example: "  conngen init \"HR system\"\n" +
			"\n" +
			"  # for a spec that exists, with a module path of your own\n" +
			"  conngen init it --spec specs/it.spec.json --module example.com/it\n" +
			"\n" +
			"  # with a workflow for GitHub, a Dockerfile, a package.json and an AGENTS.md\n" +
			"  conngen init hr --dir connectors/hr --ci github --docker --npm --agents",
		Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			p.name = args[0]
			return a.init(cmd.Context(), p)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	addText(cmd, &p.spec, "spec", "", aSpec, "use this spec, or the one in this folder (default: a small example)")
	addText(cmd, &p.module, "module", "", aModule, "path of the Go module (default: after the folder)")
	addText(cmd, &p.dir, "dir", "", aFolder, "folder of the project (default: after NAME)")
	addChoice(cmd, &p.ci, "ci", "SERVICE", "", "write a workflow for this CI service: ", "github")
	completeFlag(cmd, "spec", func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completePaths(nil, typed, false)
	})
	completeFolders(cmd, "dir")
	completeNothing(cmd, "module")
	cmd.Flags().BoolVar(&p.docker, "docker", false, "write a Dockerfile that serves the connector")
	cmd.Flags().BoolVar(&p.npm, "npm", false, "write a package.json with the scripts of official connectors, such as npm run pack-zip")
	cmd.Flags().BoolVar(&p.agents, "agents", false, "write an AGENTS.md that tells coding agents how to work on the connector")
	addFormat(cmd, &p.format)
	return cmd
}

func (a app) init(ctx context.Context, p initOptions) error {
	if err := p.settleFolder(); err != nil {
		return err
	}
	if err := generator.UndoNew(p.dir); err != nil {
		return err
	}
	module, err := p.settleModule()
	if err != nil {
		return err
	}
	s, err := a.projectSource(p)
	if err != nil {
		return err
	}
	if p.format == "text" {
		a.refuse([]source{s}, []string{cmp.Or(p.spec, p.dir)})
	}
	if s.diagnostics.HasErrors() {
		return cmp.Or(a.writeJSON(p.format, &report.Project{Found: report.NewFound([]report.File{s.problems()})}), errFindings)
	}
	inherits, err := inheritsSettings(p.dir)
	if err != nil {
		return err
	}
	opts := p.projectOptions(s, module)
	opts.Root = inherits
	files, err := project.Files(s.spec, opts)
	if err != nil {
		return err
	}
	workspace, err := target.Workspace(p.dir)
	if err != nil {
		return err
	}
	if err := interruptible(ctx, func(ctx context.Context) error { return generator.WriteNew(ctx, p.dir, files) }); err != nil {
		return err
	}
	if p.format == report.JSON {
		return report.Write(a.stdout, newProject(p, s, files, workspace))
	}
	a.listFiles(p.dir, files)
	a.printSteps(p, workspace, project.ExampleCommand(s.spec, opts), opts.Call)
	return nil
}

// listFiles names the files of a new project, and counts those of the SDK.
func (a app) listFiles(dir string, files []generator.File) {
	sdk, inSDK := path.Join(settings.DefaultOut, generator.SDKFolder), 0
	for _, f := range files {
		if strings.HasPrefix(f.Path, sdk+"/") {
			inSDK++
			continue
		}
		a.detail("%s", filepath.Join(dir, filepath.FromSlash(f.Path)))
	}
	a.detail("%s: %s", filepath.Join(dir, filepath.FromSlash(sdk)), plural.Count(inSDK, "file"))
}

// settleFolder decides the folder of the project. A name with a slash is a path, unless --dir says
// where the project goes.
func (p *initOptions) settleFolder() error {
	name := filepath.ToSlash(p.name)
	first, _, nested := strings.Cut(name, "/")
	if filepath.IsAbs(p.name) || first == "." || first == ".." || nested && p.dir == "" {
		base := cmp.Or(slug.Of(path.Base(name)), "NAME")
		return usagef("%q is a path, and the connector needs a name: %s", p.name, call("init", base, "--dir", p.name))
	}
	if p.dir == "" {
		p.dir = slug.Of(p.name)
	}
	switch {
	case p.dir == "":
		return usagef("%q gives no name for a folder; name one with --dir", p.name)
	case len(filepath.Base(p.dir)) > maxFolderName:
		return usagef("the name of the folder is longer than %d bytes; choose another with --dir", maxFolderName)
	}
	return nil
}

// maxFolderName is how many bytes the name of a folder may have on most systems.
const maxFolderName = 255

// settleModule decides the path of the project's module. It returns the module whose go.mod is in
// the project's folder already, or nil if there is none.
func (p *initOptions) settleModule() (*target.ExistingModule, error) {
	module, err := target.ModuleIn(p.dir)
	switch {
	case err != nil:
		return nil, err
	case module != nil && p.module != "" && p.module != module.Path:
		return nil, usagef("%s is of the module %q; leave out --module, or choose another folder with --dir", filepath.Join(p.dir, "go.mod"), module.Path)
	case module != nil:
		p.module = module.Path
		return module, nil
	case p.module == "":
		if p.module, err = defaultModule(p.dir); err != nil {
			return nil, err
		}
	}
	return nil, checkModule(p.module)
}

// projectOptions are the options of the project for a spec, whose module may already exist.
func (p initOptions) projectOptions(s source, module *target.ExistingModule) project.Options {
	opts := project.Options{
		Name: p.name, Module: p.module, HasModule: module != nil, Call: target.Program,
		CI: p.ci, Docker: p.docker, NPM: p.npm, Agents: p.agents, Action: readOrigin().action(),
		Names: s.options.Names, Initialisms: s.options.Initialisms,
	}
	if module != nil {
		opts.Call = module.Call
	}
	return opts
}

// printSteps prints what to do next with a new project, and how to put conngen onto the PATH if
// the project's directive needs it there.
func (a app) printSteps(p initOptions, workspace, example, call string) {
	if a.screen.quiet {
		return
	}
	change := ""
	if filepath.Clean(p.dir) != "." {
		change = "cd " + shellWord(p.dir) + " && "
	}
	if workspace == "" {
		fmt.Fprintf(a.stderr, "%s is ready. Next steps:\n", p.name)
	} else {
		fmt.Fprintf(a.stderr, "%s is written, but %s does not list it, so it does not build until step 1 adds it. Next steps:\n", p.name, workspace)
		change += "go work use . && "
	}
	fmt.Fprintln(a.stderr)
	fmt.Fprintf(a.stderr, "  1. See it work       %s%s dev\n", change, call)
	fmt.Fprintf(a.stderr, "  2. Run a command     go run . invoke %s --config config.example.json\n", example)
	fmt.Fprintln(a.stderr, "  3. Change the spec   edit connector-spec.json, then go generate && go test .")
	if around := target.ModuleAround(p.dir); around != "" {
		fmt.Fprintln(a.stderr)
		fmt.Fprintf(a.stderr, "The project is a module of its own, %s, and not part of %s around it.\n", p.module, around)
	}
	if folder := p.belowRepository(); p.ci != "" && folder != "" {
		fmt.Fprintln(a.stderr)
		fmt.Fprintf(a.stderr, "GitHub runs workflows only from the root of the repository: move the project's .github there, and add working-directory: %s and path: %s to the workflow.\n", folder, folder)
	}
	if call != target.Program {
		return
	}
	if i := newInstaller(); !i.isInstalled() {
		a.printInstall(i)
	}
}

// belowRepository returns the folder of the project relative to the root of the repository, "" where
// it is the root or there is no repository.
func (p initOptions) belowRepository() string {
	dir, err := filepath.Abs(p.dir)
	if err != nil {
		return ""
	}
	root, kind, err := newRootFinder().Project(dir)
	if err != nil || kind != settings.Repository || root == dir {
		return ""
	}
	folder, err := filepath.Rel(root, dir)
	if err != nil {
		return ""
	}
	return shellWord(filepath.ToSlash(folder))
}

// printInstall prints how to put conngen onto the PATH.
func (a app) printInstall(i installer) {
	fmt.Fprintln(a.stderr)
	fmt.Fprintln(a.stderr, "Step 1 and go generate run conngen, which is not on the PATH yet. To put it there:")
	fmt.Fprintln(a.stderr)
	for _, command := range i.commands() {
		fmt.Fprintf(a.stderr, "  %s\n", command)
	}
}

// newProject is a new project as programs read it.
func newProject(p initOptions, s source, files []generator.File, workspace string) *report.Project {
	made := report.Made{Name: p.name, Path: printable.Valid(p.dir), Module: p.module, Workspace: printable.Valid(workspace), Files: []string{}}
	for _, f := range files {
		made.Files = append(made.Files, f.Path)
	}
	return &report.Project{Found: report.NewFound([]report.File{s.problems()}), Project: &made}
}

// projectSource reads the spec of a new project.
func (a app) projectSource(p initOptions) (source, error) {
	if p.spec != "" {
		paths, err := findSpecs([]string{p.spec})
		if err != nil {
			return source{}, err
		}
		if len(paths) != 1 {
			return source{}, usagef("--spec must name one spec")
		}
		return a.readSource(paths[0])
	}
	text, err := project.DefaultSpec(p.name)
	if err != nil {
		return source{}, err
	}
	return newSource(specName, text, settings.Settings{})
}

// inheritsSettings reports whether settings of the folders around a new module would apply
// to it. Settings that cannot be used would also be in its way.
func inheritsSettings(dir string) (bool, error) {
	module, err := filepath.Abs(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false, err
	}
	roots := settings.NewRootFinder(func(path string) bool { return exists(path) || path == module })
	s, err := settings.NewLoader(settingsReader(roots), roots.Find).Load(dir)
	if problems := (*settings.Error)(nil); errors.As(err, &problems) || errors.Is(err, fs.ErrPermission) {
		return true, nil
	}
	return !reflect.DeepEqual(s, settings.Settings{}), err
}

// defaultModule names a project's module after its folder, as a path of its own
// where Go means something else by the name.
func defaultModule(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := cmp.Or(slug.Of(filepath.Base(abs)), settings.DefaultOut)
	if isTaken(name) && moduleProblem(path.Join("example.com", name)) == "" {
		return path.Join("example.com", name), nil
	}
	return name, nil
}

// moduleLike returns a path that a module can have, as similar to another one as possible.
func moduleLike(name string) string {
	if _, rest, isURL := strings.Cut(name, "://"); isURL {
		name = rest
	}
	var elements []string
	for element := range strings.SplitSeq(name, "/") {
		if element = slug.Of(element); element != "" {
			elements = append(elements, element)
		}
	}
	name = cmp.Or(path.Join(elements...), settings.DefaultOut)
	for _, candidate := range []string{name, path.Join("example.com", name), name + "-connector"} {
		if moduleProblem(candidate) == "" {
			return candidate
		}
	}
	return "example.com/" + settings.DefaultOut
}

// checkModule refuses modules that Go cannot build.
func checkModule(name string) error {
	if problem := moduleProblem(name); problem != "" {
		return usagef("%q cannot be the path of a module: %s; choose another with --module, such as %s", name, problem, moduleLike(name))
	}
	return nil
}

// moduleProblem says why Go cannot build a module with a path, "" if it can.
func moduleProblem(name string) string {
	if isTaken(name) {
		first, _, _ := strings.Cut(name, "/")
		return fmt.Sprintf("%q is reserved by Go", first)
	}
	for _, importPath := range []string{name, name + "/" + settings.DefaultOut} { // of the program, and of the package
		if err := importpath.Check(importPath); err != nil {
			return err.Error()
		}
	}
	return ""
}

// takenNames are first elements of module paths by which Go means something else: tool
// chains, programs, and the packages of the standard library. The list is fixed,
// because a conngen built with -trimpath cannot find the library.
var takenNames = strings.Fields(`all cmd main std toolchain
	archive arena bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar
	flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime
	simd slices sort strconv strings structs sync syscall testdata testing text time unicode unique unsafe vendor weak`)

// patterns are module paths by which the go command means several packages. Unlike takenNames, they
// may be the first element of a longer path.
var patterns = []string{"tool", "work"}

// isTaken reports whether Go means something else by a module path.
func isTaken(module string) bool {
	first, _, _ := strings.Cut(module, "/")
	return slices.Contains(takenNames, first) || slices.Contains(patterns, module)
}
