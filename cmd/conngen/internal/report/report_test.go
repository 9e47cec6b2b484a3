package report

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/lint"
)

// example is the bad example of a rule with what is found in it.
func example(t *testing.T, id, path string) File {
	t.Helper()
	rule, ok := lint.Find(id)
	if !ok {
		t.Fatalf("there is no rule %s", id)
	}
	bad, _ := rule.Examples()
	spec, found := schema.Parse(path, []byte(bad))
	if spec == nil {
		return File{Source: schema.NewFile(path, []byte(bad)), Findings: found}
	}
	return File{Source: spec.File, Findings: append(found, generator.Lint(spec, generator.Options{})...), Secrets: generator.Secrets(spec)}
}

func TestSARIFIsValid(t *testing.T) {
	t.Parallel()
	var files []File
	for _, r := range lint.Rules() {
		files = append(files, example(t, r.ID, "a folder/"+r.ID+".json"))
	}
	var out strings.Builder
	if err := SARIF(Options{Rules: rules.All()})(&out, files); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromString(out.String())
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	run.Language, run.Tool.Driver.Language = "en-US", "en-US" // the library writes these members even where they are empty
	run.NewlineSequences = []string{"\n"}
	if err := log.Validate(); err != nil { // against the official schema
		t.Error(err)
	}
	checkKnown(t, out.String(), log)
	if len(run.Tool.Driver.Rules) != len(rules.All()) {
		t.Errorf("%d rules are described", len(run.Tool.Driver.Rules))
	}
	for i, r := range rules.All() {
		if got := run.Tool.Driver.Rules[i].HelpURI; got == nil || *got != r.Page() {
			t.Errorf("%s has no link to its page", r.ID)
		}
	}
	if len(run.Results) < len(lint.Rules()) {
		t.Errorf("%d results", len(run.Results))
	}
	for _, r := range run.Results {
		if got := *run.Tool.Driver.Rules[r.RuleIndex].ID; got != *r.RuleID {
			t.Errorf("result of rule %s points to rule %s", *r.RuleID, got)
		}
		if uri := *r.Locations[0].PhysicalLocation.ArtifactLocation.URI; !strings.HasPrefix(uri, "a%20folder/") {
			t.Errorf("URI %q", uri)
		}
	}
}

// checkKnown: the library, which the official schema is compiled into, knows all members of a log.
func checkKnown(t *testing.T, text string, log *sarif.Report) {
	t.Helper()
	again, err := json.Marshal(log)
	if err != nil {
		t.Fatal(err)
	}
	var ours, theirs any
	if err := errors.Join(json.Unmarshal([]byte(text), &ours), json.Unmarshal(again, &theirs)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ours, theirs, cmp.FilterPath(isAddition, cmp.Ignore())); diff != "" {
		t.Errorf("the library reads something else (-ours +theirs):\n%s", diff)
	}
}

// isAddition reports whether the second of two values has a member that the first has not.
func isAddition(p cmp.Path) bool {
	member, ok := p.Last().(cmp.MapIndex)
	if !ok {
		return false
	}
	ours, _ := member.Values()
	return !ours.IsValid()
}

func TestSARIFWithoutFindings(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := SARIF(Options{})(&out, nil); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results *[]any `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal([]byte(out.String()), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 || log.Runs[0].Results == nil {
		t.Errorf("a log without findings needs a run with an empty list of results: %s", out.String())
	}
}

func TestGitHubEscapes(t *testing.T) {
	t.Parallel()
	d := schema.Diagnostic{
		Path: "a,b:c.json", Position: schema.Position{Line: 3, Column: 4, EndLine: 3, EndColumn: 9, Width: 5}, Rule: "schema", Severity: schema.Info,
		Message: "100%\nof it", Hint: "x: y",
	}
	var out strings.Builder
	if err := GitHub(Options{})(&out, []File{{Findings: schema.Diagnostics{d}}}); err != nil {
		t.Fatal(err)
	}
	want := "::notice file=a%2Cb%3Ac.json,line=3,col=4,endColumn=9,title=schema::100%25%0Aof it%0Ahint: x: y\n"
	if out.String() != want {
		t.Errorf("got  %qwant %q", out.String(), want)
	}
}

func TestTextExcerpt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line  string
		start int // of the marked character
		width int
		want  string
		at    int // where the marked character stands
	}{
		"short":           {`"name": ""`, 8, 20, `"name": ""`, 8},
		"tabs":            {"\ta\tb", 3, 20, "    a    b", 9},
		"wide":            {"名前 x", 3, 20, "名前 x", 5},
		"combining":       {"e\u0301x", 2, 20, "e\u0301x", 1},
		"cut after":       {strings.Repeat("a", 30), 0, 10, "aaaaaaaa…", 0},
		"cut before":      {strings.Repeat("a", 29) + "b", 29, 10, "…aaaaaaab", 8},
		"cut both":        {strings.Repeat("a", 20) + "b" + strings.Repeat("c", 20), 20, 10, "…aabccccc…", 3},
		"cut in the wide": {strings.Repeat("名", 20), 10, 10, "…名名名名…", 3},
		"exact":           {strings.Repeat("a", 10), 5, 10, strings.Repeat("a", 10), 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExcerpt([]rune(test.line), test.start, test.width)
			if e.text != test.want || e.column(test.start) != test.at {
				t.Errorf("got %q at %d, want %q at %d", e.text, e.column(test.start), test.want, test.at)
			}
		})
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	for id, secret := range map[string]string{
		"static-password-in-create-template": "Example-Passw0rd!",
		"initial-value-for-secret":           "s3cr3t",
	} {
		file := example(t, id, "spec.json")
		shown := map[string]string{JSON: ""}
		for _, f := range formats {
			shown[f.name] = written(t, f.writer(Options{}), []File{file})
		}
		var out strings.Builder
		if err := Write(&out, &Validation{Found: NewFound([]File{file})}); err != nil {
			t.Fatal(err)
		}
		shown[JSON] = out.String()
		for name, text := range shown {
			if !strings.Contains(text, id) || strings.Contains(text, secret) {
				t.Errorf("%s shows a secret, or nothing:\n%s", name, text)
			}
		}
	}
}

// TestRuleList: the list has what every command reports.
func TestRuleList(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := RuleList(&out, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All() {
		if !strings.Contains(out.String(), " "+r.ID+" ") {
			t.Errorf("%s is not in the list", r.ID)
		}
	}
}
