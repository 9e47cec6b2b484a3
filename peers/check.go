//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// copies is the number of specs that check checks.
const copies = 1000

// check measures check over many specs with one shared SDK.
func (c *comparison) check(ctx context.Context) error {
	specs, from, err := c.specs(ctx)
	if err != nil {
		return err
	}
	dir, err := c.folder("many")
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"go.mod":        []byte("module many\n\ngo 1.24\n"),
		".conngen.json": []byte(`{"generate": {"sdk": "./sdk"}}` + "\n"),
	}
	for i := range copies {
		files[fmt.Sprintf("c%04d/connector-spec.json", i)] = specs[i%len(specs)]
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	progress("check, %d specs", copies)
	if _, _, err := (program{dir: dir, args: []string{c.program("conngen"), "generate", "./..."}}).run(ctx); err != nil {
		return err
	}
	us, err := inTurns(ctx, min(c.rounds, 5), program{dir: dir, args: []string{c.program("conngen"), "check", "./..."}}.once)
	if err != nil {
		return err
	}
	what := "check, " + thousands(copies) + " specs"
	c.alone(what, wall, medianOf(us[0], usage.wall))
	c.alone(what, cpu, medianOf(us[0], usage.cpu))
	c.alone(what, memory, medianOf(us[0], usage.peak))
	c.note("The specs of check are copies of %d from %s.", len(specs), from)
	return nil
}

// specs returns the specs of the corpus, or of the golden packages, for which conngen generates
// code, and the name of the set.
func (c *comparison) specs(ctx context.Context) (specs [][]byte, from string, err error) {
	for _, set := range []struct{ name, pattern string }{
		{"the corpus of real specs", filepath.Join("..", "shared", "corpus", "specs", "*.json")},
		{"the golden specs", filepath.Join("golden", "*", "connector-spec.json")},
	} {
		paths, err := filepath.Glob(filepath.Join(c.repository, set.pattern))
		if err != nil {
			return nil, "", err
		}
		for i, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, "", err
			}
			if c.generates(ctx, text, i) {
				specs = append(specs, text)
			}
		}
		if len(specs) > 0 {
			return specs, set.name, nil
		}
	}
	return nil, "", errors.New("there are no specs to check")
}

// generates reports whether conngen generates code for a spec.
func (c *comparison) generates(ctx context.Context, spec []byte, i int) bool {
	dir, err := c.folder("one", fmt.Sprint(i))
	if err != nil {
		return false
	}
	for name, text := range map[string][]byte{"go.mod": []byte("module one\n\ngo 1.24\n"), "connector-spec.json": spec} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return false
		}
	}
	_, _, err = program{dir: dir, args: []string{c.program("conngen"), "generate"}}.run(ctx)
	return err == nil
}
