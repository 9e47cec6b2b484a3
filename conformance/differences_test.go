//go:build conformance && unix

package conformance

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	listed "github.com/conngen/conngen/internal/differences"
)

// TestDifferencesAreListed: the list of differences contains those of the answers, and attributes
// no others to these tests.
func TestDifferencesAreListed(t *testing.T) {
	var seen []string
	for _, d := range slices.Concat(append(slices.Collect(maps.Values(bundleDifferences)), differences)...) {
		seen = append(seen, d.reason)
	}
	slices.Sort(seen)
	if diff := cmp.Diff(listed.SeenBy(listed.Conformance, listed.Bundles), slices.Compact(seen)); diff != "" {
		t.Errorf("the answers see other differences than the list says (-list +seen):\n%s", diff)
	}
}

// A difference is one that is allowed in the answers to some requests.
type difference struct {
	requests string // names of requests, as for path.Match
	aspects  []aspect
	reason   string // its name in the list
}

const (
	typedInput  = "Typed input"
	typedConfig = "Typed config"
	typedValues = "Typed values"
	wantedKey   = "Keys by type"
	noObject    = "Requests name an object"
	onlyType    = "One entitlement type"
	wrongKey    = "Keys by type"
	notSent     = "Empty texts"
	alwaysSent  = "Empty texts"
	asWritten   = "Exact input"
	delivered   = "All outputs arrive"
	stateLast   = "State last"
	noNumber    = "No such number"
	everyPath   = "Any path"
	noBody      = "Missing bodies"
	form        = "Forms"
)

var (
	onlyFailure = []aspect{failure}
	onlyLines   = []aspect{lines}
	onlyBytes   = []aspect{spelling}
	refused     = []aspect{status, lines, failure}
)

// differences are checked in this order; the first match counts.
var differences = []difference{
	{"*/std:*/input a *", refused, typedInput},
	{"simple/std:entitlement:list/input *", onlyFailure, onlyType},
	{"compound/std:entitlement:list/input *", refused, onlyType},
	{"*/std:account:update/input *", refused, noObject},
	{"*/std:*/input missing", onlyFailure, noObject},
	{"*/std:*/input null", onlyFailure, noObject},
	{"*/std:*/input empty", onlyFailure, noObject},
	{"*/std:*/key null", onlyFailure, noObject},
	{"*/std:*/key empty", onlyFailure, noObject},
	{"*/std:*/key of no kind", onlyFailure, noObject},
	{"*/std:*/simple key empty", onlyFailure, noObject},
	{"*/std:*/simple key without ID", onlyFailure, noObject},
	{"*/std:*/identity without a key", onlyFailure, wantedKey},
	{"*/std:*/key a *", onlyFailure, wrongKey},
	{"simple/std:*/simple key a number", refused, typedValues},

	{"*/std:*/config a *", refused, typedConfig},
	{"*/std:*/shelves a text", refused, typedConfig},

	{"simple/std:account:*/empty texts", onlyLines, notSent},
	{"simple/std:account:*/null attributes", onlyLines, notSent},
	{"simple/std:account:create/empty values", onlyLines, notSent},
	{"compound/std:account:*/no login", onlyLines, alwaysSent},

	{"simple/std:account:create/attributes a *", onlyFailure, typedInput},
	{"simple/std:account:create/one for a list", onlyLines, typedValues},
	{"simple/std:account:create/texts for others", onlyLines, typedValues},
	{"simple/std:account:create/wrong types", refused, typedValues},
	{"simple/std:account:update/set a text number", onlyLines, typedValues},
	{"simple/std:account:update/set a wrong type", refused, typedValues},

	{"simple/library:echo/odd numbers", onlyBytes, asWritten},
	{"simple/library:echo/large integers", onlyBytes, asWritten},
	{"simple/library:echo/number members", onlyBytes, asWritten},
	{"simple/library:echo/twice", onlyBytes, asWritten},
	{"simple/library:fail/after thousand outputs", onlyLines, delivered},
	{"simple/library:fail/after a state", []aspect{status, lines}, stateLast},
	{"simple/library:lines/good", onlyLines, stateLast},
	{"simple/library:lines/no numbers", []aspect{lines, failure}, noNumber},

	{"simple/http/root path", []aspect{status, contentType, lines}, everyPath},
	{"simple/http/no body", onlyFailure, noBody},
	{"simple/http/no content type", onlyFailure, noBody},
	{"simple/content type/application vnd.api+json", onlyFailure, noBody},
	{"simple/content type/application x-ndjson", onlyFailure, noBody},
	{"simple/content type/text plain", onlyFailure, noBody},
	{"simple/content type/application x-www-form-urlencoded", refused, form},
}

// bundleDifferences are those of bundles only, by mode. They precede the others.
var bundleDifferences = map[string][]difference{
	"wasm": {
		{"simple/library:echo/large integers", refused, rounded},
	},
	"forward": {
		{"simple/library:echo/large integers", refused, rounded},
		{"*/std:*/config *", refused, noService},
		{"simple/body/type *", onlyFailure, noService},
		{"simple/body/empty object", onlyFailure, noService},
		{"simple/body/list", onlyFailure, noService},
		{"simple/body/100 KiB", refused, noService},
	},
}

const (
	noService = "Forwarding"
	rounded   = "Whole numbers in bundles"
)
