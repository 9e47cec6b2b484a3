package rules

import (
	"embed"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/packed"
	"github.com/conngen/conngen/schema/diff"
	"github.com/conngen/conngen/schema/lint"
)

// Texts are the texts about a rule that its [Rule] does not have. Each is a paragraph of Markdown that
// has no marks but code spans; [Plain] makes plain text of it.
type Texts struct {
	Why      string // what goes wrong, for whom and when; "" for changes
	Ignore   string // when it is right to leave a finding, or why it never is; "" for changes
	Settings string // a .conngen.json that hides the finding of the example; "" if none can
	Advice   string // what to do about a change; "" for everything else
}

// An Example shows a finding, its fix, or a side of a change.
type Example struct {
	Title   string // "reported" and "fixed", or "before" and "after"
	Form    string // the kind of text, see [Spec] and [Session]
	Text    string
	Message string // conngen's output for a spec; "" if it is in a session, or if there is none
}

// The forms of examples.
const (
	Spec    = "spec"    // the text of a spec
	Session = "session" // command lines, which begin with $, and their output
)

//go:embed examples/*.txtar
var examples embed.FS

// Texts reads the texts of the rule.
func (r Rule) Texts() Texts {
	if known, ok := lint.Find(r.ID); ok {
		return Texts{Why: known.Why(), Ignore: known.Ignore(), Settings: known.Settings()}
	}
	if kind, ok := diff.Find(r.ID); ok {
		return Texts{Advice: kind.Advice()}
	}
	paragraph := func(name string) string { return strings.TrimSuffix(r.file(name), "\n") }
	return Texts{Why: paragraph("why"), Ignore: paragraph("ignore")}
}

// Examples returns examples of the finding and of correct input.
func (r Rule) Examples() []Example {
	if known, ok := lint.Find(r.ID); ok {
		bad, good := known.Examples()
		return []Example{{"reported", Spec, bad, known.Message()}, {"fixed", Spec, good, ""}}
	}
	if kind, ok := diff.Find(r.ID); ok {
		old, current := kind.Examples()
		return []Example{{"before", Spec, old, ""}, {"after", Spec, current, kind.Message()}}
	}
	return []Example{{"reported", Session, r.file("reported"), ""}, {"fixed", Session, r.file("fixed"), ""}}
}

// file returns a file of examples/ID.txtar, which also has the project of the sessions.
func (r Rule) file(name string) string {
	text, err := packed.ReadFile(examples, "examples/"+r.ID+".txtar")
	if err != nil {
		panic(err) // a mistake in the program, which the tests find
	}
	files := txtar.Parse(text).Files
	return string(files[slices.IndexFunc(files, func(f txtar.File) bool { return f.Name == name })].Data)
}

// Page returns the address of the rule's page in the manual.
func (r Rule) Page() string {
	return homepage.Manual(homepage.Reference + "/" + r.folder() + "/" + r.ID + ".md")
}

// folder is the folder of the rule's page in docs/reference.
func (r Rule) folder() string {
	if r.Command == Diff {
		return "changes"
	}
	return "rules"
}

// Plain removes the markup of code spans from a text of [Texts].
func Plain(text string) string { return strings.ReplaceAll(text, "`", "") }

// Markdown escapes a text that is not Markdown, such as a purpose, so it renders unchanged. It
// escapes the special characters that occur in purposes and effects.
func Markdown(text string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "$", `\$`).Replace(text)
}
