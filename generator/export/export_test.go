package export_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/export"
	"github.com/conngen/conngen/internal/hostile"
	"github.com/conngen/conngen/schema"
)

// specs are the golden specs, real ones if available, and hostile ones.
func specs(t *testing.T) map[string]*schema.Spec {
	t.Helper()
	all := make(map[string]*schema.Spec)
	for _, pattern := range []string{
		"../../golden/*/connector-spec.json", "../../golden/*/*/connector-spec.json", "../../examples/*/connector-spec.json", "../../../shared/corpus/specs/*.json",
	} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if spec, found := schema.Parse(path, text); !found.HasErrors() {
				all[filepath.ToSlash(path)] = spec
			}
		}
	}
	for _, k := range hostile.Kinds() {
		if spec, found := schema.Parse("connector-spec.json", k.Spec(max(k.Small/50, 2), 0)); !found.HasErrors() {
			all[k.Name] = spec
		}
	}
	const alike = `{"name": "Alike", "keyType": "simple", "sourceConfig": [], "supportsStatefulCommands": true,
		"commands": ["std:account:update", "std:entitlement:list", "folder accounts", "prerequest of ", "std:account:updateadd a b"],
		"accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"},
			{"name": "a b", "type": "string", "multi": true, "entitlement": true, "managed": true, "schemaObjectType": "a b"},
			{"name": "a\tb", "type": "string", "multi": true, "entitlement": true, "managed": true, "schemaObjectType": "a\tb"}]},
		"entitlementSchemas": [{"type": "a b", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]},
			{"type": "a\tb", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]},
			{"type": "a b, first delta run", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}]}`
	all["alike"] = parseText(t, alike)
	return all
}

func parseText(t *testing.T, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", []byte(text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

// The parts of a collection that tests look at.
type (
	collection struct {
		Info     struct{ ID, Description string }
		Event    []struct{ Script struct{ ID string } }
		Item     []item
		Variable []value
	}
	item struct {
		ID, Name string
		Item     []item
		Event    []struct{ Script struct{ ID string } }
		Request  *struct{ Body struct{ Raw string } }
	}
	environment struct {
		ID, Name string
		Values   []value
	}
	value struct{ Key, Value, Type string }
)

func read[T any](t *testing.T, text []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

var reference = regexp.MustCompile(`\{\{(.*?)\}\}`)

// TestPostman: the collection of a spec has Postman's format and is deterministic. It has a request
// for each command, a unique ID for each part and a value for each variable, and contains no secret
// of the spec.
func TestPostman(t *testing.T) {
	t.Parallel()
	format, err := jsonschema.Compile("testdata/collection.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, spec := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			documents := export.Postman.Export(spec, "x.postman_collection.json", export.Options{})
			for i, d := range export.Postman.Export(spec, "x.postman_collection.json", export.Options{}) {
				if !bytes.Equal(d.Content, documents[i].Content) {
					t.Errorf("%s differs from export to export", d.Name)
				}
			}
			if err := format.Validate(read[any](t, documents[0].Content)); err != nil {
				t.Errorf("%#v", err)
			}
			c, e := read[collection](t, documents[0].Content), read[environment](t, documents[1].Content)
			has := map[string]bool{"config": true}
			for _, v := range slices.Concat(c.Variable, e.Values) {
				if has[v.Key] {
					t.Errorf("there are two variables %q", v.Key)
				}
				has[v.Key] = true
			}
			commands := make(map[string]bool)
			ids := make(map[string]bool)
			for _, e := range c.Event {
				ids[e.Script.ID] = true
			}
			walk(c.Item, func(i item) {
				own := []string{i.ID}
				for _, e := range i.Event {
					own = append(own, e.Script.ID)
				}
				for _, id := range own {
					if ids[id] {
						t.Errorf("%s has the ID of another item", i.Name)
					}
					ids[id] = true
				}
				if i.Request != nil {
					commands[commandOf(t, i.Request.Body.Raw, has)] = true
				}
			})
			checkCommands(t, spec, commands)
			checkSecrets(t, spec, documents)
		})
	}
}

func walk(items []item, visit func(item)) {
	for _, i := range items {
		visit(i)
		walk(i.Item, visit)
	}
}

// commandOf returns the command that a body sends. The body's variables must be known.
func commandOf(t *testing.T, body string, known map[string]bool) string {
	t.Helper()
	filled := reference.ReplaceAllStringFunc(body, func(m string) string {
		if !known[strings.Trim(m, "{}")] {
			t.Errorf("%s is not a variable", m)
		}
		return "1"
	})
	return read[struct{ Type string }](t, []byte(filled)).Type
}

func checkCommands(t *testing.T, spec *schema.Spec, got map[string]bool) {
	t.Helper()
	want := make(map[string]bool)
	for _, c := range spec.Commands {
		if c.Name != "" {
			want[c.Name] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("there are requests for %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// checkSecrets looks for values of the spec that must not appear. It skips short ones, which occur
// everywhere.
func checkSecrets(t *testing.T, spec *schema.Spec, documents []export.Document) {
	t.Helper()
	for _, p := range generator.Secrets(spec) {
		var text string
		if json.Unmarshal(spec.File.Raw(p), &text) != nil || len(text) < 6 {
			continue
		}
		for _, d := range documents {
			if bytes.Contains(d.Content, []byte(text)) {
				t.Errorf("%s has the secret at %s", d.Name, p)
			}
		}
	}
}

// TestHTTP: a file of requests is deterministic. It has a request for each command, and a value for
// each variable except secrets, which are in the environment.
func TestHTTP(t *testing.T) {
	t.Parallel()
	for name, spec := range specs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			documents := export.HTTP.Export(spec, "requests/x.http", export.Options{})
			if again := export.HTTP.Export(spec, "requests/x.http", export.Options{}); !bytes.Equal(again[0].Content, documents[0].Content) {
				t.Error("it differs from export to export")
			}
			if documents[1].Name != filepath.Join("requests", "http-client.private.env.json") {
				t.Errorf("the environment is %s", documents[1].Name)
			}
			text := string(documents[0].Content)
			known := read[struct{ Dev map[string]bool }](t, bytes.ReplaceAll(documents[1].Content, []byte(`""`), []byte("true"))).Dev
			known["url"] = true
			for _, m := range regexp.MustCompile(`(?m)^@(\w+) = .+$`).FindAllStringSubmatch(text, -1) {
				known[m[1]] = true
			}
			commands := make(map[string]bool)
			for _, block := range regexp.MustCompile(`(?m)^###.*\n`).Split(text, -1)[1:] {
				lines := strings.Split(block, "\n")
				for i, line := range lines {
					if strings.HasPrefix(line, "# POST ") {
						lines = lines[i:]
						for j := range lines {
							lines[j] = strings.TrimPrefix(strings.TrimPrefix(lines[j], "#"), " ")
						}
						break
					}
				}
				_, body, _ := strings.Cut(strings.Join(lines, "\n"), "Bearer {{token}}\n")
				commands[commandOf(t, body, known)] = true
			}
			checkCommands(t, spec, commands)
			checkSecrets(t, spec, documents)
		})
	}
}

const plainSpec = `{"name":"HR System","keyType":"simple","commands":["std:test-connection","std:account:list","std:account:create","std:account:delete"],
	"sourceConfig":[{"type":"section","sectionTitle":"s","items":[{"key":"url","label":"URL","type":"url","required":true},
	{"key":"token","label":"Token","type":"secret","required":true}%s]}],
	"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]}}`

func parse(t *testing.T, items string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("connector-spec.json", fmt.Appendf(nil, plainSpec, items))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

const moreItems = `,{"key":"apiKey","label":"Key","type":"secret"},{"key":"size","label":"Size","type":"number","required":true}`

// TestUpdate: only files that conngen wrote are replaced.
func TestUpdate(t *testing.T) {
	t.Parallel()
	for _, format := range []export.Format{export.Postman, export.HTTP} {
		old, next := format.Export(parse(t, ""), "x", export.Options{})[0], format.Export(parse(t, moreItems), "x", export.Options{})[0]
		crlf := bytes.ReplaceAll(old.Content, []byte("\n"), []byte("\r\n"))
		for _, own := range [][]byte{old.Content, next.Content, crlf} {
			if content, note, err := next.Update(own); err != nil || note != "" || !bytes.Equal(content, next.Content) {
				t.Errorf("%s: %q, %v", format.Suffix, note, err)
			}
		}
		for foreign, want := range map[string]string{
			"":   "was not written by conngen export",
			"{}": "was not written by conngen export",
			strings.Replace(string(old.Content), "std:account:list", "std:account:read", 1): "has changed since conngen wrote it",
			strings.ReplaceAll(string(old.Content), "  ", "\t"):                             "has changed since conngen wrote it",
		} {
			if _, _, err := next.Update([]byte(foreign)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", format.Suffix, err, want)
			}
		}
	}
}

// TestUpdateOfAnotherProgram: a file that Postman exported, with the same description, belongs to
// the user.
func TestUpdateOfAnotherProgram(t *testing.T) {
	t.Parallel()
	d := export.Postman.Export(parse(t, ""), "x", export.Options{})[0]
	exported := read[map[string]any](t, d.Content)
	exported["info"].(map[string]any)["_exporter_id"] = "1234567"
	text, err := json.MarshalIndent(exported, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Update(text); err == nil || !strings.Contains(err.Error(), "because Postman exported it") {
		t.Error(err)
	}
}

// TestFilledIn: values that the user filled in stay, and what a changed spec needs is added.
func TestFilledIn(t *testing.T) {
	t.Parallel()
	old, next := export.Postman.Export(parse(t, ""), "x", export.Options{})[1], export.Postman.Export(parse(t, moreItems), "x", export.Options{})[1]
	filled := strings.Replace(string(old.Content), `"key": "config_token",
      "value": ""`, `"key": "config_token",
      "value": "hush"`, 1)
	filled = strings.Replace(filled, `"values": [`, `"values": [
    {
      "key": "own",
      "value": "1"
    },`, 1)
	content, _, err := next.Update([]byte(filled))
	if err != nil {
		t.Fatal(err)
	}
	e := read[environment](t, content)
	want := []value{{"own", "1", ""}, {"token", "", "secret"}, {"config_token", "hush", "secret"}, {"config_apiKey", "", "secret"}}
	if !slices.Equal(e.Values, want) || e.Name != "HR System" {
		t.Errorf("the environment has become %s", content)
	}
	if again, _, err := next.Update(content); err != nil || !bytes.Equal(again, content) {
		t.Errorf("a second export changes it: %v\n%s", err, again)
	}
	fromPostman := strings.Replace(string(old.Content), `"id": "`, `"_postman_exported_using": "Postman", "id": "x`, 1)
	if _, _, err := next.Update([]byte(fromPostman)); err != nil {
		t.Error(err)
	}
	for _, foreign := range []string{"", "[]", `{"id":"1"}`, `{"id":"1","name":"HR System","values":[]}`, strings.Replace(fromPostman, "HR", "IT", 1)} {
		if _, _, err := next.Update([]byte(foreign)); err == nil || !strings.Contains(err.Error(), "is not the environment") {
			t.Errorf("%q: %v", foreign, err)
		}
	}
	if _, _, err := next.Update([]byte(strings.Replace(string(old.Content), `"values": [`, `"x": [`, 1))); err == nil || !strings.Contains(err.Error(), "has no list of values") {
		t.Error(err)
	}
}

// TestValues: the values of a file of requests stay, except for a URL that is given.
func TestValues(t *testing.T) {
	t.Parallel()
	old := export.HTTP.Export(parse(t, ""), "x.http", export.Options{})
	edited := strings.NewReplacer("@config_url = https://example.com", "@config_url = https://hr.test", "@url = http://localhost:3000", "@url = http://localhost:4000").
		Replace(string(old[0].Content))
	for url, want := range map[string]string{"": "http://localhost:4000", "https://it.test": "https://it.test"} {
		next := export.HTTP.Export(parse(t, moreItems), "x.http", export.Options{URL: url})[0]
		content, _, err := next.Update([]byte(edited))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"@url = " + want, "@config_url = https://hr.test", "@config_size = 100"} {
			if !strings.Contains(string(content), "\n"+line+"\n") {
				t.Errorf("there is no line %q in\n%s", line, content)
			}
		}
		if again, _, err := next.Update(content); err != nil || !bytes.Equal(again, content) {
			t.Errorf("a second export changes it: %v", err)
		}
		tight := strings.NewReplacer("@config_url = ", "@config_url=", "@config_size = 100", "@config_size\t=  ").Replace(edited)
		content, _, err = next.Update([]byte(tight))
		if err != nil || !strings.Contains(string(content), "\n@config_url=https://hr.test\n") || !strings.Contains(string(content), "\n@config_size = 100\n") {
			t.Errorf("without its spaces it becomes %s, %v", content, err)
		}
	}
	environment := export.HTTP.Export(parse(t, moreItems), "x.http", export.Options{})[1]
	for text, want := range map[string]string{
		string(old[1].Content):      "lacks config_apiKey, which you have to add",
		string(environment.Content): "",
		`{"a":{"token":"","config_token":"1"},"b":{"config_apiKey":"2"}}`: "",
		"[]": "cannot be read",
	} {
		content, note, err := environment.Update([]byte(text))
		if err != nil || string(content) != text || note != want && (want == "" || !strings.Contains(note, want)) {
			t.Errorf("%s: %q, %v", text, note, err)
		}
	}
}

// TestNames: files are named after the spec, and the environment after its collection.
func TestNames(t *testing.T) {
	t.Parallel()
	spec := parse(t, "")
	if got := export.Postman.FileName(spec); got != "hr-system.postman_collection.json" {
		t.Error(got)
	}
	for file, want := range map[string]string{
		"hr.postman_collection.json": "hr.postman_environment.json", "a/b.json": "a/b.postman_environment.json", "c": "c.postman_environment.json",
	} {
		if got := export.Postman.Export(spec, file, export.Options{})[1].Name; got != want {
			t.Errorf("%s has the environment %s, want %s", file, got, want)
		}
	}
	spec.Name = "系統"
	if got := export.HTTP.FileName(spec); got != "connector.http" {
		t.Error(got)
	}
}
