// Package differences lists how a generated connector differs from one on the official SDK. The
// tests that compare the two allow these differences, and the manual prints them.
package differences

import "slices"

// A Difference is an intended one.
type Difference struct {
	Name string
	Text string // in Markdown
	Seen []Test // by these tests; at least one
}

// A Test is a test function.
type Test struct {
	File string // "conformance/conformance_test.go"
	Func string // "TestConformance"
}

// The tests that compare answers with those of the official SDK. Each names the differences that it
// sees, and fails if one is gone.
var (
	Transcripts = Test{"templates/sdk/transcript_test.go", "TestTranscripts"}
	Conformance = Test{"conformance/conformance_test.go", "TestConformance"}
	Bundles     = Test{"conformance/bundle_test.go", "TestBundles"}
)

// A Group is a set of related differences.
type Group struct {
	Title string
	List  []Difference
}

// Groups returns all differences.
func Groups() []Group {
	return []Group{
		{"What arrives", []Difference{
			{"Typed input", "A member of the wrong type is an error where the command needs it. The official SDK passes it on to the connector.", []Test{Conformance}},
			{"Typed config", "If the config does not match the spec, the command fails before it runs.", []Test{Conformance}},
			{"Typed values", "Values are converted to their type in the schema: `\"42\"` becomes a number, a single string becomes a list of one. A value that cannot be converted is an error.", []Test{Conformance}},
			{"Advice", "A malformed `schema`, query, identity or key is ignored, with a warning. The official SDK passes it on unread.", []Test{{"templates/sdk/inputs_test.go", "TestLooseInputs"}}},
			{"Exact input", "Raw JSON reaches the client as it was sent. The official SDK turns it into JavaScript values, which rounds numbers and reorders members.", []Test{Transcripts, Conformance}},
			{"Requests name an object", "A request about one object that has neither identity nor key fails before the client is called.", []Test{Conformance}},
			{"Required fields", "A create that lacks what the template requires fails before the client is called.", []Test{{"golden/complete/connector/connector_test.go", "TestCreateRequired"}}},
			{"One entitlement type", "A request for entitlements without a type means the only type there is. If there are several, the error lists them.", []Test{Conformance}},
			{"Partitions", "The string `\"false\"`, which forms send for an unchecked box, does not ask for partitions. Neither does a missing config.", []Test{Transcripts}},
			{"Filters", "A method call on a missing value is false; in the official SDK, some such calls fail. A part of a filter that has no effect gets a warning.", []Test{{"templates/sdk/filter/filter_test.go", "TestFilterCases"}}},
		}},
		{"What is sent", []Difference{
			{"Keys by type", "An output whose key is missing or of the wrong type is an error that names the object. The key in an input may have either type: `in.ID()` reads both.", []Test{Conformance}},
			{"Empty texts", "Empty strings and null are not sent, except for attributes that name an account.", []Test{Conformance}},
			{"Quoted booleans", "`std:spec:read` sends `\"true\"` as a boolean where the format has one.", []Test{{"golden/legacy/connector/connector_test.go", "TestSpecRead"}}},
			{"Member order", "The members of objects are always in the same order.", []Test{Transcripts}},
			{"No undefined", "Go has no undefined, so an empty output is null.", []Test{Transcripts}},
			{"No such number", "A number that JSON cannot express, such as infinity, is an error. The official SDK sends null.", []Test{Conformance}},
			{"All outputs arrive", "Outputs before an error are delivered. The official SDK drops those that are still queued.", []Test{Transcripts, Conformance}},
			{"State last", "The state is the last line of a command that succeeds. A command that fails sends none.", []Test{Transcripts, Conformance}},
			{"Large outputs", "An output over ISC's limit of 256 KiB is an error that names it.", []Test{Transcripts}},
			{"Keep-alives", "A command that is silent for a minute sends a keep-alive by itself.", []Test{{"templates/sdk/keepalive_test.go", "TestKeepAlive"}}},
			{"Datasets once", "A dataset that a request names twice is listed once, as in later versions of the official SDK.", []Test{Transcripts}},
		}},
		{"Errors", []Difference{
			{"Not found", "`notFound` from a command that lists, or from making the client, is sent as a generic error, with a warning in the log. Otherwise ISC would create accounts.", []Test{Transcripts}},
			{"Error texts", "An error is sent as its text, up to 16 KiB. The official SDK sends the error as JavaScript prints it.", []Test{Transcripts}},
			{"Errors arrive", "An error in a hook or an output is reported. The official SDK cuts the connection.", []Test{Transcripts}},
		}},
		{"Requests over HTTP", []Difference{
			{"Any path", "Commands are accepted at any path, as in some versions of the official SDK.", []Test{Transcripts, Conformance}},
			{"Missing bodies", "A request without a JSON body gets an error that says so.", []Test{Transcripts, Conformance}},
			{"Forms", "The content type that `curl -d` sends is accepted, unless the request comes from a web page.", []Test{Transcripts, Conformance}},
		}},
		{"Bundles", []Difference{
			{"Whole numbers in bundles", "A bundle never sends a whole number that JavaScript would round. The command fails, and the error names the attribute.", []Test{Bundles}},
			{"Forwarding", "A forwarding bundle fails without the service's address. The address counts towards the dev server's limit of 100 KiB.", []Test{Bundles}},
		}},
	}
}

// SeenBy returns the names of the differences that any of some tests sees, sorted.
func SeenBy(tests ...Test) []string {
	var names []string
	for _, g := range Groups() {
		for _, d := range g.List {
			if slices.ContainsFunc(tests, func(t Test) bool { return slices.Contains(d.Seen, t) }) {
				names = append(names, d.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// A Limit is a feature of the official SDK that Go connectors lack.
type Limit struct {
	Original string // what it is, in Markdown
	Instead  string // what to do instead, in Markdown
}

// Limits returns what ISC's runtime only offers to JavaScript.
func Limits() []Limit {
	return []Limit{
		{"`context.assumeAwsRole`: a role in the tenant's AWS account", "run the service of `--mode forward` in AWS with a role, or take an access key from the config"},
		{"`context.getOAuth2AccessToken`: ISC's OAuth broker", "get tokens in the client, with the client ID and secret or the refresh token from the config"},
		{"`context.reloadConfig`: the config, read again", "each command gets the current config; what `PatchConfig` writes is there for the next one"},
		{"`context.customizedOperation`: named operations of customizers", "hooks: `sdk.Before` and `sdk.After`; a customizer's own hooks run in bundles"},
	}
}
