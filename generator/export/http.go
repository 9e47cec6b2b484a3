package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// The common subset of what JetBrains and VS Code read: requests apart by ###, comments that begin
// with #, variables of the file, and variables of an environment that each keeps elsewhere. Neither
// takes an ID out of an answer in a way that the other understands, so the reader copies it.

// httpCommand is the command that exports requests.
const httpCommand = "conngen export http"

// privateEnvironment is where JetBrains keeps secrets.
const privateEnvironment = "http-client.private.env.json"

// toFill is the placeholder of a value that the reader fills in. A variable without a value would take the
// next line in VS Code.
const toFill = "replace-me"

// An httpWriter turns a collection into requests.
type httpWriter struct {
	*collection
	name string
	opts Options
}

func httpDocuments(c *collection, name, file string, opts Options) []Document {
	w := &httpWriter{c, name, opts}
	content := marked([]byte(w.file()), withoutValues)
	return []Document{
		{
			Name: file, Content: content,
			Update: func(old []byte) ([]byte, string, error) {
				return w.keeping(content, old), "", checkMark(old, httpCommand, " (the values of variables aside)", withoutValues)
			},
		},
		{
			Name: filepath.Join(filepath.Dir(file), privateEnvironment), Content: w.environment(),
			Update: func(old []byte) ([]byte, string, error) { return old, w.lacking(old), nil },
		},
	}
}

// secrets are the names of variables that no file of requests contains.
func (w *httpWriter) secrets() []string {
	all := []string{tokenVariable}
	for _, s := range w.config.settings() {
		if s.secret {
			all = append(all, s.name)
		}
	}
	return all
}

// environment is JetBrains' environment, without values.
func (w *httpWriter) environment() []byte {
	return []byte("{\n  \"dev\": " + strings.ReplaceAll(w.noSecrets("  "), "\n", "\n  ") + "\n}\n")
}

// noSecrets is an object with the secrets' names and no values.
func (w *httpWriter) noSecrets(indent string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range w.secrets() {
		b.WriteString(strings.ReplaceAll(separator(i), "\n", "\n"+indent) + quoted(name) + `: ""`)
	}
	b.WriteString("\n}")
	return b.String()
}

// lacking describes what JetBrains' environment lacks; other files of requests share it.
func (w *httpWriter) lacking(old []byte) string {
	var environments map[string]map[string]json.RawMessage
	if json.Unmarshal(old, &environments) != nil {
		return "cannot be read as environments of JetBrains; it stays as it is"
	}
	var missing []string
	for _, name := range w.secrets() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(environments)), func(e map[string]json.RawMessage) bool { return e[name] != nil }) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "lacks " + strings.Join(missing, ", ") + ", which you have to add: it stays as it is"
}

// valueLine is the definition of a variable, with or without conngen's spaces.
var valueLine = lazyregexp.New(`(?m)^@(\w+)[ \t]*=(.*)$`)

// withoutValues drops the values of variables, which the user of a file may change.
func withoutValues(content []byte) []byte { return valueLine().ReplaceAll(content, []byte("@$1 =")) }

// keeping returns new content with the values that a file has. A URL in the options takes
// precedence.
func (w *httpWriter) keeping(content, old []byte) []byte {
	values := make(map[string][]byte)
	for _, m := range valueLine().FindAllSubmatch(bytes.ReplaceAll(old, []byte("\r\n"), []byte("\n")), -1) {
		if len(bytes.TrimSpace(m[2])) > 0 { // otherwise it would take the next line in VS Code
			values[string(m[1])] = m[0]
		}
	}
	return valueLine().ReplaceAllFunc(content, func(line []byte) []byte {
		name := string(valueLine().FindSubmatch(line)[1])
		if kept := values[name]; kept != nil && (name != urlVariable || w.opts.URL == "") {
			return kept
		}
		return line
	})
}

// file is the whole file of requests.
func (w *httpWriter) file() string {
	var b strings.Builder
	w.head(&b)
	w.values(&b)
	for _, f := range w.folders {
		w.folder(&b, f)
	}
	return b.String()
}

func (w *httpWriter) head(b *strings.Builder) {
	paragraphs := []string{
		fmt.Sprintf("Requests as Identity Security Cloud sends them to the connector %s, for the HTTP Client of JetBrains and the REST Client of VS Code.", w.name),
		fmt.Sprintf("Written by %s from %s. The next export keeps the values below, and replaces everything else, unless somebody has edited it. %s",
			httpCommand, w.specName(), emptyMark),
		fmt.Sprintf("This file has no secrets. JetBrains reads them from %s, beside it: choose the environment dev. VS Code reads them from its settings:", privateEnvironment),
		"",
		"A secret becomes part of JSON as it is: write \\\" for a quote, and \\\\ for a backslash. " + tokenAbout(tokenVariable),
		"Copy IDs from answers into the variables below; one with a quote or a backslash goes into the requests themselves, as JSON. " +
			"Requests that change or delete an account use only test_account_id.",
	}
	for i, p := range paragraphs {
		if i > 0 {
			b.WriteString("#\n")
		}
		if p == "" {
			setting := `"rest-client.environmentVariables": {"$shared": ` + w.noSecrets("  ") + "}"
			for line := range strings.Lines(setting + "\n") {
				b.WriteString("#     " + line)
			}
			continue
		}
		comment(b, p)
	}
}

// commentWidth is the maximum length of comment lines.
const commentWidth = 100

// comment writes a text as comment lines.
func comment(b *strings.Builder, t string) {
	line := "#"
	for _, word := range strings.Fields(t) {
		if len(line)+1+len(word) > commentWidth && line != "#" && word[0] != '@' { // it would be an instruction
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// values writes the variables of the file, with their descriptions.
func (w *httpWriter) values(b *strings.Builder) {
	b.WriteString("\n@" + urlVariable + " = " + w.opts.url() + "\n")
	var unset []string
	for _, item := range w.config.items {
		switch {
		case item.secret:
		case item.value == nil:
			unset = append(unset, strconv.Quote(item.Key))
		case w.inVariable(item):
			b.WriteString("\n")
			comment(b, item.about)
			b.WriteString("@" + item.Variable + " = " + item.text() + "\n")
		}
	}
	if len(unset) > 0 {
		b.WriteString("\n")
		comment(b, "Items of the config that are not sent: "+strings.Join(unset, ", ")+".")
	}
	for _, v := range w.chain {
		if v.name == deletedAccount.id() || v.name == deletedAccount.unique() {
			continue
		}
		value := v.value
		switch {
		case value != "":
		case v.isJSON:
			value = "{}"
		case v.name == runVariable || v.name == runNumberVariable:
			value = "1"
		default:
			value = toFill
		}
		b.WriteString("\n")
		comment(b, v.httpAbout())
		b.WriteString("@" + v.name + " = " + value + "\n")
	}
}

// httpAbout describes a variable that no request fills in.
func (v chainVariable) httpAbout() string {
	switch {
	case v.byHand:
		return v.about
	case v.name == runVariable:
		return "A text that no other account has: another value makes another account."
	case v.name == runNumberVariable:
		return "A number that no other account has: another value makes another account."
	case v.name == testAccount.id():
		return "The ID of the account that you have created with a request below."
	}
	return v.about
}

// inVariable reports whether an item's value fits a variable. The tools read anything but plain
// text differently, and insert it into JSON as is.
func (w *httpWriter) inVariable(item configItem) bool {
	t := item.text()
	return item.Kind != jsonKind && t != "" && strings.TrimSpace(t) == t &&
		!strings.ContainsAny(t, "\"\\#<>{}") && !strings.Contains(t, " //") && !strings.ContainsFunc(t, func(r rune) bool { return !unicode.IsPrint(r) })
}

// config is the config of a request.
func (w *httpWriter) configNode() node {
	o := object{}
	for _, item := range w.config.items {
		switch {
		case item.secret:
			o = append(o, member{item.Key, filled{variable(item.Variable)}})
		case item.value == nil && item.Blank:
			o = append(o, member{item.Key, text("")})
		case item.value == nil:
		case !w.inVariable(item):
			o = append(o, member{item.Key, nodeOf(item.value)})
		case item.Kind == textKind:
			o = append(o, member{item.Key, filled{variable(item.Variable)}})
		default:
			o = append(o, member{item.Key, variable(item.Variable)})
		}
	}
	return o
}

func (w *httpWriter) folder(b *strings.Builder, f *folder) {
	for _, below := range f.folders {
		w.folder(b, below)
	}
	for _, r := range f.requests {
		if !r.fails {
			w.request(b, f, r)
		}
	}
}

func (w *httpWriter) request(b *strings.Builder, f *folder, r *request) {
	fmt.Fprintf(b, "\n### %s\n", r.name)
	about, _, _ := strings.Cut(r.about, "\n")
	comment(b, strings.ReplaceAll(about, "`", ""))
	var text strings.Builder
	text.WriteString("POST " + reference(urlVariable) + "\nContent-Type: application/json\nAuthorization: Bearer " + reference(tokenVariable) + "\n\n" +
		body(r, w.configNode()) + "\n")
	if !r.changes {
		if r.uses(testAccount.id()) || r.command == createCommand {
			b.WriteString("# VS Code asks before it sends this, because of the next line.\n# @note\n")
		}
		b.WriteString("\n" + text.String())
		return
	}
	comment(b, "It may make changes that cannot be undone: to send it, remove the # from the lines below.")
	b.WriteString("\n")
	for line := range strings.Lines(text.String()) {
		b.WriteString(strings.TrimRight("# "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
}

// nodeOf parses a sample of the plan, whose texts may be variables.
func nodeOf(sample json.RawMessage) node {
	d := json.NewDecoder(bytes.NewReader(sample))
	d.UseNumber()
	return readNode(d)
}

func readNode(d *json.Decoder) node {
	token, err := d.Token()
	if err != nil {
		return raw("null") // samples are JSON
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			l := list{}
			for d.More() {
				l = append(l, readNode(d))
			}
			_, _ = d.Token()
			return l
		}
		o := object{}
		for d.More() {
			name, _ := d.Token()
			o = append(o, member{fmt.Sprint(name), readNode(d)})
		}
		_, _ = d.Token()
		return o
	case string:
		if name, ok := strings.CutPrefix(t, "\x01"); ok {
			return filled{variable(strings.TrimSuffix(name, "\x01"))}
		}
		return text(t)
	}
	return raw(jsonOf(token))
}
