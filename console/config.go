package console

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema"
)

// A config is the config of the source that commands get. The page has handles in place of its
// secrets: a handle stands for one value, wherever its card is moved or copied, but only where a
// secret belongs, so nothing can be told to show it.
type config struct {
	*Server

	mu      sync.Mutex
	values  map[string]any
	file    string        // path in the project, with slashes, or an absolute one; "" for none
	changed bool          // since it was read or saved
	broken  *loop.Problem // why the file cannot be read; its last values stay
	handles map[string]secret
	byValue map[secret]string // the handles
}

// A secret is a value that the page does not get, and the member that it belongs to.
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

// A configAnswer is what the page gets.
type configAnswer struct {
	Values  map[string]any `json:"values"`
	File    string         `json:"file"`
	Changed bool           `json:"changed"`
}

// A configState is the config in the state of the whole.
type configState struct {
	File    string `json:"file"`
	Changed bool   `json:"changed"`
	Ready   bool   `json:"ready"` // there is something in it, or nothing to put there
}

func (c *config) init(s *Server) {
	c.Server = s
	c.values, c.file = make(map[string]any), s.options.Config
	if below, err := filepath.Rel(s.options.Dir, c.file); err == nil && filepath.IsAbs(c.file) && filepath.IsLocal(below) {
		c.file = filepath.ToSlash(below)
	}
	c.handles, c.byValue = make(map[string]secret), make(map[secret]string)
}

// load reads the config file. One that does not exist is made when the config is saved.
func (c *config) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == "" {
		return nil
	}
	text, err := found.ReadFile(c.inDir(c.file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	values, err := readObject(bytes.TrimPrefix(text, []byte("\uFEFF")))
	if err != nil {
		c.broken = brokenConfig(c.file, text, err)
		return nil
	}
	c.take(values)
	c.changed, c.broken = false, nil
	return nil
}

// brokenConfig says where a config file stops being a JSON object.
func brokenConfig(file string, text []byte, err error) *loop.Problem {
	at := len(text)
	var wrong *json.SyntaxError
	if errors.As(err, &wrong) {
		at = min(at, max(0, int(wrong.Offset)-1))
	} else if !errors.Is(err, io.ErrUnexpectedEOF) {
		at = 0
	}
	before := text[:at]
	return &loop.Problem{
		Path: file, Line: bytes.Count(before, []byte("\n")) + 1, Column: at - bytes.LastIndexByte(before, '\n'), Severity: "error", Rule: "config",
		Message: "the config is not a JSON object", Hint: "until it is, commands get the last one that could be read",
	}
}

// problem returns what is wrong with the file; nil for nothing.
func (c *config) problem() *loop.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

// reload reads the config file again after somebody has changed it, unless the page has changes of
// its own.
func (c *config) reload() {
	c.mu.Lock()
	changed := c.changed
	c.mu.Unlock()
	if !changed {
		_ = c.load() // a file that is gone is made anew
		c.hub.state()
		c.hub.problems()
	}
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

// take makes values the config. The config is locked.
func (c *config) take(values map[string]any) {
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
	_ = e.Encode(v) // what was JSON is JSON again
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
	return configState{c.file, c.changed, ready}
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
	return configAnswer{hidden, c.file, c.changed}
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

// put takes the values of the page.
func (c *config) put(values map[string]any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	revealed, err := c.reveal(values)
	if err != nil {
		return err
	}
	if !bytes.Equal(encode(revealed), encode(c.values)) {
		c.changed = true
	}
	c.take(revealed)
	return nil
}

// reveal puts the secrets in the place of their handles. The config is locked.
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

// scope are the items of a config, or of a card, by their keys. Alternatives share a key.
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

// A visitor gets each value of a config that is not taken apart further, with the member that it
// belongs to, and returns what to put in its place.
type visitor func(key string, v any, isSecret bool) any

// walk returns a copy of a config, or of a card, with what visit returns in place of the values.
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

// walkValue walks what one member holds. object walks an object in it: a card or a pair; without it,
// all members are as secret as the whole.
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

// secretsOf returns the secrets of the config that a client sends.
func (c *config) secretsOf(text json.RawMessage) []string {
	values, err := readObject(text)
	if err != nil {
		return nil
	}
	return secretsIn(c.currentSpec(), values)
}

// save writes the config to a file of the project, which becomes the config's own.
func (c *config) save(ctx context.Context, file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	file = cmp.Or(file, c.file, "config.json")
	dir, name := c.options.Dir, path.Clean(filepath.ToSlash(file))
	switch {
	case file == c.file && filepath.IsAbs(file): // the one that --config names
		dir, name = filepath.Split(file)
	case file != c.file && (!filepath.IsLocal(filepath.FromSlash(name)) || path.Ext(name) != ".json" || strings.Contains("/"+name, "/.")):
		return fail(http.StatusBadRequest, "the config is saved to a .json file below the project's folder, and to no hidden one")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if file == c.file && c.broken != nil {
		return fail(http.StatusConflict, file+" is not a JSON object at the moment: mend it first, or what somebody has written there is lost")
	}
	text := ordered(scopeOrder(c.currentSpec()), c.values)
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	if err := writeSecret(dir, name, indented.Bytes(), file == c.file); err != nil {
		return fail(http.StatusConflict, err.Error())
	}
	c.file, c.changed, c.broken = file, false, nil
	return nil
}

// writeSecret writes a file that only its owner can read, in one go, below a folder. It does not
// follow a link in the file's place, nor one that leads out of the folder, and replaces a file only
// where it may.
func writeSecret(dir, name string, text []byte, mayReplace bool) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return found.Plain(dir, err)
	}
	defer root.Close()
	local := filepath.FromSlash(name)
	if info, err := root.Lstat(local); err == nil {
		if why := found.Irregular(info.Mode()); why != "" {
			return errors.New(name + " " + why)
		}
		if !mayReplace {
			return errors.New(name + " is another file, which the config does not replace: choose a new name, or start conngen dev with --config " + name)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s cannot be written: %w", name, found.Cause(err))
	}
	temporary := filepath.Join(filepath.Dir(local), "."+filepath.Base(local)+"."+rand.Text())
	f, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, found.Cause(err))
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = root.Rename(temporary, local)
	}
	if err != nil {
		_ = root.Remove(temporary)
		return fmt.Errorf("%s cannot be written: %w", name, found.Cause(err))
	}
	return nil
}

// An order is where the members of a config, or of a card, come.
type order struct {
	rank  map[string]int
	cards map[string]order
}

// scopeOrder is the order of the spec's form.
func scopeOrder(spec *schema.Spec) order {
	if spec == nil {
		return order{}
	}
	return newOrder(slices.Collect(spec.ConfigItems()))
}

func newOrder(entries []*schema.Entry) order {
	o := order{make(map[string]int), make(map[string]order)}
	for i, e := range entries {
		if _, seen := o.rank[e.Key]; !seen {
			o.rank[e.Key] = i + 1
		}
		if e.Type == schema.ItemCardList {
			o.cards[e.Key] = newOrder(slices.Collect(e.CardItems()))
		}
	}
	return o
}

// ordered returns the JSON of a config with its members in an order, and others after them.
func ordered(o order, values map[string]any) []byte {
	keys := slices.Collect(maps.Keys(values))
	rank := func(key string) int { return cmp.Or(o.rank[key], len(o.rank)+1<<20) }
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b)) })
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(encode(key))
		b.WriteByte(':')
		b.Write(orderedCards(o.cards[key], values[key]))
	}
	b.WriteByte('}')
	return b.Bytes()
}

func orderedCards(o order, v any) []byte {
	cards, ok := v.([]any)
	if !ok || o.rank == nil {
		return encode(v)
	}
	all := make([]json.RawMessage, len(cards))
	for i, card := range cards {
		all[i] = encode(card)
		if members, ok := card.(map[string]any); ok {
			all[i] = ordered(o, members)
		}
	}
	return encode(all)
}
