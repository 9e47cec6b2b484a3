package docs

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/schema"
)

// isSecret reports whether an item holds a secret.
func isSecret(e *schema.Entry) bool { return generator.IsSecretItem(e) }

// configuration explains the form of a source, item by item.
func (w *writer) configuration() {
	w.heading(2, "configuration", "Configuring a source")
	if len(w.items) == 0 {
		w.add(sentence("This connector adds no items to the form of a source."))
	} else {
		w.add(sentence("In ISC, go to ", strong{plain("Admin > Connections > Sources")}, ", create a source with this connector, and fill in the form"+w.thenTest()))
		w.entries(w.spec.SourceConfig, 3, "")
	}
	w.reserved()
}

// thenTest ends the sentence on how to make a source.
func (w *writer) thenTest() string {
	if w.has(testCommand) {
		return ". Save it, then test the connection."
	}
	return "."
}

// entries explains menus, sections and items. Adjacent items form one list.
func (w *writer) entries(entries []*schema.Entry, level int, above string) {
	var items list
	flush := func() {
		if len(items) > 0 {
			w.add(items)
			items = nil
		}
	}
	for _, e := range entries {
		if e.IsItem() {
			items = append(items, w.item(e, w.scope, false))
			continue
		}
		flush()
		w.container(e, level, above)
	}
	flush()
}

// container explains a menu or a section. One with the same name as the only thing above it
// needs no heading.
func (w *writer) container(e *schema.Entry, level int, above string) {
	title, kind := e.Label, "menu"
	if e.Type == schema.EntrySection {
		title, kind = e.SectionTitle, "section"
	}
	if title = strings.TrimSpace(visible(title)); title != "" && title != above {
		w.heading(level, idOf(kind, title), title)
		level++
	}
	w.add(help(e.SectionHelpMessage)...)
	if l := docLink(e.DocLink, e.DocLinkLabel); l != nil {
		w.add(paragraph{l})
	}
	if len(e.Items) != 1 {
		title = ""
	}
	w.entries(e.Items, level, title)
}

// docLink links to documentation; nil if there is none, or no page may link to it.
func docLink(url, label string) span {
	if !safeURL(url) {
		return nil
	}
	if label = strings.TrimSpace(visible(label)); label == "" {
		label = url
	}
	return link{url, []span{plain(label)}}
}

// A scope holds the items that others can depend on.
type scope struct {
	items   map[string]*schema.Entry    // by key, the first of alternatives
	options map[[2]string]schema.Option // by key and value
}

func scopeOf(items iter.Seq[*schema.Entry]) scope {
	s := scope{make(map[string]*schema.Entry), make(map[[2]string]schema.Option)}
	for e := range items {
		if s.items[e.Key] == nil {
			s.items[e.Key] = e
		}
		for _, o := range e.Options {
			if _, ok := s.options[[2]string{e.Key, o.Value}]; !ok {
				s.options[[2]string{e.Key, o.Value}] = o
			}
		}
	}
	return s
}

// typeWords are the item types in plain words.
var typeWords = map[string]string{
	schema.ItemText: "text", schema.ItemSecret: "secret", schema.ItemTextArea: "text, several lines", schema.ItemSecretTextArea: "secret, several lines",
	schema.ItemURL: "URL", schema.ItemNumber: "number", schema.ItemCheckbox: "check box", schema.ItemToggle: "switch",
	schema.ItemRadio: "choice", schema.ItemSelect: "choice", schema.ItemList: "list of values", schema.ItemKeyValue: "list of pairs", schema.ItemCardList: "list of cards",
	schema.ItemPassword: "secret",
}

// item explains an item: its name, what to enter, and what happens without a value.
func (w *writer) item(e *schema.Entry, s scope, inCard bool) []block {
	kind := words("type ", name(e.Type))
	if text, ok := typeWords[e.Type]; ok {
		kind = words(text)
	}
	facts := kind
	if e.Required {
		facts = append(facts, plain(", required"))
		if e.ParentKey != "" {
			facts = append(facts, plain(" when shown"))
		}
	}
	facts = append(facts, plain(" · "), name(e.Key))
	blocks := []block{paragraph{label(e), plain(" "), small(facts)}}
	if shown := w.shown(e, s); shown != nil {
		blocks = append(blocks, shown)
	}
	blocks = append(blocks, itemHelp(e)...)
	if use := ownUse[e.Key]; use != "" && !inCard {
		blocks = append(blocks, sentence("ISC reads this item itself: it "+use+"."))
	}
	blocks = append(blocks, w.choices(e, inCard)...)
	blocks = append(blocks, w.parts(e)...)
	if text := w.limits(e, inCard); len(text) > 0 {
		blocks = append(blocks, text)
	}
	return blocks
}

// ownUse says how ISC uses the items that it reads itself.
var ownUse = map[string]string{
	schema.StatefulKey:            "turns on delta aggregation",
	schema.ProvisioningTimeoutKey: "says how many seconds ISC waits for a change to an account",
	schema.DebugLoggingKey:        "turns on debug logging",
}

// itemHelp returns the help texts of an item without duplicates.
func itemHelp(e *schema.Entry) []block {
	var blocks []block
	seen := []string{"", strings.TrimSpace(e.Label)}
	for _, text := range []string{e.HelpKey, e.HelpText, e.HelpMessage} {
		if text = strings.TrimSpace(text); !slices.Contains(seen, text) {
			seen = append(seen, text)
			blocks = append(blocks, help(text)...)
		}
	}
	return blocks
}

// shown says when an item is shown; it returns nil for one that always is.
func (w *writer) shown(e *schema.Entry, s scope) block {
	if e.ParentKey == "" {
		return nil
	}
	parent := s.items[e.ParentKey]
	if parent == nil {
		return sentence("Never shown: it depends on ", name(e.ParentKey), ", which the form does not have.")
	}
	option, isOption := s.options[[2]string{e.ParentKey, e.ParentValue}]
	switch {
	case isOption:
		return sentence("Shown when ", label(parent), " is ", optionLabel(option), ".")
	case e.ParentValue == "":
		return sentence("Shown depending on ", label(parent), ".")
	case parent.IsSwitch() && e.ParentValue == "false":
		return sentence("Shown when ", label(parent), " is off.")
	case parent.IsSwitch() && e.ParentValue == "true":
		return sentence("Shown when ", label(parent), " is on.")
	case parent.IsChoice() && len(parent.Options) > 0 && !w.has(optionsCommand):
		return sentence("Never shown: ", label(parent), " has no option ", name(e.ParentValue), ".")
	}
	return sentence("Shown when ", label(parent), " is ", name(e.ParentValue), ".")
}

func optionLabel(o schema.Option) span {
	if text := strings.TrimSpace(visible(o.Label)); text != "" {
		return strong{plain(text)}
	}
	return name(o.Value)
}

// choices explains the options of an item.
func (w *writer) choices(e *schema.Entry, inCard bool) []block {
	if !e.IsChoice() && len(e.Options) == 0 {
		return nil
	}
	if len(e.Options) == 0 {
		if w.has(optionsCommand) {
			return []block{sentence("ISC asks the connector for the options.")}
		}
		return []block{sentence("The spec has no options to choose from.")}
	}
	first := value(w.first(e, inCard).Value)
	var options list
	for _, o := range e.Options {
		text := sentence(optionLabel(o))
		if visible(o.Label) != "" && strings.TrimSpace(o.Label) != o.Value {
			text = append(text, plain(" "), small{name(o.Value)})
		}
		if o.Value == first && first != "" {
			text = append(text, plain(" (default)"))
		}
		if l := docLink(o.DocLink, o.DocLinkLabel); l != nil {
			text = append(text, plain(": "), l)
		}
		options = append(options, []block{text})
	}
	return []block{options}
}

// parts are the parts of pairs and cards.
func (w *writer) parts(e *schema.Entry) []block {
	var blocks []block
	if e.KeyValueKey != nil || e.KeyValueValue != nil {
		var parts [][]span
		for _, p := range []*schema.KeyValuePart{e.KeyValueKey, e.KeyValueValue} {
			if p != nil {
				parts = append(parts, pairPart(p))
			}
		}
		blocks = append(blocks, append(sentence("Each pair has "), append(enumerate(parts), plain("."))...))
	}
	if e.Type == schema.ItemCardList {
		blocks = append(blocks, w.cards(e)...)
	}
	return blocks
}

func pairPart(p *schema.KeyValuePart) []span {
	part := words(name(p.Key))
	if text := strings.TrimSpace(visible(p.Label)); text != "" {
		part = words(strong{plain(text)}, " ", small{name(p.Key)})
	}
	var facts []string
	if text, ok := typeWords[p.Type]; ok && p.Type != schema.ItemText {
		facts = append(facts, text)
	}
	if p.Required {
		facts = append(facts, "required")
	}
	if p.MaxLength != "" {
		facts = append(facts, "at most "+characters(p.MaxLength))
	}
	if len(facts) > 0 {
		part = append(part, plain(" ("+strings.Join(facts, ", ")+")"))
	}
	return part
}

func characters(n string) string {
	if n == "1" {
		return "1 character"
	}
	return n + " characters"
}

// cards explains the cards of a list, page by page.
func (w *writer) cards(e *schema.Entry) []block {
	scope := scopeOf(e.CardItems())
	intro := sentence("The button ", strong{plain(buttonLabel(e))}, " adds a card")
	if !e.AddButton {
		intro = sentence("Cards cannot be added")
	}
	var titles [][]span
	for _, key := range unique([]string{e.TitleKey, e.SubtitleKey}) {
		if item := scope.items[key]; item != nil {
			titles = append(titles, []span{label(item)})
		}
	}
	if len(titles) > 0 {
		intro = append(intro, append(words(". The list shows the "), append(enumerate(titles), plain(" of each"))...)...)
	}
	intro = append(intro, plain("."))
	if can := cardActions(e); can != "" {
		intro = append(intro, plain(" "+can))
	}
	blocks := []block{intro}
	for _, m := range e.SubMenus {
		if len(m.Items) == 0 {
			continue
		}
		if text := strings.TrimSpace(visible(m.Label)); text != "" && len(e.SubMenus) > 1 {
			blocks = append(blocks, sentence("On the page ", strong{plain(text)}, ":"))
		} else {
			blocks = append(blocks, sentence("A card has:"))
		}
		var items list
		for item := range (&schema.Entry{SubMenus: []schema.SubMenu{m}}).CardItems() {
			items = append(items, w.item(item, scope, true))
		}
		blocks = append(blocks, items)
	}
	return blocks
}

func buttonLabel(e *schema.Entry) string {
	if text := strings.TrimSpace(visible(e.ButtonLabel)); text != "" {
		return text
	}
	return "Add"
}

// cardActions lists what else people can do with cards in the form.
func cardActions(e *schema.Entry) string {
	var can, cannot []string
	for _, a := range []struct {
		is, usual bool
		verb      string
	}{{e.EditButton, true, "edited"}, {e.DeleteButton, true, "deleted"}, {e.CopyButton, false, "copied"}, {e.DragNDropEnabled, false, "dragged into a different order"}} {
		switch {
		case a.is && !a.usual:
			can = append(can, a.verb)
		case !a.is && a.usual:
			cannot = append(cannot, a.verb)
		}
	}
	var text []string
	if len(can) > 0 {
		text = append(text, "Cards can be "+series.And(can)+".")
	}
	if len(cannot) > 0 {
		text = append(text, "Cards cannot be "+series.Or(cannot)+".")
	}
	return strings.Join(text, " ")
}

// limits says an item's initial value, and what it accepts.
func (w *writer) limits(e *schema.Entry, inCard bool) paragraph {
	var text paragraph
	add := func(parts ...any) {
		if len(text) > 0 {
			text = append(text, plain(" "))
		}
		text = append(text, words(parts...)...)
	}
	if v := w.initially(e, inCard); v != nil {
		add(append(append([]any{"Default: "}, v...), ".")...)
	}
	switch {
	case e.Min != "" && e.Max != "":
		add("From " + e.Min + " to " + e.Max + ".")
	case e.Min != "":
		add("At least " + e.Min + ".")
	case e.Max != "":
		add("At most " + e.Max + ".")
	}
	if e.MaxLength != "" {
		add("At most " + characters(e.MaxLength) + ".")
	}
	if p := strings.TrimSpace(visible(e.Placeholder)); p != "" {
		add("Shown in the empty field: ", emphasis{plain(p)})
	}
	return text
}

// first is the value of an item in a new source or card; without one, it has no Value.
func (w *writer) first(e *schema.Entry, inCard bool) schema.InitialValue {
	if v, ok := w.initial[e.Key]; ok && (e.Value == nil || !inCard) {
		return v
	}
	return schema.InitialValue{Pointer: e.Pointer.Member("value"), Value: e.Value}
}

// initially says which value that is, unless an option is marked as it. It returns nil if there is
// nothing to say.
func (w *writer) initially(e *schema.Entry, inCard bool) []any {
	v := w.first(e, inCard)
	text := value(v.Value)
	switch {
	case text == "" || text == "[]" || text == "{}":
		return nil
	case isSecret(e) || w.secrets[v.Pointer] && isScalar(v.Value):
		return []any{"a secret, which this page does not show"}
	case w.secrets[v.Pointer]:
		return []any{"not shown on this page, since it has a secret"}
	case e.IsSwitch() && text == "true":
		return []any{"on"}
	case e.IsSwitch():
		return []any{"off"}
	case slices.ContainsFunc(e.Options, func(o schema.Option) bool { return o.Value == text }):
		return nil
	}
	if parts := elements(v.Value, e); parts != nil {
		return []any{group(parts)}
	}
	return []any{name(text)}
}

// isScalar reports whether a value is neither a list nor an object.
func isScalar(raw json.RawMessage) bool { return !bytes.ContainsAny(raw[:min(1, len(raw))], "[{") }

// elements returns those of a list of texts or pairs, nil for anything else.
func elements(raw json.RawMessage, e *schema.Entry) []span {
	var texts []string
	if json.Unmarshal(raw, &texts) == nil {
		return enumerate(names(texts))
	}
	var pairs []map[string]string
	if json.Unmarshal(raw, &pairs) != nil || e.KeyValueKey == nil || e.KeyValueValue == nil {
		return nil
	}
	parts := make([][]span, len(pairs))
	for i, p := range pairs {
		parts[i] = words(name(p[e.KeyValueKey.Key]), " = ", name(p[e.KeyValueValue.Key]))
	}
	return enumerate(parts)
}

// reservedKeys are keys that ISC reads itself, and for which specs may set values in new sources.
var reservedKeys = map[string]string{
	schema.ProvisioningTimeoutKey: "How many seconds ISC waits for a change to an account.",
	"supportsStatefulCommands":    "Whether delta aggregation is possible.",
	schema.StatefulKey:            "Whether delta aggregation is on.",
	"keyValueInitialValues":       "What ISC does with it is not documented.",
	schema.DebugLoggingKey:        "Whether the connector logs details.",
}

// reserved explains values of new sources that belong to no item of the form.
func (w *writer) reserved() {
	t := table{head: []string{"Key", "Value", "Meaning"}}
	seen := make(map[string]bool)
	for _, v := range w.spec.InitialValues {
		if w.items[v.Key] || seen[v.Key] {
			continue
		}
		seen[v.Key] = true
		meaning, shown := reservedKeys[v.Key], words(name(value(v.Value)))
		if meaning == "" {
			meaning = "The form has no item with this key."
		}
		if w.secrets[v.Pointer] {
			shown = words("not shown")
		}
		t.rows = append(t.rows, [][]span{{name(v.Key)}, shown, words(meaning)})
	}
	if len(t.rows) == 0 && !w.spec.ShowDebugLoggingOption {
		return
	}
	w.heading(3, "other-settings", "Other settings")
	if len(t.rows) > 0 {
		w.add(sentence("A new source also has these values, which are not in the form:"), t)
	}
	if w.spec.ShowDebugLoggingOption {
		w.add(sentence("ISC adds a switch for debug logging to the form. With it the connector logs more; turn it off when you no longer need it."))
	}
}
