package lint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/schema"
)

// The descriptions of several fixes.
const (
	putInQuotes  = "put it in quotes"
	removeSecond = "remove the second, which is the same"
)

func renameTo(name string) string { return fmt.Sprintf("rename it to %q", name) }

// literal is a text as a JSON string.
func literal(text string) string { return string(hujson.String(text)) }

// safely is a fix that changes neither types nor meaning; nil if there are no edits.
func (p *pass) safely(text string, edits []schema.Edit) *schema.Fix {
	if len(edits) == 0 {
		return nil
	}
	return &schema.Fix{Safe: true, Text: text, Edits: edits}
}

// unsafely is a fix that changes a type or a meaning, or guesses.
func (p *pass) unsafely(text string, edits []schema.Edit) *schema.Fix {
	if len(edits) == 0 {
		return nil
	}
	return &schema.Fix{Text: text, Edits: edits}
}

// inOrder joins edits that belong together, in the order of the text: none if some are missing.
func inOrder(parts ...[]schema.Edit) []schema.Edit {
	var all []schema.Edit
	for _, edits := range parts {
		if len(edits) == 0 {
			return nil
		}
		all = append(all, edits...)
	}
	slices.SortFunc(all, func(a, b schema.Edit) int { return a.Start - b.Start })
	return all
}

// write is a fix that replaces a text; nil if the replacement is unknown.
func (p *pass) write(at schema.Pointer, text string) *schema.Fix {
	if text == "" {
		return nil
	}
	return p.unsafely("write "+quote(text), p.File.Replace(at, literal(text)))
}

// setAfter makes the edits that set a member of an object. A new member comes after another one.
func (p *pass) setAfter(member schema.Pointer, name, value string) []schema.Edit {
	if at := member.Parent().Member(name); p.File.Has(at) {
		return p.File.Replace(at, value)
	}
	return p.File.AddAfter(member, name, value)
}

// withoutCopy is a fix that removes a value which is the same as another one; nil if they differ. It is
// safe if both are in the same list: people would miss an item in another section of the form.
func (p *pass) withoutCopy(second, first schema.Pointer) *schema.Fix {
	if !schema.EqualJSON(p.File.Raw(second), p.File.Raw(first)) {
		return nil
	}
	fix := p.unsafely(removeSecond, p.File.Remove(second))
	if fix != nil {
		fix.Safe = second.Parent() == first.Parent()
	}
	return fix
}

// respell is a fix that changes a name and the references to it.
func (p *pass) respell(n name, names []name, to string) *schema.Fix {
	if !p.mayCompare(maxCandidates) {
		return nil
	}
	var all [][]schema.Edit
	for _, same := range names {
		switch at := p.place(same); {
		case same.text != n.text:
		case same.member == "" && same.reference: // the name of an initial value
			all = append(all, p.File.Rename(at, to))
		default:
			all = append(all, p.File.Replace(at, literal(to)))
		}
	}
	return p.unsafely("write "+quote(to), inOrder(all...))
}

// The entries that fixes wrap around others.
var (
	aMenu    = []schema.Member{{Name: "type", Value: json.RawMessage(`"menu"`)}, {Name: "label", Value: json.RawMessage(`"Configuration"`)}}
	aSection = []schema.Member{{Name: "type", Value: json.RawMessage(`"section"`)}, {Name: "sectionTitle", Value: json.RawMessage(`"Settings"`)}}
)

// maxWrapped and maxWrappedLines bound the text that one fix indents.
const (
	maxWrapped      = 100
	maxWrappedLines = 2000
)

// wraps are the fixes that wrap entries without a section in one, or sections without a menu in
// one, by entry. Adjacent entries share a section or menu, and the fix.
func (p *pass) wraps(into string) map[schema.Pointer]*schema.Fix {
	fixes := make(map[schema.Pointer]*schema.Fix)
	if p.unreadable {
		return fixes
	}
	around := [][]schema.Member{aMenu, aSection}
	if into == schema.EntryMenu {
		around = around[:1]
	}
	p.wrapRuns(p.SourceConfig, into, around, fixes)
	for _, e := range p.SourceConfig {
		if e.Type == schema.EntryMenu && into == schema.EntrySection {
			p.wrapRuns(e.Items, into, around[1:], fixes)
		}
	}
	return fixes
}

// wrapRuns adds the fixes of one list of entries.
func (p *pass) wrapRuns(entries []*schema.Entry, into string, around [][]schema.Member, fixes map[schema.Pointer]*schema.Fix) {
	stray := func(e *schema.Entry) bool {
		return e.IsItem() == (into == schema.EntrySection) && e.Type != schema.EntryMenu
	}
	for i := 0; i < len(entries); i++ {
		first := i
		for i < len(entries) && stray(entries[i]) {
			i++
		}
		run := entries[first:i]
		if len(run) == 0 || len(run) > maxWrapped {
			continue
		}
		start, _ := p.File.Span(run[0].Pointer)
		_, end := p.File.Span(run[len(run)-1].Pointer)
		if bytes.Count(p.File.Text()[start:end], []byte("\n")) > maxWrappedLines {
			continue
		}
		fix := p.unsafely("put a "+into+" around it", p.File.Wrap(run[0].Pointer, run[len(run)-1].Pointer, around...))
		for _, e := range run {
			fixes[e.Pointer] = fix
		}
	}
}

// hoist is a fix that moves a menu to the top level, or a section out of others.
func (p *pass) hoist(e *schema.Entry) *schema.Fix {
	for around := range p.enclosing(e) {
		if e.Type == schema.EntryMenu || around.Type == schema.EntrySection {
			if hasValue(e.Items) { // it may be a secret, and edits are shown
				return nil
			}
			return p.unsafely(fmt.Sprintf("move it out of the %s around it", around.Type), p.File.Hoist(e.Pointer, around.Pointer))
		}
	}
	return nil
}

// enclosing yields the entries around an entry, outermost first; none for the content of cards.
func (p *pass) enclosing(e *schema.Entry) func(yield func(*schema.Entry) bool) {
	return func(yield func(*schema.Entry) bool) {
		for entries := p.SourceConfig; ; {
			i := slices.IndexFunc(entries, func(o *schema.Entry) bool {
				return strings.HasPrefix(string(e.Pointer), string(o.Pointer.Member("items"))+"/")
			})
			if i < 0 || !yield(entries[i]) {
				return
			}
			entries = entries[i].Items
		}
	}
}

// hasValue reports whether an item in some entries has its own first value.
func hasValue(entries []*schema.Entry) bool {
	return slices.ContainsFunc(entries, func(e *schema.Entry) bool {
		if e.Value != nil || hasValue(e.Items) {
			return true
		}
		return slices.ContainsFunc(e.SubMenus, func(m schema.SubMenu) bool { return hasValue(m.Items) })
	})
}

// lastSection returns the last section outside of cards; nil for none.
func lastSection(entries []*schema.Entry) *schema.Entry {
	for _, e := range slices.Backward(entries) {
		if e.Type == schema.EntrySection {
			return e
		}
		if s := lastSection(e.Items); s != nil {
			return s
		}
	}
	return nil
}

// meant returns the item value that a text probably stands for: it differs only in case and white
// space, or is the option's label; "" for none or several.
func meant(text string, e *schema.Entry, values []string) string {
	text = strings.TrimSpace(text)
	var found []string
	add := func(like, value string) {
		if strings.EqualFold(strings.TrimSpace(like), text) && !slices.Contains(found, value) {
			found = append(found, value)
		}
	}
	for _, v := range values {
		add(v, v)
	}
	if len(found) == 0 {
		for _, o := range e.Options {
			add(o.Label, o.Value)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// asKind is a fix that adds or removes the quotes of a value, if that makes it one of some kinds,
// as in [kindOf].
func (p *pass) asKind(at schema.Pointer, kinds string) *schema.Fix {
	raw := p.File.Raw(at)
	var text string
	switch {
	case kinds == `"` && strings.ContainsRune("tf0", kindOf(raw)):
		return p.unsafely(putInQuotes, p.File.Quote(at))
	case json.Unmarshal(raw, &text) == nil && strings.ContainsRune(kinds, kindOf([]byte(strings.TrimSpace(text)))):
		return p.unsafely("remove the quotes", p.File.Unquote(at))
	}
	return nil
}

// withGenerator is a fix that has the platform generate a password instead of a static one.
func (p *pass) withGenerator(f schema.Field) *schema.Fix {
	value := valueOf(f, "value")
	if p.File.Has(valueOf(f, "name")) {
		return nil
	}
	return p.unsafely(fmt.Sprintf("use the generator %q", schema.CreatePassword), inOrder(
		p.File.Replace(f.InitialValue.Pointer.Member("type"), literal(schema.ValueGenerator)),
		p.File.Rename(value, "name"), p.File.Replace(value, literal(schema.CreatePassword))))
}

// fromOldForm is a fix that writes the identity attribute of a field in the current form.
func (p *pass) fromOldForm(f schema.Field) *schema.Fix {
	at := f.Pointer.Member("identityAttribute")
	if f.IdentityAttribute == "" || p.File.Has(f.Pointer.Member("initialValue")) {
		return nil
	}
	value := fmt.Sprintf(`{"type": %s, "attributes": {"name": %s}}`, literal(schema.ValueIdentityAttribute), literal(f.IdentityAttribute))
	return p.unsafely(`make it an "initialValue"`, inOrder(p.File.Rename(at, "initialValue"), p.File.Replace(at, value)))
}

// isBare reports whether a value is a number or boolean without quotes.
func (p *pass) isBare(at schema.Pointer) bool { return strings.ContainsRune("tf0", p.kindOf(at)) }

// asString is the fix for a value that lacks its quotes.
func (p *pass) asString(at schema.Pointer, text string) string {
	return fmt.Sprintf("write %q", cmp.Or(written(p.File.Raw(at)), text))
}

// inQuotes is a fix that quotes a value, alone or with related ones. It is safe if the platform
// would write the value in the same way: there, 1.0 is the text "1".
func (p *pass) inQuotes(at schema.Pointer, fixes map[schema.Pointer]*schema.Fix) *schema.Fix {
	if fix, ok := fixes[at]; ok {
		return fix
	}
	return p.quoting(at)
}

func (p *pass) quoting(all ...schema.Pointer) *schema.Fix {
	safe := true
	edits := make([][]schema.Edit, len(all))
	for i, at := range all {
		raw := p.File.Raw(at)
		switch text := written(raw); text {
		case "": // it omits the fix
		case string(raw):
			edits[i] = p.File.Quote(at)
		default:
			safe, edits[i] = false, p.File.Replace(at, literal(text))
		}
	}
	fix := p.unsafely(putInQuotes, inOrder(edits...))
	if fix != nil {
		fix.Safe = safe
	}
	return fix
}

// written is a number or boolean as the platform writes it; "" for a number that it writes with an
// exponent, or cannot represent.
func written(raw []byte) string {
	n, err := strconv.ParseFloat(string(raw), 64)
	switch size := math.Abs(n); {
	case kindOf(raw) != '0':
		return string(raw)
	case n == 0 && err == nil:
		return "0"
	case err != nil || size > maxExact || size < 1e-6:
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// maxTogether is how many values one fix quotes.
const maxTogether = 100

// choices are the fixes of options with unquoted references: the parentValue of items, and the
// first value. An option with quotes is not the one they mean.
func (p *pass) choices() map[schema.Pointer]*schema.Fix {
	fixes := make(map[schema.Pointer]*schema.Fix)
	first := make(map[*schema.Entry][]schema.Pointer)
	p.firstValues(func(v schema.InitialValue, e *schema.Entry) {
		if e != nil && p.isBare(v.Pointer) {
			first[e] = append(first[e], v.Pointer)
		}
	})
	for _, s := range p.scopes {
		children := make(map[string][]schema.Pointer)
		for _, e := range s.items {
			if at := e.Pointer.Member("parentValue"); e.ParentKey != "" && p.isBare(at) {
				children[e.ParentKey] = append(children[e.ParentKey], at)
			}
		}
		for _, e := range s.items {
			if s.byKey[e.Key] != e {
				continue
			}
			if all := p.choicesOf(e, append(children[e.Key], first[e]...)); len(all) > 0 {
				fix := p.quoting(all[:min(len(all), maxTogether)]...)
				if len(all) > maxTogether {
					fix = nil
				}
				for _, at := range all {
					fixes[at] = fix
				}
			}
		}
	}
	return fixes
}

// choicesOf are the values without quotes of an item's options, and of what refers to them; none if
// nothing does.
func (p *pass) choicesOf(e *schema.Entry, references []schema.Pointer) []schema.Pointer {
	var options, others []schema.Pointer
	values := make(map[string]bool)
	for _, o := range e.Options {
		if at := o.Pointer.Member("value"); p.isBare(at) {
			options, values[written(p.File.Raw(at))] = append(options, at), true
		}
	}
	if len(options) == 0 {
		return nil
	}
	for _, at := range references {
		if values[written(p.File.Raw(at))] {
			others = append(others, at)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return append(options, others...)
}

// fittingType is a fix for a static value that does not fit its field: the type of the account
// attribute, or quotes.
func (p *pass) fittingType(f schema.Field) *schema.Fix {
	value := f.InitialValue.Value
	if p.AccountSchema != nil {
		if a, ok := p.schemas[0].attributes[f.Key]; ok && a.Type != f.Type && a.Type != "" && fits(value, a.Type) {
			return p.write(f.Pointer.Member("type"), a.Type)
		}
	}
	if f.Type == schema.TypeString {
		return p.asKind(valueOf(f, "value"), `"`)
	}
	return nil
}

// reference is a ${NAME} in a template, which the platform would write as $(NAME).
var reference = lazyregexp.New(`\$\{[\pL\pN_.-]+\}`)

// braces makes the edits that write each ${NAME} of a template as $(NAME). It makes none if one is
// not closed, or has anything but a name, or is after a dollar sign: that may be meant.
func (p *pass) braces(at schema.Pointer) []schema.Edit {
	raw := p.File.Raw(at)
	all := reference().FindAllIndex(raw, -1)
	if len(all) < bytes.Count(raw, []byte("${")) || bytes.Contains(raw, []byte("$${")) {
		return nil
	}
	var edits []schema.Edit
	for _, m := range all {
		edits = append(edits, p.File.ReplaceWithin(at, m[0]+1, m[0]+2, "(")...)
		edits = append(edits, p.File.ReplaceWithin(at, m[1]-1, m[1], ")")...)
	}
	return edits
}
