//go:build conformance && unix

package conformance

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"testing"
	"text/tabwriter"

	"github.com/conngen/conngen/conformance/library"
	"github.com/conngen/conngen/templates/sdk"
)

// bodyLimit is the original's.
const bodyLimit = 100 << 10

// A tally counts the requests of a connector, and the differences by their index in the table.
type tally struct {
	compared, differing int
	byDifference        map[int]int
	complete            bool // all requests were answered
}

// TestConformance sends the same requests to both connectors of each folder. The answers must be
// the same, except for the differences in the table; and some request must show each of them.
func TestConformance(t *testing.T) {
	installed(t)
	all := make(map[string]*tally)
	complete := true
	for _, folder := range library.Folders {
		all[folder] = &tally{byDifference: make(map[int]int)}
		t.Run(folder, func(t *testing.T) { all[folder].compareAll(t, folder) })
		complete = complete && all[folder].complete
	}
	if complete {
		checkDifferences(t, all)
		printSummary(all)
	}
}

// checkDifferences fails for entries of the table that no answer shows.
func checkDifferences(t *testing.T, all map[string]*tally) {
	t.Helper()
	for i, d := range differences {
		shown := 0
		for _, c := range all {
			shown += c.byDifference[i]
		}
		switch {
		case shown > 0:
		case os.Getenv(sdkVariable) != "": // the table is for the version that npm installs
			t.Logf("no answer to %q differs in this version of the original, as it does in others: %s", d.requests, d.reason)
		default:
			t.Errorf("no answer to %q differs any more, though it should: %s", d.requests, d.reason)
		}
	}
}

func (c *tally) compareAll(t *testing.T, folder string) {
	original := startOriginal(t, folder)
	silent := sdk.WithLogger(slog.New(slog.DiscardHandler))
	ours := httptest.NewServer(library.New(folder, silent, sdk.WithBodyLimit(bodyLimit)))
	defer ours.Close()
	names := make(map[string]bool)
	for _, r := range requestsOf(t, folder) {
		if names[r.name] {
			t.Errorf("two requests are named %s", r.name)
		}
		names[r.name] = true
		c.compared++
		c.judge(t, differences, r, send(t, original, r), send(t, ours.URL, r))
	}
	c.complete = true
}

// judge counts a request, and fails if the answers differ in a way that no table entry allows.
func (c *tally) judge(t *testing.T, allowed []difference, r request, original, ours answer) {
	t.Helper()
	differ := compare(original, ours)
	if len(differ) == 0 {
		return
	}
	i := slices.IndexFunc(allowed, func(d difference) bool { return d.explains(r, differ) })
	c.differing++
	if i < 0 {
		t.Errorf("%s: the answers differ in %v\nrequest:  %s\noriginal: %v\nours:     %v", r.name, differ, r.shortBody(), original, ours)
		return
	}
	c.byDifference[i]++
}

// explains reports whether an entry allows the differences in the answers to a request.
func (d difference) explains(r request, differ []aspect) bool {
	ok, err := path.Match(d.requests, r.name)
	if err != nil || !ok {
		return false
	}
	for _, a := range differ {
		if !slices.Contains(d.aspects, a) {
			return false
		}
	}
	return true
}

func (r request) shortBody() string {
	return r.body[:min(len(r.body), 500)]
}

// printSummary prints how many requests were compared, and why answers differ.
func printSummary(all map[string]*tally) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "key type\tcompared\tequal\tdiffering on purpose\tdiffering\t")
	byReason := make(map[string]int)
	for _, folder := range slices.Sorted(maps.Keys(all)) {
		c := all[folder]
		onPurpose := 0
		for i, n := range c.byDifference {
			onPurpose += n
			byReason[differences[i].reason] += n
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t\n", folder, c.compared, c.compared-c.differing, onPurpose, c.differing-onPurpose)
	}
	fmt.Fprintln(w)
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		fmt.Fprintf(w, "%d\t  %s\n", byReason[reason], reason)
	}
}
