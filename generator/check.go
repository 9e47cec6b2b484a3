package generator

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// A DriftKind says how a file on disk differs from what is generated.
type DriftKind string

// The kinds of drift.
const (
	Missing DriftKind = "missing" // it is not there
	Changed DriftKind = "changed" // it has another content
	Stale   DriftKind = "stale"   // it was generated once and no longer is
	Foreign DriftKind = "foreign" // something that conngen has not written is in its place
)

// A Drift is one file that differs.
type Drift struct {
	Path string // relative to the output folder, with slashes
	Kind DriftKind
	Diff string // unified diff from the disk to what is generated, for changed files
	Why  string // for foreign files
}

// Check returns what differs between the output folder dir and files, in the order
// of the paths: what [Write] would change or refuse. It writes nothing. A folder
// that is not there misses all files.
func Check(dir string, files []File) ([]Drift, error) {
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
	return state.drift(dir), nil
}

func missingAll(files []File) []Drift {
	drift := make([]Drift, len(files))
	for i, f := range files {
		drift[i] = Drift{Path: f.Path, Kind: Missing}
	}
	return drift
}

func (s diskState) drift(dir string) []Drift {
	var drift []Drift
	for i, f := range s.changed {
		d := Drift{Path: f.Path, Kind: Changed}
		if s.old[i] == nil {
			d.Kind = Missing
		} else {
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
