//go:build !windows

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"

	"github.com/conngen/conngen/internal/printable"
)

// onTerminal runs a command line on a pseudo-terminal, with progress from the start, and returns
// what the terminal gets.
func onTerminal(t *testing.T, args ...string) (code int, output string) {
	t.Helper()
	master, terminal, err := pty.Open()
	if err != nil {
		t.Skipf("there are no pseudo-terminals: %v", err)
	}
	defer master.Close()
	got := make(chan string)
	go func() {
		text, _ := io.ReadAll(master) // ends with an error when the other side is closed
		got <- string(text)
	}()
	code = app{stdin: strings.NewReader(""), stdout: terminal, stderr: terminal}.Main(args)
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	return code, strings.ReplaceAll(<-got, "\r\n", "\n")
}

// TestTerminal: a terminal gets colours and progress, and keeps no trace of the progress.
func TestTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, name := range []string{"NO_COLOR", "FORCE_COLOR"} {
		t.Setenv(name, "")
	}
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		spec := `{"name": "` + name + `", "commands": [], "sourceConfig": []}`
		if name == "c" {
			spec = `{"name": "c", "commands": []}`
		}
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, specName), []byte(spec), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all := filepath.Join(dir, "...")
	code, output := onTerminal(t, "validate", all)
	kept := checkProgress(t, output, `reading \d of 3 specs …`)
	if code != exitFindings || !strings.Contains(kept, "\x1b[1;31merror:\x1b[0m spec needs a sourceConfig [schema]\n") || !strings.Contains(kept, "\n3 specs: 1 error, 3 warnings, 3 infos (--severity info shows them)\n") {
		t.Errorf("code %d, and the terminal shows\n%q", code, kept)
	}
	for _, args := range [][]string{{"validate", "--quiet", all}, {"validate", "-q", "--color", "never", all}} {
		_, output := onTerminal(t, args...)
		if strings.Contains(output, "reading") || strings.Contains(output, "3 specs") || strings.Contains(output, "\x1b") != (args[1] == "--quiet") {
			t.Errorf("%q shows\n%q", args, output)
		}
	}
	t.Setenv("TERM", "dumb")
	if _, output := onTerminal(t, "validate", all); strings.Contains(output, "\x1b") || strings.Contains(output, "reading") {
		t.Errorf("a dumb terminal shows\n%q", output)
	}
}

// checkProgress looks for a line of progress in what a terminal got, and returns what it keeps.
func checkProgress(t *testing.T, output, line string) string {
	t.Helper()
	const clear = `\r\x1b\[K`
	if !regexp.MustCompile(line + clear).MatchString(output) {
		t.Errorf("no progress in\n%q", output)
	}
	kept := regexp.MustCompile(`[^\n]* …[^\n\r]*`+clear).ReplaceAllString(output, "")
	if strings.Contains(kept, "…") || strings.Contains(kept, "\r") {
		t.Errorf("progress is left in\n%q", kept)
	}
	return kept
}

// TestProgress: the line appears after a second, follows the work, and makes room for all else.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var screen strings.Builder
		p := &progress{terminal: &screen, delay: time.Second}
		show := func(want string) {
			t.Helper()
			synctest.Wait()
			p.mu.Lock() // which everyone who writes holds
			defer p.mu.Unlock()
			if got := screen.String(); got != want {
				t.Errorf("after %v the terminal has\n%q, want\n%q", time.Since(p.started), got, want)
			}
			screen.Reset()
		}
		step := p.begin("reading", 40, "spec")
		step()
		time.Sleep(900 * time.Millisecond)
		show("")
		time.Sleep(150 * time.Millisecond)
		show("reading 1 of 40 specs …")
		step()
		step()
		time.Sleep(progressInterval)
		show("\r\x1b[Kreading 3 of 40 specs …")
		w := printable.Lines(p.before(&screen))
		_, _ = io.WriteString(w, "a warning\n")
		show("\r\x1b[Ka warning\n")
		p.begin("writing", 0, "")
		show("writing … 1 s")
		time.Sleep(time.Second)
		show("\r\x1b[Kwriting … 2 s")
		p.end()
		time.Sleep(time.Second)
		show("\r\x1b[K")
	})
}

// TestNoProgress: a nil progress is one that nobody sees.
func TestNoProgress(t *testing.T) {
	t.Parallel()
	var p *progress
	p.begin("reading", 2, "spec")()
	p.end()
	if w := p.before(os.Stderr); w != os.Stderr {
		t.Errorf("it writes to %v", w)
	}
}

// TestListOnTerminal: --list escapes what is invisible for a terminal alone.
func TestListOnTerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd\u202e")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	spec := `{"name": "Odd", "commands": ["std:test-connection"], "sourceConfig": []}`
	if err := os.WriteFile(filepath.Join(dir, specName), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"generate", "--quiet", "--color", "never", "--list", "--import", "example.com/odd", "--sdk", "example.com/sdk", dir}
	var piped bytes.Buffer
	if code := (app{stdin: strings.NewReader(""), stdout: &piped, stderr: &piped}).Main(args); code != exitOK || !strings.Contains(piped.String(), "odd\u202e") {
		t.Errorf("code %d, and a program reads\n%q", code, &piped)
	}
	code, shown := onTerminal(t, args...)
	if code != exitOK || !strings.HasSuffix(shown, strings.ReplaceAll(piped.String(), "\u202e", `\u202e`)) {
		t.Errorf("code %d, and the terminal shows\n%q", code, shown)
	}
}
