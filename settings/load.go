package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/conngen/conngen/schema"
)

// A Loader finds settings files and merges them. It reads each file once, however many specs it
// applies to. Several goroutines may use it.
type Loader struct {
	read func(path string) ([]byte, error)
	root func(dir string) (string, error)

	mu    sync.Mutex
	files map[folder]func() (*file, error) // nil if the file does not exist
}

// NewLoader returns a Loader. read returns the text of a file, with an error that is
// [fs.ErrNotExist] if it does not exist.
//
// root returns the outermost folder with settings for the specs in a folder: that folder or one
// around it. On disk it is a [RootFinder]'s Find, and the files are read by absolute paths. If it
// returns relative folders, such as "." for a git revision, the folders of specs must be relative
// to the same place.
func NewLoader(read func(path string) ([]byte, error), root func(dir string) (string, error)) *Loader {
	return &Loader{read: read, root: root, files: make(map[folder]func() (*file, error))}
}

// An Error says why settings cannot be used.
type Error struct {
	Files []FileFindings // the nearest first
}

// FileFindings are the mistakes in one settings file.
type FileFindings struct {
	File  *schema.File
	Found schema.Diagnostics // by position
}

// Error lists the findings, one line each.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("settings cannot be used:")
	for _, f := range e.Files {
		for _, d := range f.Found {
			b.WriteString("\n" + d.String())
		}
	}
	return b.String()
}

// Load returns the settings of the specs in a folder. It merges files from dir up to the root, or
// to the first file with "root": true. For each setting, severity and name the nearest file wins;
// initialisms and ignore entries add up.
//
// Mistakes in the files are returned together as one [*Error]. File names in findings are relative
// if dir is.
func (l *Loader) Load(dir string) (Settings, error) {
	root, err := l.root(dir)
	if err != nil {
		return Settings{}, err
	}
	folders, err := upwards(dir, root)
	if err != nil {
		return Settings{}, err
	}
	m := merger{initialisms: make(map[string]bool)}
	var problems Error
	for i, folder := range folders {
		f, err := l.file(folder)
		if err != nil {
			return Settings{}, err
		}
		if f == nil {
			continue
		}
		if len(f.found) > 0 {
			problems.Files = append(problems.Files, FileFindings{f.source, f.found})
		}
		m.add(f, folder, i == 0)
		if f.isRoot {
			break
		}
	}
	if len(problems.Files) > 0 {
		return Settings{}, &problems
	}
	return m.result(), nil
}

// A folder may contain a settings file.
type folder struct {
	path string // for reading
	name string // for messages
}

// upwards returns the folders from dir up to root.
func upwards(dir, root string) ([]folder, error) {
	path, name := filepath.Clean(dir), filepath.Clean(dir)
	if filepath.IsAbs(root) {
		var err error
		if path, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
	}
	below, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(below) {
		return nil, fmt.Errorf("settings of %s: %s is not a folder around it", dir, root)
	}
	folders := []folder{{path, name}}
	for ; below != "."; below = filepath.Dir(below) {
		path, name = filepath.Dir(path), filepath.Join(name, "..")
		folders = append(folders, folder{path, name})
	}
	return folders, nil
}

// file reads the settings file of a folder; it returns nil if there is none.
func (l *Loader) file(dir folder) (*file, error) {
	l.mu.Lock()
	load, ok := l.files[dir]
	if !ok {
		load = sync.OnceValues(func() (*file, error) {
			text, err := l.read(filepath.Join(dir.path, FileName))
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			return parse(filepath.Join(dir.name, FileName), text), nil
		})
		l.files[dir] = load
	}
	l.mu.Unlock()
	return load()
}

// A merger merges files, the nearest first.
type merger struct {
	merged      Settings
	initialisms map[string]bool // in upper case
}

func (m *merger) add(f *file, dir folder, own bool) {
	s, c, l := &m.merged, &f.content, layer{f.source, own}
	if own {
		s.Own = f.source
	}
	l.setAll(&s.Rules, c.Rules, "/rules")
	l.set(&s.Generate.Out, c.Generate.Out, "/generate/out")
	l.set(&s.Generate.Package, c.Generate.Package, "/generate/package")
	if !s.Generate.SDK.IsSet() && IsFolder(c.Generate.SDK) {
		s.Generate.SDK.Folder = filepath.Join(dir.path, filepath.FromSlash(c.Generate.SDK))
	}
	l.set(&s.Generate.SDK.Value, c.Generate.SDK, "/generate/sdk")
	l.setAll(&s.Generate.Names, c.Generate.Names, "/generate/names")
	for i, word := range c.Generate.Initialisms {
		if key := strings.ToUpper(word); !m.initialisms[key] {
			m.initialisms[key] = true
			s.Generate.Initialisms = append(s.Generate.Initialisms, l.value(word, element("/generate/initialisms", i)))
		}
	}
	l.set(&s.Stub.File, c.Stub.File, "/stub/file")
	l.set(&s.Stub.Type, c.Stub.Type, "/stub/type")
	for i, e := range c.Ignore {
		s.Ignore = append(s.Ignore, Ignore{e.Rule, e.At, e.Reason, l.origin(element("/ignore", i))})
	}
}

func (m *merger) result() Settings {
	slices.SortFunc(m.merged.Generate.Initialisms, func(a, b Value) int {
		return strings.Compare(strings.ToUpper(a.Text), strings.ToUpper(b.Text))
	})
	return m.merged
}

func element(array schema.Pointer, i int) schema.Pointer {
	return schema.Pointer(fmt.Sprintf("%s/%d", array, i))
}

// A layer is one of the merged files. It only sets what no nearer file has set.
type layer struct {
	file *schema.File
	own  bool
}

func (l layer) origin(at schema.Pointer) Origin { return Origin{File: l.file, At: at, Own: l.own} }

func (l layer) value(text string, at schema.Pointer) Value { return Value{text, l.origin(at)} }

func (l layer) set(v *Value, text string, at schema.Pointer) {
	if text != "" && !v.IsSet() {
		*v = l.value(text, at)
	}
}

func (l layer) setAll(values *map[string]Value, texts map[string]string, at schema.Pointer) {
	if *values == nil && len(texts) > 0 {
		*values = make(map[string]Value, len(texts))
	}
	for key, text := range texts {
		if _, ok := (*values)[key]; !ok {
			(*values)[key] = l.value(text, at.Member(key))
		}
	}
}
