package output

import (
	"path/filepath"
	"slices"
	"strings"
)

// A Kind says how a file on disk differs from the expected one.
type Kind int

// The kinds of differences.
const (
	Missing  Kind = iota // it does not exist
	Changed              // its content differs
	Stale                // it was generated earlier, and no longer belongs there
	Foreign              // something that conngen did not write is in its place
	Leftover             // a folder left by a killed run
)

// A Difference is one file that [Batch.Stage] would change, remove or refuse.
type Difference struct {
	Path     string // relative to the folder, with slashes
	Kind     Kind
	Old, New []byte // of changed files
	Why      string // of foreign files, and of leftovers that this user cannot remove
}

// Differences returns what [Batch.Stage] would do, in path order.
func (r *Reading) Differences() []Difference {
	all := r.files()
	for _, p := range r.staging {
		if d, ok := leftover(filepath.Join(r.dir, filepath.FromSlash(p))); ok {
			d.Path = p
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// files are the differences of files.
func (r *Reading) files() []Difference {
	var all []Difference
	for i, f := range r.changed {
		d := Difference{Path: f.Path, Kind: Changed, Old: r.old[i], New: f.Content}
		if r.old[i] == nil {
			d.Kind = Missing
		}
		all = append(all, d)
	}
	for _, p := range r.stale {
		all = append(all, Difference{Path: p, Kind: Stale})
	}
	for _, f := range r.foreign {
		all = append(all, Difference{Path: f.path, Kind: Foreign, Why: f.why})
	}
	return all
}
