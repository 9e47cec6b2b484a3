package report

import (
	"io"

	"github.com/conngen/conngen/internal/printable"
	"github.com/conngen/conngen/schema"
)

// formVersion is the version of the format. [Head] says when it increases.
const formVersion = 1

// An Output is the JSON output of a command. Its schema is made of the same structs, with
// the descriptions and values in their tags.
type Output interface {
	command() string
	head() *Head
}

// outputs are all outputs, in the order of the commands.
var outputs = []Output{
	new(Validation), new(Check), new(Changes), new(Rules), new(Stub), new(Generation), new(Project), new(Bundle), new(Version),
}

// Outputs lists the commands that have an output.
func Outputs() []string {
	var names []string
	for _, o := range outputs {
		names = append(names, o.command())
	}
	return names
}

// Write writes the output of a command.
func Write(w io.Writer, o Output) error {
	*o.head() = Head{Version: formVersion, Command: o.command()}
	return encode(w, o)
}

// A Head begins every output.
type Head struct {
	Version int    `json:"version" doc:"Version of the format. It increases when a member is removed or changes its meaning; new members do not change it."`
	Command string `json:"command" doc:"The command that wrote this."`
}

func (h *Head) head() *Head { return h }

// A Found lists what is wrong.
type Found struct {
	Findings []Finding `json:"findings" doc:"What is wrong."`
	Counts   Counts    `json:"counts" doc:"How many findings there are of each severity."`
}

// Counts say how many findings there are.
type Counts struct {
	Error   int `json:"error" doc:"Findings of the severity error."`
	Warning int `json:"warning" doc:"Findings of the severity warning."`
	Info    int `json:"info" doc:"Findings of the severity info."`
}

// A Range is a stretch of a file.
type Range struct {
	Line      int `json:"line" doc:"The first line, from 1."`
	Column    int `json:"column" doc:"The first column, from 1. Columns count characters (Unicode code points), and no byte order mark."`
	EndLine   int `json:"endLine" doc:"The last line. Objects and arrays end with their closing bracket."`
	EndColumn int `json:"endColumn" doc:"The column after the last character."`
}

// A Place is a value of a spec.
type Place struct {
	Range
	Pointer string `json:"pointer" doc:"JSON Pointer of the value."`
}

// A Finding is one thing that is wrong.
type Finding struct {
	Path string `json:"path" doc:"The file, or a folder of generated files: relative to the working folder where it is below, else as the command was given it. stdin is standard input."`
	Range
	Pointer  string          `json:"pointer" doc:"JSON Pointer of the value in question; empty for the file as a whole, and for files that are not JSON."`
	Name     string          `json:"name" doc:"Wire name of the nearest named thing around the value, in the form of the settings: account/userId. Empty where there is none."`
	Rule     string          `json:"rule" doc:"ID of the rule or kind of change; conngen rules explains it."`
	Severity schema.Severity `json:"severity" enum:"error,warning,info" doc:"error: the command fails. warning: something should be fixed. info: good to know."`
	Message  string          `json:"message" doc:"What is wrong."`
	Hint     string          `json:"hint" doc:"What would be right; empty where nothing can be said."`
	Related  *Place          `json:"related,omitempty" doc:"The other place of a conflict, in the same file."`
	Fix      *Fix            `json:"fix,omitempty" doc:"A change to the file that removes the finding, if there is one."`

	subject string // what it is about, however the file changes; see [fingerprints]
}

// A Suppressed is a finding that the settings ignore.
type Suppressed struct {
	Finding
	Reason string `json:"reason" doc:"Why it is ignored, as the settings say."`
}

// A Validation is the output of validate.
type Validation struct {
	Head
	Found
	Specs      []string     `json:"specs" doc:"The specs that were read."`
	Fixing     *Fixing      `json:"fixing,omitempty" doc:"What --fix has done; missing without it."`
	Suppressed []Suppressed `json:"suppressed" doc:"Findings that ignore entries of the settings hide. They are not counted."`
}

// A Fix is a change of a file that removes a finding.
type Fix struct {
	Safe        bool   `json:"safe" doc:"It changes neither types nor meaning. Other fixes need --unsafe."`
	Description string `json:"description" doc:"What it does."`
	Edits       []Edit `json:"edits" doc:"The edits, in the order of the file. None of them overlap."`
	Refused     string `json:"refused,omitempty" doc:"Why --fix did not apply it."`
}

// An Edit replaces a stretch of a file.
type Edit struct {
	Range
	Start int    `json:"start" doc:"Offset of the first byte in the file, a byte order mark included."`
	End   int    `json:"end" doc:"Offset of the byte after the last. It is that of the first for an insertion."`
	Text  string `json:"text" doc:"The text that replaces it."`
}

// A Fixing is the result of --fix. The findings beside it are those that are left.
type Fixing struct {
	Fixed  []Finding `json:"fixed" doc:"The findings that are gone, in their old places."`
	DryRun bool      `json:"dryRun" doc:"Nothing is written: --diff was given."`
	Diff   string    `json:"diff" doc:"With --diff, what would change, as a unified diff in which secrets are masked."`
}

func (*Validation) command() string { return "validate" }

// A Check is the output of check.
type Check struct {
	Head
	Found
	Compared []Compared `json:"compared" doc:"What was compared with what generate, docs, and stub with --stub, would write."`
}

func (*Check) command() string { return "check" }

// A Compared is a folder or file that was compared with what it should be.
type Compared struct {
	Path    string `json:"path" doc:"The folder of the package or SDK, or the file of the client or page."`
	Kind    string `json:"kind" enum:"package,sdk,client,page" doc:"What it is."`
	Spec    string `json:"spec" doc:"The spec of the package, client or page; empty for an SDK, which several may share."`
	Current bool   `json:"current" doc:"Nothing would change."`
}

// Changes are the output of diff.
type Changes struct {
	Head
	Findings []Finding `json:"findings" doc:"What keeps specs from being compared."`
	Changes  []Change  `json:"changes" doc:"What has changed, the gravest of each spec first, harmless changes included."`
	Counts   Counts    `json:"counts" doc:"How many findings and changes there are of each severity."`
	Verdict  Verdict   `json:"verdict" doc:"The worst of all changes."`
	Specs    []Changed `json:"specs" doc:"The specs that were compared."`
}

func (*Changes) command() string { return "diff" }

// A Verdict sums up changes.
type Verdict struct {
	Go     string `json:"go" enum:"none,additive,breaking" doc:"What happens to code that uses the generated package."`
	Source string `json:"source" enum:"safe,review,breaking" doc:"What happens to existing sources: nothing, something to look at, or a loss of data or function."`
	Review bool   `json:"review" doc:"There is code to look at, though it compiles."`
}

// A Changed is a pair of specs.
type Changed struct {
	Path    string `json:"path" doc:"The new spec."`
	OldPath string `json:"oldPath" doc:"The old spec: a file, or REVISION:FILE; empty where there is none."`
	New     bool   `json:"new" doc:"The spec did not exist at the revision, so nothing is compared."`
	Verdict
}

// A Change is one difference between two specs. Its severity is error for what breaks code or
// sources, warning for what someone should look at, else info.
type Change struct {
	Finding
	Subject string `json:"subject" doc:"What has changed, such as an attribute; empty for the spec."`
	Go      string `json:"go" enum:"none,additive,breaking" doc:"What happens to code that uses the generated package."`
	Source  string `json:"source" enum:"safe,review,breaking" doc:"What happens to existing sources."`
	Review  string `json:"review" doc:"Why to look at code that still compiles; empty for most changes."`
	Old     *Place `json:"old,omitempty" doc:"Its place in the old spec, if it is there."`
	New     *Place `json:"new,omitempty" doc:"Its place in the new spec, if it is there."`
}

// Rules are the output of rules.
type Rules struct {
	Head
	Rules []Explanation `json:"rules" doc:"The rule that was asked for, or all of them."`
}

func (*Rules) command() string { return "rules" }

// An Explanation explains a rule or a kind of change.
type Explanation struct {
	ID       string          `json:"id" doc:"The rule in findings."`
	Command  string          `json:"command" enum:"validate,check,docs,pack,diff" doc:"The command that reports it."`
	Severity schema.Severity `json:"severity" enum:"error,warning,info" doc:"Its severity where no settings change it. A change that breaks Go code is also an error."`
	Source   string          `json:"source,omitempty" enum:"safe,review,breaking" doc:"What a change does to existing sources."`
	Purpose  string          `json:"purpose" doc:"What is wrong, or has changed."`
	Effect   string          `json:"effect,omitempty" doc:"What causes a finding, or what a change leads to, and what to do."`
	Why      string          `json:"why,omitempty" doc:"What goes wrong, for whom and when; missing for changes."`
	Advice   string          `json:"advice,omitempty" doc:"What to do about a change; missing for everything else."`
	Ignore   string          `json:"ignore,omitempty" doc:"When it is right to leave a finding, or why nobody can; missing for changes."`
	Settings string          `json:"settings,omitempty" doc:"A .conngen.json that hides the finding of the example; missing where none can."`
	Fixes    *Fixes          `json:"fixes,omitempty" doc:"What validate --fix does about its findings; missing for what other commands report."`
	Examples []Example       `json:"examples" doc:"What it looks like, and what is right."`
	Page     string          `json:"page" doc:"Address of its page in the manual."`
}

// Fixes say what validate --fix does about the findings of a rule. There is no fix where both are false.
type Fixes struct {
	Safe        bool   `json:"safe" doc:"Some fixes change neither types nor meaning."`
	Unsafe      bool   `json:"unsafe" doc:"Some fixes need --unsafe."`
	Description string `json:"description" doc:"What the fixes do, or why there are none. A finding may still have none."`
}

// An Example is part of an explanation.
type Example struct {
	Title string `json:"title" enum:"reported,fixed,before,after" doc:"What it shows: a finding and its fix, or the two sides of a change."`
	Form  string `json:"form" enum:"spec,session" doc:"What the text is: a spec, or command lines, which begin with $, and what they print."`
	Text  string `json:"text" doc:"The text."`

	Message string `json:"message,omitempty" doc:"What conngen prints about a spec; missing where it is in a session, or nothing."`
}

// A Stub is the output of stub.
type Stub struct {
	Head
	Found
	Client *Client `json:"client,omitempty" doc:"The client; missing where the spec is refused."`
}

func (*Stub) command() string { return "stub" }

// A Client is the file of a client with what it needed.
type Client struct {
	Path   string   `json:"path" doc:"The file for new methods."`
	Type   string   `json:"type" doc:"The type of the client."`
	Added  []string `json:"added" doc:"Methods that were missing. With --dry-run they still are."`
	DryRun bool     `json:"dryRun" doc:"Nothing is written."`
	Diff   string   `json:"diff" doc:"What changes in the file, as a unified diff; empty when nothing does."`
}

// A Generation is the output of generate.
type Generation struct {
	Head
	Found
	Written []Written `json:"written" doc:"The folders of packages, then those of their SDKs; empty with --list."`
	Listed  []Listed  `json:"listed,omitzero" doc:"With --list, the folders of packages, then those of their SDKs; missing without it."`
}

func (*Generation) command() string { return "generate" }

// A Written is a folder of generated files.
type Written struct {
	Path      string   `json:"path" doc:"The folder."`
	Kind      string   `json:"kind" enum:"package,sdk" doc:"What it holds."`
	Spec      string   `json:"spec" doc:"The spec of a package; empty for an SDK, which several may share."`
	Written   []string `json:"written" doc:"Files that are new or have changed, relative to the folder."`
	Removed   []string `json:"removed" doc:"Files that were no longer needed."`
	Unchanged int      `json:"unchanged" doc:"How many files were left as they are."`
}

// A Listed is a folder of generated files, which need not be there.
type Listed struct {
	Path  string   `json:"path" doc:"The folder."`
	Kind  string   `json:"kind" enum:"package,sdk" doc:"What it holds."`
	Spec  string   `json:"spec" doc:"The spec of a package; empty for an SDK, which several may share."`
	Files []string `json:"files" doc:"All files that belong there, up to date or not, relative to the folder and in the order of their paths."`
}

// A Project is the output of init.
type Project struct {
	Head
	Found
	Project *Made `json:"project,omitempty" doc:"The project; missing where the spec is refused."`
}

func (*Project) command() string { return "init" }

// A Made is a new project.
type Made struct {
	Name      string   `json:"name" doc:"Name of the connector."`
	Path      string   `json:"path" doc:"Folder of the project."`
	Module    string   `json:"module" doc:"Path of its Go module."`
	Files     []string `json:"files" doc:"Its files, relative to the folder."`
	Workspace string   `json:"workspace" doc:"A go.work that does not list the project, which cannot build until it does; usually empty."`
}

// A Bundle is the output of pack.
type Bundle struct {
	Head
	Found
	Bundle *Packed `json:"bundle,omitempty" doc:"The bundle; missing where the spec is refused, or generated code has drifted from it."`
}

func (*Bundle) command() string { return "pack" }

// A Packed is the zip of a connector.
type Packed struct {
	Path    string `json:"path" doc:"The zip."`
	Name    string `json:"name" doc:"Name of the connector."`
	Version string `json:"connectorVersion" doc:"Version of the connector."`
	Mode    string `json:"mode" enum:"wasm,forward" doc:"What is in it: the connector itself, or what forwards to its service."`
	Size    int    `json:"size" doc:"Bytes of the zip."`
	Index   int    `json:"indexSize" doc:"Bytes of index.js in it."`
}

// A Version is the output of version: what conngen was built from, as far as known.
type Version struct {
	Head
	Conngen  string `json:"conngenVersion" doc:"Version of conngen: that of its module, else the commit, else devel."`
	Commit   string `json:"commit,omitempty" doc:"The commit, or the first digits of it; missing where it is unknown."`
	Date     string `json:"date,omitempty" doc:"Time of the commit in UTC, by RFC 3339; missing where it is unknown."`
	Modified bool   `json:"modified" doc:"Files were edited after the checkout."`
	Go       string `json:"go" doc:"The version of Go that built it."`
	Platform string `json:"platform" doc:"The system and processor it was built for, such as linux/amd64."`
}

func (*Version) command() string { return "version" }

// NewFound returns what was found in files as programs read it.
func NewFound(files []File) Found {
	all := Found{Findings: []Finding{}}
	for _, f := range files {
		for _, d := range f.Findings {
			all.Findings = append(all.Findings, f.finding(d))
		}
	}
	all.Counts = count(all.Findings)
	return all
}

// NewSuppressed returns suppressions as programs read them.
func NewSuppressed(files []File) []Suppressed {
	all := []Suppressed{}
	for _, f := range files {
		for _, s := range f.Suppressed {
			all = append(all, Suppressed{f.finding(s.Diagnostic), s.Reason})
		}
	}
	return all
}

func count(findings []Finding) Counts {
	number := make(map[schema.Severity]int)
	for _, f := range findings {
		number[f.Severity]++
	}
	return Counts{number[schema.Error], number[schema.Warning], number[schema.Info]}
}

func newFinding(d schema.Diagnostic) Finding {
	return Finding{
		Path: printable.Valid(d.Path), Range: newRange(position(d)), Pointer: string(d.Pointer),
		Rule: d.Rule, Severity: d.Severity, Message: d.Message, Hint: d.Hint, Related: newPlace(d.Related),
	}
}

func newRange(p schema.Position) Range { return Range{p.Line, p.Column, p.EndLine, p.EndColumn} }

// newPlace returns nil for the zero Place.
func newPlace(p schema.Place) *Place {
	if p == (schema.Place{}) {
		return nil
	}
	return &Place{newRange(p.Position), string(p.Pointer)}
}

// Paths makes paths fit for JSON.
func Paths(paths []string) []string {
	fit := make([]string, len(paths))
	for i, p := range paths {
		fit[i] = printable.Valid(p)
	}
	return fit
}
