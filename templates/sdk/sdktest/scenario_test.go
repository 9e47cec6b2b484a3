package sdktest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzScenario: what is read from a file and written is read again as the same.
func FuzzScenario(f *testing.F) {
	for _, pattern := range []string{"testdata/scenarios/*.txtar", "testdata/recorded/*.txtar", "testdata/problems/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	const pair = "-- command --\nx\n-- request 1 --\nGET http://a/\n-- answer 1 --\n200\n"
	for _, text := range []string{pair + "quoted\n\n\"-- x --\\n\"\n\"\\xff\"", pair + "base64\n\nAAD/\n", pair + "\n\n\n\n", pair + "-- error --\ngeneric\n\n-- \n", "-- command -- \r\n-- command --\r\nx\r\n{}\r\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readScenario("x.txtar", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.txtar:") {
				t.Errorf("the error %q does not say where", err)
			}
			return
		}
		for i, p := range s.pairs {
			p.request.key()
			if again, err := readMessage(p.answer.text()); err != nil || again.body != p.answer.body {
				t.Errorf("the body of answer %d is %q, and then %q, %v", i, p.answer.body, again.body, err)
			}
		}
		if !strings.HasSuffix(s.comment, "\n") && s.comment != "" {
			t.Errorf("the comment is %q", s.comment)
		}
		written := s.text()
		again, err := readScenario("x.txtar", written)
		if err != nil {
			t.Fatalf("%q\ncannot be read again: %v", written, err)
		}
		if again.text() != written {
			t.Errorf("%q\nis then\n%q", written, again.text())
		}
	})
}

// TestCompare: a comparison shows what differs, and not everything else.
func TestCompare(t *testing.T) {
	t.Parallel()
	numbers := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			b.WriteString(strings.Repeat("x", i%7) + "\n")
		}
		return b.String()
	}
	for _, tt := range []struct{ a, b, want string }{
		{"", "", ""},
		{"a\n", "a\n", "  …"},
		{"a\nb\nc\n", "a\nx\nc\n", "  a\n- b\n+ x\n  c"},
		{"a\nb\n", "b\nc\n", "- a\n  b\n+ c"},
		{numbers(0, 10) + "a\n", numbers(0, 10) + "b\n", "  …\n  \n  x\n  xx\n- a\n+ b"},
		{strings.Repeat("é", 150), "", "- " + strings.Repeat("é", 99) + "…"},
	} {
		if got := compare(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q:\n%s\nwant\n%s", tt.a, tt.b, got, tt.want)
		}
	}
	long := compare(numbers(0, 5000), strings.ReplaceAll(numbers(0, 5000), "x", "y"))
	if lines := strings.Count(long, "\n"); lines != maxShown || !strings.HasSuffix(long, "lines more") {
		t.Errorf("%d lines: %s", lines, long)
	}
}

// TestCompareLines: thousands of lines that differ are compared at once.
func TestCompareLines(t *testing.T) {
	t.Parallel()
	lines := func(from, to int) []*node {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `{"type":"output","data":%d}`, i)
		}
		all, _, err := readStream(b.String())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := compareLines(lines(0, 5000), lines(0, 5000)); got != "" {
		t.Error(got)
	}
	if got := compareLines(lines(0, 5000), lines(2000, 9000)); !strings.HasSuffix(got, "… and 5960 lines more that differ") {
		t.Error(got)
	}
}
