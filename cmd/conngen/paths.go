package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/schema"
)

// specName is what a spec is called in its folder.
const specName = "connector-spec.json"

// stdinPath stands for standard input.
const stdinPath = "-"

// maxSpecSize is far above any real spec: the largest has 80 kB.
const maxSpecSize = 10 << 20

// findSpecs returns the specs that PATH arguments mean, each once, in the order of
// the arguments and sorted below DIR/... ones. No argument means the working folder.
func findSpecs(args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var paths []string
	for _, arg := range args {
		found, err := findSpec(arg)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	return paths, nil
}

func findSpec(arg string) ([]string, error) {
	if arg == stdinPath {
		return []string{arg}, nil
	}
	if dir, below := strings.CutSuffix(filepath.ToSlash(arg), "..."); below && (dir == "" || strings.HasSuffix(dir, "/")) {
		return specsBelow(filepath.Clean(dir))
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{filepath.Clean(arg)}, nil
	}
	path := filepath.Join(arg, specName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s; name the spec, its folder, or %s for all below", arg, specName, filepath.Join(arg, "..."))
	}
	return []string{path}, nil
}

// specsBelow finds all specs below a folder, but in those that hold nobody's own
// work.
func specsBelow(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != dir && isSkipped(entry.Name()):
			return filepath.SkipDir
		case !entry.IsDir() && entry.Name() == specName:
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("there is no %s below %s", specName, dir)
	}
	return paths, nil
}

func isSkipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// A source is one spec that has been read.
type source struct {
	path        string
	text        []byte
	spec        *schema.Spec // nil when it is no JSON object
	diagnostics schema.Diagnostics
}

// readSource reads and parses a spec. The error is about the file, not about
// what is in it.
func (a app) readSource(path string) (source, error) {
	name, in := path, a.stdin
	if path == stdinPath {
		name = "stdin"
	} else {
		f, err := os.Open(path)
		if err != nil {
			return source{}, err
		}
		defer f.Close()
		in = f
	}
	// One byte more than allowed is enough for the parser to refuse the rest.
	text, err := io.ReadAll(io.LimitReader(in, maxSpecSize+1))
	if err != nil {
		return source{}, err
	}
	spec, diagnostics := schema.Parse(name, text)
	return source{name, text, spec, diagnostics}, nil
}
