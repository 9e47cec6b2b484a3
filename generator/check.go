package generator

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/conngen/conngen/schema"
)

// A DriftKind says how a file on disk differs from what is generated.
type DriftKind string

// The kinds of drift.
const (
	Missing DriftKind = "missing" // it is not there
	Changed DriftKind = "changed" // it is what another spec gives: the one that the folder was generated from
	Edited  DriftKind = "edited"  // it is what no spec gives
	Stale   DriftKind = "stale"   // it was generated once and no longer is
	Foreign DriftKind = "foreign" // something that conngen has not written is in its place
)

// A Drift is one file that differs.
type Drift struct {
	Path string // relative to the output folder, with slashes
	Kind DriftKind
	Diff string // unified diff from the disk to what is generated, for changed and edited files
	Why  string // for foreign files
}

// Check returns what differs between the output folder dir and files, which were
// generated with the options, in the order of the paths: what [Write] would change
// or refuse. It writes nothing. A folder that is not there misses all files.
func Check(dir string, files []File, opts Options) ([]Drift, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return missingAll(files), nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	state, err := compare(root, files)
	if err != nil {
		return nil, err
	}
	return state.drift(dir, previous(root, opts)), nil
}

// previous returns what the folder had when it was generated, by the spec that it
// carries; nothing when that cannot be read.
func previous(root *os.Root, opts Options) map[string][]byte {
	source, err := root.ReadFile("spec.go")
	if err != nil {
		return nil
	}
	spec, found := schema.Parse("spec.go", []byte(embeddedSpec(source)))
	if found.HasErrors() {
		return nil
	}
	files, err := Generate(spec, opts)
	if err != nil {
		return nil
	}
	contents := make(map[string][]byte, len(files))
	for _, f := range files {
		contents[f.Path] = f.Content
	}
	return contents
}

// embeddedSpec returns the text of the spec in a generated spec.go, "" when there
// is none.
func embeddedSpec(source []byte) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return ""
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == 1 && v.Names[0].Name == "specJSON" && len(v.Values) == 1 {
			if literal, ok := v.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ = strconv.Unquote(literal.Value) // a literal that parses can be unquoted
			}
		}
		return text == ""
	})
	return text
}

func missingAll(files []File) []Drift {
	drift := make([]Drift, len(files))
	for i, f := range files {
		drift[i] = Drift{Path: f.Path, Kind: Missing}
	}
	return drift
}

func (s diskState) drift(dir string, previous map[string][]byte) []Drift {
	var drift []Drift
	for i, f := range s.changed {
		d := Drift{Path: f.Path, Kind: Changed}
		if s.old[i] == nil {
			d.Kind = Missing
		} else {
			if before, ok := previous[f.Path]; ok && !bytes.Equal(s.old[i], before) {
				d.Kind = Edited
			}
			name := filepath.ToSlash(filepath.Join(dir, f.Path))
			d.Diff = udiff.Unified(name, name+" (generated)", string(s.old[i]), string(f.Content))
		}
		drift = append(drift, d)
	}
	for _, p := range s.stale {
		drift = append(drift, Drift{Path: p, Kind: Stale})
	}
	for _, f := range s.foreign {
		drift = append(drift, Drift{Path: f.path, Kind: Foreign, Why: f.why})
	}
	slices.SortFunc(drift, func(a, b Drift) int { return strings.Compare(a.Path, b.Path) })
	return drift
}
