package docs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/slug"
	"github.com/conngen/conngen/schema"
)

// A writer makes the blocks of a page, section by section.
type writer struct {
	spec      *schema.Spec
	options   Options
	secrets   map[schema.Pointer]bool // values that the page hides, with what contains them
	commands  map[string]bool
	passwords []string // names of attributes and fields
	initial   map[string]schema.InitialValue
	items     map[string]bool   // keys of the form's items, including those in cards
	scope     scope             // of the form, without cards
	ids       map[string]int    // how often each was requested
	typeIDs   map[string]string // of the sections of entitlement types
	blocks    []block
}

func newWriter(spec *schema.Spec, o Options) *writer {
	w := &writer{
		spec: spec, options: o, passwords: generator.Passwords(spec), scope: scopeOf(spec.ConfigItems()),
		secrets: make(map[schema.Pointer]bool), initial: make(map[string]schema.InitialValue), items: make(map[string]bool), ids: make(map[string]int), typeIDs: make(map[string]string),
	}
	for _, p := range generator.Secrets(spec) {
		for p != "" {
			w.secrets[p] = true
			p = p[:strings.LastIndexByte(string(p), '/')]
		}
	}
	for _, v := range spec.InitialValues {
		w.initial[v.Key] = v
	}
	w.commands = make(map[string]bool, len(spec.Commands))
	for _, c := range spec.Commands {
		w.commands[c.Name] = true
	}
	for e := range spec.ConfigItems() {
		w.noteItem(e)
	}
	w.nameTypes()
	return w
}

func (w *writer) noteItem(e *schema.Entry) {
	w.items[e.Key] = true
	for item := range e.CardItems() {
		w.noteItem(item)
	}
}

func (w *writer) add(blocks ...block) { w.blocks = append(w.blocks, blocks...) }

// heading adds a heading with an ID that is unique on the page.
func (w *writer) heading(level int, id string, text ...any) {
	w.add(heading{min(level, maxLevel), w.id(id), words(text...)})
}

// id returns the ID, with a number if the page already has it.
func (w *writer) id(id string) string {
	unique := id
	for w.ids[unique] > 0 {
		w.ids[id]++
		unique = id + "-" + strconv.Itoa(w.ids[id])
	}
	w.ids[unique]++
	return unique
}

// maxLevel is the level of the smallest headings.
const maxLevel = 6

// idOf makes an ID from a name. Names in other scripts have none.
func idOf(kind, text string) string {
	if s := strings.ReplaceAll(slug.Of(text), ".", "-"); s != "" {
		return kind + "-" + s
	}
	return kind
}

// value formats a value of a spec for the page: a text as it is, anything else as JSON.
func value(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil { // null too
		return text
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return string(raw)
	}
	return compact.String()
}

// has reports whether the spec lists one of the commands.
func (w *writer) has(commands ...string) bool {
	return slices.ContainsFunc(commands, func(c string) bool { return w.commands[c] })
}

// manyHeadings is the number of headings from which a page has a table of contents.
const manyHeadings = 10

// withContents inserts a table of contents before the first section of a long page.
func (w *writer) withContents() []block {
	var contents list
	headings, first := 0, 0
	for i, b := range w.blocks {
		h, ok := b.(heading)
		if !ok || h.level == 1 {
			continue
		}
		headings++
		entry := paragraph{link{"#" + h.id, h.text}}
		switch h.level {
		case 2:
			first = cmp.Or(first, i)
			contents = append(contents, []block{entry})
		case 3:
			last := &contents[len(contents)-1]
			if len(*last) == 1 {
				*last = append(*last, list{})
			}
			(*last)[1] = append((*last)[1].(list), []block{entry})
		}
	}
	if headings < manyHeadings {
		return w.blocks
	}
	return slices.Insert(w.blocks, first, block(contentsList(contents)))
}

// label returns the form's label of an item.
func label(e *schema.Entry) span {
	if text := strings.TrimSpace(visible(e.Label)); text != "" {
		return strong{plain(text)}
	}
	return name(e.Key)
}
