package fix_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/fix"
	"github.com/conngen/conngen/schema/lint"
)

// TestExamples: the fixes of each rule turn the bad example into the good one, and a second run
// changes nothing. A rule without fixes offers none.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, rule := range lint.Rules() {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			bad, good := rule.Examples()
			ofRule := func(d schema.Diagnostic) bool { return d.Rule == rule.ID }
			if !rule.Fixes().Any() {
				found, _ := inspect([]byte(bad))
				for _, d := range found {
					if ofRule(d) && d.Fix != nil {
						t.Errorf("%v has a fix: %s", d, d.Fix.Text)
					}
				}
				return
			}
			r, err := fix.Text([]byte(bad), inspect, fix.Options{Unsafe: rule.Fixes().Unsafe, Wanted: ofRule})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(good, string(r.Text)); diff != "" {
				t.Errorf("the bad example does not become the good one (-good +fixed):\n%s", diff)
			}
			if !slices.ContainsFunc(r.Fixed, ofRule) || len(r.Left)+len(r.Refused) > 0 {
				t.Errorf("fixed %v, left %v, refused %v", r.Fixed, r.Left, r.Refused)
			}
		})
	}
}
