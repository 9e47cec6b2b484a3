//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/internal/unified"
)

// convention says what becomes of the code blocks of a page. All blocks are followed in order, as
// readers would. A page of docs/ begins in an empty folder that is a git repository, beside a clone in
// the folder conngen; any other page begins in a clone. There are conngen, go, make, git, curl, a shell and its usual programs, and
// no network. The working folder and exported variables carry over from block to block. A block after
// one that serves is for another terminal, so it may go into the same folder again.
const convention = `What a code block may be:
  sh       is run, and must succeed. A block whose last line is "go run . serve" or "conngen dev", with
           arguments or without, goes on in the background and succeeds once it answers, until another
           block serves at that address. A comment makes a block out of any other server:
           <!-- serves: 127.0.0.1:8080 --> on the line before the fence. The test gives each page
           ports of its own in the place of localhost:PORT and 127.0.0.1:PORT.
           A block that is a line of .ci/run is not run. One inside an HTML comment is, and readers do
           not see it.
  console  lines that begin with "$ " are run, and print the lines after them; … stands for any text.
           go test ./cmd/conngen -run TestManual -update rewrites the output that has no ….
  text     is not run. It may quote, see below.
  Any other language, which is named, needs a comment on the line before the fence:
  <!-- file: PATH -->   the block is written to PATH, and read if it is yaml, toml, xml or txtar. At the end,
                        go vet checks the modules of the page.
  <!-- edit: PATH -->   the block replaces the declarations of the same names in this Go file, or is
                        appended; imports are fixed.
  <!-- quote: PATH -->  the block is in this file of the repository, apart from indentation.
  <!-- parse -->        the block is read as json, yaml, toml, xml or txtar; json may be an object's members.`

// TestManual follows the code blocks of all pages, by the convention. TestReadmes and TestReadmeBlocks
// follow the README, and the one of a new project. Pages that commands write are under docs/reference: what
// their examples print is checked where they come from, so here only their form is.
func TestManual(t *testing.T) {
	t.Parallel()
	var explainConvention sync.Once // not once a page
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	pages := manualPages(t, root)
	for _, name := range []string{"SECURITY.md", "docs/libraries.md", "docs/reference/rules.md", "examples/directory/README.md"} {
		if !slices.Contains(pages, name) {
			t.Errorf("%s is not among the pages", name)
		}
	}
	for _, name := range pages {
		p := readPage(t, root, name)
		if p.isGenerated() && strings.HasPrefix(name, "docs/reference/") {
			for _, b := range p.blocks {
				if b.problem != "" || b.language == "" {
					t.Errorf("%s: the block has no language, or %q", p.place(b), b.problem)
				}
			}
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, problem := range p.problems() {
				t.Error(problem)
			}
			if t.Failed() {
				explainConvention.Do(func() { t.Log(convention) })
				return
			}
			if !p.runs() {
				return
			}
			if testing.Short() {
				t.Skip("builds connectors")
			}
			r := newReader(t)
			r.addConngen()
			r.dir = filepath.Join(t.TempDir(), "work")
			if strings.HasPrefix(name, "docs/") {
				if err := errors.Join(os.Mkdir(r.dir, 0o755), os.Symlink(root, filepath.Join(filepath.Dir(r.dir), "conngen"))); err != nil {
					t.Fatal(err)
				}
			} else {
				copySources(t, root, r.dir)
				r.moveExamples()
			}
			r.run("git init -q -b main")
			r.follow(p)
			p.update(t)
		})
	}
}

// manualPages returns the pages to follow, in order.
func manualPages(t *testing.T, root string) []string {
	t.Helper()
	var pages []string
	for _, dir := range []string{".", "docs", "examples"} {
		err := fs.WalkDir(os.DirFS(root), dir, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir():
				if dir == "." && name != "." {
					return fs.SkipDir
				}
			case path.Ext(name) == ".md" && name != "README.md" && (dir != "examples" || entry.Name() == "README.md"):
				pages = append(pages, name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return pages
}

// A manualPage is one of the manual.
type manualPage struct {
	root string // of the repository
	name string // docs/tutorial.md
	text string
	// blocks are its code blocks, in order.
	blocks []*block
}

// A block is a code block of a page.
type block struct {
	line     int    // of its fence
	language string // sh
	kind     string // file, edit, quote, parse, serves; "" without a comment
	arg      string // of the comment
	indent   string // before each line
	text     string
	problem  string // why it cannot be read
}

var (
	fenceLine   = regexp.MustCompile("^( *)(```+|~~~+)(.*)$")
	commentLine = regexp.MustCompile(`^ *<!-- (?:(file|edit|quote|serves): (\S+)|(parse)) -->$`)
)

func readPage(t *testing.T, root, name string) *manualPage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return parsePage(root, name, string(text))
}

// parsePage finds the blocks of a page.
func parsePage(root, name, text string) *manualPage {
	p := &manualPage{root: root, name: name, text: text}
	lines := strings.Split(text, "\n")
	var comment []string // of the line before
	for i := 0; i < len(lines); i++ {
		fence := fenceLine.FindStringSubmatch(lines[i])
		if fence == nil {
			if comment != nil {
				p.blocks = append(p.blocks, &block{line: i, problem: "a comment that is not on the line before a fence"})
			}
			comment = commentLine.FindStringSubmatch(lines[i])
			continue
		}
		b := &block{line: i + 1, indent: fence[1], language: strings.TrimSpace(fence[3])}
		if comment != nil {
			b.kind, b.arg = comment[1]+comment[3], comment[2]
		}
		comment = nil
		var body strings.Builder
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != fence[2]; i++ {
			line, ok := strings.CutPrefix(lines[i], b.indent)
			if !ok && lines[i] != "" {
				b.problem = fmt.Sprintf("line %d is indented less than the fence", i+1)
			}
			body.WriteString(line + "\n")
		}
		if i == len(lines) {
			b.problem = "the fence is not closed"
		}
		b.text = body.String()
		p.blocks = append(p.blocks, b)
	}
	return p
}

// isGenerated reports whether a command writes the page.
func (p *manualPage) isGenerated() bool {
	first, _, _ := strings.Cut(p.text, "\n")
	return strings.HasPrefix(first, "<!-- Written by ") && strings.HasSuffix(first, " Do not edit. -->")
}

// runs reports whether the page has blocks that need a folder.
func (p *manualPage) runs() bool {
	return slices.ContainsFunc(p.blocks, func(b *block) bool {
		return b.language == "sh" || b.language == "console" || b.kind == "file" || b.kind == "edit"
	})
}

// place is where a block is, for messages.
func (p *manualPage) place(b *block) string {
	return fmt.Sprintf("%s:%d", p.name, b.line)
}

// problems says which blocks fit no part of the convention, or do not hold what their comments say. Those
// that need a folder are not run.
func (p *manualPage) problems() []string {
	var problems []string
	for _, b := range p.blocks {
		problem := b.misfit()
		if problem == "" {
			problem = b.mismatch(p.root)
		}
		if problem != "" {
			problems = append(problems, fmt.Sprintf("%s: %s", p.place(b), problem))
		}
	}
	return problems
}

// mismatch says why a block that is quoted or parsed is not right, or returns "". Files are parsed too where
// no command reads them: those of CI services and editors, for example.
func (b *block) mismatch(root string) string {
	var err error
	switch b.kind {
	case "quote":
		err = isQuoted(b.text, filepath.Join(root, filepath.FromSlash(b.arg)))
	case "parse":
		err = parses(b.language, b.text)
	case "file":
		if b.language != "json" && slices.Contains(parsedLanguages, b.language) { // commands read JSON, and may report its mistakes
			err = parses(b.language, b.text)
		}
	}
	if err != nil {
		return fmt.Sprintf("%v:\n%s", err, b.text)
	}
	return ""
}

// misfit says why the convention does not have a block, or returns "".
func (b *block) misfit() string {
	switch {
	case b.problem != "":
		return b.problem
	case b.language == "":
		return "a block without a language"
	case strings.ContainsAny(b.language, " {"):
		return fmt.Sprintf("%q is not only a language", b.language)
	case b.arg != "" && b.kind != "serves" && !filepath.IsLocal(b.arg):
		return fmt.Sprintf("%s leads out of its folder", b.arg)
	}
	switch b.language {
	case "sh", "console", "text":
		switch {
		case b.kind == "serves" && b.language == "sh", b.kind == "quote" && b.language == "text":
		case b.kind != "":
			return fmt.Sprintf("a %s block cannot be of the kind %q", b.language, b.kind)
		case b.language == "console" && !strings.HasPrefix(b.text, "$ "):
			return `a console block that does not begin with "$ "`
		}
		return ""
	}
	switch {
	case b.kind == "":
		return fmt.Sprintf("nothing says what becomes of a %s block", b.language)
	case b.kind == "serves":
		return "only a sh block can serve"
	case b.kind == "edit" && b.language != "go":
		return fmt.Sprintf("a %s block cannot edit Go", b.language)
	case b.kind == "parse" && !slices.Contains(parsedLanguages, b.language):
		return fmt.Sprintf("nothing here parses %s", b.language)
	}
	return ""
}

// follow follows the blocks of a page from the working folder.
func (r *reader) follow(p *manualPage) {
	r.t.Helper()
	ci := ciCommands(r.t)
	start, before := r.dir, modulesIn(r.t, r.dir)
	for _, b := range p.blocks {
		r.at = p.place(b)
		began := time.Now()
		switch {
		case b.language == "sh":
			if !slices.Contains(ci, strings.TrimSpace(b.text)) {
				r.shell(b)
			}
		case b.language == "console":
			r.console(b)
		case b.kind == "file":
			r.write(filepath.Join(r.dir, filepath.FromSlash(b.arg)), r.local(b.text))
		case b.kind == "edit":
			if err := editGo(filepath.Join(r.dir, filepath.FromSlash(b.arg)), r.local(b.text)); err != nil {
				r.t.Fatalf("%s: %v:\n%s", r.at, err, b.text)
			}
		}
		r.t.Logf("%s: %v", r.at, time.Since(began).Round(time.Millisecond))
	}
	r.stopServers()
	r.at = p.name + ", at its end"
	for _, dir := range modulesIn(r.t, start) {
		if !slices.Contains(before, dir) {
			r.dir = dir
			r.run("go vet ./...")
		}
	}
}

func (r *reader) write(name, text string) {
	r.t.Helper()
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o644)
	}
	if err != nil {
		r.t.Fatalf("%s: %v", r.at, err)
	}
}

// modulesIn returns the folders of Go modules in a folder.
func modulesIn(t *testing.T, dir string) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "go.mod" {
			dirs = append(dirs, filepath.Dir(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// console runs the commands of a console block, and compares what they print.
func (r *reader) console(b *block) {
	r.t.Helper()
	var updated strings.Builder
	for _, c := range consoleCommands(b.text) {
		var got string
		if s := r.serverOf(strings.TrimSuffix(r.local(c.script), "\n"), ""); s != nil {
			got = r.serve(s, func(printed string) bool { return matches(c.want, r.there(printed)) })
		} else {
			got, _ = r.try(r.local(c.script))
		}
		got = strings.ReplaceAll(r.there(got), r.home, "…")
		if matches(c.want, got) {
			got = c.want
		} else if !*update || strings.Contains(c.want, "…") {
			r.t.Errorf("%s: $ %sprints something else:\n%s", r.at, c.script, unified.Diff("the page", "the command", withLineEnd(c.want), withLineEnd(got)))
		}
		updated.WriteString(c.typed + withLineEnd(got))
	}
	if *update {
		b.text = updated.String()
	}
}

// A consoleCommand is a command of a console block.
type consoleCommand struct {
	typed  string // as it stands there, with the prompt and its line end
	script string
	want   string // what it prints
}

func consoleCommands(text string) []consoleCommand {
	var commands []consoleCommand
	goesOn := false
	for line := range strings.Lines(text) {
		typed, isTyped := strings.CutPrefix(line, "$ ")
		switch last := len(commands) - 1; {
		case goesOn:
			commands[last].typed += line
			commands[last].script += strings.TrimPrefix(line, "> ")
		case isTyped:
			commands = append(commands, consoleCommand{typed: line, script: typed})
		default:
			commands[last].want += line
			continue
		}
		goesOn = strings.HasSuffix(line, "\\\n")
	}
	return commands
}

func withLineEnd(text string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		return text + "\n"
	}
	return text
}

// matches reports whether a program printed what a page says, in which … stands for any text. Empty
// lines at the end, and spaces at the ends of lines, do not count.
func matches(want, got string) bool {
	parts := strings.Split(trimLines(want), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`^(?s:` + strings.Join(parts, ".*?") + `)$`).MatchString(trimLines(got))
}

var lineEnds = regexp.MustCompile(`[ \t\r]+(\n|$)`)

func trimLines(text string) string {
	return strings.TrimRight(lineEnds.ReplaceAllString(text, "$1"), "\n")
}

// update writes a page whose console blocks have changed.
func (p *manualPage) update(t *testing.T) {
	t.Helper()
	if !*update {
		return
	}
	lines := strings.SplitAfter(p.text, "\n")
	for _, b := range slices.Backward(parsePage(p.root, p.name, p.text).blocks) {
		at := slices.IndexFunc(p.blocks, func(other *block) bool { return other.line == b.line })
		var text []string
		for line := range strings.Lines(p.blocks[at].text) {
			if line != "\n" {
				line = b.indent + line
			}
			text = append(text, line)
		}
		lines = slices.Replace(lines, b.line, b.line+strings.Count(b.text, "\n"), text...)
	}
	if text := strings.Join(lines, ""); text != p.text {
		if err := os.WriteFile(filepath.Join(p.root, filepath.FromSlash(p.name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// addConngen puts conngen on the PATH, and its module where go get -tool finds it without a network.
func (r *reader) addConngen() {
	r.t.Helper()
	conngen, err := exec.LookPath("conngen") // of TestMain
	if err == nil {
		err = os.Symlink(conngen, filepath.Join(r.programs, "conngen"))
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// moveExamples gives the examples in a clone the ports of the reader.
func (r *reader) moveExamples() {
	r.t.Helper()
	err := filepath.WalkDir(filepath.Join(r.dir, "examples"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if moved := []byte(r.local(string(text))); !bytes.Equal(moved, text) {
			return os.WriteFile(name, moved, 0o644)
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}
