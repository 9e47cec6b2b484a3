// Package config is for generated code. It reads a source's config into the generated
// Config: one call per item maps a field to its key, with what the spec says about it.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// Configured is for generated code. A configured type maps its fields to the keys of a
// source's config, with one call per item.
type Configured interface {
	ConfigItems(items *Items)
}

// Read is for generated code. It reads a source's config into a new T: the config's
// values, else the items' initial ones. One [sdk.ConfigError] lists all problems, and
// never shows a value. T is filled as far as possible.
func Read[T any, P interface {
	*T
	Configured
}](raw json.RawMessage) (T, error) {
	var config T
	err := read(raw, P(&config))
	return config, err
}

func read(raw json.RawMessage, config Configured) error {
	members, err := jsontext.Members(raw)
	if err != nil {
		return sdk.Errorf("config: %w", err)
	}
	if found := readScope(config, members, ""); len(found) > 0 {
		return sdk.Errorf("%w", &sdk.ConfigError{Problems: found})
	}
	return nil
}

// problems are what is wrong with a config.
type problems []sdk.ConfigProblem

func (p problems) Error() string { return (&sdk.ConfigError{Problems: p}).Error() }

// A tolerableError is a problem that leaves the config usable.
type tolerableError string

func (e tolerableError) Error() string { return string(e) }

const errRequired = tolerableError("is required")

// readScope reads one scope, the whole config or one card: first which items
// there are, since they decide about each other's visibility, then their values.
func readScope(v Configured, members map[string]json.RawMessage, prefix string) problems {
	items := &Items{members: members, prefix: prefix, all: make([]keyedItem, 0, 8), collecting: true}
	v.ConfigItems(items)
	items.collecting = false
	if items.conditional {
		items.items, items.read = byKey(items.all), make(map[string]bool)
		items.settle()
	}
	v.ConfigItems(items)
	return items.problems
}

// Items is for generated code. It visits the items of one scope of a config, the whole
// config or one card.
type Items struct {
	members     map[string]json.RawMessage
	prefix      string // path of the scope, for messages
	all         []keyedItem
	conditional bool // some items are not always visible
	collecting  bool
	redacting   bool // see [redacted]
	problems    problems
	noted       map[sdk.ConfigProblem]bool // those in problems
	visited     item

	// Where items are conditional:
	items map[string][]item          // by key; several where items are alternatives
	shown map[string]json.RawMessage // the values of the visible items, by key
	read  map[string]bool            // keys whose value is read
}

// A keyedItem is an item with its key.
type keyedItem struct {
	key string
	item
}

// byKey returns items by their keys.
func byKey(all []keyedItem) map[string][]item {
	items := make(map[string][]item)
	for _, it := range all {
		items[it.key] = append(items[it.key], it.item)
	}
	return items
}

// visit finds an item's value and hands it to read. Hidden items get their values too, but
// are not checked. Of alternatives those that are visible read the value, or else the
// first that finds one.
func (items *Items) visit(key string, opts []ItemOption, read func(raw json.RawMessage, it item) error) {
	if items.redacting {
		return
	}
	items.visited = item{} // a variable would be allocated for each item
	for _, o := range opts {
		o(&items.visited)
	}
	it := items.visited
	if items.collecting {
		items.all = append(items.all, keyedItem{key, it})
		items.conditional = items.conditional || it.parents != nil
		return
	}
	visible := items.visible(it)
	if _, shown := items.shown[key]; !visible && (shown || items.read[key]) {
		return // one of its alternatives reads the value
	}
	raw := items.members[key]
	if jsontext.IsNull(raw) {
		raw = it.initial
	}
	if jsontext.IsNull(raw) || jsontext.IsEmptyText(raw) {
		if it.required && visible {
			items.problem(key, errRequired)
		}
		return
	}
	if items.conditional {
		items.read[key] = true
	}
	if err := read(raw, it); err != nil && visible {
		items.problem(key, err)
	}
}

// settle finds the visible items. It starts with none and adds those whose
// parents hold until nothing changes: items that wait for each other in a
// circle stay hidden. A round settles at least one link of every chain, and looks only at
// items whose parents have changed.
func (items *Items) settle() {
	items.shown = make(map[string]json.RawMessage)
	keys := jsontext.SortedKeys(items.items)
	children := items.children(keys)
	round := newAgenda()
	for i := range keys {
		round.add(i)
	}
	for range keys {
		next := newAgenda()
		for !round.empty() {
			i := round.take()
			if !items.show(keys[i]) {
				continue
			}
			for _, child := range children[keys[i]] {
				if child > i {
					round.add(child)
				} else {
					next.add(child)
				}
			}
		}
		if round = next; round.empty() {
			return
		}
	}
}

// children returns where in keys the items are whose visibility a key decides about.
func (items *Items) children(keys []string) map[string][]int {
	children := make(map[string][]int)
	for i, key := range keys {
		for _, it := range items.items[key] {
			for _, p := range it.parents {
				if of := children[p.key]; len(of) == 0 || of[len(of)-1] != i {
					children[p.key] = append(of, i)
				}
			}
		}
	}
	return children
}

// show notes the value of a key if one of its items is visible, and reports
// whether that is new.
func (items *Items) show(key string) bool {
	before, shown := items.shown[key]
	delete(items.shown, key)
	for _, it := range items.items[key] {
		if !items.visible(it) {
			continue
		}
		raw := items.members[key]
		if jsontext.IsNull(raw) {
			raw = it.initial
		}
		items.shown[key] = raw
		return !shown || !bytes.Equal(raw, before)
	}
	return shown
}

func (items *Items) visible(it item) bool {
	return len(it.parents) == 0 || slices.ContainsFunc(it.parents, items.holds)
}

// holds reports whether a parent is visible and has the value. A parent that the
// spec does not know is taken from the config as it is.
func (items *Items) holds(p parent) bool {
	raw, visible := items.shown[p.key]
	if len(items.items[p.key]) == 0 {
		raw, visible = items.members[p.key], true
	}
	if !visible {
		return false
	}
	text, err := jsontext.ReadText(raw)
	if err != nil {
		return false
	}
	return text == p.value || text == "" && p.value == "false"
}

// problem notes what is wrong with an item. The problems of cards have their
// paths already. Alternatives that are visible together find the same problem.
func (items *Items) problem(key string, err error) {
	var found problems
	if !errors.As(err, &found) {
		_, tolerable := err.(tolerableError)
		found = problems{{Item: items.prefix + key, Problem: err.Error(), Tolerable: tolerable}}
	}
	for _, p := range found {
		if !items.noted[p] {
			if items.noted == nil {
				items.noted = make(map[sdk.ConfigProblem]bool)
			}
			items.noted[p] = true
			items.problems = append(items.problems, p)
		}
	}
}
