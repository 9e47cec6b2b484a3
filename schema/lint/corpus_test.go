package lint_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// corpus holds real specs; it is not part of the module.
const corpus = "../../../shared/corpus"

type expectedFinding struct {
	Rule string `json:"rule"`
	At   string `json:"at"`
	Line int    `json:"line"`
}

type expectation struct {
	Verdict  string            `json:"verdict"`
	Errors   []expectedFinding `json:"errors"`
	Warnings []expectedFinding `json:"warnings"`
	Info     map[string]int    `json:"info"`
}

// laterInfos are the infos of rules that are newer than the expectations.
var laterInfos = map[string]map[string]int{
	"beyondtrust-representatives.json": {"field-type-conflict": 1},
}

// TestCorpus: each expected error and warning is found once, at its place or deeper, and nothing
// else is; infos are only counted.
func TestCorpus(t *testing.T) {
	t.Parallel()
	var specs map[string]expectation
	readExpected(t, "specs-expected.json", &specs)
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, want := findings(t, filepath.Join("specs", name)), specs[name]
			if got := verdict(found); got != want.Verdict {
				t.Errorf("verdict %s, want %s", got, want.Verdict)
			}
			missing := slices.Concat(want.Errors, want.Warnings)
			infos := make(map[string]int)
			for _, d := range found {
				if d.Severity == schema.Info {
					infos[d.Rule]++
					continue
				}
				i := slices.IndexFunc(missing, func(e expectedFinding) bool { return e.matches(d) })
				if i < 0 {
					t.Errorf("unexpected: %v", d)
					continue
				}
				missing = slices.Delete(missing, i, i+1)
			}
			for _, e := range missing {
				t.Errorf("missing: %+v", e)
			}
			wantInfos := maps.Clone(want.Info)
			maps.Copy(wantInfos, laterInfos[name])
			if diff := cmp.Diff(wantInfos, infos); diff != "" && len(wantInfos)+len(infos) > 0 {
				t.Errorf("infos (-want +got):\n%s", diff)
			}
		})
	}
}

func (e expectedFinding) matches(d schema.Diagnostic) bool {
	return e.Rule == d.Rule && (e.Line == 0 || e.Line == d.Line) && strings.HasPrefix(string(d.Pointer)+"/", e.At+"/")
}

// TestCorpusHistory: older versions of the specs get their verdicts.
func TestCorpusHistory(t *testing.T) {
	t.Parallel()
	var history map[string]struct {
		Versions map[string]expectation `json:"versions"`
	}
	readExpected(t, "history-expected.json", &history)
	for _, name := range slices.Sorted(maps.Keys(history)) {
		for version, want := range history[name].Versions {
			found := findings(t, filepath.Join("history", name, version+".json"))
			if got := verdict(found); got != want.Verdict {
				t.Errorf("%s %s: verdict %s, want %s\n%s", name, version, got, want.Verdict, text(found))
			}
		}
	}
}

func verdict(found schema.Diagnostics) string {
	switch {
	case found.HasErrors():
		return "invalid"
	case found.Count(schema.Warning) > 0:
		return "valid-with-warnings"
	}
	return "valid"
}

func text(found schema.Diagnostics) string {
	var b strings.Builder
	for _, d := range found {
		if d.Severity != schema.Info {
			fmt.Fprintln(&b, d)
		}
	}
	return b.String()
}

// findings returns everything that is found in a file of the corpus.
func findings(t *testing.T, path string) schema.Diagnostics {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, path))
	if err != nil {
		t.Fatal(err)
	}
	return inspect(path, data)
}

// inspect parses and lints a text.
func inspect(path string, data []byte) schema.Diagnostics {
	spec, found := schema.Parse(path, data)
	if spec != nil {
		found = append(found, generator.Lint(spec, generator.Options{})...)
	}
	found.Sort()
	return found
}

func readExpected(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, name))
	if os.IsNotExist(err) {
		t.Skipf("no corpus of real specs at %s", corpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
