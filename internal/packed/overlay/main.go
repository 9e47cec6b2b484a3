// Command overlay compresses texts of the program into a folder. It also writes overlay.json there,
// for the flag -overlay of go build, which then embeds them in place of the plain ones. Run it in
// the root of the repository.
//
//	go run ./internal/packed/overlay FOLDER
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/conngen/conngen/internal/packed"
)

// texts are the files that are read with package packed. Texts for generate and check are not among
// them: that would slow down each run.
var texts = []string{
	"console/pages/*.js", "console/pages/*.css", "console/pages/vendor/*",
	"internal/rules/examples/*", "schema/diff/examples/*", "schema/lint/examples/*",
	"schema/connector-spec.schema.json",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/packed/overlay FOLDER")
		os.Exit(2)
	}
	if err := write(".", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the overlay of a repository into a folder.
func write(root, dir string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	replace := make(map[string]string)
	for _, pattern := range texts {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fmt.Errorf("%s: no such files", pattern)
		}
		for _, name := range names {
			replace[name] = filepath.Join(dir, strconv.Itoa(len(replace))+".gz")
			if err := pack(name, replace[name]); err != nil {
				return err
			}
		}
	}
	overlay, err := json.MarshalIndent(struct{ Replace map[string]string }{replace}, "", "  ")
	return errors.Join(err, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644))
}

// pack compresses a file into another one.
func pack(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	content, err := packed.Pack(text)
	return errors.Join(err, os.WriteFile(to, content, 0o644))
}
