package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator/docs"
	"github.com/conngen/conngen/settings"
)

// TestSurvey: after a survey, packages and their SDKs are compared without another look at specs, at
// packages or at SDKs, and only specs of which something is said are kept.
func TestSurvey(t *testing.T) {
	t.Parallel()
	dir, names := specsFolder(t)
	all := filepath.Join(dir, "...")
	if said, code := runApp("generate", all); code != exitOK {
		t.Fatalf("generate: code %d\n%s", code, said)
	}
	for _, c := range []struct {
		format string
		kept   bool // specs with warnings
	}{{"text", false}, {report.JSON, true}} {
		a := app{stdout: io.Discard, stderr: io.Discard, settings: newSettingsLoader()}
		a.screen = newScreen(io.Discard, io.Discard, time.Hour)
		flags := outputFlags{set: noFlags}
		packages, err := a.survey([]string{all}, survey{outputFlags: flags, format: c.format})
		if err == nil {
			err = a.settle(&packages, flags)
		}
		if err != nil || len(packages.list) != len(names) || len(packages.sdks) != 2 {
			t.Fatalf("%d packages and %d SDKs, %v", len(packages.list), len(packages.sdks), err)
		}
		for _, p := range packages.list {
			warned := len(p.diagnostics) > p.diagnostics.Count("info")
			if kept := p.spec != nil; kept != (warned && c.kept) {
				t.Errorf("%s: the spec of %s, which has warnings: %v, is kept: %v", c.format, p.label, warned, kept)
			}
		}
		hidden := dir + ".hidden"
		if err := os.Rename(dir, hidden); err != nil {
			t.Fatal(err)
		}
		results, err := a.comparePackages(packages, checkOptions{outputFlags: flags})
		if err := errors.Join(err, os.Rename(hidden, dir)); err != nil {
			t.Fatal(err)
		}
		if len(results) != len(names)+2 || slices.ContainsFunc(results, func(r checkResult) bool { return len(r.drift) > 0 }) {
			t.Errorf("%s: the results are %+v", c.format, results)
		}
	}
}

// TestDocument: docs keeps no spec that it has compared or written, and no text of a page that stays as
// it is.
func TestDocument(t *testing.T) {
	t.Parallel()
	dir, names := specsFolder(t)
	a := app{stdout: io.Discard, stderr: io.Discard, settings: newSettingsLoader()}
	for _, name := range names {
		s, err := a.readSource(specPath{path: filepath.Join(dir, name, specName), found: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			docsOptions
			state string
		}{
			{docsOptions{check: true}, "missing"},
			{docsOptions{}, "written"},
			{docsOptions{}, "unchanged"},
			{docsOptions{check: true}, "up to date"},
		} {
			c.set, c.format = noFlags, docs.Formats()[0]
			if err := c.complete([]specPath{{path: s.path}}); err != nil {
				t.Fatal(err)
			}
			p := a.document(s, newPast(""), c.docsOptions)
			if p.failed != nil || p.state != c.state || p.spec != nil || p.text != nil {
				t.Errorf("%s is %q, wanted %q, %v; its spec is kept: %v", name, p.state, c.state, p.failed, p.spec != nil)
			}
			if kept := p.before != nil || p.after != nil; kept != (c.state == "written") {
				t.Errorf("%s is %s, and its page is kept: %v", name, p.state, kept)
			}
			if err := writeAll(t.Context(), []specPage{p}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestUpToDate: where all is up to date, generate makes no file and no folder, not even for a moment.
func TestUpToDate(t *testing.T) {
	t.Parallel()
	dir, _ := specsFolder(t)
	all := filepath.Join(dir, "...")
	if said, code := runApp("generate", all); code != exitOK {
		t.Fatalf("generate: code %d\n%s", code, said)
	}
	old := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	each := func(do func(path string, entry fs.DirEntry) error) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return do(path, entry)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each(func(path string, _ fs.DirEntry) error { return os.Chtimes(path, old, old) })
	if said, code := runApp("generate", all); code != exitOK {
		t.Fatalf("generate again: code %d\n%s", code, said)
	}
	each(func(path string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err == nil && !info.ModTime().Equal(old) {
			t.Errorf("%s has changed", path)
		}
		return err
	})
}

// TestSurveyFailures: of several failures, that of the earliest phase counts, and in it that of the first
// spec; what is found before goes out first.
func TestSurveyFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"folders": {
			files: map[string]string{"legacy/connector/mine.go": "package mine\n", "minimal/connector/mine.go": "package mine\n"},
			want:  filepath.Join("legacy", "connector", "mine.go") + ":1:9: package mine cannot share the folder",
		},
		"a place before a folder": {
			files: map[string]string{"legacy/connector/mine.go": "package mine\n", "minimal/" + settings.FileName: `{"generate": {"out": "../../elsewhere"}}`},
			want:  "is outside the module example.com/many",
		},
		"a file before a place": {
			files: map[string]string{"legacy/" + settings.FileName: `{"generate": {"out": "../../elsewhere"}}`, "no-schema/" + settings.FileName: `{"no": 1}`},
			want:  "settings cannot be used",
		},
		"a folder before an SDK": {
			files: map[string]string{"sdk/mine.go": "package mine\n", "no-schema/connector/mine.go": "package mine\n"},
			want:  filepath.Join("no-schema", "connector", "mine.go") + ":1:9",
		},
		"an SDK before a file": {
			files: map[string]string{"sdk/mine.go": "package mine\n", "compound-key/connector/client.go": "package connector\n"},
			want:  filepath.Join("sdk", "mine.go") + ":1:9",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := specsFolder(t)
			for name, text := range c.files {
				path := filepath.Join(dir, filepath.FromSlash(name))
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			for _, command := range []string{"check", "generate"} {
				said, code := runApp(command, filepath.Join(dir, "..."))
				if code != exitFailed || !strings.Contains(said, c.want) {
					t.Errorf("%s: code %d, it says\n%s\nand not %s", command, code, said, c.want)
				}
			}
			if entries, err := filepath.Glob(filepath.Join(dir, "*", "connector", "account.go")); err != nil || len(entries) > 0 {
				t.Errorf("%v were written, %v", entries, err)
			}
		})
	}
}
