package console

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// A config is the source's config for commands. The page has handles in place of its secrets: a
// handle stands for one value, even if its card is moved or copied, but only in secret fields, so
// nothing can be made to show it.
type config struct {
	*Server

	mu      sync.Mutex
	values  map[string]any
	version int  // changes with the values
	changed bool // since it was read or saved
	configFile
	handles map[string]secret
	byValue map[secret]string // the handles
}

// A secret is a value that the page does not get, and its member.
type secret struct {
	key, value string // the value as JSON
}

// hidesItself reports whether the value is never shown, wherever it is.
func (s secret) hidesItself() bool {
	var text string
	return json.Unmarshal([]byte(s.value), &text) == nil && hasCredentials(text)
}

// handleMember is the only member of the object that stands for a secret.
const handleMember = "$secret"

// A configAnswer is the config as the page gets it.
type configAnswer struct {
	Values  map[string]any `json:"values"`
	Version int            `json:"version"`
	File    string         `json:"file"`
	Changed bool           `json:"changed"` // the file does not have the values
	Edited  bool           `json:"edited"`  // saving would lose something in the file
}

// A configState is the config's part of the overall state.
type configState struct {
	File    string `json:"file"`
	Changed bool   `json:"changed"`
	Ready   bool   `json:"ready"` // it is set, or there is nothing to set
}

func (c *config) init(s *Server) {
	c.Server = s
	c.values, c.file = make(map[string]any), s.options.Config
	if below, err := filepath.Rel(s.options.Dir, c.file); err == nil && filepath.IsAbs(c.file) && filepath.IsLocal(below) {
		c.file = filepath.ToSlash(below)
	}
	c.handles, c.byValue = make(map[string]secret), make(map[secret]string)
}

func readObject(text []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil {
		return nil, err
	}
	if _, err := d.Token(); values == nil || !errors.Is(err, io.EOF) {
		return nil, errors.New("not one object")
	}
	return values, nil
}

// replace sets the values of the config. The config is locked.
func (c *config) replace(values map[string]any) {
	if !bytes.Equal(encode(values), encode(c.values)) {
		c.version++
	}
	c.values = values
	c.masker.Learn(secretsIn(c.currentSpec(), values)...)
}

// JSON returns the config with its secrets, for commands.
func (c *config) JSON() json.RawMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return encode(c.values)
}

func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // input that was JSON can be encoded again
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (c *config) state() configState {
	c.mu.Lock()
	defer c.mu.Unlock()
	ready := len(c.values) > 0
	if spec := c.currentSpec(); spec != nil && !ready {
		ready = true
		for range spec.ConfigItems() {
			ready = false
			break
		}
	}
	return configState{c.file, c.isUnsaved(), ready}
}

// answer returns the config with handles.
func (c *config) answer() configAnswer {
	c.mu.Lock()
	defer c.mu.Unlock()
	hidden := walk(scopeOf(c.currentSpec()), c.values, func(key string, v any, isSecret bool) any {
		if !isSecret || v == "" || v == nil {
			return v
		}
		return map[string]any{handleMember: c.handle(secret{key, string(encode(v))})}
	})
	return configAnswer{hidden, c.version, c.file, c.isUnsaved(), c.edited}
}

// handle returns the handle of a secret.
func (c *config) handle(s secret) string {
	h, ok := c.byValue[s]
	if !ok {
		h = rand.Text()
		c.byValue[s], c.handles[h] = h, s
	}
	return h
}

// put sets the page's values, if they are based on the current ones.
func (c *config) put(values map[string]any, version *int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version != nil && *version != c.version {
		return fail(http.StatusConflict, "the config changed meanwhile, in another window or in its file")
	}
	revealed, err := c.reveal(values)
	if err != nil {
		return err
	}
	before := c.version
	c.replace(revealed)
	c.changed = c.changed || c.version != before
	return nil
}

// reveal puts the secrets in place of their handles. The config is locked.
func (c *config) reveal(values map[string]any) (map[string]any, error) {
	var wrong error
	revealed := walk(scopeOf(c.currentSpec()), values, func(key string, v any, isSecret bool) any {
		h, isHandle := handleOf(v)
		if !isHandle {
			return v
		}
		s, known := c.handles[h]
		if !known || !isSecret && !s.hidesItself() { // it would be shown there
			wrong = fail(http.StatusBadRequest, fmt.Sprintf("%q has a handle of a secret that does not belong there: enter the secret again", key))
			return nil
		}
		return json.RawMessage(s.value)
	})
	if wrong != nil {
		return nil, wrong
	}
	return readObject(encode(revealed))
}

func handleOf(v any) (string, bool) {
	members, ok := v.(map[string]any)
	if !ok || len(members) != 1 {
		return "", false
	}
	h, ok := members[handleMember].(string)
	return h, ok
}

// scope returns the items of a config or card by key. Alternatives share a key.
type scope map[string][]*schema.Entry

func scopeOf(spec *schema.Spec) scope {
	s := make(scope)
	if spec != nil {
		for e := range spec.ConfigItems() {
			s[e.Key] = append(s[e.Key], e)
		}
	}
	return s
}

func cardScope(entries []*schema.Entry) scope {
	s := make(scope)
	for _, card := range entries {
		for e := range card.CardItems() {
			s[e.Key] = append(s[e.Key], e)
		}
	}
	return s
}

// A visitor receives each value of a config that is not split further, with its member, and returns
// the replacement.
type visitor func(key string, v any, isSecret bool) any

// walk returns a copy of a config or card, with its values replaced by visit's results.
func walk(s scope, values map[string]any, visit visitor) map[string]any {
	copied := make(map[string]any, len(values))
	for key, v := range values {
		copied[key] = walkItem(s[key], key, v, visit)
	}
	return copied
}

func walkItem(entries []*schema.Entry, key string, v any, visit visitor) any {
	hidden, pairs := len(entries) == 0 && generator.LooksSecret(key), make(map[string]bool)
	for _, e := range entries {
		isSecret := generator.IsSecretItem(e)
		if e.Type == schema.ItemKeyValue && e.KeyValueValue != nil {
			pairs[e.KeyValueValue.Key] = pairs[e.KeyValueValue.Key] || isSecret
			isSecret = false
		}
		hidden = hidden || isSecret
	}
	return walkValue(key, v, hidden, func(member map[string]any) map[string]any {
		if len(pairs) == 0 {
			return walk(cardScope(entries), member, visit)
		}
		copied := make(map[string]any, len(member))
		for name, v := range member {
			copied[name] = walkValue(name, v, pairs[name], nil, visit)
		}
		return copied
	}, visit)
}

// walkValue walks the value of one member. object walks an object in it: a card or a pair; without
// it, all members are as secret as the whole.
func walkValue(key string, v any, hidden bool, object func(map[string]any) map[string]any, visit visitor) any {
	if _, isHandle := handleOf(v); isHandle {
		return visit(key, v, hidden)
	}
	switch v := v.(type) {
	case map[string]any:
		if hidden || object == nil {
			return visit(key, v, hidden)
		}
		return object(v)
	case []any:
		copied := make([]any, len(v))
		for i, item := range v {
			copied[i] = walkValue(key, item, hidden, object, visit)
		}
		return copied
	case string:
		return visit(key, v, hidden || hasCredentials(v))
	}
	return visit(key, v, hidden && !isBool(v))
}

func isBool(v any) bool {
	_, ok := v.(bool)
	return ok
}

// hasCredentials reports whether a text is a URL with a password.
func hasCredentials(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.User != nil && u.Host != ""
}

// secretsIn returns the secrets of a config.
func secretsIn(spec *schema.Spec, values map[string]any) []string {
	var secrets []string
	walk(scopeOf(spec), values, func(_ string, v any, isSecret bool) any {
		if isSecret {
			secrets = appendTexts(secrets, v)
		}
		return v
	})
	return secrets
}

func appendTexts(texts []string, v any) []string {
	switch v := v.(type) {
	case string:
		return append(texts, v)
	case json.Number:
		return append(texts, v.String())
	case []any:
		for _, item := range v {
			texts = appendTexts(texts, item)
		}
	case map[string]any:
		for _, item := range v {
			texts = appendTexts(texts, item)
		}
	}
	return texts
}

// secretsOf returns the secrets of the config in a client's request.
func (c *config) secretsOf(text json.RawMessage) []string {
	values, err := readObject(text)
	if err != nil {
		return nil
	}
	return secretsIn(c.currentSpec(), values)
}
