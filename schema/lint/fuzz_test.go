package lint_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// FuzzText: for any bytes, each finding is inside the text and has a rule.
func FuzzText(f *testing.F) {
	for _, r := range lint.Rules() {
		bad, _ := r.Examples()
		f.Add([]byte(bad))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkFindings(t, text) })
}

// FuzzSpec does the same for golden specs with exchanged values, so the input is JSON and almost a
// spec.
func FuzzSpec(f *testing.F) {
	specs := goldenSpecs(f)
	for i := range specs {
		for seed := range uint64(8) {
			f.Add(uint8(i), seed, uint8(seed*3))
		}
	}
	f.Fuzz(func(t *testing.T, spec uint8, seed uint64, mutations uint8) {
		var value any
		if err := json.Unmarshal(specs[int(spec)%len(specs)], &value); err != nil {
			t.Fatal(err)
		}
		m := mutator{rand.New(rand.NewPCG(seed, 0)), values(value, nil)}
		for range mutations % 32 {
			value = m.mutate(value)
		}
		text, err := json.MarshalIndent(value, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		checkFindings(t, text)
	})
}

func goldenSpecs(tb testing.TB) [][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../../golden/*/connector-spec.json")
	nested, _ := filepath.Glob("../../golden/*/*/connector-spec.json") // the pattern is the same kind
	paths = append(paths, nested...)
	if err != nil || len(paths) == 0 {
		tb.Fatal("no golden specs", err)
	}
	var specs [][]byte
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		specs = append(specs, text)
	}
	return specs
}

// checkFindings checks a text twice, and the position of each finding.
func checkFindings(t *testing.T, text []byte) {
	t.Helper()
	lines := bytes.Split(bytes.TrimPrefix(text, []byte("\uFEFF")), []byte("\n"))
	found := inspect("spec.json", text)
	for _, d := range found {
		checkPlace(t, lines, d, d.Line, d.Column)
		if d.Related != (schema.Place{}) {
			checkPlace(t, lines, d, d.Related.Line, d.Related.Column)
		}
		checkPlace(t, lines, d, d.EndLine, max(d.EndColumn-1, 1))
		if d.EndLine < d.Line || d.EndLine == d.Line && d.EndColumn <= d.Column {
			t.Errorf("it ends at %d:%d: %v", d.EndLine, d.EndColumn, d)
		}
		if d.Width < 1 || d.Message == "" {
			t.Errorf("width %d: %v", d.Width, d)
		}
		if r, ok := lint.Find(d.Rule); !ok || r.Severity != d.Severity {
			t.Errorf("not in the table of rules: %v", d)
		}
	}
	again := inspect("spec.json", text)
	if len(again) != len(found) {
		t.Fatalf("%d findings, then %d", len(found), len(again))
	}
	for i := range found {
		if !reflect.DeepEqual(found[i], again[i]) {
			t.Errorf("first %v, then %v", found[i], again[i])
		}
	}
}

// checkPlace allows a place just past the end of a line.
func checkPlace(t *testing.T, lines [][]byte, d schema.Diagnostic, line, column int) {
	t.Helper()
	if line < 1 || line > len(lines) || column < 1 || column > utf8.RuneCount(lines[line-1])+1 {
		t.Errorf("not in the file: %d:%d of %v", line, column, d)
	}
}

// A mutator replaces values of a spec with others from it, and with common mistakes.
type mutator struct {
	*rand.Rand
	values []any
}

func (m mutator) mutate(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 || m.IntN(8) == 0 {
			return m.replacement()
		}
		key := m.key(v)
		switch m.IntN(8) {
		case 0:
			delete(v, key)
		case 1:
			v[m.text()] = v[key]
		default:
			v[key] = m.mutate(v[key])
		}
	case []any:
		if len(v) == 0 || m.IntN(8) == 0 {
			return append(v, m.replacement())
		}
		i := m.IntN(len(v))
		if m.IntN(8) == 0 {
			return append(v, v[i])
		}
		v[i] = m.mutate(v[i])
	default:
		return m.replacement()
	}
	return value
}

// key picks a name of an object, deterministic for a seed.
func (m mutator) key(object map[string]any) string {
	n := m.IntN(len(object))
	for _, key := range sortedKeys(object) {
		if n == 0 {
			return key
		}
		n--
	}
	return ""
}

func (m mutator) replacement() any {
	odd := []any{nil, true, false, "true", "", "$", "{{x}}", 0.0, -1.5, 1e300, "名前", "password", "m\u0430il", "cafe\u0301 ", "\u200b", "1e400", json.Number("1e400"), -1.0, []any{}, map[string]any{}, "cardList", "menu"}
	if n := m.IntN(2 * len(odd)); n < len(odd) {
		return odd[n]
	}
	return copied(m.values[m.IntN(len(m.values))])
}

func (m mutator) text() string {
	texts := []string{"multiple", "key", "name", "type", "parentKey", "", "attributes", "value", "MULTI"}
	return texts[m.IntN(len(texts))]
}

// values collects all values of a spec except the largest.
func values(value any, all []any) []any {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			all = values(v[key], all)
		}
	case []any:
		for _, element := range v {
			all = values(element, all)
		}
	}
	return append(all, value)
}

func copied(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var c any
	if json.Unmarshal(text, &c) != nil {
		return nil
	}
	return c
}

func sortedKeys(object map[string]any) []string {
	return slices.Sorted(maps.Keys(object))
}

// BenchmarkInspect reads and lints 1,000 specs per iteration: the golden ones, repeatedly.
func BenchmarkInspect(b *testing.B) {
	specs := goldenSpecs(b)
	for b.Loop() {
		for i := range 1000 {
			inspect("spec.json", specs[i%len(specs)])
		}
	}
}
