// Package fix applies the fixes that findings offer to the text of a spec.
//
// It knows nothing about rules: each finding has its fix, and a check returns the findings in a text.
// Text that no fix touches stays unchanged, byte for byte.
package fix

import (
	"fmt"
	"maps"
	"slices"

	"github.com/conngen/conngen/schema"
)

// A Check returns the findings of a text, as everything that reads the spec sees it. Its error says
// why the text cannot be used at all.
type Check func(text []byte) (schema.Diagnostics, error)

// Options say which fixes are applied.
type Options struct {
	Unsafe bool                         // unsafe ones, too
	Wanted func(schema.Diagnostic) bool // whether a finding should be fixed; nil for all
}

// A Result is a text after fixes.
type Result struct {
	Text    []byte
	Fixed   schema.Diagnostics // the findings in the old text that are gone
	Left    schema.Diagnostics // everything that is found in the new text
	Refused []Refusal          // the findings in the new text whose fixes are wanted, and were not applied
}

// A Refusal is a finding with the reason why its fix is not applied.
type Refusal struct {
	schema.Diagnostic
	Why string
}

// The bounds of checks, which take most of the time: a real spec needs about ten, and a few for
// each refused fix. Only a text full of faults needs more.
const (
	mostChecks  = 1000
	leastChecks = 20
	mostChecked = 40 << 20 // bytes
)

// checksOf returns how many checks a text may need.
func checksOf(text []byte) int {
	return min(max(mostChecked/max(len(text), 1), leastChecks), mostChecks)
}

// maxFollowing is how many times the result of a fix may need another fix.
const maxFollowing = 4

// Text applies all fixes that are wanted: again, until nothing changes. A fix that would lead to
// another finding is applied only together with the fix for that.
func Text(text []byte, check Check, o Options) (Result, error) {
	found, err := check(text)
	if err != nil {
		return Result{}, err
	}
	r := run{check: check, options: o, checks: checksOf(text)}
	first := state{text: text, found: found}
	last := first
	for {
		next, changed := r.round(last)
		if !changed {
			break
		}
		last = next
	}
	return Result{Text: last.text, Fixed: gone(first, last), Left: last.found, Refused: r.refused}, nil
}

// gone returns the findings in one text that are no longer in the edited one. After many edits,
// remaining findings may have other places and words, so those count by their rule.
func gone(first, last state) schema.Diagnostics {
	left := make(map[string]int)
	for _, d := range unmatched(last, first) {
		left[d.Rule]++
	}
	return slices.DeleteFunc(unmatched(first, last), func(d schema.Diagnostic) bool {
		left[d.Rule]--
		return left[d.Rule] >= 0
	})
}

// A state is a text with its findings, and how it came from the first one.
type state struct {
	text  []byte
	found schema.Diagnostics
	edits [][]schema.Edit // one after the other
}

// A run is one call of [Text].
type run struct {
	check   Check
	options Options
	checks  int       // remaining
	refused []Refusal // of the last round
}

// round applies non-overlapping fixes of one text, from the first tier that has any.
func (r *run) round(s state) (state, bool) {
	r.refused = nil
	for _, tier := range tiers {
		if next, changed := r.roundOf(s, r.candidatesOf(s.found, tier)); changed {
			return next, true
		}
	}
	return s, false
}

// roundOf applies some non-overlapping fixes of one text.
func (r *run) roundOf(s state, left []candidate) (state, bool) {
	for len(left) > 0 {
		batch := together(left)
		if next, changed := r.try(s, batch); changed {
			return next, true
		}
		left = slices.DeleteFunc(left, func(c candidate) bool {
			return slices.ContainsFunc(batch, func(b candidate) bool { return b.Fix == c.Fix })
		})
	}
	return s, false
}

// A candidate is a fix with the findings that offer it.
type candidate struct {
	*schema.Fix
	findings schema.Diagnostics
}

// tiers are the findings whose fixes come one after the other: first those that make JSON of a text,
// then errors. Other findings may be caused by an error: an initial value has no item in a menu
// whose type is misspelt.
var tiers = []func(schema.Diagnostic) bool{
	schema.Diagnostic.IsText,
	func(d schema.Diagnostic) bool { return !d.IsText() && d.Severity == schema.Error },
	func(d schema.Diagnostic) bool { return !d.IsText() && d.Severity != schema.Error },
}

// candidates returns the fixes of the first tier that has any.
func (r *run) candidates(found schema.Diagnostics) []candidate {
	for _, tier := range tiers {
		if all := r.candidatesOf(found, tier); len(all) > 0 {
			return all
		}
	}
	return nil
}

// candidatesOf returns the fixes of some of the findings.
func (r *run) candidatesOf(found schema.Diagnostics, of func(schema.Diagnostic) bool) []candidate {
	byFix := make(map[*schema.Fix]int)
	var all []candidate
	for _, d := range found {
		if d.Fix == nil || !d.Fix.Safe && !r.options.Unsafe || !of(d) || r.options.Wanted != nil && !r.options.Wanted(d) {
			continue
		}
		if i, ok := byFix[d.Fix]; ok {
			all[i].findings = append(all[i].findings, d)
			continue
		}
		byFix[d.Fix] = len(all)
		all = append(all, candidate{d.Fix, schema.Diagnostics{d}})
	}
	return all
}

// together returns the candidates that can be applied at once, in the order of the text: of those
// that reach into one another, the first. What a fix puts between its edits may depend on everything
// that is there, as its indentation does.
func together(all []candidate) []candidate {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b candidate) int { return a.start() - b.start() })
	var batch []candidate
	for _, c := range all {
		if last := len(batch) - 1; last < 0 || batch[last].end() < c.start() || batch[last].end() == c.start() && batch[last].start() < c.start() {
			batch = append(batch, c)
		}
	}
	return batch
}

// start and end are the offsets of the range that a fix changes.
func (c candidate) start() int { return c.Edits[0].Start }
func (c candidate) end() int   { return c.Edits[len(c.Edits)-1].End }

// try applies a batch, or as much of it as can be applied: if the whole is refused, it tries the
// parts.
func (r *run) try(s state, batch []candidate) (state, bool) {
	next, why := r.attempt(s, batch)
	if why == "" {
		return next, true
	}
	if len(batch) == 1 {
		for _, d := range batch[0].findings {
			r.refused = append(r.refused, Refusal{d, why})
		}
		return s, false
	}
	first, second := parts(batch)
	next, changed := r.try(s, first)
	if !changed {
		return r.try(s, second)
	}
	if second, ok := behind(second, next.edits[len(s.edits):]); ok {
		next, _ = r.try(next, second)
	}
	return next, true
}

// parts divides a batch: by rules, since the reason against one fix of a rule often holds for the
// others, and else in two halves.
func parts(batch []candidate) (first, second []candidate) {
	of := make(map[string]bool)
	for _, c := range batch {
		of[c.findings[0].Rule] = true
	}
	rules := slices.Sorted(maps.Keys(of))
	if len(rules) == 1 {
		return batch[:len(batch)/2], batch[len(batch)/2:]
	}
	for _, c := range batch {
		if c.findings[0].Rule < rules[len(rules)/2] {
			first = append(first, c)
		} else {
			second = append(second, c)
		}
	}
	return first, second
}

// behind returns candidates with their positions after edits, and reports whether all edits precede
// them.
func behind(batch []candidate, made [][]schema.Edit) ([]candidate, bool) {
	shift := 0
	for _, edits := range made {
		for _, e := range edits {
			if e.End >= batch[0].start()+shift {
				return nil, false
			}
		}
		for _, e := range edits {
			shift += len(e.Text) - (e.End - e.Start)
		}
	}
	moved := make([]candidate, len(batch))
	for i, c := range batch {
		fix := *c.Fix
		fix.Edits = slices.Clone(fix.Edits)
		for j := range fix.Edits {
			fix.Edits[j].Start += shift
			fix.Edits[j].End += shift
		}
		moved[i] = candidate{&fix, c.findings}
	}
	return moved, true
}

// attempt applies a batch and checks the outcome. It says why if the batch must not be
// applied.
func (r *run) attempt(s state, batch []candidate) (next state, why string) {
	next, why = r.apply(s, batch)
	if why != "" {
		return s, why
	}
	if !removes(batch, unmatched(s, next)) {
		return s, "it would not remove the finding"
	}
	for range maxFollowing {
		fresh := unmatched(next, s)
		if len(fresh) == 0 {
			return next, ""
		}
		following := together(r.candidates(fresh))
		if len(following) == 0 {
			return s, wouldMake(fresh[0])
		}
		if next, why = r.apply(next, following); why != "" {
			return s, why
		}
	}
	if fresh := unmatched(next, s); len(fresh) > 0 {
		return s, wouldMake(fresh[0])
	}
	return next, ""
}

// removes reports whether at least as many findings of each rule are gone as a batch addresses.
func removes(batch []candidate, gone schema.Diagnostics) bool {
	left := make(map[string]int)
	for _, d := range gone {
		left[d.Rule]++
	}
	for _, c := range batch {
		for _, d := range c.findings {
			if left[d.Rule]--; left[d.Rule] < 0 {
				return false
			}
		}
	}
	return true
}

func wouldMake(d schema.Diagnostic) string {
	return fmt.Sprintf("it would lead to another finding: %s [%s]", d.Message, d.Rule)
}

// apply makes the edits of a batch.
func (r *run) apply(s state, batch []candidate) (state, string) {
	if r.checks == 0 {
		return s, "there is too much to fix in this file"
	}
	r.checks--
	var edits []schema.Edit
	for _, c := range batch {
		edits = append(edits, c.Edits...) // in the order of the text
	}
	text := schema.Apply(s.text, edits)
	found, err := r.check(text)
	if err != nil {
		return s, err.Error()
	}
	return state{text, found, append(slices.Clone(s.edits), edits)}, ""
}
