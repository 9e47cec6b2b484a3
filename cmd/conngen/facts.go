package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/internal/homepage"
)

// Facts are what help says of a command after its text, examples and flags. The man pages and the
// manual have them too.
type facts struct {
	reads  string // files and programs; "" for none
	writes string // files; "" for none
	fails  string // when it exits with 1; "" for never

	pages []string // of the manual, by their names in docs: the first is the one to read
}

// commandFacts has the facts of each command.
var commandFacts = table[facts]{
	{"init", facts{
		reads:  "the spec that --spec names; an existing go.mod, go.sum and go.work",
		writes: "the files of the project, all or none",
		fails:  "the spec has errors",
		pages:  []string{"tutorial.md"},
	}},
	{"dev", facts{
		reads:  "the spec, .conngen.json, the config, and the sources of the program",
		writes: "the package and its SDK, as generate does; the config, when you save it in the page; programs and recordings in a temporary folder, which dev removes at the end",
		pages:  []string{"how-to/dev.md"},
	}},
	{"generate", facts{
		reads:  "specs, .conngen.json, and the folders of packages and SDKs",
		writes: "the folders of packages and SDKs, all or none; with --list nothing",
		fails:  "a spec has errors; the packages of other specs are written",
		pages:  []string{"generated-package.md", "how-to/many-connectors.md"},
	}},
	{"stub", facts{
		reads:  "the spec, .conngen.json, and the Go files of the client's package",
		writes: "the file of the client; with --dry-run nothing",
		fails:  "the spec has errors, or a method no longer fits it",
		pages:  []string{"generated-package.md"},
	}},
	{"validate", facts{
		reads:  "specs and .conngen.json",
		writes: "with --fix, the specs; with --diff nothing",
		fails:  "a spec has errors; with --strict, also for warnings; with --diff, also if anything would change",
		pages:  []string{"how-to/validate.md", homepage.Rules, homepage.Settings},
	}},
	{"diff", facts{
		reads: "specs and .conngen.json; with --against, also those in the git repository",
		fails: "a change is of a kind that --fail-on names, or a spec cannot be read",
		pages: []string{"how-to/diff.md", homepage.Changes},
	}},
	{"docs", facts{
		reads:  "specs, .conngen.json, and their pages; with --since, also the git repository",
		writes: "a page for each spec; with --check nothing",
		fails:  "a spec has errors, or a page has broken marks; with --check, a page is missing or out of date",
		pages:  []string{"how-to/docs-page.md"},
	}},
	{"export", facts{
		reads:  "the spec, and the files of the last export",
		writes: "the file of requests, and one for secrets",
		fails:  "the spec has errors",
		pages:  []string{"how-to/requests.md"},
	}},
	{"check", facts{
		reads: "specs, .conngen.json, the folders of packages and SDKs, and pages of docs; with --stub, also the Go files of the client's package",
		fails: "a spec has errors, or files on disk differ; warnings do not count",
		pages: []string{"how-to/ci.md"},
	}},
	{"pack", facts{
		reads:  "the spec, .conngen.json, the package and its SDK, the Go code, package.json and the git tag",
		writes: "the zip; programs in a temporary folder beside it, which pack removes at the end",
		fails:  "the spec has errors, or the package does not match it",
		pages:  []string{"how-to/wasm.md", "how-to/forward.md"},
	}},
	{"rules", facts{pages: []string{homepage.Rules, homepage.Changes}}},
	{"schema", facts{pages: []string{"how-to/editors.md", "how-to/json-output.md"}}},
	{"completion", facts{}},
	{"version", facts{}},
	{"help", facts{pages: []string{homepage.Commands}}},
}

// A fact is one of a command's, for people.
type fact struct{ title, text string }

// factsOf returns the facts of a command that has any.
func factsOf(cmd *cobra.Command) []fact {
	f, _ := commandFacts.find(cmd.Name())
	var all []fact
	add := func(title, text string) {
		if text != "" {
			all = append(all, fact{title, text})
		}
	}
	add("Reads", f.reads)
	add("Writes", f.writes)
	add("Exit 1", f.fails)
	return all
}

// manualOf returns the address of the page of the manual that is about a command, "" for none.
func manualOf(cmd *cobra.Command) string {
	f, _ := commandFacts.find(cmd.Name())
	if len(f.pages) == 0 {
		return ""
	}
	return homepage.Manual(f.pages[0])
}

// writeFacts writes facts as help has them: each text beside its title.
func writeFacts(b *strings.Builder, all []fact) {
	const indent = 9
	for _, f := range all {
		line := fmt.Sprintf("%-*s", indent, f.title+":")
		for i, word := range strings.Fields(f.text) {
			switch {
			case len(line)+1+len(word) > helpWidth:
				fmt.Fprintf(b, "%s\n", line)
				line = strings.Repeat(" ", indent)
			case i > 0:
				line += " "
			}
			line += word
		}
		fmt.Fprintf(b, "%s\n", line)
	}
}
