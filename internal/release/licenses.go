package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// vendored is the folder of third-party material outside of modules.
const vendored = "console/pages/vendor"

// A work is third-party material in the program.
type work struct {
	name   string // with its version
	folder string // folder of its licences
}

// printLicenses prints the licences of all third-party works in the programs of some platforms,
// such as linux/amd64. Most of them require that their text accompanies a program.
func printLicenses(w io.Writer, root, program string, platforms []string) error {
	works, err := worksOf(root, program, platforms)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "conngen contains the following works, under these licences.")
	for _, o := range works {
		texts, err := licensesIn(o.folder)
		if err != nil {
			return err
		}
		if len(texts) == 0 {
			return fmt.Errorf("%s has no licence in %s", o.name, o.folder)
		}
		fmt.Fprintf(w, "\n%s\n%s\n", strings.Repeat("=", 80), o.name)
		for _, text := range texts {
			fmt.Fprintf(w, "\n%s\n", bytes.TrimSpace(text))
		}
	}
	return nil
}

// worksOf returns Go, the modules of the programs, by path, and the vendored works.
func worksOf(root, program string, platforms []string) ([]work, error) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	modules := make(map[string]work)
	for _, platform := range platforms {
		if err := addModules(modules, root, program, platform); err != nil {
			return nil, err
		}
	}
	works := []work{{"The Go programming language", strings.TrimSpace(string(goroot))}}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		works = append(works, modules[path])
	}
	return append(works, work{"Preact and htm", filepath.Join(root, filepath.FromSlash(vendored))}), nil
}

// addModules adds the modules from which a program is built on a platform, without its own.
func addModules(modules map[string]work, root, program, platform string) error {
	system, arch, _ := strings.Cut(platform, "/")
	list := exec.Command("go", "list", "-deps", "-json=Module", program)
	list.Dir = root
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("go list: %w", err)
		}
		if m := p.Module; m != nil && !m.Main {
			modules[m.Path] = work{m.Path + " " + m.Version, m.Dir}
		}
	}
}

// licensesIn returns the texts of the licences in a folder, sorted by name.
func licensesIn(folder string) ([][]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var texts [][]byte
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.Type().IsRegular() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}
