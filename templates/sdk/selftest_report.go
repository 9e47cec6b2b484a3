package sdk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A SelfTestStatus says how a check of the self test has ended.
type SelfTestStatus string

// The results of checks.
const (
	SelfTestPass SelfTestStatus = "PASS"
	SelfTestWarn SelfTestStatus = "WARN" // passed, with something to look at
	SelfTestFail SelfTestStatus = "FAIL"
	SelfTestSkip SelfTestStatus = "SKIP" // did not run
)

// A SelfTestReport has the results of a self test, in the order of the checks.
type SelfTestReport struct {
	Results []SelfTestResult
}

// A SelfTestResult is what came of one check.
type SelfTestResult struct {
	Check    string // ID, such as "account-list-and-read"
	Passes   string // when the check passes
	Status   SelfTestStatus
	Note     string // why the check was skipped, or what it has left to say
	Findings []SelfTestFinding
}

// A SelfTestFinding is one thing that is not as a check wants it.
type SelfTestFinding struct {
	Warning bool    // the check passes all the same
	Command Command // that showed it
	Object  string  // that it is about, quoted; may be empty
	Message string  // what was found, and what was expected
}

// Failed reports whether a check has failed.
func (r SelfTestReport) Failed() bool { return r.count(SelfTestFail) > 0 }

// String returns a table of the results, then the details of those that need
// attention.
func (r SelfTestReport) String() string {
	var b strings.Builder
	for _, result := range r.Results {
		b.WriteString(result.row())
	}
	b.WriteString(r.details())
	return b.String()
}

func (r SelfTestReport) count(status SelfTestStatus) int {
	n := 0
	for _, result := range r.Results {
		if result.Status == status {
			n++
		}
	}
	return n
}

// row is the result's line of the table. All rows have the same columns,
// whichever checks run.
func (r SelfTestResult) row() string {
	width := 0
	for _, id := range selfCheckIDs() {
		width = max(width, len(id))
	}
	return strings.TrimRight(fmt.Sprintf("%-*s  %s  %s", width, r.Check, r.Status, r.Note), " ") + "\n"
}

// details lists the findings, and counts the results.
func (r SelfTestReport) details() string {
	var b strings.Builder
	for _, result := range r.Results {
		if len(result.Findings) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s %s: passes when %s\n", result.Status, result.Check, result.Passes)
		for _, f := range result.Findings {
			b.WriteString("  " + f.String() + "\n")
		}
	}
	fmt.Fprintf(&b, "\n%d passed, %d with warnings, %d failed, %d skipped\n",
		r.count(SelfTestPass), r.count(SelfTestWarn), r.count(SelfTestFail), r.count(SelfTestSkip))
	return b.String()
}

// String returns the finding in one line.
func (f SelfTestFinding) String() string {
	where := string(f.Command)
	if f.Object != "" {
		where += " " + f.Object
	}
	if f.Warning {
		return "warning: " + where + ": " + f.Message
	}
	return where + ": " + f.Message
}

// maxSelfTestText is how many bytes of a message are shown: a connector's error
// may quote a whole page.
const maxSelfTestText = 600

// clean makes a text of the connector's fit for the report: without secrets, on
// one line, and not too long.
func (s *selfTester) clean(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, text)), " ")
	if len(text) <= maxSelfTestText {
		return text
	}
	cut := maxSelfTestText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
