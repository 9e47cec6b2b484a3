package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// printNotes prints the section of a version in a changelog, the first one if version is "".
func printNotes(w io.Writer, path, version string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	section, err := notes(string(text), version)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	_, err = fmt.Fprintln(w, section)
	return err
}

// notes returns the section of a changelog whose heading begins with a version, or the first
// section if version is "", without the heading.
func notes(changelog, version string) (string, error) {
	var section strings.Builder
	found := false
	for line := range strings.Lines(changelog) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			if found {
				break
			}
			name, _, _ := strings.Cut(strings.TrimSpace(heading), " ")
			if found = version == "" || name == version; found {
				version = name
			}
			continue
		}
		if found {
			section.WriteString(line)
		}
	}
	text := strings.TrimSpace(section.String())
	switch {
	case !found:
		return "", fmt.Errorf("there is no section %q; add it, and commit it before the tag", "## "+version)
	case text == "":
		return "", fmt.Errorf("the section %q is empty", "## "+version)
	}
	return text, nil
}
