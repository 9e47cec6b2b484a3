package golden_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator/export"
	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/templates/sdk"
)

// A guarded connector answers from memory, and checks its requests: each must have the example
// config with its types, and none may change an account that existed at the start.
type guarded struct {
	connector http.Handler
	config    json.RawMessage
	want      any // the config
	there     map[string]call.Object

	mu       sync.Mutex
	problems []string
	commands map[string]int
}

func newGuarded(t *testing.T, name string, spec *schema.Spec) *guarded {
	t.Helper()
	g := &guarded{connector: goldens[name].new(nil, sdk.WithLogger(sdk.NewLogger(io.Discard))), config: exampleConfig(t, spec), commands: make(map[string]int)}
	if err := json.Unmarshal(g.config, &g.want); err != nil {
		t.Fatal(err)
	}
	g.there = g.accounts(t, spec)
	return g
}

// accounts are the existing ones, by ID.
func (g *guarded) accounts(t *testing.T, spec *schema.Spec) map[string]call.Object {
	t.Helper()
	all := make(map[string]call.Object)
	if spec.HasCommand("std:account:list") {
		for _, o := range call.Objects(t, g.connector, "std:account:list", map[string]any{}, g.config) {
			all[idOf(o)] = o
		}
	}
	return all
}

func idOf(o call.Object) string {
	var key sdk.Key
	if len(o.Key) == 0 || json.Unmarshal(o.Key, &key) != nil {
		return o.Identity
	}
	return key.ID()
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent struct {
		Type   string
		Input  struct{ Identity string }
		Config any
	}
	if err == nil {
		err = json.Unmarshal(body, &sent)
	}
	g.mu.Lock()
	g.commands[sent.Type]++
	if err != nil {
		g.problems = append(g.problems, fmt.Sprintf("%v in %s", err, body))
	}
	withoutOptional(sent.Config, g.want)
	if !reflect.DeepEqual(sent.Config, g.want) {
		g.problems = append(g.problems, fmt.Sprintf("%s comes with another config: %s", sent.Type, cmp.Diff(g.want, sent.Config)))
	}
	reads := []string{"std:account:list", "std:account:read", "std:account:create", "std:account:discover-schema"}
	if _, ok := g.there[sent.Input.Identity]; ok && strings.HasPrefix(sent.Type, "std:account:") && !slices.Contains(reads, sent.Type) {
		g.problems = append(g.problems, fmt.Sprintf("%s is about %q, which was there from the start", sent.Type, sent.Input.Identity))
	}
	g.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	g.connector.ServeHTTP(w, r)
}

// withoutOptional removes the secrets that the example config omits.
func withoutOptional(config, example any) {
	got, _ := config.(map[string]any)
	want, _ := example.(map[string]any)
	maps.DeleteFunc(got, func(key string, value any) bool { return want[key] == nil && value == "replace-me" })
}

// check fails if a run did something forbidden, or skipped a required command.
func (g *guarded) check(t *testing.T, spec *schema.Spec, sent ...string) {
	t.Helper()
	for _, p := range g.problems {
		t.Error(p)
	}
	now := g.accounts(t, spec)
	for id, o := range g.there {
		if diff := cmp.Diff(o, now[id]); diff != "" {
			t.Errorf("the account %q has changed: %s", id, diff)
		}
	}
	for _, c := range spec.Commands {
		if was := g.commands[c.Name] > 0; was == (isSkipped(c.Name) && !slices.Contains(sent, c.Name)) {
			t.Errorf("%s was sent: %v", c.Name, was)
		}
	}
}

// isSkipped reports whether a run sends a command only on explicit request. The in-memory sources
// have no source data to read.
func isSkipped(command string) bool {
	_, known := protocol.Find(command)
	return !known || command == "std:source-data:read" ||
		strings.HasPrefix(command, "std:resource:") && command != "std:resource:list" ||
		strings.HasPrefix(command, "std:ssf-stream:") && command != "std:ssf-stream:discover" && command != "std:ssf-stream:read"
}

// An item is a folder of a collection, or a request.
type item struct {
	Name  string
	Item  []item
	Event []struct {
		Listen string
		Script struct{ Exec []string }
	}
	Request *struct {
		Method string
		Header []struct{ Key, Value string }
		Body   struct{ Raw string }
		URL    struct{ Raw string }
	}
}

// script returns a script of an item.
func (i item) script(listen string) string {
	for _, e := range i.Event {
		if e.Listen == listen {
			return strings.Join(e.Script.Exec, "\n")
		}
	}
	return ""
}

// TestCollections: the requests of a collection, sent in order with the values that their scripts
// extract, get the answers that the spec implies. make postman runs the real scripts.
func TestCollections(t *testing.T) {
	t.Parallel()
	for name, spec := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, name, spec)
			r := runner{t: t, spec: spec, connector: g, collection: make(map[string]string), local: map[string]string{"config": string(g.config)}}
			documents := export.Postman.Export(spec, "x.postman_collection.json", export.Options{})
			var c struct {
				Item     []item
				Variable []struct{ Key, Value string }
			}
			if err := json.Unmarshal(documents[0].Content, &c); err != nil {
				t.Fatal(err)
			}
			secretNames(t, documents[1].Content)
			for _, v := range c.Variable {
				r.collection[v.Key] = v.Value
			}
			r.collection["dataset_id"] = "any"
			r.run(c.Item)
			g.check(t, spec)
		})
	}
}

// A runner sends requests and emulates their scripts, whose few forms it knows.
type runner struct {
	t                 *testing.T
	spec              *schema.Spec
	connector         http.Handler
	collection, local map[string]string
}

var (
	guardForm   = regexp.MustCompile(`(?m)^if \((?:!pm\.variables\.get\("(\w+)"\)|pm\.variables\.get\("(\w+)"\) !== "true")\) \{$`)
	madeUpForm  = regexp.MustCompile(`(?m)^    (\w+): (?:"|random|String)`)
	setForm     = regexp.MustCompile(`pm\.collectionVariables\.set\("(\w+)", \w+((?:\[0\])?(?:\?\.\w+)+) \?\? ""\);`)
	stateForm   = regexp.MustCompile(`pm\.collectionVariables\.set\("(\w+)", pm\.variables\.get\("state"\) \|\| ""\);`)
	placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

func (r *runner) run(items []item) {
	for _, i := range items {
		if i.Request == nil {
			r.run(i.Item)
			continue
		}
		r.send(i)
	}
}

func (r *runner) send(i item) {
	before, after := i.script("prerequest"), i.script("test")
	for _, m := range guardForm.FindAllStringSubmatch(before, -1) {
		if m[1] != "" && r.collection[m[1]] == "" || m[2] != "" && r.collection[m[2]] != "true" {
			return
		}
	}
	for n, m := range madeUpForm.FindAllStringSubmatch(before, -1) {
		r.collection[m[1]] = fmt.Sprint(123456780 + n)
	}
	answer := r.answer(i)
	if strings.Contains(before, `pm.variables.set("fails", "true")`) {
		if answer.Code != http.StatusInternalServerError {
			r.t.Errorf("%s: status %d", i.Name, answer.Code)
		}
		return
	}
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "application/x-ndjson" {
		r.t.Fatalf("%s: status %d, %s: %s", i.Name, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
	}
	outputs, state := r.lines(answer.Body.String())
	for _, m := range setForm.FindAllStringSubmatch(after, -1) {
		r.collection[m[1]] = textAt(outputs, m[2])
	}
	for _, m := range stateForm.FindAllStringSubmatch(after, -1) {
		r.collection[m[1]] = string(state)
	}
	if strings.Contains(after, `"deleted_"`) {
		for name, value := range r.collection {
			if rest, ok := strings.CutPrefix(name, "test_account_"); ok && strings.Contains(after, name) {
				r.collection["deleted_account_"+rest], r.collection[name] = value, ""
			}
		}
	}
}

// answer sends a request with its variables replaced.
func (r *runner) answer(i item) *httptest.ResponseRecorder {
	body := placeholder.ReplaceAllStringFunc(i.Request.Body.Raw, func(m string) string {
		name := strings.Trim(m, "{}")
		if value, ok := r.local[name]; ok {
			return value
		}
		value, ok := r.collection[name]
		if !ok || value == "" {
			r.t.Errorf("%s: %s has no value", i.Name, name)
		}
		if strings.HasSuffix(name, "_state") {
			return value
		}
		quoted, _ := json.Marshal(value)
		return string(quoted[1 : len(quoted)-1])
	})
	request := httptest.NewRequest(i.Request.Method, "/", strings.NewReader(body))
	for _, h := range i.Request.Header {
		request.Header.Set(h.Key, h.Value)
	}
	w := httptest.NewRecorder()
	r.connector.ServeHTTP(w, request)
	return w
}

// lines reads an answer, and checks the attributes of objects.
func (r *runner) lines(body string) (outputs []any, state json.RawMessage) {
	for line := range strings.Lines(body) {
		var l struct {
			Type string
			Data json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Data == nil {
			r.t.Fatalf("%v in %s", err, line)
		}
		switch l.Type {
		case "output":
			var output any
			if err := json.Unmarshal(l.Data, &output); err != nil {
				r.t.Fatal(err)
			}
			outputs = append(outputs, output)
		case "state":
			state = l.Data
		}
	}
	return outputs, state
}

// textAt returns the text at a path such as ?.key?.simple?.id of the first output, or of its first
// element.
func textAt(outputs []any, path string) string {
	if len(outputs) == 0 {
		return ""
	}
	at := outputs[0]
	if rest, ok := strings.CutPrefix(path, "[0]"); ok {
		path = rest
		list, _ := at.([]any)
		if len(list) == 0 {
			return ""
		}
		at = list[0]
	}
	for _, name := range strings.Split(path, "?.")[1:] {
		members, _ := at.(map[string]any)
		at = members[name]
	}
	text, _ := at.(string)
	return text
}

// secretNames are the variables of an environment.
func secretNames(t *testing.T, environment []byte) []string {
	t.Helper()
	var e struct {
		Values []struct{ Key, Value, Type string }
	}
	if err := json.Unmarshal(environment, &e); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range e.Values {
		if v.Type != "secret" || v.Value != "" {
			t.Errorf("%s is %s, and has the value %q", v.Key, v.Type, v.Value)
		}
		names = append(names, v.Key)
	}
	return names
}

// TestScripts: node can read the scripts of all collections.
func TestScripts(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node to read the scripts")
	}
	scripts := make(map[string]string)
	for name, spec := range specs(t) {
		var whole item
		if err := json.Unmarshal(export.Postman.Export(spec, "x.json", export.Options{})[0].Content, &whole); err != nil {
			t.Fatal(err)
		}
		addScripts(scripts, name, whole)
	}
	if len(scripts) < 100 {
		t.Errorf("there are %d scripts", len(scripts))
	}
	text, err := json.Marshal(scripts)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, "-e", `
		const scripts = JSON.parse(require("fs").readFileSync(0, "utf8"));
		for (const [name, script] of Object.entries(scripts)) {
			try { new (require("vm").Script)(script); } catch (error) { console.log(name + ": " + error.message); }
		}`)
	command.Stdin = bytes.NewReader(text)
	if out, err := command.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

func addScripts(scripts map[string]string, path string, i item) {
	for _, listen := range []string{"prerequest", "test"} {
		if script := i.script(listen); script != "" {
			scripts[path+", "+listen] = script
		}
	}
	for n, below := range i.Item {
		addScripts(scripts, fmt.Sprintf("%s/%d %s", path, n, below.Name), below)
	}
}

// TestRequestFiles: both tools for request files can read those of the golden specs. Their requests
// are answered, with IDs copied from earlier answers as their user would.
func TestRequestFiles(t *testing.T) {
	t.Parallel()
	for name, spec := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuarded(t, name, spec)
			documents := export.HTTP.Export(spec, "x.http", export.Options{})
			f := parseRequests(t, string(documents[0].Content))
			var environments struct{ Dev map[string]string }
			if err := json.Unmarshal(documents[1].Content, &environments); err != nil {
				t.Fatal(err)
			}
			for secret := range environments.Dev {
				f.values[secret] = "replace-me"
			}
			for i, request := range f.requests {
				f.send(t, g, request, f.requests[i+1:])
			}
			g.check(t, spec, "std:source-data:read")
			for _, request := range f.off {
				if sent := f.body(t, request); !isSkipped(sent.Type) {
					t.Errorf("%s is a comment", sent.Type)
				}
			}
		})
	}
}

// A requestFile is a file of requests, parsed as strictly as the stricter tool does.
type requestFile struct {
	values   map[string]string
	requests []string // bodies
	off      []string // bodies of commented-out requests
}

var (
	fileVariable = regexp.MustCompile(`^@([A-Za-z]\w*) = (.*)$`)
	requestHead  = "POST {{url}}\nContent-Type: application/json\nAuthorization: Bearer {{token}}\n\n"
)

func parseRequests(t *testing.T, text string) requestFile {
	t.Helper()
	f := requestFile{values: make(map[string]string)}
	blocks := regexp.MustCompile(`(?m)^###.*\n`).Split(text, -1)
	for line := range strings.Lines(blocks[0]) {
		line = strings.TrimSuffix(line, "\n")
		m := fileVariable.FindStringSubmatch(line)
		switch {
		case m != nil && (m[2] == "" || strings.TrimSpace(m[2]) != m[2] || strings.ContainsAny(m[2], "\"\\#") || f.values[m[1]] != ""):
			t.Errorf("tools read this differently: %q", line)
		case m != nil:
			f.values[m[1]] = m[2]
		case line != "" && !strings.HasPrefix(line, "#"):
			t.Errorf("this is neither a variable nor a comment: %q", line)
		}
	}
	for _, block := range blocks[1:] {
		if changes := strings.Contains(block, "{{test_account_id}}") || strings.Contains(block, `"std:account:create"`); changes != strings.Contains(block, "\n# @note\n") {
			t.Errorf("VS Code asks before it sends this: %v\n%s", !changes, block)
		}
		var sent, off strings.Builder
		for line := range strings.Lines(block) {
			if comment, ok := strings.CutPrefix(line, "#"); ok {
				off.WriteString(strings.TrimPrefix(comment, " "))
				continue
			}
			if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "<") || strings.HasPrefix(line, ">") || strings.HasPrefix(line, "@") {
				t.Errorf("a tool takes this for an instruction: %q", line)
			}
			sent.WriteString(line)
		}
		if _, body, ok := strings.Cut(off.String(), requestHead); ok {
			f.off = append(f.off, body)
			continue
		}
		body, ok := strings.CutPrefix(strings.TrimLeft(sent.String(), "\n"), requestHead)
		if !ok {
			t.Errorf("this is not a request: %q", block)
		}
		f.requests = append(f.requests, body)
	}
	return f
}

// A sentRequest is the body of a request.
type sentRequest struct {
	Type   string
	Input  struct{ Identity, Type string }
	Config any
}

func (f requestFile) body(t *testing.T, request string) (sent sentRequest) {
	t.Helper()
	if err := json.Unmarshal([]byte(f.filled(t, request)), &sent); err != nil {
		t.Fatalf("%v in %s", err, request)
	}
	return sent
}

// filled replaces variables with their values, unchanged.
func (f requestFile) filled(t *testing.T, request string) string {
	t.Helper()
	return placeholder.ReplaceAllStringFunc(request, func(m string) string {
		value, ok := f.values[strings.Trim(m, "{}")]
		if !ok {
			t.Errorf("%s has no value", m)
		}
		return value
	})
}

// send sends a request, and copies the IDs of its answer to the variables of later ones.
func (f requestFile) send(t *testing.T, g *guarded, request string, next []string) {
	t.Helper()
	sent := f.body(t, request)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(f.filled(t, request)))
	r.Header.Set("Content-Type", "application/json")
	g.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %s", sent.Type, w.Code, w.Body)
	}
	var line struct{ Data call.Object }
	first, _, _ := strings.Cut(w.Body.String(), "\n")
	if err := json.Unmarshal([]byte(first), &line); err != nil || idOf(line.Data) == "" {
		return
	}
	into := ""
	switch sent.Type {
	case "std:account:list":
		into = "account"
	case "std:account:create":
		into = "test_account"
	case "std:entitlement:list":
		for _, request := range next {
			if m := identityVariable.FindStringSubmatch(request); m != nil && f.body(t, request).Input.Type == sent.Input.Type {
				into = m[1]
			}
		}
	}
	var key sdk.Key
	_ = json.Unmarshal(line.Data.Key, &key) // there may be none
	f.values[into+"_id"], f.values[into+"_unique"] = idOf(line.Data), key.UniqueID
}

// identityVariable holds the ID of a request's object.
var identityVariable = regexp.MustCompile(`"identity": "\{\{(\w+)_id\}\}"`)
