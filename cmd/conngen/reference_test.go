package main

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
	"github.com/conngen/conngen/internal/rules"
)

// repository is the folder of the repository.
var repository = filepath.Join("..", "..")

// TestFacts: each command has facts, and the pages that they name exist.
func TestFacts(t *testing.T) {
	t.Parallel()
	var names []string
	for _, cmd := range wholeRoot().Commands() {
		names = append(names, cmd.Name())
	}
	known := commandFacts.names()
	if !sameWords(names, known) {
		t.Errorf("the commands are %q, and facts are known of %q", names, known)
	}
	for _, row := range commandFacts {
		for _, page := range row.value.pages {
			if _, err := os.Stat(filepath.Join(repository, "docs", filepath.FromSlash(page))); err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
		}
	}
}

// TestOutputsPage: the page about output names the commands that write JSON.
func TestOutputsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(repository, "docs", "how-to", "json-output.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "`--format json` is for scripts and editors. ")
	sentence, _, ok := strings.Cut(after, " have it.")
	if got, want := strings.FieldsFunc(sentence, func(r rune) bool { return strings.ContainsRune("`, ", r) }), append(report.Outputs(), "and"); !ok || !sameWords(got, want) {
		t.Errorf("the page says that %q have JSON, and it is %q", got, want)
	}
}

func sameWords(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// wholeRoot is the command line with help, which cobra adds last.
func wholeRoot() *cobra.Command {
	root := app{screen: new(screen)}.root()
	root.InitDefaultHelpCmd()
	return root
}

// TestCommandsPage: the manual says of each command what its help says, and what is in
// testdata/manual/NAME.md besides.
func TestCommandsPage(t *testing.T) {
	t.Parallel()
	root := wholeRoot()
	w := &commandsWriter{T: t, details: make(map[string]string), literals: newLiterals(root)}
	for _, file := range mustGlob(t, filepath.Join("testdata", "manual", "*.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w.details[strings.TrimSuffix(filepath.Base(file), ".md")] = string(text)
	}
	w.intro(root)
	for _, cmd := range root.Commands() {
		w.command(cmd)
	}
	for name := range w.details {
		t.Errorf("testdata/manual/%s.md is about no command", name)
	}
	manual.In(repository, *update).Pages(t, map[string]string{homepage.Commands: blankLines.ReplaceAllString(w.page.String(), "\n\n")})
}

// blankLines are several in place of one.
var blankLines = regexp.MustCompile(`\n{3,}`)

func mustGlob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %d files", pattern, err, len(files))
	}
	return files
}

// A commandsWriter writes the page of the commands.
type commandsWriter struct {
	*testing.T
	page     strings.Builder
	details  map[string]string // by command, until they are written
	literals *regexp.Regexp
	spelt    bool // ISC has been written in full
}

func (w *commandsWriter) printf(format string, args ...any) { fmt.Fprintf(&w.page, format, args...) }

// intro writes what holds for all commands.
func (w *commandsWriter) intro(root *cobra.Command) {
	w.printf("# Commands\n\n`conngen help COMMAND` prints most of this page. `make man` writes it as man pages.\n")
	for _, g := range root.Groups() {
		rows := [][]string{{g.Title, ""}}
		for _, cmd := range root.Commands() {
			if cmd.GroupID == g.ID {
				rows = append(rows, []string{fmt.Sprintf("[`%s`](%s)", cmd.CommandPath(), manual.Anchor(cmd.CommandPath())), rules.Markdown(cmd.Short)})
			}
		}
		w.printf("\n%s", manual.Table(rows))
	}
	w.printf("\n## All commands\n\n")
	w.body(root)
	w.flags(root)
	w.detailsOf(root)
}

// command writes the section of a command.
func (w *commandsWriter) command(cmd *cobra.Command) {
	w.printf("\n## %s\n\n%s.\n\n", cmd.CommandPath(), rules.Markdown(cmd.Short))
	cmd.InheritedFlags() // which completes the usage line
	w.printf("%s\n", manual.Fence("text", cmd.UseLine()))
	w.body(cmd)
	for _, f := range factsOf(cmd) {
		w.printf("- **%s:** %s.\n", f.title, w.code(f.text))
	}
	if slices.Contains(report.Outputs(), cmd.Name()) {
		w.printf("- **JSON:** `conngen schema --output %s` prints the JSON Schema of what `--format json` writes.\n", cmd.Name())
	}
	if f, _ := commandFacts.find(cmd.Name()); len(f.pages) > 0 && f.pages[0] != homepage.Commands {
		w.printf("- **See also:** %s.\n", strings.Join(pageLinks(f.pages), ", "))
	}
	if cmd.HasAvailableLocalFlags() {
		w.flags(cmd)
	}
	w.printf("\n### Examples of %s\n\n%s", cmd.Name(), manual.Fence("sh", dedented(cmd.Example)))
	w.detailsOf(cmd)
}

// pageLinks leads from the page to other pages.
func pageLinks(pages []string) []string {
	var links []string
	for _, page := range pages {
		target, err := filepath.Rel(homepage.Reference, page)
		if err != nil {
			panic(err) // both are relative
		}
		links = append(links, fmt.Sprintf("[%s](%s)", strings.ReplaceAll(strings.TrimSuffix(path.Base(page), ".md"), "-", " "), filepath.ToSlash(target)))
	}
	return links
}

// body writes the text of a command: its paragraphs, and its indented lines as blocks.
func (w *commandsWriter) body(cmd *cobra.Command) {
	for paragraph := range strings.SplitSeq(strings.Replace(cmd.Long, cmd.Name(), "`"+cmd.Name()+"`", 1), "\n\n") {
		switch {
		case !strings.HasPrefix(paragraph, "    "):
			w.printf("%s\n\n", w.inFull(w.code(strings.ReplaceAll(paragraph, "\n", " "))))
		default:
			w.printf("%s\n", manual.Fence("text", dedented(paragraph)))
		}
	}
}

// inFull writes the first ISC of the page in full.
func (w *commandsWriter) inFull(text string) string {
	const long, short = "Identity Security Cloud", "ISC"
	if !w.spelt && strings.Contains(text, long) {
		w.spelt = true
		return strings.Replace(text, long, long+" ("+short+")", 1)
	}
	return text
}

// dedented takes the indentation off lines that have the same.
func dedented(text string) string {
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	return strings.TrimPrefix(strings.ReplaceAll(text, "\n"+indent, "\n"), indent)
}

// newLiterals returns what matches what help names as it is typed: command lines, flags, files and paths.
func newLiterals(root *cobra.Command) *regexp.Regexp {
	var names []string
	for _, cmd := range root.Commands() {
		names = append(names, cmd.Name())
	}
	return regexp.MustCompile(`(?:go tool )?\bconngen(?: (?:` + strings.Join(names, "|") + `|COMMAND))?(?: (?:--[a-z-]+|-|ID\b|COMMAND\b))*` +
		`|--format json|--[a-z][a-z-]*|(?:DIR|\./DIR)(?:/\.\.\.)?|\bPATH\b` +
		`|\b(?:[\w-]+/)*[\w-]+\.(?:json|mod|sum|work|js|html|md|go)\b|\.conngen\.json`)
}

// code marks what is typed in a text of help.
func (w *commandsWriter) code(text string) string {
	return w.literals.ReplaceAllStringFunc(rules.Markdown(text), func(literal string) string {
		if literal == "conngen" { // the program's name, in a sentence
			return literal
		}
		return "`" + literal + "`"
	})
}

// flags writes the flags of a command.
func (w *commandsWriter) flags(cmd *cobra.Command) {
	rows := [][]string{{"flag", "default", ""}}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		flag := strings.TrimSpace("--" + f.Name + " " + value)
		if f.Shorthand != "" {
			flag = "-" + f.Shorthand + ", " + flag
		}
		initial := ""
		if f.NoOptDefVal == "" && f.DefValue != "" { // it takes a value
			initial = "`" + f.DefValue + "`"
		}
		if cmd.HasParent() && f.Name == "help" {
			return // which all commands have
		}
		rows = append(rows, []string{"`" + flag + "`", initial, manual.Cell(w.code(usage))})
	})
	if len(rows) > 1 {
		w.printf("\n### Flags of %s\n\n%s", cmp.Or(strings.TrimPrefix(cmd.CommandPath(), "conngen "), "conngen"), manual.Table(rows))
	}
}

// detailsOf writes what no help says of a command.
func (w *commandsWriter) detailsOf(cmd *cobra.Command) {
	if text, ok := w.details[cmd.Name()]; ok {
		w.printf("\n%s", text)
		delete(w.details, cmd.Name())
	}
}
