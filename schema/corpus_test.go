package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

// corpus holds real specs; it is not part of the module.
const corpus = "../../shared/corpus"

type expectedFinding struct {
	Rule string `json:"rule"`
	At   string `json:"at"`
	Line int    `json:"line"`
}

type expectedVerdict struct {
	Verdict  string            `json:"verdict"`
	Errors   []expectedFinding `json:"errors"`
	Warnings []expectedFinding `json:"warnings"`
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	verdicts := corpusVerdicts(t)
	for _, path := range slices.Sorted(maps.Keys(verdicts)) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join(corpus, path))
			if err != nil {
				t.Fatal(err)
			}
			spec, findings := schema.Parse(path, data)
			checkErrors(t, findings, verdicts[path])
			checkUnknown(t, spec, verdicts[path])
		})
	}
}

// corpusVerdicts returns the expectations by path in the corpus.
func corpusVerdicts(t *testing.T) map[string]expectedVerdict {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("no corpus of real specs at %s", corpus)
	}
	verdicts := make(map[string]expectedVerdict)
	var specs map[string]expectedVerdict
	readExpected(t, "specs-expected.json", &specs)
	for name, verdict := range specs {
		verdicts["specs/"+name] = verdict
	}
	var history map[string]struct {
		Versions map[string]expectedVerdict `json:"versions"`
	}
	readExpected(t, "history-expected.json", &history)
	for name, h := range history {
		for version, verdict := range h.Versions {
			verdicts[fmt.Sprintf("history/%s/%s.json", name, version)] = verdict
		}
	}
	return verdicts
}

func readExpected(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// checkErrors expects each error exactly once, and no other.
func checkErrors(t *testing.T, findings schema.Diagnostics, want expectedVerdict) {
	t.Helper()
	if got := findings.HasErrors(); got != (want.Verdict == "invalid") {
		t.Errorf("errors: %v, verdict %s", got, want.Verdict)
	}
	missing := slices.Clone(want.Errors)
	for _, d := range findings {
		if d.Severity != schema.Error {
			continue
		}
		i := slices.IndexFunc(missing, func(e expectedFinding) bool {
			return e.Rule == d.Rule && (e.Line == 0 || e.Line == d.Line) && strings.HasPrefix(string(d.Pointer)+"/", e.At+"/")
		})
		if i < 0 {
			t.Errorf("unexpected: %v", d)
			continue
		}
		missing = slices.Delete(missing, i, i+1)
	}
	for _, e := range missing {
		t.Errorf("missing: %+v", e)
	}
}

// checkUnknown expects exactly those members to be unknown that a lint warns about.
func checkUnknown(t *testing.T, spec *schema.Spec, want expectedVerdict) {
	t.Helper()
	if spec == nil || want.Warnings == nil { // warnings of older versions are not listed
		return
	}
	var wanted []string
	for _, w := range want.Warnings {
		if w.Rule == "unknown-field" {
			wanted = append(wanted, w.At)
		}
	}
	if got := unknownPointers(spec); !slices.Equal(got, wanted) {
		t.Errorf("unknown members: %q, want %q", got, wanted)
	}
}

func unknownPointers(s *schema.Spec) []string {
	var pointers []string
	add := func(members []schema.Member) {
		for _, m := range members {
			pointers = append(pointers, string(m.Pointer))
		}
	}
	add(s.Unknown)
	unknownOfEntries(s.SourceConfig, add)
	for _, o := range append(slices.Clone(s.EntitlementSchemas), s.AccountSchema) {
		if o == nil {
			continue
		}
		add(o.Unknown)
		for _, a := range o.Attributes {
			add(a.Unknown)
		}
	}
	if t := s.AccountCreateTemplate; t != nil {
		add(t.Unknown)
		for _, f := range t.Fields {
			add(f.Unknown)
			if f.InitialValue != nil {
				add(f.InitialValue.Unknown)
			}
		}
	}
	return pointers
}

func unknownOfEntries(entries []*schema.Entry, add func([]schema.Member)) {
	for _, e := range entries {
		add(e.Unknown)
		for _, o := range e.Options {
			add(o.Unknown)
		}
		for _, p := range []*schema.KeyValuePart{e.KeyValueKey, e.KeyValueValue} {
			if p != nil {
				add(p.Unknown)
			}
		}
		unknownOfEntries(e.Items, add)
		for _, m := range e.SubMenus {
			add(m.Unknown)
			unknownOfEntries(m.Items, add)
		}
	}
}
