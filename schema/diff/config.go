package diff

import (
	"bytes"
	"slices"
	"strings"

	"github.com/conngen/conngen/schema"
)

// An item is a config item with its place.
type item struct {
	*schema.Entry
	path  string   // "cards[].key"
	keys  []string // of the cards around it, and its own
	scope string   // "cards[].", "" at the top level
	frame string   // the labels of the menus and sections around it
}

// items are the config items of all scopes by path, the first of each.
type items struct {
	nameList
	byPath map[string]item
}

func itemsOf(s *schema.Spec) items {
	list := items{byPath: make(map[string]item)}
	list.walk(s.SourceConfig, nil, "", "")
	return list
}

func (l *items) walk(entries []*schema.Entry, keys []string, scope, frame string) {
	for _, e := range entries {
		if !e.IsItem() {
			l.walk(e.Items, keys, scope, frame+"\x00"+e.Label+e.SectionTitle)
			continue
		}
		path := scope + e.Key
		if _, ok := l.byPath[path]; e.Key == "" || ok {
			continue
		}
		l.byPath[path] = item{e, path, append(slices.Clone(keys), e.Key), scope, frame}
		l.add(path, e.Pointer.Member("key"))
		for _, m := range e.SubMenus {
			l.walk(m.Items, l.byPath[path].keys, path+"[].", frame+"\x00"+m.Label)
		}
	}
}

// A configComparison compares the config items of two specs.
type configComparison struct {
	*comparison
	old, current items
	initial      map[string]bool // keys with an initial value in the current spec
}

func (c *comparison) config() {
	f := configComparison{c, itemsOf(c.old), itemsOf(c.current), make(map[string]bool)}
	for _, v := range c.current.InitialValues {
		f.initial[v.Key] = true
	}
	f.addedAndRemoved()
	for _, path := range shared(f.current.names, f.old.names) {
		f.item(f.old.byPath[path], f.current.byPath[path])
	}
	if reordered(f.old.names, f.current.names) {
		f.add("config-order-changed", "", places{"/sourceConfig", "/sourceConfig"}, "the config items are in a different order")
	}
}

func (f *configComparison) addedAndRemoved() {
	var removed, added []item
	for _, path := range f.old.names {
		if _, kept := f.current.byPath[path]; !kept && inBoth(f.old.byPath[path], f.current) {
			removed = append(removed, f.old.byPath[path])
		}
	}
	for _, path := range f.current.names {
		if _, known := f.old.byPath[path]; !known && inBoth(f.current.byPath[path], f.old) {
			added = append(added, f.current.byPath[path])
		}
	}
	removed, added = f.moved(removed, added)
	removed, added = f.renamed(removed, added)
	for _, r := range removed {
		f.add("config-key-removed", r.path, places{old: f.old.at[r.path]}, "config item %q is gone", r.path).about(r.wireNames()...)
	}
	for _, a := range added {
		f.add(f.addedID(a), a.path, places{current: f.current.at[a.path]}, "config item %q is new", a.path).about(a.wireNames()...)
	}
}

// wireNames are the keys of an item and its options.
func (i item) wireNames() []string {
	return []string{key("config", i.keys...), key("option", i.keys...)}
}

// ofNumber returns the keys of a change that affects which numbers an item can have, or whether it
// has one.
func ofNumber(old, current item) []string {
	if old.Type != schema.ItemNumber || current.Type != schema.ItemNumber {
		return nil
	}
	return []string{key("config", current.keys...)}
}

// optionKeys are the keys of a change of one option, which also is about the item if it
// becomes a choice, or stops being one.
func optionKeys(i item, value string, isChoice bool) []string {
	keys := []string{key("option", append(slices.Clone(i.keys), value)...)}
	if isChoice {
		keys = append(keys, key("config", i.keys...))
	}
	return keys
}

// inBoth reports whether the other spec has the card list that an item belongs to: the
// items of a card come and go with it.
func inBoth(i item, other items) bool {
	if i.scope == "" {
		return true
	}
	_, ok := other.byPath[strings.TrimSuffix(i.scope, "[].")]
	return ok
}

// moved reports items that moved between the config and a card, and returns the others.
func (f *configComparison) moved(removed, added []item) (gone, fresh []item) {
	type place struct {
		key string
		top bool
	}
	candidates := make(map[place][]item)
	for _, a := range added {
		at := place{a.Key, a.scope == ""}
		candidates[at] = append(candidates[at], a)
	}
	taken := make(map[string]bool) // by path
	for _, r := range removed {
		other := place{r.Key, r.scope != ""}
		if len(candidates[other]) == 0 {
			gone = append(gone, r)
			continue
		}
		a := candidates[other][0]
		candidates[other] = candidates[other][1:]
		taken[a.path] = true
		f.add("config-key-moved-scope", r.path+"->"+a.path, places{f.old.at[r.path], f.current.at[a.path]}, "config item %q is now %q", r.path, a.path).
			about(r.wireNames()...).about(a.wireNames()...)
	}
	return gone, slices.DeleteFunc(slices.Clone(added), func(a item) bool { return taken[a.path] })
}

// renamed reports the items whose key was probably changed, and returns the others.
func (f *configComparison) renamed(removed, added []item) (gone, fresh []item) {
	guesses := renames(itemCandidates(removed), itemCandidates(added))
	taken := make(map[string]bool)
	for _, r := range removed {
		path, ok := guesses[r.path]
		if !ok {
			gone = append(gone, r)
			continue
		}
		taken[path] = true
		f.add("config-key-renamed", r.path+"->"+path, places{f.old.at[r.path], f.current.at[path]}, "config item %q was probably renamed to %q", r.path, path).
			about(r.wireNames()...).about(f.current.byPath[path].wireNames()...)
	}
	return gone, slices.DeleteFunc(slices.Clone(added), func(a item) bool { return taken[a.path] })
}

func itemCandidates(items []item) []candidate {
	var candidates []candidate
	for _, i := range items {
		candidates = append(candidates, candidate{i.path, i.scope + "\x00" + valueType(i.Entry), i.Label})
	}
	return candidates
}

// addedID is the kind of change for a new item.
func (f *configComparison) addedID(a item) string {
	switch {
	case !a.Required:
		return "config-optional-key-added"
	case a.ParentKey != "":
		return "config-conditional-required-key-added"
	case f.hasDefault(a):
		return "config-required-key-added-with-default"
	}
	return "config-required-key-added"
}

// hasDefault reports whether new sources start with a value for an item.
func (f *configComparison) hasDefault(a item) bool {
	return a.Value != nil || f.initial[a.Key]
}

// valueType groups the types of items that hold the same values, secret or not.
func valueType(e *schema.Entry) string {
	switch e.Type {
	case schema.ItemSecret, schema.ItemSecretTextArea:
		return "Secret"
	case schema.ItemCheckbox, schema.ItemToggle:
		return "bool"
	case schema.ItemRadio, schema.ItemSelect:
		return "option"
	case schema.ItemNumber, schema.ItemList, schema.ItemKeyValue, schema.ItemCardList:
		return e.Type
	}
	return "string"
}

// item compares a config item with the old one.
func (f *configComparison) item(old, current item) {
	add := func(id, member, fact string, args ...any) *Change {
		at := places{existing(f.comparison.old, old.Pointer, member), existing(f.comparison.current, current.Pointer, member)}
		return f.add(id, current.path, at, "config item %q "+fact, append([]any{current.path}, args...)...)
	}
	if old.Type != current.Type {
		f.itemType(add, old, current)
	}
	switch {
	case current.Required && !old.Required:
		add("config-made-required", "required", "is now required").about(ofNumber(old, current)...)
	case old.Required && !current.Required:
		add("config-made-optional", "required", "is now optional").about(ofNumber(old, current)...)
	}
	if old.ParentKey != current.ParentKey || old.ParentValue != current.ParentValue {
		add("config-visibility-changed", "parentKey", "is shown under different conditions")
	}
	if limits(f.comparison.old, old) != limits(f.comparison.current, current) {
		add("config-limit-changed", "type", "has different limits").about(ofNumber(old, current)...)
	}
	f.options(old, current)
	if !bytes.Equal(canonical(old.Value), canonical(current.Value)) {
		add("initial-value-changed", "value", "has a different default").about(ofNumber(old, current)...)
	}
	if !slices.Equal(itemTexts(old), itemTexts(current)) {
		add("config-text-changed", "label", "has different texts")
	}
	if presentation(old) != presentation(current) {
		add("config-card-presentation-changed", "type", "shows its cards differently")
	}
	if old.frame != current.frame {
		add("config-moved", "key", "moved within the form")
	}
}

func (f *configComparison) itemType(add func(id, member, fact string, args ...any) *Change, old, current item) {
	id, types := "config-type-changed", ": "+old.Type+"->"+current.Type
	if valueType(old.Entry) != valueType(current.Entry) && !sameText(old, current) {
		id = "config-go-type-changed"
	}
	add(id, "type", "changed its type from %q to %q", old.Type, current.Type).about(current.wireNames()...).Subject += types
}

// sameText reports whether two items hold texts, secret or not.
func sameText(old, current item) bool {
	isText := func(i item) bool { t := valueType(i.Entry); return t == "string" || t == "Secret" }
	return isText(old) && isText(current)
}

// options compares the options of a radio or select item.
func (f *configComparison) options(old, current item) {
	before, after := optionValues(old), optionValues(current)
	for _, v := range before.names {
		if _, kept := after.at[v]; !kept {
			f.add("config-option-removed", current.path+"="+v, places{before.at[v], current.Pointer}, "config item %q no longer has the option %q", current.path, v).
				about(optionKeys(current, v, len(after.names) == 0)...)
		}
	}
	for _, v := range after.names {
		if _, known := before.at[v]; !known {
			f.add("config-option-added", current.path+"="+v, places{old.Pointer, after.at[v]}, "config item %q has a new option %q", current.path, v).
				about(optionKeys(current, v, len(before.names) == 0)...)
		}
	}
}

func optionValues(i item) nameList {
	var l nameList
	for _, o := range i.Options {
		l.add(o.Value, o.Pointer)
	}
	return l
}

// limits returns the limits of an item as written: the platform may read "1" as a limit, and 1 as
// none.
func limits(s *schema.Spec, i item) string {
	var b strings.Builder
	for _, owner := range []schema.Pointer{i.Pointer, i.Pointer.Member("keyValueKey"), i.Pointer.Member("keyValueValue")} {
		for _, name := range []string{"min", "max", "maxlength"} {
			b.Write(s.File.Raw(owner.Member(name)))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// itemTexts returns the texts of an item that administrators read.
func itemTexts(i item) []string {
	texts := []string{i.Label, i.Placeholder, i.HelpKey, i.HelpText, i.HelpMessage, i.ButtonLabel}
	for _, o := range i.Options {
		texts = append(texts, o.Label, o.DocLink, o.DocLinkLabel)
	}
	for _, part := range []*schema.KeyValuePart{i.KeyValueKey, i.KeyValueValue} {
		if part != nil {
			texts = append(texts, part.Label)
		}
	}
	return texts
}

// presentation returns how a card list shows its cards.
func presentation(i item) [8]any {
	return [8]any{
		i.TitleKey, i.SubtitleKey, i.IndexKey,
		i.AddButton, i.EditButton, i.DeleteButton, i.CopyButton, i.DragNDropEnabled,
	}
}

// layout compares the texts of menus, sections and pages of cards.
func (c *comparison) layout() {
	if !slices.Equal(layoutTexts(c.old.SourceConfig, nil), layoutTexts(c.current.SourceConfig, nil)) {
		c.add("layout-text-changed", "", places{"/sourceConfig", "/sourceConfig"}, "texts of menus or sections have changed")
	}
}

func layoutTexts(entries []*schema.Entry, texts []string) []string {
	for _, e := range entries {
		if !e.IsItem() {
			texts = append(texts, e.Type, e.Label, e.SectionTitle, e.SectionHelpMessage, e.DocLink, e.DocLinkLabel)
			texts = layoutTexts(e.Items, texts)
		}
		for _, m := range e.SubMenus {
			texts = layoutTexts(m.Items, append(texts, m.Label))
		}
	}
	return texts
}
