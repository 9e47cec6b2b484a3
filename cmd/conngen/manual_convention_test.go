//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fenced is a block of a page, with a line before its fence.
func fenced(before, language, text string) string {
	return before + "\n```" + language + "\n" + text + "```\n"
}

// TestMisfits: a block that fits no part of the convention is found, and so is one that does not hold
// what its comment says.
func TestMisfits(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	for name, c := range map[string]struct{ page, want string }{
		"no language":     {fenced("", "", "a\n"), "2: a block without a language"},
		"more words":      {fenced("", "sh title=a", "a\n"), `2: "sh title=a" is not only a language`},
		"no comment":      {fenced("", "go", "func a() {}\n"), "2: nothing says what becomes of a go block"},
		"wrong comment":   {fenced("<!-- edits: a.go -->", "go", "func a() {}\n"), "2: nothing says what becomes of a go block"},
		"comment apart":   {"<!-- parse -->\n" + fenced("", "text", "{}\n"), "1: a comment that is not on the line before a fence"},
		"not closed":      {"\n```sh\na\n", "2: the fence is not closed"},
		"outdented":       {"\n  ```sh\na\n  ```\n", "2: line 3 is indented less than the fence"},
		"out of folder":   {fenced("<!-- file: ../a.go -->", "go", "package a\n"), "2: ../a.go leads out of its folder"},
		"no prompt":       {fenced("", "console", "ls\n"), `2: a console block that does not begin with "$ "`},
		"text of a file":  {fenced("<!-- file: a -->", "text", "a\n"), `2: a text block cannot be of the kind "file"`},
		"console serves":  {fenced("<!-- serves: localhost:80 -->", "console", "$ a\n"), `2: a console block cannot be of the kind "serves"`},
		"go serves":       {fenced("<!-- serves: localhost:80 -->", "go", "a\n"), "2: only a sh block can serve"},
		"edit of JSON":    {fenced("<!-- edit: a.json -->", "json", "{}\n"), "2: a json block cannot edit Go"},
		"parse of lua":    {fenced("<!-- parse -->", "lua", "a\n"), "2: nothing here parses lua"},
		"JSON":            {fenced("<!-- parse -->", "json", "{\"a\": 1,}\n"), "2: invalid character"},
		"JSON in part":    {fenced("<!-- parse -->", "json", "\"a\": 1,,\n"), "2: invalid character"},
		"YAML":            {fenced("<!-- parse -->", "yaml", "a: [\n"), "2: yaml: "},
		"TOML":            {fenced("<!-- parse -->", "toml", "a = \n"), "2: toml: "},
		"XML":             {fenced("<!-- parse -->", "xml", "<a><b></a>\n"), "2: XML syntax error"},
		"YAML of a file":  {fenced("<!-- file: a.yml -->", "yaml", "a: [\n"), "2: yaml: "},
		"TOML of a file":  {fenced("<!-- file: a.toml -->", "toml", "a = \n"), "2: toml: "},
		"txtar":           {fenced("<!-- parse -->", "txtar", "a\n"), "2: the archive has no files"},
		"quote":           {fenced("<!-- quote: cmd/conngen/main.go -->", "go", "func man() {\n"), "2: main.go does not have this text"},
		"quote of a word": {fenced("<!-- quote: cmd/conngen/main.go -->", "go", "main\n"), "2: main.go does not have this text"},
		"quote of none":   {fenced("<!-- quote: cmd/conngen/none.go -->", "go", "func main() {\n"), "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := parsePage(root, "page.md", c.page).problems()
			if len(problems) != 1 || !strings.HasPrefix(problems[0], "page.md:") || !strings.Contains(problems[0], c.want) {
				t.Errorf("found %q, want %q", problems, c.want)
			}
		})
	}
	fits := fenced("", "sh", "true\n") + fenced("", "text", "a\n") + fenced("<!-- quote: SECURITY.md -->", "text", "# Security\n") + fenced("", "console", "$ ls\n") +
		fenced("<!-- serves: localhost:80 -->", "sh", "a\n") + fenced("<!-- file: a.lua -->", "lua", "a\n") +
		fenced("<!-- quote: cmd/conngen/main.go -->", "go", "func main() {\n") + "\n- item\n\n" +
		"  <!-- parse -->\n  ```json\n  \"a\": 1,\n  \"b\": 2\n  ```\n" + fenced("<!-- edit: a.go -->", "go", "func a() {}\n")
	if p := parsePage(root, "page.md", fits); len(p.problems()) > 0 || len(p.blocks) != 9 {
		t.Errorf("%d blocks, found %q", len(p.blocks), p.problems())
	}
}

// TestMatches: … stands for any text in what a program prints, and nothing else does.
func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want, got string
		matches   bool
	}{
		{"", "", true},
		{"", "a\n", false},
		{"a\n", "", false},
		{"a\n\n", "a  \n", true},
		{"a.c\n", "abc\n", false},
		{"a … c\n", "a b b c\n", true},
		{"a\n…\nd\n", "a\nb\nc\nd\n", true},
		{"a\n…\nd\n", "a\nb\nc\nd\ne\n", false},
		{"a\n…", "a\n", false},
		{"a\n…", "a\nb", true},
	} {
		if matches(c.want, c.got) != c.matches {
			t.Errorf("%q matches %q: %v", c.want, c.got, !c.matches)
		}
	}
}

// TestConsoleCommands: a command is what follows a prompt, in more lines where one ends in a backslash.
func TestConsoleCommands(t *testing.T) {
	t.Parallel()
	commands := consoleCommands("$ ls\na\n$ echo b \\\n>   c\nb c\n\n$ true\n")
	var b strings.Builder
	for _, c := range commands {
		b.WriteString(c.typed + "|" + c.script + "|" + c.want + "|")
	}
	if got, want := b.String(), "$ ls\n|ls\n|a\n|$ echo b \\\n>   c\n|echo b \\\n  c\n|b c\n\n|$ true\n|true\n||"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEditGo: declarations take the place of those of the same names, others are appended, and the file
// imports what it uses.
func TestEditGo(t *testing.T) {
	t.Parallel()
	const before = `// Package hr is before its imports.
package hr

//go:generate conngen generate

import (
	"context"

	"example.com/hr/connector"
)

// Client is here.
type Client struct{}

// List lists.
func (c *Client) List(context.Context) {} // at the end

var a, b = 1, 2 // of two

var config connector.Config
`
	const after = `// Package hr is before its imports.
package hr

import (
	"strings"

	"example.com/hr/connector"
	"example.com/hr/connector/sdk"
	"example.com/other"
)

//go:generate conngen generate

// Client is here.
type Client struct{}

// List is another.
func (c *Client) List(strings string) sdk.Key { return sdk.SimpleKey(strings) }

var a, b = 1, 2 // of two

var config connector.Config

// List lists what is other.
func List() string { return strings.ToLower(other.Name) }
`
	dir := t.TempDir()
	name := filepath.Join(dir, "client.go")
	for name, text := range map[string]string{"client.go": before, "go.mod": "module example.com/hr\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := editGo(name, "import other \"example.com/other\"\n\n// List is another.\nfunc (c *Client) List(strings string) sdk.Key { return sdk.SimpleKey(strings) }\n\n"+
		"// List lists what is other.\nfunc List() string { return strings.ToLower(other.Name) }\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != after {
		t.Errorf("got\n%s", got)
	}
	for text, want := range map[string]string{
		"var a = 3\n":   "also declares b",
		"func List( {}": "expected",
	} {
		if err := editGo(name, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
