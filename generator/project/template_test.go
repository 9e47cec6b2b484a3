package project

import (
	"io/fs"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/templates"
)

// TestRender: templates produce the same output as with text/template.
func TestRender(t *testing.T) {
	t.Parallel()
	type part struct {
		Name  string
		Parts []string
	}
	data := struct {
		Text, Empty string
		Yes, No     bool
		List, None  []string
		Part        part
		Parts       []part
	}{"text", "", true, false, []string{"a", "b"}, nil, part{"inner", []string{"x"}}, []part{{"one", nil}, {"two", []string{"y", "z"}}}}
	for _, text := range []string{
		"", "plain", "{{.Text}}", "a {{.Text}} b {{.Empty}}c\n", "{{.Part.Name}}{{.Text}}",
		"a \n{{- .Text}}\t\n{{.Text -}} \n b {{- .Text -}} c", "{{- .Text -}}",
		"{{if .Yes}}a{{end}}{{if .No}}b{{end}}c", "{{if .Text}}a{{else}}b{{end}}{{if .Empty}}a{{else}}b{{end}}",
		"{{if .List}}a{{else}}b{{end}}{{if .None}}a{{else}}b{{end}}", "{{if .Part}}a{{end}}",
		"x\n{{- if .No}}\n{{if .Yes}}a{{else}}b{{end}}\n{{- else}}\n{{if .Yes}}c{{else}}d{{end}}\n{{- end}}\ny",
		"{{range .List}}[{{.}}]{{end}}{{range .None}}[{{.}}]{{else}}none{{end}}",
		"{{range .Parts}}{{.Name}}:{{range .Parts}}{{.}},{{else}}-{{end}}\n{{end}}",
		"{{with .Text}} # {{.}}{{end}}{{with .Empty}}{{.}}{{else}}{{.Text}}{{end}}{{with .Part}}{{.Name}}{{end}}",
		"{{if .No}}{{range .List}}{{if .}}{{end}}{{end}}{{end}}z",
	} {
		var want strings.Builder
		if err := template.Must(template.New("").Parse(text)).Execute(&want, data); err != nil {
			t.Fatal(err)
		}
		if got, err := render("x", text, data); err != nil || got != want.String() {
			t.Errorf("%q stands for %q, want %q (%v)", text, got, want.String(), err)
		}
	}
	for text, want := range map[string]string{
		"{{.Missing}}":                         "x: the data has no {{.Missing}}",
		"{{.Text.More}}":                       "x: the data has no {{.Text.More}}",
		"{{if .Missing}}{{end}}":               "x: the data has no {{.Missing}}",
		"{{.List}}":                            "x: {{.List}} is not a text",
		"{{printf .Text}}":                     "x: the data has no {{printf .Text}}",
		"{{range .Text}}{{end}}":               "x: {{range .Text}} is not of a list",
		"{{if .Yes}}":                          "x: a block has no {{end}}",
		"{{if .No}}{{else}}":                   "x: a block has no {{end}}",
		"{{end}}":                              "x: unexpected {{end}}",
		"{{if .Yes}}{{else}}b{{else}}c{{end}}": "x: unexpected {{else}}",
	} {
		if got, err := render("x", text, data); err == nil || err.Error() != want {
			t.Errorf("%q stands for %q, error %v; want the error %q", text, got, err, want)
		}
	}
}

// TestProjectTemplates: a project's templates do, too.
func TestProjectTemplates(t *testing.T) {
	t.Parallel()
	full := projectData{
		Name: "x", Module: "example.com/x", GoName: `"x"`, Call: "go tool conngen", Program: `"go"`, Args: []string{`"tool"`, `"conngen"`},
		OnPath: true, Go: "1.24", GoImage: "1.26", Action: Action{"v1", "a tag"}, Base: "x", Docker: true, NPM: true, HasSettings: true,
		TestConnection: "TestConnection", AccountList: "AccountList", AccountRead: "AccountRead", AccountCreate: "AccountCreate",
		AccountDelete: "AccountDelete", Calls: true, Create: newAccount{Attributes: []string{"Login: name,", "ID: name,"}, Name: true, Number: true},
		Lists: true, Unnamed: `config.Token == ""`, NamingProblem: `"no"`, Addresses: []string{`"url"`, `"host"`}, Impossible: `"never"`,
		Example: "std:account:list", CurlExample: "curl", EditorSchemas: schemasOfEditors(),
	}
	files, err := fs.Glob(templates.Project(), "*.tmpl")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := fs.ReadFile(templates.Project(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range []projectData{full, {}} {
			var want strings.Builder
			if err := template.Must(template.New("").Parse(string(text))).Execute(&want, data); err != nil {
				t.Fatal(err)
			}
			got, err := render(name, string(text), data)
			if diff := cmp.Diff(want.String(), got); err != nil || diff != "" {
				t.Errorf("%s (-want +got):\n%s%v", name, diff, err)
			}
		}
	}
}
