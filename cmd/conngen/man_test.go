package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra/doc"
)

// TestManPages writes the man pages from the texts of the commands, into the folder of -man where
// that is given. Each command has a page with what its help says, the same in each build. The
// program itself does not write them: that would cost it a megabyte.
func TestManPages(t *testing.T) {
	t.Parallel()
	dir := cmp.Or(*manDir, t.TempDir())
	seconds, _ := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	date := time.Unix(seconds, 0).UTC()
	root := app{screen: new(screen)}.root()
	root.DisableAutoGenTag = true
	for _, cmd := range root.Commands() {
		for _, f := range factsOf(cmd) {
			cmd.Long += "\n\n**" + f.title + ":** " + f.text + "."
		}
		if page := manualOf(cmd); page != "" {
			cmd.Long += "\n\n**Manual:** " + page
		}
	}
	if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "conngen", Manual: "conngen manual", Date: &date}, dir); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() { // help
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "conngen-"+cmd.Name()+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		page := strings.ReplaceAll(string(text), `\-`, "-")
		for _, f := range factsOf(cmd) {
			if first, _, _ := strings.Cut(f.text, " "); !strings.Contains(page, `\fB`+f.title+`:\fP `+first) {
				t.Errorf("the page of %s does not say: %s: %s", cmd.Name(), f.title, f.text)
			}
		}
		for _, part := range []string{".TH ", ".SH NAME", cmd.Short, ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS", ".SH EXAMPLE", examplesOf(cmd)[0], "conngen(1)"} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s lacks %q:\n%s", cmd.Name(), part, page)
			}
		}
		for _, other := range []string{dir, "cobra", "0001"} {
			if strings.Contains(page, other) {
				t.Errorf("the page of %s has %q", cmd.Name(), other)
			}
		}
	}
}
