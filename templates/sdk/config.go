package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A ConfigBinding is a type that ties its fields to the keys of a source's
// config. The generated Config and the cards in it have a Bind method with one
// call per item.
type ConfigBinding interface {
	Bind(b *ConfigBinder)
}

// A KeyValue is one pair of a keyValue item.
type KeyValue struct{ Key, Value string }

// KeyValues is a map in the order of entry.
type KeyValues []KeyValue

// Get returns the value of a key, the first one where a key occurs twice.
func (kv KeyValues) Get(key string) (value string, ok bool) {
	for _, pair := range kv {
		if pair.Key == key {
			return pair.Value, true
		}
	}
	return "", false
}

// ReadConfig reads a source's config into a new T: the config's values, else the
// items' initial ones. All problems come in one error, which never shows a
// value. Keys that no item has are ignored: ISC puts its own there.
func ReadConfig[T any, P interface {
	*T
	ConfigBinding
}](raw json.RawMessage) (T, error) {
	var config T
	members, err := object(raw)
	if err != nil {
		return config, Errorf("config: %w", err)
	}
	problems := bindConfig(P(&config), members, "")
	if err := problems.err(); err != nil {
		return config, Errorf("config: %w", err)
	}
	return config, nil
}

// bindConfig reads one scope, the whole config or one card: first which items
// there are, since they decide about each other's visibility, then their values.
func bindConfig(v ConfigBinding, members map[string]json.RawMessage, prefix string) problems {
	b := &ConfigBinder{members: members, prefix: prefix, items: make(map[string][]item), collecting: true}
	v.Bind(b)
	b.collecting = false
	b.settle()
	v.Bind(b)
	return b.problems
}

// A ConfigBinder visits the items of one scope of a config.
type ConfigBinder struct {
	members    map[string]json.RawMessage
	prefix     string            // path of the scope, for messages
	items      map[string][]item // by key; several where items are alternatives
	collecting bool
	shown      map[string]json.RawMessage // the values of the visible items, by key
	problems   problems
}

type item struct {
	required bool
	initial  json.RawMessage
	min, max *float64
	parents  []parent // visible when one of them holds; always, without any
}

type parent struct{ key, value string }

// An ItemOption says more about a config item.
type ItemOption func(*item)

// Required makes a missing value a problem, while the item is visible.
func Required(i *item) { i.required = true }

// Initial sets the value, as JSON, of an item that the config does not have.
func Initial(value string) ItemOption {
	return func(i *item) { i.initial = json.RawMessage(value) }
}

// Min sets the least number.
func Min(n float64) ItemOption { return func(i *item) { i.min = &n } }

// Max sets the greatest number.
func Max(n float64) ItemOption { return func(i *item) { i.max = &n } }

// When makes the item visible only while another item of its scope, itself
// visible, has the value; "true" stands for a checked box. With several, one is
// enough.
func When(key, value string) ItemOption {
	return func(i *item) { i.parents = append(i.parents, parent{key, value}) }
}

// bind finds an item's value and hands it to read. Hidden items get what the
// config still has for them, but are not checked.
func (b *ConfigBinder) bind(key string, opts []ItemOption, read func(raw json.RawMessage, it item) error) {
	var it item
	for _, o := range opts {
		o(&it)
	}
	if b.collecting {
		b.items[key] = append(b.items[key], it)
		return
	}
	visible := b.visible(it)
	if !visible && len(b.items[key]) > 1 {
		return // one of its alternatives reads the value
	}
	raw := b.members[key]
	if visible && isNull(raw) {
		raw = it.initial
	}
	if isNull(raw) || isEmptyText(raw) {
		if it.required && visible {
			b.problem(key, errors.New("is required"))
		}
		return
	}
	if err := read(raw, it); err != nil && visible {
		b.problem(key, err)
	}
}

// settle finds the visible items. It starts with none and adds those whose
// parents hold until nothing changes, so that items which wait for each other in
// a circle stay hidden. A round settles at least one link of every chain.
func (b *ConfigBinder) settle() {
	b.shown = make(map[string]json.RawMessage)
	keys := sortedKeys(b.items)
	for range keys {
		changed := false
		for _, key := range keys {
			changed = b.show(key) || changed
		}
		if !changed {
			return
		}
	}
}

// show notes the value of a key if one of its items is visible, and reports
// whether that is new.
func (b *ConfigBinder) show(key string) bool {
	before, shown := b.shown[key]
	delete(b.shown, key)
	for _, it := range b.items[key] {
		if !b.visible(it) {
			continue
		}
		raw := b.members[key]
		if isNull(raw) {
			raw = it.initial
		}
		b.shown[key] = raw
		return !shown || !bytes.Equal(raw, before)
	}
	return shown
}

func (b *ConfigBinder) visible(it item) bool {
	return len(it.parents) == 0 || slices.ContainsFunc(it.parents, b.holds)
}

// holds reports whether a parent is visible and has the value. A parent that the
// spec does not know is taken from the config as it is.
func (b *ConfigBinder) holds(p parent) bool {
	raw, visible := b.shown[p.key]
	if len(b.items[p.key]) == 0 {
		raw, visible = b.members[p.key], true
	}
	if !visible {
		return false
	}
	text, err := readText(raw)
	if err != nil {
		return false
	}
	return text == p.value || text == "" && p.value == "false"
}

// problem notes what is wrong with an item. The problems of cards have their
// paths already. Alternatives that are visible together find the same problem.
func (b *ConfigBinder) problem(key string, err error) {
	var found problems
	if !errors.As(err, &found) {
		found = problems{b.prefix + key + " " + err.Error()}
	}
	for _, p := range found {
		if !slices.Contains(b.problems, p) {
			b.problems = append(b.problems, p)
		}
	}
}

// Text binds a text. Values of other kinds, which items of unknown types may
// have, are read as their JSON.
func (b *ConfigBinder) Text(key string, p *string, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, _ item) (err error) {
		*p, err = readAnyText(raw)
		return err
	})
}

func readAnyText(raw json.RawMessage) (string, error) {
	switch kindOf(raw) {
	case "an object", "a list":
		return string(appendNormal(nil, raw)), nil
	}
	return readText(raw)
}

// URL binds an absolute URL.
func (b *ConfigBinder) URL(key string, p *string, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, _ item) (err error) {
		if *p, err = readText(raw); err != nil {
			return err
		}
		if u, err := url.Parse(*p); err != nil || u.Scheme == "" || u.Host == "" {
			return errors.New("must be a URL such as https://example.com")
		}
		return nil
	})
}

// Secret binds a text that must not be seen.
func (b *ConfigBinder) Secret(key string, p *Secret, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, _ item) error { return p.UnmarshalJSON(raw) })
}

// Checkbox binds a box or toggle. Absent is false.
func (b *ConfigBinder) Checkbox(key string, p *bool, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, _ item) (err error) {
		*p, err = readBool(raw)
		return err
	})
}

// Number binds a number within its limits. Absent is 0.
func (b *ConfigBinder) Number(key string, p *float64, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, it item) error {
		text, err := readText(raw)
		if err != nil {
			return fmt.Errorf("must be a number, not %s", describe(raw))
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return fmt.Errorf("must be a number, not %s", describe(raw))
		}
		*p = n
		switch {
		case it.min != nil && n < *it.min:
			return fmt.Errorf("must be at least %v", *it.min)
		case it.max != nil && n > *it.max:
			return fmt.Errorf("must be at most %v", *it.max)
		}
		return nil
	})
}

// List binds a list of texts.
func (b *ConfigBinder) List(key string, p *[]string, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, it item) (err error) {
		*p, err = listField[string]{nil, readText}.values(raw)
		if err == nil && len(*p) == 0 && it.required {
			return errors.New("is required")
		}
		return err
	})
}

// KeyValues binds a list of pairs, whose members have the names name and value.
func (b *ConfigBinder) KeyValues(key, name, value string, p *KeyValues, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, it item) error {
		raws, err := elements(raw)
		if err != nil {
			return err
		}
		pairs := make(KeyValues, 0, len(raws))
		for i, raw := range raws {
			pair, err := readPair(raw, name, value)
			if err != nil {
				return fmt.Errorf("pair %d %w", i+1, err)
			}
			pairs = append(pairs, pair)
		}
		*p = pairs
		if len(pairs) == 0 && it.required {
			return errors.New("is required")
		}
		return nil
	})
}

func readPair(raw json.RawMessage, name, value string) (pair KeyValue, err error) {
	members, err := object(raw)
	if err != nil {
		return pair, err
	}
	if pair.Key, err = readAnyText(members[name]); err != nil {
		return pair, err
	}
	pair.Value, err = readAnyText(members[value])
	return pair, err
}

// Choice binds one of an item's options. A value that is none of them, which a
// source made with an older spec may have, is kept.
func Choice[T ~string](b *ConfigBinder, key string, p *T, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, _ item) error {
		text, err := readText(raw)
		*p = T(text)
		return err
	})
}

// Cards binds a list of cards, each a scope of keys of its own.
func Cards[T any, P interface {
	*T
	ConfigBinding
}](b *ConfigBinder, key string, p *[]T, opts ...ItemOption) {
	b.bind(key, opts, func(raw json.RawMessage, it item) error {
		raws, err := elements(raw)
		if err != nil {
			return err
		}
		cards := make([]T, len(raws))
		var found problems
		for i, raw := range raws {
			path := fmt.Sprintf("%s%s[%d]", b.prefix, key, i)
			members, err := object(raw)
			if err != nil {
				found = append(found, path+" "+err.Error())
				continue
			}
			found = append(found, bindConfig(P(&cards[i]), members, path+".")...)
		}
		*p = cards
		if len(cards) == 0 && it.required {
			return errors.New("is required")
		}
		return found.err()
	})
}
