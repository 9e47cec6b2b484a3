package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/settings"
)

// TestSettingsPage: the manual has each setting that the JSON Schema has, what several files make of it,
// and an example that conngen reads.
func TestSettingsPage(t *testing.T) {
	t.Parallel()
	w := &settingsWriter{T: t, root: wholeRoot()}
	if err := json.Unmarshal(settings.JSONSchema(), &w.schema); err != nil {
		t.Fatal(err)
	}
	manual.In(repository, *update).Pages(t, map[string]string{homepage.Settings: w.page()})
}

// A settingSchema is what the page shows of the JSON Schema of a setting.
type settingSchema struct {
	Type                 string
	Description          string
	Default              any
	Enum                 []string
	Items                *settingSchema
	AdditionalProperties any
	Properties           map[string]settingSchema
	Definitions          map[string]settingSchema
}

// typeName says in words which values a setting takes.
func (s settingSchema) typeName() string {
	switch {
	case s.Items != nil:
		return "list of " + s.Items.typeName() + "s"
	case s.isMap():
		return "object of strings"
	}
	return cmp.Or(s.Type, "string") // an enum, whose values are strings
}

// isMap reports whether the members of a setting have names that people choose.
func (s settingSchema) isMap() bool {
	_, ok := s.AdditionalProperties.(map[string]any)
	return ok
}

// A settingsWriter writes the page of the settings.
type settingsWriter struct {
	*testing.T
	root   *cobra.Command
	schema settingSchema
}

func (w *settingsWriter) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Settings

%[1]s is a JSON file with settings for all commands, so you need not repeat flags. It is optional: every setting has a default. %[2]s prints its JSON Schema, with which editors complete and check it.

conngen reads this file in the folder of the spec and in the folders above, up to the root of the repository, or of the module if there is no repository. %[3]s ends the search. A flag takes precedence over the setting of its name.

Commands that read specs refuse a file with a mistake, such as an unknown setting or a value of the wrong type. The message shows the place and the correction.

`, "`"+settings.FileName+"`", "`conngen schema --settings`", "`\"root\": true`")
	b.WriteString("## All settings\n\n" + manual.Table(w.rows()))
	fmt.Fprintf(&b, "\nThe severities are %s. %s\n", series.And(quoted(w.schema.Definitions["severity"].Enum)), rules.Markdown(w.schema.Definitions["severity"].Description))
	b.WriteString(`
Go names come from the names in the spec. If two collide, or one cannot be used, ` + "`conngen validate`" + ` warns and shows which name to set.

In the file beside a spec, a name that the spec does not have is an error, and an ` + "`ignore`" + ` entry that hides nothing is a warning. Files further up may also apply to other specs, so these checks do not apply there. [Rules](rules.md) lists the rules that can be changed. Findings of ` + "`check`, `docs`, `pack` and `diff`" + ` cannot be ignored.
`)
	b.WriteString("\n" + w.example())
	return b.String()
}

// quoted puts words into code spans.
func quoted(words []string) []string {
	spans := make([]string, len(words))
	for i, word := range words {
		spans[i] = "`" + word + "`"
	}
	return spans
}

// rows are a row for each setting.
func (w *settingsWriter) rows() [][]string {
	rows := [][]string{{"setting", "value", "default", "flag", "meaning", "in several files"}}
	add := func(group, name string, s settingSchema) {
		key, flag, initial := strings.TrimPrefix(group+"."+name, "."), "", ""
		if cmd, _, err := w.root.Find([]string{group}); group != "" && err == nil && cmd.Flags().Lookup(name) != nil {
			flag = "`--" + name + "`"
		}
		if s.Default != nil {
			initial = fmt.Sprintf("`%v`", s.Default)
		}
		rows = append(rows, []string{"`" + key + "`", s.typeName(), initial, flag, manual.Cell(rules.Markdown(s.Description)), w.merging(key, s)})
	}
	for _, name := range slices.Sorted(maps.Keys(w.schema.Properties)) {
		s := w.schema.Properties[name]
		if s.isMap() || len(s.Properties) == 0 {
			add("", name, s)
			if s.Items != nil { // the elements of ignore
				for _, member := range slices.Sorted(maps.Keys(s.Items.Properties)) {
					m := s.Items.Properties[member]
					rows = append(rows, []string{"`" + name + "[]." + member + "`", m.typeName(), "", "", manual.Cell(rules.Markdown(m.Description)), ""})
				}
			}
			continue
		}
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			add(name, member, s.Properties[member])
		}
	}
	return rows
}

// probes are values of each setting, in a file beside the spec and in one further up, with what tells
// where the values of the result come from.
var probes = map[string]struct {
	near, far string
	origins   func(settings.Settings) []settings.Origin
}{
	"generate.out":         {`"near"`, `"far"`, func(s settings.Settings) []settings.Origin { return origins(s.Generate.Out) }},
	"generate.package":     {`"near"`, `"far"`, func(s settings.Settings) []settings.Origin { return origins(s.Generate.Package) }},
	"generate.sdk":         {`"./near"`, `"./far"`, func(s settings.Settings) []settings.Origin { return origins(s.Generate.SDK.Value) }},
	"generate.names":       {`{"account/a": "Near"}`, `{"account/a": "Far", "account/b": "Other"}`, func(s settings.Settings) []settings.Origin { return originsIn(s.Generate.Names) }},
	"generate.initialisms": {`["NEAR"]`, `["FAR"]`, func(s settings.Settings) []settings.Origin { return origins(s.Generate.Initialisms...) }},
	"stub.file":            {`"near.go"`, `"far.go"`, func(s settings.Settings) []settings.Origin { return origins(s.Stub.File) }},
	"stub.type":            {`"Near"`, `"Far"`, func(s settings.Settings) []settings.Origin { return origins(s.Stub.Type) }},
	"rules":                {`{"missing-description": "off"}`, `{"missing-description": "error", "secret-typed-as-text": "off"}`, func(s settings.Settings) []settings.Origin { return originsIn(s.Rules) }},
	"ignore": {
		`[{"rule": "missing-description", "at": "account/a", "reason": "near"}]`,
		`[{"rule": "missing-description", "at": "account/b", "reason": "far"}]`,
		func(s settings.Settings) []settings.Origin {
			var all []settings.Origin
			for _, i := range s.Ignore {
				all = append(all, i.Origin)
			}
			return all
		},
	},
}

func origins(values ...settings.Value) []settings.Origin {
	var all []settings.Origin
	for _, v := range values {
		all = append(all, v.Origin)
	}
	return all
}

// originsIn returns the origins of the values of a map, in the order of its keys.
func originsIn(values map[string]settings.Value) []settings.Origin {
	var all []settings.Origin
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all = append(all, values[key].Origin)
	}
	return all
}

// merging finds out what becomes of a setting that two files make.
func (w *settingsWriter) merging(key string, s settingSchema) string {
	probe, ok := probes[key]
	if !ok {
		if key == "root" || key == "$schema" { // they are about their file
			return "applies to its own file"
		}
		w.Fatalf("what becomes of %s in several files?", key)
	}
	asFile := func(value string) string {
		text := fmt.Sprintf("%q: %s", key[strings.LastIndex(key, ".")+1:], value)
		if group, _, nested := strings.Cut(key, "."); nested {
			text = fmt.Sprintf("%q: {%s}", group, text)
		}
		return "{" + text + "}"
	}
	from := probe.origins(w.load(map[string]string{"hr/" + settings.FileName: asFile(probe.near), settings.FileName: asFile(probe.far)}))
	var own []bool
	for _, o := range from {
		own = append(own, o.Own)
	}
	switch {
	case slices.Equal(own, []bool{true}):
		return "the nearest wins"
	case slices.Equal(own, []bool{true, false}) && s.isMap():
		return "the nearest wins, for each name"
	case len(own) == 2 && own[0] != own[1] && s.Items != nil:
		return "they add up"
	}
	w.Fatalf("%s in several files: the values come from %v", key, from)
	return ""
}

// load reads settings files, by their paths, for the spec in the folder hr.
func (w *settingsWriter) load(files map[string]string) settings.Settings {
	read := func(name string) ([]byte, error) {
		if text, ok := files[filepath.ToSlash(name)]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	s, err := settings.NewLoader(read, func(string) (string, error) { return ".", nil }).Load("hr")
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// exampleSettings are files of a repository with several connectors.
var exampleSettings = map[string]string{
	settings.FileName: `{
  "generate": {"sdk": "./sdk"},
  "rules": {"missing-description": "warning"}
}
`,
	"hr/" + settings.FileName: `{
  "generate": {
    "out": "internal/hr",
    "package": "hr",
    "names": {"account/userId": "UID", "entitlement/group": "Team", "command/acme:sync": "Sync"},
    "initialisms": ["IIQ"]
  },
  "stub": {"file": "client.go", "type": "Client"},
  "rules": {"secret-typed-as-text": "off"},
  "ignore": [{"rule": "missing-description", "at": "account/userId", "reason": "the name says it"}]
}
`,
}

// example shows settings files, and what comes of them.
func (w *settingsWriter) example() string {
	var b strings.Builder
	s := w.load(exampleSettings)
	b.WriteString("## An example\n\nThe connectors of a repository share one SDK, in the folder `sdk` of its root. The file in the root says so:\n\n")
	b.WriteString(manual.Fence("json", exampleSettings[settings.FileName]))
	b.WriteString("\nThe connector in the folder `hr` has settings of its own, in `hr/" + settings.FileName + "`:\n\n")
	b.WriteString(manual.Fence("json", exampleSettings["hr/"+settings.FileName]))
	b.WriteString("\nThese settings apply to `hr/connector-spec.json`:\n\n")
	rows := [][]string{{"setting", "value", "from"}}
	add := func(key string, v settings.Value) {
		if v.IsSet() {
			rows = append(rows, []string{"`" + key + "`", "`" + v.Text + "`", "`" + where(v.Origin) + "`"})
		}
	}
	addAll := func(key string, values map[string]settings.Value) {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			add(key+`["`+name+`"]`, values[name])
		}
	}
	add("generate.out", s.Generate.Out)
	add("generate.package", s.Generate.Package)
	add("generate.sdk", s.Generate.SDK.Value)
	addAll("generate.names", s.Generate.Names)
	for _, word := range s.Generate.Initialisms {
		add("generate.initialisms", word)
	}
	add("stub.file", s.Stub.File)
	add("stub.type", s.Stub.Type)
	addAll("rules", s.Rules)
	for _, i := range s.Ignore {
		add("ignore", settings.Value{Text: i.Rule + " at " + i.At, Origin: i.Origin})
	}
	return b.String() + manual.Table(rows)
}

// where is the file of a setting and its line.
func where(o settings.Origin) string {
	return fmt.Sprintf("%s:%d", filepath.ToSlash(filepath.Clean(o.File.Name)), o.File.Position(o.At).Line)
}
