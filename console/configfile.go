package console

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/schema"
)

// A configFile is the file of the config.
type configFile struct {
	file   string            // path in the project, with slashes, or an absolute one; "" for none
	seen   [sha256.Size]byte // of the last read or write; zero for no file
	broken *loop.Problem     // why it is unreadable; its last values stay
	edited bool              // it was edited while the page had changes
}

// errNoFile is the error for a missing config file, or a config without one.
var errNoFile = errors.New("the config has no file")

// load reads the config file. A missing one is created when the config is saved.
func (c *config) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, values, err := c.read()
	switch {
	case errors.Is(err, errNoFile), c.broken != nil:
		return nil
	case err != nil:
		return err
	}
	c.replace(values)
	c.seen, c.changed, c.edited = sha256.Sum256(text), false, false
	return nil
}

// read reads the file, and records whether it is broken. The config is locked.
func (c *config) read() (text []byte, values map[string]any, err error) {
	c.broken = nil
	if c.file == "" {
		return nil, nil, errNoFile
	}
	if text, err = found.ReadFile(c.inDir(c.file)); errors.Is(err, fs.ErrNotExist) {
		c.seen = [sha256.Size]byte{}
		return nil, nil, errNoFile
	}
	if err != nil {
		return nil, nil, err
	}
	if values, err = readObject(bytes.TrimPrefix(text, []byte("\uFEFF"))); err != nil {
		c.broken = brokenConfig(c.file, text, err)
	}
	return text, values, err
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

// problem returns the file's problem; nil for none.
func (c *config) problem() *loop.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

// reload reads the config file again after an edit, unless the page has unsaved changes.
func (c *config) reload() {
	c.mu.Lock()
	changed := c.changed
	if changed {
		c.look()
	}
	c.mu.Unlock()
	if !changed {
		_ = c.load() // a missing file is created again
	}
	c.hub.state()
	c.hub.problems()
}

// look records whether the values of the file differ from both the config and the last read. The
// config is locked.
func (c *config) look() {
	text, values, err := c.read()
	c.edited = err == nil && sha256.Sum256(text) != c.seen && !bytes.Equal(encode(values), encode(c.values))
}

// isUnsaved reports whether the file lacks the values. The config is locked.
func (c *config) isUnsaved() bool {
	return c.changed || c.file != "" && c.seen == [sha256.Size]byte{}
}

// takeFile replaces the page's values with those of the file.
func (c *config) takeFile() error {
	if err := c.load(); err != nil {
		return fail(http.StatusConflict, err.Error())
	}
	if broken := c.problem(); broken != nil {
		return fail(http.StatusConflict, broken.Path+" is not a JSON object at the moment")
	}
	return nil
}

// save writes the config to a file of the project, which becomes the config's own. An edit of the
// file since it was read is kept, unless overwrite is set.
func (c *config) save(ctx context.Context, file string, overwrite bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	file = cmp.Or(file, c.file, "config.json")
	dir, name := c.options.Dir, path.Clean(filepath.ToSlash(file))
	switch {
	case file == c.file && filepath.IsAbs(file): // the one given by --config
		dir, name = filepath.Split(file)
	case file != c.file && (!filepath.IsLocal(filepath.FromSlash(name)) || path.Ext(name) != ".json" || strings.Contains("/"+name, "/.")):
		return fail(http.StatusBadRequest, "save the config to a .json file below the project's folder, not to a hidden one")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.mayReplace(file, overwrite); err != nil {
		return err
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
	c.configFile = configFile{file: file, seen: sha256.Sum256(indented.Bytes())}
	c.changed = false
	return nil
}

// mayReplace returns an error if something in the file would be lost. The config is
// locked.
func (c *config) mayReplace(file string, overwrite bool) error {
	if file != c.file {
		return nil
	}
	switch c.look(); {
	case c.broken != nil:
		return fail(http.StatusConflict, file+" is not a JSON object at the moment: fix it first, since saving would overwrite what is there")
	case c.edited && !overwrite:
		return fail(http.StatusConflict, file+" was edited since it was read: take its values, or overwrite it")
	}
	return nil
}

// writeSecret atomically writes a file below a folder that only its owner can read. It does not
// follow a link in place of the file or out of the folder, and replaces a file only if allowed.
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

// An order is the order of the members of a config, or of a card.
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

// ordered returns the JSON of a config with its members in an order, followed by others.
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
