//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// foreignMessages are quoted on pages, and other programs or Go's own packages print them.
var foreignMessages = []string{
	"command not found", "conngen: not found", "running \"conngen\": exec: ", "executable file not found in $PATH",
	"go.mod requires go", "module lookup disabled", "dial tcp", "connection refused", "Connection refused", "no such host", "i/o timeout",
	"x509: ", "not implemented on js", "net/http: fetch() failed", "bad port",
}

var (
	messageHeading = regexp.MustCompile("(?m)^### .*`.*$")
	messageTable   = regexp.MustCompile(`(?m)^\| (?:message|error in ISC) \|.*\n\| ---.*\n((?:\|.*\n)+)`)
	firstCell      = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
	inQuotes       = regexp.MustCompile("`([^`]+)`")
	// changing is what differs between two of the same message.
	changing = regexp.MustCompile(`…|(?:GET|POST) /\S+|"[^"]*"|\bN\b|\d+|connectorService(?:Url|Secret)|±`)
)

// TestMessages: messages that pages explain are those that conngen or a connector prints. Each part of
// them is in a source, or in a console block of the page, which TestManual runs.
func TestMessages(t *testing.T) {
	t.Parallel()
	sources := messageSources(t)
	checked := 0
	for _, name := range []string{"docs/how-to/troubleshooting.md", "docs/how-to/forward.md", "docs/how-to/wasm.md"} {
		p := readPage(t, repository, name)
		known := sources
		for _, b := range p.blocks {
			if b.language == "console" || b.kind == "quote" {
				known += b.text
			}
		}
		for _, message := range quotedMessages(p) {
			checked++
			if parts := unknownParts(message, known); len(parts) > 0 {
				t.Errorf("%s: %q: nothing prints %q", name, message, parts)
			}
		}
	}
	if checked < 50 {
		t.Errorf("the pages quote %d messages", checked)
	}
	if got := fmt.Sprint(unknownParts("nobody prints … this", sources)); got != "[nobody prints]" {
		t.Errorf("of a message that nothing prints, %s is unknown", got)
	}
}

// quotedMessages returns the messages that a page explains: those in headings, tables and, on the page of
// messages, blocks that are not run.
func quotedMessages(p *manualPage) []string {
	var messages []string
	for _, table := range messageTable.FindAllStringSubmatch(p.text, -1) {
		for _, cell := range firstCell.FindAllStringSubmatch(table[1], -1) {
			messages = append(messages, cell[1])
		}
	}
	if !strings.HasSuffix(p.name, "troubleshooting.md") {
		return messages
	}
	for _, heading := range messageHeading.FindAllString(p.text, -1) {
		for _, quoted := range inQuotes.FindAllStringSubmatch(heading, -1) {
			messages = append(messages, quoted[1])
		}
	}
	for _, b := range p.blocks {
		if b.language == "text" && b.kind == "" {
			messages = append(messages, strings.Split(strings.TrimSpace(b.text), "\n")...)
		}
	}
	return messages
}

// unknownParts returns the parts of a message, between those that change, that a text does not have.
func unknownParts(message, known string) []string {
	if slices.ContainsFunc(foreignMessages, func(foreign string) bool { return strings.Contains(message, foreign) }) {
		return nil
	}
	var unknown []string
	for _, part := range changing.Split(message, -1) {
		if part = strings.TrimSpace(part); len(part) > 1 && !strings.Contains(known, part) {
			unknown = append(unknown, part)
		}
	}
	return unknown
}

// messageSources are the sources of what conngen and its connectors print.
func messageSources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range []string{"bundle", "cmd", "console", "generator", "internal", "schema", "settings", "templates"} {
		err := filepath.WalkDir(filepath.Join(repository, dir), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.go") || !slices.Contains([]string{".go", ".js", ".tmpl"}, filepath.Ext(name)) {
				return err
			}
			text, err := os.ReadFile(name)
			all.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
