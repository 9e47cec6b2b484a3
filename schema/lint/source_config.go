package lint

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
)

var documentedTypes = schema.ItemTypes()

// betterTypes are the types that undocumented item types were meant to be.
var betterTypes = map[string]string{
	"password": schema.ItemSecret,
	"string":   schema.ItemText,
	"boolean":  schema.ItemCheckbox,
	"int":      schema.ItemNumber,
	"integer":  schema.ItemNumber,
	"dropdown": schema.ItemSelect,
}

func unknownItemType(p *pass) {
	for _, e := range p.items {
		if e.Type == "" || slices.Contains(documentedTypes, e.Type) {
			continue
		}
		readAs := "a string"
		if p.golang.isSecretItem(e) {
			readAs = "a secret"
		}
		better := betterTypes[e.Type]
		if better == "" {
			better = p.near(e.Type, documentedTypes)
		}
		at := e.Pointer.Member("type")
		p.at(at, didYouMean(better, "the types are "+quotedList(documentedTypes)), "item type %q is not documented; conngen reads its value as %s", e.Type, readAs).Fix = p.write(at, better)
	}
}

// entries calls a function with each entry of the form and the type of the entry around
// it, "" at the top level.
func (p *pass) entries(each func(e *schema.Entry, inside string)) {
	var walk func([]*schema.Entry, string)
	walk = func(entries []*schema.Entry, inside string) {
		for _, e := range entries {
			each(e, inside)
			walk(e.Items, e.Type)
			for _, m := range e.SubMenus {
				walk(m.Items, e.Type)
			}
		}
	}
	walk(p.SourceConfig, "")
}

func flatConfigItem(p *pass) {
	fixes := p.wraps(schema.EntrySection)
	p.entries(func(e *schema.Entry, inside string) {
		if e.Type != "" && e.IsItem() && (inside == "" || inside == schema.EntryMenu) {
			d := p.at(e.Pointer.Member("type"), "put it into a section", "config item %q is outside any section, so the form may not show it", e.Key)
			d.Fix = fixes[e.Pointer]
		}
	})
}

func nestedMenu(p *pass) {
	p.entries(func(e *schema.Entry, inside string) {
		if e.Type == schema.EntryMenu && inside != "" || e.Type == schema.EntrySection && inside == schema.EntrySection {
			d := p.at(e.Pointer.Member("type"), "the form of a config is menu > section > item", "%s is inside a %s", e.Type, inside)
			d.Fix = p.hoist(e)
		}
	})
}

func sectionWithoutMenu(p *pass) {
	fixes := p.wraps(schema.EntryMenu)
	p.entries(func(e *schema.Entry, inside string) {
		if e.Type == schema.EntrySection && inside == "" {
			d := p.at(e.Pointer.Member("type"), "put it into a menu", "section is outside any menu, an older form")
			d.Fix = fixes[e.Pointer]
		}
	})
}

func sectionTitleMissing(p *pass) {
	p.entries(func(e *schema.Entry, _ string) {
		if e.Type == schema.EntrySection && e.SectionTitle == "" {
			p.at(e.Pointer.Member("type"), `add "sectionTitle"`, "section has no title")
		}
	})
}

func undocumentedHelpField(p *pass) {
	for _, e := range p.items {
		for _, name := range []string{"helpText", "helpMessage"} {
			if at := e.Pointer.Member(name); p.File.Has(at) {
				d := p.name(at, `use "helpKey"`, "%q is not documented; the form may not show it", name)
				if !p.File.Has(e.Pointer.Member("helpKey")) {
					d.Fix = p.unsafely(renameTo("helpKey"), p.File.Rename(at, "helpKey"))
				}
			}
		}
	}
}

func undocumentedItemValue(p *pass) {
	for _, e := range p.items {
		for _, name := range []string{"value", "valuePath"} {
			if at := e.Pointer.Member(name); p.File.Has(at) {
				p.name(at, "", "%q of a config item is not documented", name)
			}
		}
	}
}

// parents calls a function with each item that has a parent in its scope.
func (p *pass) parents(each func(e, parent *schema.Entry)) {
	for _, s := range p.scopes {
		for _, e := range s.items {
			if parent := s.byKey[e.ParentKey]; parent != nil {
				each(e, parent)
			}
		}
	}
}

func parentKeyUnknown(p *pass) {
	for _, s := range p.scopes {
		for _, e := range s.items {
			if e.ParentKey != "" && s.byKey[e.ParentKey] == nil {
				at, near := e.Pointer.Member("parentKey"), p.near(e.ParentKey, s.keys)
				p.at(at, didYouMean(near, "name an item of the same config or card"),
					"parentKey %q is not the key of an item, so this one is never shown", e.ParentKey).Fix = p.write(at, near)
			}
		}
	}
}

func parentKeyMissing(p *pass) {
	for _, e := range p.items {
		if at := e.Pointer.Member("parentValue"); e.ParentKey == "" && p.File.Has(at) {
			p.name(at, `add "parentKey"`, "parentValue has no effect without parentKey")
		}
	}
}

func parentValueMissing(p *pass) {
	for _, s := range p.scopes {
		for _, e := range s.items {
			at := e.Pointer.Member("parentKey")
			if e.ParentKey == "" || p.File.Has(e.Pointer.Member("parentValue")) {
				continue
			}
			d := p.name(at, `add "parentValue"`, "parentKey has no effect without parentValue")
			if parent := s.byKey[e.ParentKey]; parent != nil && parent.IsSwitch() {
				d.Fix = p.unsafely(`add "parentValue": "true"`, p.File.AddAfter(at, "parentValue", `"true"`))
			}
		}
	}
}

func parentValueNotString(p *pass) {
	fixes := p.choices()
	for _, e := range p.items {
		at := e.Pointer.Member("parentValue")
		if p.isBare(at) {
			p.at(at, p.asString(at, e.ParentValue), "parentValue must be a string").Fix = p.inQuotes(at, fixes)
		}
	}
}

// parentValues returns the possible values of a parent, nil if they are unknown.
func parentValues(parent *schema.Entry) []string {
	switch {
	case parent.IsSwitch():
		return []string{"true", "false"}
	case parent.IsChoice():
		return optionValues(parent)
	}
	return nil
}

// A valueSet is a list of values with an index for lookups.
type valueSet struct {
	list []string
	has  map[string]bool
}

func newValueSet(list []string) valueSet {
	s := valueSet{list: list, has: make(map[string]bool, len(list))}
	for _, v := range list {
		s.has[v] = true
	}
	return s
}

func optionValues(e *schema.Entry) []string {
	var values []string
	for _, o := range e.Options {
		values = append(values, o.Value)
	}
	return values
}

func parentValueImpossible(p *pass) {
	possible := make(map[*schema.Entry]valueSet) // by parent, which may have as many values as children
	p.parents(func(e, parent *schema.Entry) {
		at := e.Pointer.Member("parentValue")
		values, ok := possible[parent]
		if !ok {
			values = newValueSet(parentValues(parent))
			possible[parent] = values
		}
		if p.File.Has(at) && len(values.list) > 0 && !values.has[e.ParentValue] {
			d := p.conflict(at, parent.Pointer.Member("key"), "its values are "+quotedList(values.list),
				"%q never has the value %q, so this item is never shown", parent.Key, e.ParentValue)
			d.Fix = p.write(at, meant(e.ParentValue, parent, values.list))
		}
	})
}

func parentTypeUnusual(p *pass) {
	p.parents(func(e, parent *schema.Entry) {
		if !parent.IsSwitch() && !parent.IsChoice() {
			p.conflict(e.Pointer.Member("parentKey"), parent.Pointer.Member("type"), "",
				"%q is a %s item; only radio, select, checkbox and toggle items show and hide others", parent.Key, parent.Type)
		}
	})
}

func cardKeyUnknown(p *pass) {
	for _, e := range p.items {
		if e.Type != schema.ItemCardList || len(e.SubMenus) == 0 {
			continue
		}
		var keys []string
		for card := range e.CardItems() {
			keys = append(keys, card.Key)
		}
		p.cardKey(e, "titleKey", e.TitleKey, keys)
		p.cardKey(e, "subtitleKey", e.SubtitleKey, keys)
	}
}

func (p *pass) cardKey(e *schema.Entry, member, key string, keys []string) {
	switch {
	case key == "":
		p.at(e.Pointer.Member("type"), fmt.Sprintf("set %q to the key of an item of the card", member), "card list %q has no %s, so its cards show none", e.Key, member)
	case !slices.Contains(keys, key):
		at, near := e.Pointer.Member(member), p.near(key, keys)
		p.at(at, didYouMean(near, "its items are "+quotedList(keys)), "%s %q is not the key of an item of the card", member, key).Fix = p.write(at, near)
	}
}

func optionsMissing(p *pass) {
	if p.HasCommand("std:config-options:read") {
		return
	}
	for _, e := range p.items {
		if e.IsChoice() && len(e.Options) == 0 {
			p.at(e.Pointer.Member("type"), `add "options"`, "%s item %q has no options to choose from", e.Type, e.Key)
		}
	}
}

func duplicateOptionValue(p *pass) {
	for _, e := range p.items {
		first := make(map[string]schema.Pointer)
		for _, o := range e.Options {
			at := o.Pointer.Member("value")
			if before, ok := first[o.Value]; ok {
				d := p.conflict(at, before, "remove one of the two, or give it a value of its own", "two options of %q have the value %q", e.Key, o.Value)
				d.Fix = p.withoutCopy(o.Pointer, before.Parent())
				continue
			}
			first[o.Value] = at
		}
	}
}

func optionValueNotString(p *pass) {
	fixes := p.choices()
	for _, e := range p.items {
		for _, o := range e.Options {
			if at := o.Pointer.Member("value"); p.isBare(at) {
				p.at(at, p.asString(at, o.Value), "the value of an option must be a string").Fix = p.inQuotes(at, fixes)
			}
		}
	}
}

func keyValuePartsMissing(p *pass) {
	for _, e := range p.items {
		if e.Type != schema.ItemKeyValue {
			continue
		}
		if e.KeyValueKey == nil {
			p.at(e.Pointer.Member("type"), `add "keyValueKey"`, "item %q does not describe the keys of its pairs", e.Key)
		}
		if e.KeyValueValue == nil {
			p.at(e.Pointer.Member("type"), `add "keyValueValue"`, "item %q does not describe the values of its pairs", e.Key)
		}
	}
}

// maxSameKey bounds the items with the same key that another one is compared with.
const maxSameKey = 100

func duplicateConfigKey(p *pass) {
	for _, s := range p.scopes {
		sameKey := make(map[string][]*schema.Entry)
		for _, e := range s.items {
			earlier := sameKey[e.Key]
			i := slices.IndexFunc(earlier, func(b *schema.Entry) bool { return !b.AlternativeTo(e) })
			if i >= 0 && earlier[i].Type == e.Type {
				d := p.conflict(e.Pointer.Member("key"), earlier[i].Pointer.Member("key"),
					"rename one of the two, or give them the same parentKey and different parentValues",
					"two config items have the key %q: the value of one overwrites that of the other", e.Key)
				d.Fix = p.withoutCopy(e.Pointer, earlier[i].Pointer)
			}
			if e.Key != "" && len(earlier) < maxSameKey {
				sameKey[e.Key] = append(earlier, e)
			}
		}
	}
}

// quotedList lists texts in quotes, only the first ones if there are many.
func quotedList(texts []string) string {
	const most = 13
	var quoted []string
	for i, t := range texts {
		if i == most {
			quoted = append(quoted, fmt.Sprintf("and %d more", len(texts)-most))
			break
		}
		quoted = append(quoted, strconv.Quote(t))
	}
	return strings.Join(quoted, ", ")
}

// statefulItem is the simplest item with which administrators enable stateful commands.
const statefulItem = `{"key": "` + schema.StatefulKey + `", "label": "Enable stateful commands", "type": "checkbox"}`

func statefulWithoutCheckbox(p *pass) {
	if p.SupportsStatefulCommands && !p.unreadable && p.scopes[0].byKey[schema.StatefulKey] == nil {
		hint := fmt.Sprintf("add a checkbox with the key %q", schema.StatefulKey)
		d := p.name("/supportsStatefulCommands", hint, "administrators cannot switch stateful commands on: the config has no item for it")
		if s := lastSection(p.SourceConfig); s != nil {
			d.Fix = p.unsafely(hint, p.File.Append(s.Pointer.Member("items"), statefulItem))
		}
	}
}

func statefulCheckboxWithoutFlag(p *pass) {
	if e := p.scopes[0].byKey[schema.StatefulKey]; e != nil && !p.SupportsStatefulCommands && !p.unreadable {
		d := p.at(e.Pointer.Member("key"), `add "supportsStatefulCommands": true at the top of the spec`, "item %q has no effect: the spec does not support stateful commands", schema.StatefulKey)
		d.Fix = p.unsafely(`set "supportsStatefulCommands": true`, p.setAfter("/commands", "supportsStatefulCommands", "true"))
	}
}

// reservedInitialKeys are keys of initial values that belong to no config item.
var reservedInitialKeys = []string{schema.ProvisioningTimeoutKey, "supportsStatefulCommands", schema.StatefulKey, "keyValueInitialValues"}

func initialValueUnknownKey(p *pass) {
	if p.unreadable {
		return
	}
	keys := make(map[string]bool)
	for _, s := range p.scopes {
		for _, k := range s.keys {
			keys[k] = true
		}
	}
	var candidates []string
	for _, v := range p.InitialValues {
		if keys[v.Key] || slices.Contains(reservedInitialKeys, v.Key) {
			continue
		}
		if candidates == nil {
			candidates = slices.Sorted(maps.Keys(keys))
		}
		hint := "remove it"
		near := p.near(v.Key, candidates)
		if near != "" {
			hint = fmt.Sprintf("did you mean %q? Otherwise remove it", near)
		}
		d := p.name(v.Pointer, hint, "%q has an initial value, but no config item has this key", v.Key)
		if near != "" && strings.EqualFold(v.Key, near) && !p.File.Has(v.Pointer.Parent().Member(near)) {
			d.Fix = p.unsafely(renameTo(near), p.File.Rename(v.Pointer, near))
		} else {
			d.Fix = p.unsafely("remove it", p.File.Remove(v.Pointer))
		}
	}
}

// initialValues calls a function with each initial value and its item.
func (p *pass) initialValues(each func(v schema.InitialValue, e *schema.Entry)) {
	if p.unreadable {
		return
	}
	for _, v := range p.InitialValues {
		if e := p.byKey[v.Key]; e != nil {
			each(v, e)
		}
	}
}

// initialKinds are the kinds of initial values by item type, as in [kindOf].
var initialKinds = map[string]struct{ kinds, words string }{
	schema.ItemCheckbox: {"tf", "true or false, without quotes"},
	schema.ItemToggle:   {"tf", "true or false, without quotes"},
	schema.ItemNumber:   {"0", "a number, without quotes"},
	schema.ItemText:     {`"`, "a string"},
	schema.ItemURL:      {`"`, "a string"},
	schema.ItemTextArea: {`"`, "a string"},
	schema.ItemRadio:    {`"`, "a string"},
	schema.ItemSelect:   {`"`, "a string"},
	schema.ItemList:     {"[", "a list"},
	schema.ItemKeyValue: {"[", "a list"},
	schema.ItemCardList: {"[", "a list"},
}

func initialValueTypeMismatch(p *pass) {
	p.initialValues(func(v schema.InitialValue, e *schema.Entry) {
		want, ok := initialKinds[e.Type]
		if ok && !strings.ContainsRune(want.kinds, kindOf(v.Value)) {
			d := p.conflict(v.Pointer, e.Pointer.Member("type"), "", "the initial value of %q must be %s: it is a %s item", e.Key, want.words, e.Type)
			d.Fix = p.asKind(v.Pointer, want.kinds)
		}
	})
}

func initialValueNotAnOption(p *pass) {
	p.initialValues(func(v schema.InitialValue, e *schema.Entry) {
		var text string
		if len(e.Options) == 0 || json.Unmarshal(v.Value, &text) != nil || text == "" {
			return
		}
		if values := optionValues(e); !slices.Contains(values, text) {
			d := p.conflict(v.Pointer, e.Pointer.Member("key"), "its options are "+quotedList(values), "the initial value %q is not an option of %q", text, e.Key)
			d.Fix = p.write(v.Pointer, meant(text, e, values))
		}
	})
}
