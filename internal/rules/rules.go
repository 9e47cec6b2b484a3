// Package rules knows all rules of all commands: which command reports it, how grave it is, what
// it means, and what it looks like.
package rules

import (
	"fmt"
	"slices"
	"sync"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/lint"
)

// A Rule is one kind of finding of a command, or one kind of change.
type Rule struct {
	ID       string          // stable: "drift-missing"
	Command  string          // the command that reports it: "check"
	Severity schema.Severity // unless settings change it
	Source   string          // what a change does to sources, "" for everything else
	Purpose  string          // one sentence: the fault or change
	Fixes    lint.Fixes      // what validate --fix does about it; zero for everything else
	Effect   string          // what causes it, or what it leads to, and what to do; "" if the examples say it
}

// The commands that report findings, in the order of the manual.
const (
	Validate = "validate"
	Check    = "check"
	Docs     = "docs"
	Pack     = "pack"
	Diff     = "diff"
)

// The rules about more than the text of a spec. Those of drift are [DriftPrefix] with its kind.
const (
	Settings          = "settings"
	DriftPrefix       = "drift-"
	SchemaStale       = "schema-stale"
	StubMethodMissing = "stub-method-missing"
	StubMethodUnfit   = "stub-method-unfit"
	StubMethodUnknown = "stub-method-unknown"
	BundleLimit       = "bundle-limit"

	DocsMissing          = "docs-missing"
	DocsStale            = "docs-stale"
	DocsMarks            = "docs-marks"
	DocsPermissionsEmpty = "docs-permissions-empty"
)

// sessions are the rules whose examples are sessions: those in examples/ID.txtar.
var sessions = []Rule{
	{
		ID: Settings, Command: Validate, Severity: schema.Warning,
		Purpose: "An entry of .conngen.json has no effect.",
		Effect:  "It may be misspelt, listed twice, under a rule that is off, or left over from a finding that has been fixed. Remove or correct it, so it does not hide something new.",
	},

	{
		ID: "drift-missing", Command: Check, Severity: schema.Error,
		Purpose: "A generated file does not exist.",
		Effect:  "It was deleted, or generate has not run yet. Run generate, and commit what it writes.",
	},
	{
		ID: "drift-changed", Command: Check, Severity: schema.Error,
		Purpose: "A generated file is out of date: the spec has changed.",
		Effect:  "The compiler does not see the change until generate runs. Run generate, and commit the spec and the package together.",
	},
	{
		ID: "drift-settings", Command: Check, Severity: schema.Error,
		Purpose: "A generated file was generated with other flags or settings.",
		Effect:  "The package was generated with flags or settings other than those that check sees. Flags that always apply belong in .conngen.json, where all commands find them.",
	},
	{
		ID: "drift-version", Command: Check, Severity: schema.Error,
		Purpose: "A file of the SDK was written by another version of conngen, or edited.",
		Effect:  "Everyone who generates should have the same version: with go get -tool it is in go.mod. To change how the SDK works, wrap it in code of your own.",
	},
	{
		ID: "drift-edited", Command: Check, Severity: schema.Error,
		Purpose: "A generated file was edited by hand, or written by another version of conngen.",
		Effect:  "generate overwrites edits. Put the code into a file of your own, then run generate.",
	},
	{
		ID: "drift-stale", Command: Check, Severity: schema.Error,
		Purpose: "A generated file is no longer needed.",
		Effect:  "It comes from an older spec, or from another version of conngen. generate removes it.",
	},
	{
		ID: "drift-foreign", Command: Check, Severity: schema.Error,
		Purpose: "Something that conngen did not write is in the place of a generated file.",
		Effect:  "generate never overwrites it. Move it away, or choose another folder with the setting out.",
	},
	{
		ID: "drift-leftover", Command: Check, Severity: schema.Error,
		Purpose: "A killed conngen left a folder of temporary files behind.",
		Effect:  "The folder takes space and does no other harm. The next generate removes it.",
	},
	{
		ID: SchemaStale, Command: Check, Severity: schema.Warning,
		Purpose: "A JSON Schema for editors was edited, or comes from another version of conngen.",
		Effect:  "Help in editors may be out of date. Print the schema again, or delete the copy if nobody uses it.",
	},
	{
		ID: StubMethodMissing, Command: Check, Severity: schema.Error,
		Purpose: "The client lacks a method that the spec needs.",
		Effect:  "The connector does not compile until it has the method. stub adds it, and leaves the rest of the file as it is.",
	},
	{
		ID: StubMethodUnfit, Command: Check, Severity: schema.Error,
		Purpose: "A method of the client does not fit the spec.",
		Effect:  "The spec has changed its parameters or results, or no longer has its command. Correct or remove the method by hand.",
	},
	{
		ID: StubMethodUnknown, Command: Check, Severity: schema.Warning,
		Purpose: "conngen cannot tell whether the client has a method that fits the spec.",
		Effect:  "The client embeds a type from a package that is not on this machine, or not for this platform. Download the package, or write the method.",
	},

	{
		ID: DocsMissing, Command: Docs, Severity: schema.Error,
		Purpose: "The page of a spec does not exist.",
		Effect:  "docs --check compares a page that is there. Write it with docs, and commit it.",
	},
	{
		ID: DocsStale, Command: Docs, Severity: schema.Error,
		Purpose: "The page of a spec is out of date, or was edited outside of its keep marks.",
		Effect:  "The spec has changed, or another version of conngen writes another page. Run docs, and commit the page with the spec. check reports it too, for a page in its usual place.",
	},
	{
		ID: DocsMarks, Command: Docs, Severity: schema.Error,
		Purpose: "The marks around an author's text are broken.",
		Effect:  "conngen cannot tell where the text begins or ends, so it leaves the page as it is. Each block begins with <!-- keep:NAME --> and ends with <!-- /keep:NAME -->; blocks do not nest, and each has a name of its own.",
	},
	{
		ID: DocsPermissionsEmpty, Command: Docs, Severity: schema.Info,
		Purpose: "The page does not say which permissions the connector needs in the source.",
		Effect:  "No spec says it, and every administrator must know. List them in the block permissions; docs keeps what is there.",
	},

	{
		ID: BundleLimit, Command: Pack, Severity: schema.Warning,
		Purpose: "Something may not work in a bundle.",
		Effect:  "In Identity Security Cloud a bundle runs in JavaScript and WebAssembly, without sockets, files and programs. Change what the warning names, or let the connector run as a service, with pack --mode forward.",
	},
}

// All returns all rules by command, in the order of the manual. The list must not be changed.
func All() []Rule { return all() }

var all = sync.OnceValue(func() []Rule {
	var rules []Rule
	for _, r := range lint.Rules() {
		rules = append(rules, Rule{ID: r.ID, Command: Validate, Severity: r.Severity, Purpose: r.Purpose, Fixes: r.Fixes()})
	}
	rules = append(rules, sessions...)
	for _, k := range diff.Kinds() {
		rules = append(rules, Rule{
			ID: k.ID, Command: Diff, Severity: k.Source.Severity(), Source: k.Source.String(), Purpose: k.Purpose, Effect: k.Effect,
		})
	}
	return rules
})

// Of returns the rules that a command reports.
func Of(command string) []Rule {
	return slices.DeleteFunc(slices.Clone(All()), func(r Rule) bool { return r.Command != command })
}

// Find returns the rule with an ID.
func Find(id string) (Rule, bool) {
	i := slices.IndexFunc(All(), func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return All()[i], true
}

// A Problem says why an ID cannot be used.
type Problem struct {
	Message string
	Hint    string // the correction, "" if none is known
	Unknown bool   // no rule has the ID
}

// OfValidate returns the rule of validate with an ID, or says why there is none.
func OfValidate(id string) (Rule, *Problem) {
	r, ok := Find(id)
	switch {
	case !ok:
		return Rule{}, unknown(id, Of(Validate))
	case r.Command != Validate:
		return Rule{}, &Problem{Message: fmt.Sprintf("%q is a finding of %s, not of validate", id, r.Command)}
	}
	return r, nil
}

// Changeable says why settings cannot change the rule with an ID, in severity or for a part of a
// spec; nil if they can.
func Changeable(id string) *Problem {
	r, problem := OfValidate(id)
	switch {
	case problem != nil && !problem.Unknown:
		return &Problem{Message: problem.Message, Hint: "remove it: settings change what validate finds in specs"}
	case problem != nil:
		return problem
	case r.ID == Settings:
		return &Problem{Message: fmt.Sprintf("rule %q cannot be changed or switched off", id), Hint: "remove it; the rule reports entries that have no effect"}
	case r.Severity == schema.Error:
		return &Problem{Message: fmt.Sprintf("rule %q is an error of the format, which settings cannot change", id), Hint: "remove it"}
	}
	return nil
}

// Unknown is the problem of an ID without a rule.
func Unknown(id string) *Problem { return unknown(id, All()) }

// unknown is the problem of an ID without a rule among some.
func unknown(id string, known []Rule) *Problem {
	ids := make([]string, len(known))
	for i, r := range known {
		ids[i] = r.ID
	}
	p := &Problem{Message: fmt.Sprintf("unknown rule %q", id), Unknown: true}
	if near := nearest.Name(id, ids); near != "" {
		p.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return p
}
