package fix_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/fix"
	"github.com/conngen/conngen/schema/lint"
)

// inspected caches the findings of texts, many of which recur.
var inspected sync.Map

// inspect returns the findings of a text without settings.
func inspect(text []byte) (schema.Diagnostics, error) {
	if found, ok := inspected.Load(string(text)); ok {
		return found.(schema.Diagnostics), nil
	}
	found := findings(text)
	inspected.Store(string(text), found)
	return found, nil
}

func findings(text []byte) schema.Diagnostics {
	spec, found := schema.Parse("spec.json", text)
	if spec != nil {
		found = append(found, generator.Lint(spec, generator.Options{})...)
	}
	found.Sort()
	return found
}

var update = flag.Bool("update", false, "rewrite what the cases expect")

// TestCases: each file of testdata is a text, its results with safe fixes alone and with all, and
// the refused fixes.
func TestCases(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spec, safe, unsafe := archive.Files[0].Data, &archive.Files[1], &archive.Files[2]
			got := map[*txtar.File][]byte{safe: checked(t, spec, false).Text}
			r := checked(t, spec, true)
			got[unsafe] = r.Text
			var refused strings.Builder
			for _, f := range r.Refused {
				fmt.Fprintf(&refused, "%d: %s: %s\n", f.Line, f.Rule, f.Why)
			}
			got[&archive.Files[3]] = []byte(refused.String())
			for file, text := range got {
				if d := cmp.Diff(string(file.Data), string(text)); d != "" && !*update {
					t.Errorf("%s (-want +got):\n%s", file.Name, d)
				}
				file.Data = text
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// checked fixes a text, and checks invariants: nothing new is found afterwards, and a second run
// changes nothing.
func checked(t *testing.T, text []byte, unsafe bool) fix.Result {
	t.Helper()
	o := fix.Options{Unsafe: unsafe}
	r, err := fix.Text(text, inspect, o)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := inspect(text)
	after, _ := inspect(r.Text)
	was, is := make(map[string]int), make(map[string]int)
	for _, d := range before {
		was[d.Rule]++
		checkFix(t, text, d)
	}
	for _, d := range after {
		if is[d.Rule]++; is[d.Rule] > was[d.Rule] {
			t.Errorf("unsafe %v: new finding: %v", unsafe, d)
		}
	}
	if len(before) != len(r.Fixed)+len(after) || len(after) != len(r.Left) {
		t.Errorf("unsafe %v: %d findings before, %d fixed, %d left, %d after", unsafe, len(before), len(r.Fixed), len(r.Left), len(after))
	}
	for _, f := range r.Refused {
		if f.Why == "" || f.Fix == nil || !unsafe && !f.Fix.Safe {
			t.Errorf("unsafe %v: refused without a reason: %v", unsafe, f)
		}
	}
	again, err := fix.Text(r.Text, inspect, o)
	if err != nil || !bytes.Equal(again.Text, r.Text) {
		t.Errorf("unsafe %v: a second run changes something: %v\n%s", unsafe, err, cmp.Diff(string(r.Text), string(again.Text)))
	}
	return r
}

// checkFix checks the fix of a finding by itself.
func checkFix(t *testing.T, text []byte, d schema.Diagnostic) {
	t.Helper()
	rule, _ := lint.Find(d.Rule)
	if d.Fix == nil {
		return
	}
	if d.Fix.Safe && !rule.Fixes().Safe || !d.Fix.Safe && !rule.Fixes().Unsafe {
		t.Errorf("the rule does not have such a fix: safe %v: %v", d.Fix.Safe, d)
	}
	if d.Fix.Text == "" || len(d.Fix.Edits) == 0 {
		t.Errorf("an empty fix: %v", d)
	}
	at := 0
	for _, e := range d.Fix.Edits {
		if e.Start < at || e.End < e.Start || e.End > len(text) {
			t.Errorf("edits %v in %d bytes: %v", d.Fix.Edits, len(text), d)
		}
		at = e.End
	}
}

// secretless checks that no edit repeats a secret of a spec.
func secretless(t *testing.T, text []byte) {
	t.Helper()
	spec, _ := schema.Parse("spec.json", text)
	if spec == nil {
		return
	}
	found, _ := inspect(text)
	for _, p := range generator.Secrets(spec) {
		var secret string
		if json.Unmarshal(spec.File.Raw(p), &secret) != nil || len(secret) < 5 {
			continue
		}
		for _, d := range found {
			if d.Fix != nil && slices.ContainsFunc(d.Fix.Edits, func(e schema.Edit) bool { return strings.Contains(e.Text, secret) }) {
				t.Errorf("an edit repeats a secret: %v", d)
			}
		}
	}
}

// specs are the texts of golden specs, of examples, and of real specs if available.
func specs(tb testing.TB) map[string][]byte {
	tb.Helper()
	texts := make(map[string][]byte)
	for _, pattern := range []string{
		"../../golden/*/connector-spec.json", "../../golden/*/*/connector-spec.json", "../../examples/*/connector-spec.json",
		corpus + "/specs/*.json", corpus + "/history/*/*.json",
	} {
		paths, _ := filepath.Glob(pattern) // all of them are patterns
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				tb.Fatal(err)
			}
			texts[path] = text
		}
	}
	for _, r := range lint.Rules() {
		bad, _ := r.Examples()
		texts[r.ID] = []byte(bad)
	}
	return texts
}

// corpus holds real specs; it is not part of the module.
const corpus = "../../../shared/corpus"

// TestSpecs: the invariants hold for specs, and the layout of a spec makes no difference.
func TestSpecs(t *testing.T) {
	t.Parallel()
	for name, text := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secretless(t, text)
			unsafe := checked(t, text, true)
			checkMeaning(t, text, checked(t, text, false))
			if strings.HasPrefix(name, corpus+"/history/") { // many of them, and almost identical
				return
			}
			checkLayouts(t, text, unsafe)
		})
	}
}

// checkLayouts fixes the same spec with other line ends, on one line, and with a byte order mark.
func checkLayouts(t *testing.T, text []byte, r fix.Result) {
	t.Helper()
	o := fix.Options{Unsafe: true}
	if !bytes.Contains(text, []byte("\r")) {
		crlf := func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }
		other, err := fix.Text(crlf(text), inspect, o)
		if d := cmp.Diff(string(crlf(r.Text)), string(other.Text)); err != nil || d != "" {
			t.Errorf("with other line ends: %v\n%s", err, d)
		}
	}
	if mark := "\uFEFF"; !strings.HasPrefix(string(text), mark) {
		other, err := fix.Text(append([]byte(mark), text...), inspect, o)
		if d := cmp.Diff(string(r.Text), string(other.Text)); err != nil || d != "" {
			t.Errorf("with a byte order mark: %v\n%s", err, d)
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil || bytes.Contains(text, []byte(`"name": "Sample"`)) { // a name that occurs twice
		return
	}
	other, err := fix.Text(compact.Bytes(), inspect, o)
	if err != nil || !schema.EqualJSON(other.Text, r.Text) {
		t.Errorf("on one line: %v\n%s", err, other.Text)
	}
	if again := new(bytes.Buffer); json.Compact(again, other.Text) != nil || again.String() != string(other.Text) {
		t.Errorf("the line gets white space:\n%s", other.Text)
	}
}

// checkMeaning: safe fixes do not change the API of the generated package, and are safe for sources.
func checkMeaning(t *testing.T, text []byte, r fix.Result) {
	t.Helper()
	old, found := schema.Parse("spec.json", text)
	now, after := schema.Parse("spec.json", r.Text)
	if found.HasErrors() || after.HasErrors() {
		return
	}
	opts := generator.Options{Package: "connector", SDK: "example.com/sdk"}
	for _, c := range generator.CompareAPI(old, now, opts, opts).Changes {
		if c.ID != "config-limit-changed" && (c.Go != generator.GoNone || c.Source != diff.SourceSafe) { // a limit written differently
			t.Errorf("safe fixes change the package, or sources: %v", c)
		}
	}
}

// TestHistory counts the effects of fixes on older versions of real specs.
func TestHistory(t *testing.T) {
	t.Parallel()
	paths, _ := filepath.Glob(corpus + "/history/*/*.json") // it is a pattern
	if len(paths) == 0 {
		t.Skipf("no corpus of real specs at %s", corpus)
	}
	grave := func(d schema.Diagnostic) bool { return d.Severity != schema.Info }
	count := func(found schema.Diagnostics) int { return found.Count(schema.Error) + found.Count(schema.Warning) }
	for _, c := range []struct {
		unsafe      bool
		fixed, left int
	}{{false, 31, 191}, {true, 197, 25}} {
		fixed, left := 0, 0
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := fix.Text(text, inspect, fix.Options{Unsafe: c.unsafe, Wanted: grave})
			if err != nil {
				t.Fatal(err)
			}
			fixed, left = fixed+count(r.Fixed), left+count(r.Left)
		}
		if fixed != c.fixed || left != c.left {
			t.Errorf("unsafe %v: %d fixed and %d left, want %d and %d", c.unsafe, fixed, left, c.fixed, c.left)
		}
	}
}

// TestCheckFails: a fix that makes the text unusable is refused with the reason.
func TestCheckFails(t *testing.T) {
	t.Parallel()
	const spec = `{"name": "X", "keyType": "simple", "commands": ["std:test-connection",], "sourceConfig": []}`
	check := func(text []byte) (schema.Diagnostics, error) {
		if string(text) != spec {
			return nil, errors.New("that would not do")
		}
		return inspect(text)
	}
	r, err := fix.Text([]byte(spec), check, fix.Options{})
	if err != nil || string(r.Text) != spec || len(r.Refused) != 1 || r.Refused[0].Why != "that would not do" {
		t.Errorf("%v, %+v", err, r)
	}
	if _, err := fix.Text([]byte("{}"), check, fix.Options{}); err == nil {
		t.Error("no error for a text that cannot be used")
	}
}

// TestTooMuch: a text full of faults terminates, and says so.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	var attributes []string
	for i := range 3000 {
		attributes = append(attributes, fmt.Sprintf(`{"name":"a%d","type":"string","multi":"true"}`, i))
	}
	text := fmt.Sprintf(`{"name":"X","commands":["std:test-connection"],"sourceConfig":[],"accountSchema":{"identityAttribute":"a1","displayAttribute":"a1","attributes":[%s]}}`, strings.Join(attributes, ","))
	refusing := func(text2 []byte) (schema.Diagnostics, error) {
		if string(text2) != text {
			return nil, errors.New("no")
		}
		return inspect(text2)
	}
	r, err := fix.Text([]byte(text), refusing, fix.Options{Unsafe: true})
	if err != nil || string(r.Text) != text {
		t.Error(err)
	}
	if !slices.ContainsFunc(r.Refused, func(f fix.Refusal) bool { return strings.Contains(f.Why, "too much to fix") }) {
		t.Error("nothing says that there is too much to fix")
	}
}

// FuzzText checks the invariants.
func FuzzText(f *testing.F) {
	for _, r := range lint.Rules() {
		bad, good := r.Examples()
		f.Add([]byte(bad), true)
		f.Add([]byte(bad), false)
		f.Add([]byte(good), true)
		f.Add([]byte("\uFEFF// a comment\r\n"+strings.ReplaceAll(bad, "\n", "\r\n")), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, unsafe bool) {
		defer inspected.Clear()
		checked(t, text, unsafe)
		secretless(t, text)
	})
}
