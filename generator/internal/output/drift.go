package output

import (
	"path/filepath"
	"slices"
	"strings"
)

// A Kind says how a file on disk differs from what belongs there.
type Kind int

// The kinds of differences.
const (
	Missing  Kind = iota // it does not exist
	Changed              // its content differs
	Stale                // it was generated, and no longer belongs there
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

// Compare returns what [Batch.Stage] would do, in the order of the paths. It writes nothing.
// A folder that does not exist misses all files.
func Compare(dir string, files []File, stale ...Folder) ([]Difference, error) {
	state, err := read(dir, files, stale)
	if err != nil {
		return nil, err
	}
	all := state.differences()
	for _, p := range state.staging {
		if d, ok := leftover(filepath.Join(dir, filepath.FromSlash(p))); ok {
			d.Path = p
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// differences are those of files.
func (s diskState) differences() []Difference {
	var all []Difference
	for i, f := range s.changed {
		d := Difference{Path: f.Path, Kind: Changed, Old: s.old[i], New: f.Content}
		if s.old[i] == nil {
			d.Kind = Missing
		}
		all = append(all, d)
	}
	for _, p := range s.stale {
		all = append(all, Difference{Path: p, Kind: Stale})
	}
	for _, f := range s.foreign {
		all = append(all, Difference{Path: f.path, Kind: Foreign, Why: f.why})
	}
	return all
}
