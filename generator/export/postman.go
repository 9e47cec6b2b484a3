package export

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// postmanSchema marks a file as a collection of this version.
const postmanSchema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

// The scripts of a collection. Names in capitals stand for facts from the spec.
var (
	//go:embed scripts/prerequest.js
	prerequestScript string
	//go:embed scripts/test.js
	testScript string
)

// A postmanWriter turns a collection into Postman's format.
type postmanWriter struct {
	*collection
	name string
	opts Options
}

// id returns a UUID that a part of the collection keeps in every export of the spec.
func (w *postmanWriter) id(part string) string {
	h := sha1.Sum([]byte("conngen/export/postman/" + w.name + "/" + part))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func (w *postmanWriter) document() postmanCollection {
	c := postmanCollection{
		Item: []postmanItem{}, // not null
		Info: postmanInfo{ID: w.id(""), Name: w.name, Description: w.about(), Schema: postmanSchema},
		Auth: postmanAuth{Type: "bearer", Bearer: []postmanKeyValue{{Key: "token", Value: reference(tokenVariable), Type: "string"}}},
		Event: []postmanEvent{
			w.event("", "prerequest", w.script(prerequestScript)),
			w.event("", "test", w.script(testScript)),
		},
		Variable: w.variables(),
	}
	for _, f := range w.folders {
		c.Item = append(c.Item, w.folder(f))
	}
	return c
}

func (w *postmanWriter) folder(f *folder) postmanItem {
	item := postmanItem{ID: w.id("folder " + f.id), Name: f.name, Description: f.about}
	for _, below := range f.folders {
		item.Item = append(item.Item, w.folder(below))
	}
	for _, r := range f.requests {
		item.Item = append(item.Item, w.request(r))
	}
	return item
}

func (w *postmanWriter) request(r *request) postmanItem {
	body := postmanBody{Mode: "raw", Raw: body(r, variable(configVariable))}
	body.Options.Raw.Language = "json"
	item := postmanItem{
		ID: w.id("request " + r.id), Name: r.name,
		Request: &postmanRequest{
			Method: "POST", Header: []postmanKeyValue{{Key: "Content-Type", Value: "application/json"}}, Body: body,
			URL: postmanURL{Raw: reference(urlVariable), Host: []string{reference(urlVariable)}}, Description: r.about,
		},
		Response: &[]struct{}{},
	}
	if before := r.before(); len(before) > 0 {
		item.Event = append(item.Event, w.event(r.id, "prerequest", before))
	}
	if len(r.hooks.after) > 0 {
		item.Event = append(item.Event, w.event(r.id, "test", r.hooks.after))
	}
	return item
}

// before is the script that decides whether a request is sent, and the scripts after it.
func (r *request) before() []string {
	var script []string
	if r.changes {
		script = append(script, skipping(fmt.Sprintf("pm.variables.get(%q) !== \"true\"", allowChanges), allowChanges+" is not true")...)
	}
	for _, n := range r.needs {
		script = append(script, skipping(fmt.Sprintf("!pm.variables.get(%q)", n.variable), n.why)...)
	}
	if r.fails {
		script = append(script, `pm.variables.set("fails", "true"); // which is the right answer`)
	}
	return append(script, r.hooks.before...)
}

// skipping is a script that skips a request under a condition. A version of Postman that cannot
// skip fails, and sends the request to no server.
func skipping(condition, why string) []string {
	return []string{
		"if (" + condition + ") {",
		"    console.log(" + string(jsonOf("skipped: "+why)) + ");",
		`    pm.variables.set("url", "http://skipped.invalid");`,
		"    pm.execution.skipRequest();",
		"}",
	}
}

func (w *postmanWriter) event(of, listen string, script []string) postmanEvent {
	return postmanEvent{Listen: listen, Script: postmanScript{ID: w.id(listen + " of " + of), Type: "text/javascript", Exec: script}}
}

// script fills in facts from the spec.
func (w *postmanWriter) script(source string) []string {
	type textVariable struct {
		Name   string `json:"name"`
		ByHand bool   `json:"byHand,omitempty"`
		JSON   bool   `json:"json,omitempty"`
	}
	texts := []textVariable{}
	for _, v := range w.chain {
		texts = append(texts, textVariable{v.name, v.byHand, v.isJSON})
	}
	items := []configItem{}
	items = append(items, w.config.items...)
	filled := strings.NewReplacer(
		"ITEMS", rows(items), "TEXTS", rows(texts), "COMMANDS", rows(w.commandTable()), "SCHEMAS", rows(w.schemaTable()),
		"KEYTYPE", string(jsonOf(string(w.spec.KeyType))),
	).Replace(source)
	return strings.Split(strings.TrimSuffix(filled, "\n"), "\n")
}

// rows is a list in JavaScript, one element a line.
func rows[T any](all []T) string {
	if len(all) == 0 {
		return "[]"
	}
	var b strings.Builder
	b.WriteString("[\n")
	for _, row := range all {
		b.WriteString("    " + string(jsonOf(row)) + ",\n")
	}
	b.WriteString("]")
	return b.String()
}

// jsonOf is a value as JSON that JavaScript can read.
func jsonOf(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts, numbers and lists always encode
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// commandTable describes the outputs of each command.
func (w *postmanWriter) commandTable() [][2]any {
	type outputs struct {
		One        bool   `json:"one,omitempty"`
		Of         string `json:"of,omitempty"`
		MayBeEmpty bool   `json:"mayBeEmpty,omitempty"`
	}
	table := [][2]any{}
	for _, name := range w.spec.DistinctCommands() {
		c, ok := w.byName[name]
		if !ok {
			continue
		}
		o := outputs{One: !c.Shape.Streams(), Of: "object", MayBeEmpty: c.Has(protocol.Changes)}
		switch {
		case c.List:
			o.Of = "list"
		case c.Shape == protocol.Action || c.Output != "" || c.Object == protocol.NoObject:
		case c.Object == protocol.Accounts:
			o.Of = "account"
		case c.Object == protocol.Entitlements:
			o.Of = "entitlement"
		}
		table = append(table, [2]any{name, o})
	}
	return table
}

// schemaTable lists the attributes of accounts, under "", and of each entitlement type.
func (w *postmanWriter) schemaTable() [][2]any {
	table := [][2]any{}
	if s := w.spec.AccountSchema; s != nil {
		table = append(table, [2]any{"", attributeRows(s)})
	}
	for _, s := range w.spec.DistinctEntitlementSchemas() {
		table = append(table, [2]any{s.Type, attributeRows(s)})
	}
	return table
}

func attributeRows(s *schema.ObjectSchema) [][3]any {
	all := [][3]any{}
	for _, a := range s.DistinctAttributes() {
		all = append(all, [3]any{a.Name, a.Type, a.Multi})
	}
	return all
}

// The names of Postman's files.
const (
	postmanSuffix     = ".postman_collection.json"
	environmentSuffix = ".postman_environment.json"
)

// postmanCommand is the command that exports a collection.
const postmanCommand = "conngen export postman"

func postmanDocuments(c *collection, name, file string, opts Options) []Document {
	w := &postmanWriter{c, name, opts}
	environment := w.environment()
	return []Document{
		{
			Name: file, Content: marked(pretty(w.document()), nil),
			Update: func(old []byte) ([]byte, string, error) {
				if err := checkMark(old, postmanCommand, ", by hand or because Postman exported it", nil); err != nil {
					return nil, "", err
				}
				next := *w
				next.opts.URL = cmp.Or(w.opts.URL, urlOf(old))
				return marked(pretty(next.document()), nil), "", nil
			},
		},
		{
			Name: withoutSuffix(file, postmanSuffix) + environmentSuffix, Content: pretty(environment),
			Update: func(old []byte) ([]byte, string, error) {
				content, err := environment.keeping(old)
				return content, "", err
			},
		},
	}
}

// urlOf returns the URL in a collection.
func urlOf(collection []byte) string {
	var c struct{ Variable []postmanVariable }
	_ = json.Unmarshal(collection, &c) // it is an export
	for _, v := range c.Variable {
		if v.Key == urlVariable {
			return v.Value
		}
	}
	return ""
}

// pretty is a document as a file.
func pretty(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // texts and lists always encode
	return []byte(escapeInvisible(b.String()))
}

// about returns the description of the collection.
func (w *postmanWriter) about() string {
	var b strings.Builder
	if doc := strings.TrimSpace(w.pkg.Doc); doc != "" {
		b.WriteString(doc + "\n\n")
	}
	fmt.Fprintf(&b, "Requests as Identity Security Cloud sends them to this connector, one for each command of its spec.\n\n"+
		"To run them, import the environment %s as well, and fill in its secrets. %s The variables `config_*` are the items of the source's config. Each holds its value as text, which a script sends with "+
		"the item's type: 100 as a number, `[\"a\"]` as a list. An empty one is left out. A variable of the same name in an environment takes precedence.\n\n"+
		"A run of the whole collection reads what the source has, and neither changes nor deletes any of it.", code(w.name), tokenAbout(code(tokenVariable)))
	if w.has(createCommand) {
		b.WriteString(" It creates an account of its own, and changes and deletes that one.")
	}
	if w.needsAllowance() {
		fmt.Fprintf(&b, " Requests whose effect cannot be undone, or is not known, are skipped unless the variable %s is `true`.", code(allowChanges))
	}
	fmt.Fprintf(&b, "\n\nWritten by %s from %s: the next export replaces it, unless somebody has edited it. %s", code(postmanCommand), code(w.specName()), emptyMark)
	return b.String()
}

// needsAllowance reports whether a request is only sent if changes are allowed.
func (c *collection) needsAllowance() bool {
	return anyRequest(c.folders, func(r *request) bool { return r.changes })
}

func anyRequest(folders []*folder, is func(*request) bool) bool {
	for _, f := range folders {
		if anyRequest(f.folders, is) {
			return true
		}
		for _, r := range f.requests {
			if is(r) {
				return true
			}
		}
	}
	return false
}

// variables are those of the collection: all but secrets.
func (w *postmanWriter) variables() []postmanVariable {
	all := []postmanVariable{{urlVariable, w.opts.url(), "Where the connector serves."}}
	if w.needsAllowance() {
		all = append(all, postmanVariable{allowChanges, "false", "Whether requests are sent that change what this collection has not made."})
	}
	for _, s := range w.config.settings() {
		if !s.secret {
			all = append(all, postmanVariable{s.name, s.value, s.about})
		}
	}
	for _, v := range w.chain {
		all = append(all, postmanVariable{v.name, v.value, v.about})
	}
	return all
}
