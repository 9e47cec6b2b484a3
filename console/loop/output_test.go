package loop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBuildProblems: the output of a failed build becomes problems with places.
func TestBuildProblems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nvar x = \"äöü\" + y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.ToSlash(filepath.Dir(dir)) + "/other/x.go"
	for _, c := range []struct {
		name, output string
		want         []Problem
	}{
		{"compiler", "# example.com/hr\n./main.go:3:18: undefined: y\n./client.go:7:2: declared and not used: a\n./client.go:9:2: too many errors\n", []Problem{
			{Path: "main.go", Line: 3, Column: 15, Severity: "error", Message: "undefined: y"}, // columns are characters
			{Path: "client.go", Line: 7, Column: 2, Severity: "error", Message: "declared and not used: a"},
		}},
		{"details", "# example.com/hr\n./main.go:3:5: not enough arguments in call to f\n\thave ()\n\twant (int)\n", []Problem{
			{Path: "main.go", Line: 3, Column: 5, Severity: "error", Message: "not enough arguments in call to f: have (), want (int)"},
		}},
		{"another folder", elsewhere + ":3:5: wrong\nsub/y.go:1:1: wrong\r\n", []Problem{
			{Path: elsewhere, Line: 3, Column: 5, Severity: "error", Message: "wrong"},
			{Path: "sub/y.go", Line: 1, Column: 1, Severity: "error", Message: "wrong"},
		}},
		{"module", "main.go:4:2: no required module provides package example.com/y; to add it:\n\tgo get example.com/y\n", []Problem{
			{Path: "main.go", Line: 4, Column: 2, Severity: "error", Message: "no required module provides package example.com/y; to add it: go get example.com/y"},
		}},
		{"go.sum", "main.go:4:2: missing go.sum entry for module providing package example.com/y (imported by hr); to add:\n\tgo get hr\n", []Problem{
			{Path: "main.go", Line: 4, Column: 2, Severity: "error", Message: "missing go.sum entry for module providing package example.com/y (imported by hr); to add: go get hr", Hint: "run go mod tidy"},
		}},
		{"cycle", "package example.com/a\n\timports example.com/b from main.go\n\timports example.com/a from b.go: import cycle not allowed\n", []Problem{
			{Severity: "error", Message: "import cycle not allowed: example.com/a imports example.com/b from main.go imports example.com/a from b.go"},
		}},
		{"go.mod", "go: errors parsing go.mod:\ngo.mod:5: unknown directive: foo\n", []Problem{
			{Path: "go.mod", Line: 5, Severity: "error", Message: "unknown directive: foo"},
		}},
		{"version", "go: downloading example.com/y v1.0.0\ngo: go.mod requires go >= 9.9 (running go 1.26; GOTOOLCHAIN=local)\n", []Problem{
			{Severity: "error", Message: "go.mod requires go >= 9.9 (running go 1.26; GOTOOLCHAIN=local)", Hint: "install that version of Go, or let the go command download it with GOTOOLCHAIN=auto"},
		}},
		{"no main", "# example.com/hr\nruntime.main_main·f: function main is undeclared in the main package\n", []Problem{
			{Severity: "error", Message: "runtime.main_main·f: function main is undeclared in the main package", Hint: "name the folder of the main package with --go-package"},
		}},
		{"no files", "no non-test Go files in /hr\n", []Problem{
			{Severity: "error", Message: "no non-test Go files in /hr", Hint: "name the folder of the main package with --go-package"},
		}},
		{"vendor", "go: inconsistent vendoring in /hr:\n\tx@v2: is explicitly required in go.mod\n\n\tTo ignore the vendor directory, use -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo mod vendor\n", []Problem{
			{Severity: "error", Message: "inconsistent vendoring in /hr: x@v2: is explicitly required in go.mod", Hint: "run go mod vendor"},
		}},
		{"nothing", "", []Problem{{Severity: "error", Message: "go build failed without a message"}}},
		{"twice", "x.go:1:1: wrong\nx.go:1:1: wrong\n", []Problem{{Path: "x.go", Line: 1, Column: 1, Severity: "error", Message: "wrong"}}},
	} {
		if got := buildProblems(dir, c.output); !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n%+v, want\n%+v", c.name, got, c.want)
		}
	}
	if got := buildProblems(dir, strings.Repeat("x", 10)+"\n"+manyErrors(5000)); len(got) != mostProblems {
		t.Errorf("got %d problems, want %d", len(got), mostProblems)
	}
}

func manyErrors(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("y.go:" + strings.Repeat("1", 1+i%5) + ":2: wrong " + strings.Repeat("x", i%977) + "\n")
	}
	return b.String()
}

// FuzzBuildProblems: any output yields problems.
func FuzzBuildProblems(f *testing.F) {
	f.Add("# a\n./main.go:3:18: undefined: y\n\thave\n")
	f.Add("package a\n\timports b\n\timports a: import cycle not allowed\n")
	f.Add("\t\n\x00go: :1:1: \n")
	f.Fuzz(func(t *testing.T, output string) {
		for _, p := range buildProblems("/nowhere", output) {
			if p.Severity != severityError || p.Line < 0 || p.Column < 0 || strings.ContainsAny(p.Message, "\n") {
				t.Errorf("%q gives %+v", output, p)
			}
		}
		if len(buildProblems("/nowhere", output)) == 0 {
			t.Errorf("%q gives nothing", output)
		}
	})
}
