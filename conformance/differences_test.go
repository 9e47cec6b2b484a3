//go:build conformance && unix

package conformance

// A difference is what may differ in the answers to some requests, on purpose.
type difference struct {
	requests string // names of requests, as path.Match has them
	aspects  []aspect
	reason   string
}

const (
	typedInput  = "ours refuses input of the wrong type, where JavaScript sees an object without members"
	typedConfig = "ours refuses a config that does not fit the spec"
	typedValues = "ours reads loosely typed values as the schema says, and refuses what does not fit"
	wantedKey   = "ours says which key it expected, where the original trips over one that is missing"
	noObject    = "ours refuses a request that names no object before the client sees it, where the original trips over the missing key, says notFound or has nothing to do"
	onlyType    = "ours takes a request without an entitlement type as one for the only type that there is, and says which there are where there are several"
	wrongKey    = "ours refuses a key that is none, where the original trips over it or takes it"
	notSent     = "ours does not send texts that are empty, or null"
	alwaysSent  = "ours always sends the attributes that name an account"
	asWritten   = "input goes to the client as it is written, where the original has read it into JavaScript's values"
	delivered   = "ours delivers all outputs before an error, where the original drops those that are not sent yet"
	stateLast   = "ours sends the state as the last line of a command that worked, and none of one that failed"
	noNumber    = "ours reports a number that JSON does not have, where the original sends null"
	everyPath   = "ours takes commands at every path, this release of the original at every one but /"
	noBody      = "ours says that the request lacks a JSON body, where the original trips over an undefined value"
	form        = "ours takes what curl -d sends"
)

var (
	onlyFailure = []aspect{failure}
	onlyLines   = []aspect{lines}
	onlyBytes   = []aspect{spelling}
	refused     = []aspect{status, lines, failure}
)

// differences are looked through in this order, and the first that fits counts.
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

// bundleDifferences are those of bundles alone, by mode. They come before the others.
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
		{"simple/body/100 KiB", refused, "with the service's address in it the request is larger than the dev server takes"},
	},
}

const (
	noService = "a request whose config does not say where the service is goes nowhere"
	rounded   = "ours sends no whole number through JavaScript that it would round"
)
