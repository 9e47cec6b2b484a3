package main

import (
	"fmt"
	"os"
	"strings"
)

// The table is between these lines of docs/performance.md.
const (
	tableBegins = "<!-- make peers writes the lines below -->\n"
	tableEnds   = "<!-- make peers writes the lines above -->\n"
)

// replaceTable replaces the table in a file.
func replaceTable(file, table string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	replaced, err := withTable(string(text), table)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(replaced), 0o644)
}

// withTable returns a text with a new table between its two lines.
func withTable(text, table string) (string, error) {
	before, rest, ok := strings.Cut(text, tableBegins)
	_, after, ended := strings.Cut(rest, tableEnds)
	if !ok || !ended {
		return "", fmt.Errorf("it has no place for the table, between the lines %q and %q", tableBegins, tableEnds)
	}
	return before + tableBegins + "\n" + table + "\n" + tableEnds + after, nil
}
