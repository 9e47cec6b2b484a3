package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"sync"

	"github.com/conngen/conngen/console/mask"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema"
	"github.com/tailscale/hujson"
)

// A specFile is the last readable connector-spec.json: while an edit breaks it, the pages keep the
// previous one.
type specFile struct {
	path  string
	other func() []byte      // the text of a spec without a file
	found func(*schema.Spec) // called with each new spec before it is used

	mu   sync.Mutex
	text []byte
	spec *schema.Spec
	n    int // of specs so far
}

// read returns the spec; nil if there is none.
func (f *specFile) read() *schema.Spec {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := f.current()
	if err != nil || len(text) == 0 || bytes.Equal(text, f.text) {
		return f.spec
	}
	f.text = text
	if spec, problems := schema.Parse("connector-spec.json", text); spec != nil && !problems.HasErrors() {
		f.found(spec)
		f.spec = spec
		f.n++
	}
	return f.spec
}

// version distinguishes a spec from earlier ones.
func (f *specFile) version() int {
	f.read()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

func (f *specFile) current() ([]byte, error) {
	switch {
	case f.path != "":
		return found.ReadFile(f.path)
	case f.other != nil:
		return f.other(), nil
	}
	return nil, nil
}

// secretValues are the secret texts of a spec: passwords, and initial values of secrets.
func secretValues(spec *schema.Spec) []string {
	var texts []string
	for _, p := range generator.Secrets(spec) {
		var value any
		d := json.NewDecoder(bytes.NewReader(spec.File.Raw(p)))
		d.UseNumber()
		if d.Decode(&value) == nil {
			texts = appendTexts(texts, value)
		}
	}
	return texts
}

// secretNames are the names of members whose values are secret: config items and attributes.
func secretNames(spec *schema.Spec) []string {
	names := generator.Passwords(spec)
	var walk func(e *schema.Entry)
	walk = func(e *schema.Entry) {
		switch {
		case !generator.IsSecretItem(e):
		case e.Type == schema.ItemKeyValue:
			names = append(names, e.KeyValueValue.Key)
		default:
			names = append(names, e.Key)
		}
		for item := range e.CardItems() {
			walk(item)
		}
	}
	for e := range spec.ConfigItems() {
		walk(e)
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(ordinaryNames, name) })
}

// ordinaryNames are members of objects in the protocol. A config item of the same name does not
// make them secret: only its value is.
var ordinaryNames = []string{"attributes", "changes", "data", "id", "identity", "key", "name", "schema", "simple", "state", "type", "uuid", "value"}

// maskedSpec returns the JSON of a spec without the values that are secret.
func maskedSpec(spec *schema.Spec) (json.RawMessage, error) {
	type span struct{ start, end int }
	var spans []span
	for _, p := range generator.Secrets(spec) {
		if start, end := spec.File.Span(p); end > start {
			spans = append(spans, span{start, end})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(b.start, a.start) })
	text := slices.Clone(spec.File.Text())
	for _, s := range spans {
		text = slices.Replace(text, s.start, s.end, []byte(`"`+mask.Text+`"`)...)
	}
	return hujson.Standardize(text)
}

// specAnswer is the part of the spec that the page gets.
type specAnswer struct {
	Spec        json.RawMessage `json:"spec"`
	Path        string          `json:"path"`
	SecretItems []string        `json:"secretItems"`
	Passwords   []string        `json:"passwords"`
	Commands    []command       `json:"commands"`
}

func (s *Server) specAnswer() (specAnswer, error) {
	spec := s.currentSpec()
	if spec == nil {
		if s.spec.path == "" {
			return specAnswer{}, fail(404, "dev has no connector-spec.json, and the connector does not answer std:spec:read")
		}
		return specAnswer{}, fail(409, "the spec cannot be read: see the problems")
	}
	text, err := maskedSpec(spec)
	if err != nil {
		return specAnswer{}, fail(409, "the spec cannot be read: see the problems")
	}
	return specAnswer{
		Spec: text, Path: s.options.Spec, SecretItems: orEmpty(generator.SecretItems(spec)), Passwords: orEmpty(generator.Passwords(spec)),
		Commands: commandsOf(spec),
	}, nil
}

func orEmpty(list []string) []string { return append([]string{}, list...) }
