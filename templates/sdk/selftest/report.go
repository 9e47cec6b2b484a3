package selftest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// A Status says how a check ended.
type Status string

// The results of checks.
const (
	Pass Status = "PASS"
	Warn Status = "WARN" // passed, with something to look at
	Fail Status = "FAIL"
	Skip Status = "SKIP" // does not apply

	// NotRun means that a check was pointless: the connection test failed, or the self
	// test was interrupted.
	NotRun Status = "NOT RUN"
)

// A Report has the results of a self test, in the order of the checks.
type Report struct {
	Results []Result `json:"results"`
}

// A Result is the outcome of one check.
type Result struct {
	Check    string    `json:"check"`  // ID, such as "account-list-and-read"
	Passes   string    `json:"passes"` // when the check passes
	Status   Status    `json:"status"`
	Note     string    `json:"note"` // why the check was skipped or not run, or a remark
	Findings []Finding `json:"findings"`
}

// A Finding is one difference from what a check expects.
type Finding struct {
	Warning bool   `json:"warning"` // the check passes all the same
	Command string `json:"command"` // that showed it
	Object  string `json:"object"`  // that it is about, quoted; may be empty
	Message string `json:"message"` // what was found, and what was expected
}

// Failed reports whether a check has failed.
func (r Report) Failed() bool { return r.count(Fail) > 0 }

// String returns a table of the results, then the details of those that need
// attention.
func (r Report) String() string {
	var b strings.Builder
	for _, result := range r.Results {
		b.WriteString(result.String())
	}
	b.WriteString(r.Details())
	return b.String()
}

func (r Report) count(status Status) int {
	n := 0
	for _, result := range r.Results {
		if result.Status == status {
			n++
		}
	}
	return n
}

// String returns the result's line of the report's table. All lines have the same
// columns, whichever checks run. [Report.Details] says, once, why checks are not run, and
// has the note of a failed check after what failed: it may be about something else.
func (r Result) String() string {
	width := 0
	for _, id := range CheckIDs() {
		width = max(width, len(id))
	}
	note := r.Note
	if r.Status == NotRun || r.Status == Fail {
		note = ""
	}
	return strings.TrimRight(fmt.Sprintf("%-*s  %s  %s", width, r.Check, r.Status, note), " ") + "\n"
}

// failures returns the number of findings that are not warnings.
func (r Result) failures() int {
	n := 0
	for _, f := range r.Findings {
		if !f.Warning {
			n++
		}
	}
	return n
}

// Details lists the findings, says why checks were not run, and counts the results.
func (r Report) Details() string {
	var b strings.Builder
	for _, result := range r.Results {
		if len(result.Findings) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s %s: passes when %s\n", result.Status, result.Check, result.Passes)
		for _, f := range result.Findings {
			b.WriteString("  " + f.String() + "\n")
		}
		if result.Status == Fail && result.Note != "" {
			b.WriteString("  note: " + result.Note + "\n")
		}
	}
	fmt.Fprintf(&b, "\n%d passed, %d with warnings, %d failed, %d skipped", r.count(Pass), r.count(Warn), r.count(Fail), r.count(Skip))
	if n := r.count(NotRun); n > 0 {
		i := slices.IndexFunc(r.Results, func(result Result) bool { return result.Status == NotRun })
		fmt.Fprintf(&b, ", %d not run: %s", n, r.Results[i].Note)
	}
	b.WriteString("\n")
	return b.String()
}

// String returns the finding in one line.
func (f Finding) String() string {
	where := f.Command
	if f.Object != "" {
		where += " " + f.Object
	}
	if f.Warning {
		return "warning: " + where + ": " + f.Message
	}
	return where + ": " + f.Message
}

// maxText is how many bytes of a message are shown: a connector's error
// may quote a whole page.
const maxText = 600

// clean makes a text of the connector's fit for the report: without secrets, on
// one line, and not too long.
func (s *tester) clean(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, redact.Text)
	}
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, text)), " ")
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
