package generator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/emit"
	"github.com/conngen/conngen/generator/internal/output"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/internal/unified"
	"github.com/conngen/conngen/schema"
)

// A DriftKind says how and why a file on disk differs from the generated one.
type DriftKind string

// The kinds of drift.
const (
	Missing       DriftKind = "missing"  // it does not exist
	Changed       DriftKind = "changed"  // it comes from an older spec
	OtherSettings DriftKind = "settings" // it comes from other options
	OtherVersion  DriftKind = "version"  // an SDK file that this version of conngen does not write
	Edited        DriftKind = "edited"   // it is no longer generated
	Stale         DriftKind = "stale"    // it was generated, and no longer belongs there
	Foreign       DriftKind = "foreign"  // something that conngen did not write is in its place
	Leftover      DriftKind = "leftover" // a folder of temporary files left by a killed run
)

// A Drift is one file that differs.
type Drift struct {
	Path string // relative to its folder, with slashes
	Kind DriftKind
	Diff string // unified diff from the file on disk to the generated one, without secrets of specs
	Why  string // the cause, for foreign files, leftovers of other users and other options; otherwise why Diff is empty
}

// unmaskable says why no differences are shown of a package with unknown old secrets. Its spec.go
// may be in the middle of a merge, with the values of both sides.
const unmaskable = "its differences may have secrets, and are not shown until " + specName + " can be read"

// Drift returns the differences in path order: everything that [Batch.Stage] would change or
// refuse. It writes nothing.
func (r *Reading) Drift() []Drift {
	found := r.disk.Differences()
	if len(found) == 0 {
		return nil
	}
	var before, now generated
	if !r.isSDK {
		before, now = readFolder(r.dir), readGenerated(r.source)
	}
	drift := make([]Drift, len(found))
	for i, d := range found {
		drift[i] = newDrift(r.dir, d)
		switch {
		case d.Kind != output.Changed:
		case r.isSDK: // it depends on conngen's version alone
			drift[i].Kind = OtherVersion
		default:
			drift[i].Kind, drift[i].Why = before.explain(d, now)
			drift[i].Diff = Masked(drift[i].Diff, before.spec, now.spec)
			if before.spec == nil {
				drift[i].Diff, drift[i].Why = "", unmaskable
			}
		}
	}
	return drift
}

// CheckLeftovers returns what killed runs left in a folder, which need not hold a package.
func CheckLeftovers(dir string) []Drift {
	var drift []Drift
	for _, d := range output.Leftovers(dir) {
		drift = append(drift, newDrift(dir, d))
	}
	return drift
}

var driftKinds = map[output.Kind]DriftKind{
	output.Missing: Missing, output.Changed: Edited, output.Stale: Stale, output.Foreign: Foreign,
	output.Leftover: Leftover,
}

func newDrift(dir string, d output.Difference) Drift {
	drift := Drift{Path: d.Path, Kind: driftKinds[d.Kind], Why: d.Why}
	if d.Kind == output.Changed {
		name := printable.Text(filepath.ToSlash(filepath.Join(dir, d.Path))) // escaped, so it stays on one line
		drift.Diff = unified.Diff(name, name+" (generated)", string(d.Old), string(d.New))
	}
	return drift
}

// A generated says how a package was generated, from its spec.go.
type generated struct {
	source string  // the source that spec.go names
	opts   Options // settings that took part
	spec   *schema.Spec
	files  map[string][]byte // what conngen generates for the spec with the options; nil if unknown
}

// specName is the generated file that records how its package was generated. It holds the spec and
// the settings; its package clause and import hold the rest.
const specName = "spec.go"

func specSource(files []File) []byte {
	for _, f := range files {
		if f.Path == specName {
			return f.Content
		}
	}
	return nil
}

// readFolder reads how a folder was generated, and generates it again.
func readFolder(dir string) generated {
	source, err := found.ReadFile(filepath.Join(dir, specName))
	if err != nil {
		return generated{}
	}
	g := readGenerated(source)
	if g.spec == nil {
		return g
	}
	files, err := Generate(g.spec, g.opts)
	if err != nil {
		return g
	}
	g.files = make(map[string][]byte, len(files))
	for _, f := range files {
		g.files[f.Path] = f.Content
	}
	return g
}

func readGenerated(source []byte) generated {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return generated{}
	}
	used := readSettings(source)
	g := generated{opts: Options{
		Package: file.Name.Name, SDK: sdkImport(file),
		SpecPath: used.Spec, Names: used.Names, Initialisms: used.Initialisms,
	}}
	g.source, _ = output.Source(source)
	name := g.source
	switch name {
	case output.StandardInput:
		name = Stdin
	case Stdin:
		name = "./" + name // a file of that name
	}
	if spec, found := schema.Parse(name, []byte(embeddedSpec(file))); !found.HasErrors() {
		g.spec = spec
	}
	return g
}

// sdkImport returns the import path of the SDK: the one import of spec.go.
func sdkImport(file *ast.File) string {
	if len(file.Imports) != 1 {
		return ""
	}
	path, _ := strconv.Unquote(file.Imports[0].Path.Value) // a literal that parses can be unquoted
	return path
}

// readSettings reads the settings recorded in a spec.go.
func readSettings(source []byte) plan.Settings {
	var used plan.Settings
	for line := range bytes.Lines(source) {
		if text, ok := bytes.CutPrefix(line, []byte(emit.SettingsDirective)); ok {
			_ = json.Unmarshal(text, &used) // the comparison finds hand edits
			break
		}
	}
	return used
}

// SpecOf returns the path of the spec that the package in a folder was generated from. It returns
// "" for standard input and for a folder without a package.
func SpecOf(dir string) string {
	source, err := found.ReadFile(filepath.Join(dir, specName))
	if err != nil {
		return ""
	}
	name, ok := output.Source(source)
	if !ok || name == output.StandardInput {
		return ""
	}
	if path := readSettings(source).Spec; path != "" {
		return filepath.Join(dir, filepath.FromSlash(path))
	}
	return filepath.Join(filepath.Dir(filepath.Clean(dir)), name)
}

// embeddedSpec returns the spec text in a spec.go. It returns "" unless there is exactly one: a
// merge can leave two.
func embeddedSpec(file *ast.File) string {
	var texts []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == 1 && v.Names[0].Name == "specJSON" && len(v.Values) == 1 {
			if literal, ok := v.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value) // a literal that parses can be unquoted
				texts = append(texts, text)
			}
		}
		return true
	})
	if len(texts) != 1 {
		return ""
	}
	return texts[0]
}

// explain says why a file differs from the newly generated one.
func (g generated) explain(d output.Difference, now generated) (DriftKind, string) {
	if !bytes.Equal(g.files[d.Path], d.Old) {
		return Edited, ""
	}
	if others := g.otherOptions(now); len(others) > 0 {
		return OtherSettings, strings.Join(others, "; ")
	}
	return Changed, ""
}

// otherOptions says which options differ from the current ones.
func (g generated) otherOptions(now generated) []string {
	var others []string
	note := func(what, was, is string) {
		if was != is {
			others = append(others, fmt.Sprintf("%s was %s and is now %s", what, orNone(was), orNone(is)))
		}
	}
	note("the package's name", g.opts.Package, now.opts.Package)
	note("the SDK's import path", g.opts.SDK, now.opts.SDK)
	keys := slices.Concat(slices.Collect(maps.Keys(g.opts.Names)), slices.Collect(maps.Keys(now.opts.Names)))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		note(fmt.Sprintf("the name for %q", key), g.opts.Names[key], now.opts.Names[key])
	}
	note("the list of initialisms", strings.Join(g.opts.Initialisms, ", "), strings.Join(now.opts.Initialisms, ", "))
	if g.spec != nil && now.spec != nil {
		note("the spec's file", cmp.Or(g.opts.SpecPath, g.source), cmp.Or(now.opts.SpecPath, now.source))
	}
	return others
}

func orNone(text string) string {
	switch text {
	case "":
		return "not set"
	case output.StandardInput:
		return text
	}
	return strconv.Quote(text)
}
