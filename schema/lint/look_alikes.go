package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/conngen/conngen/schema"
)

// A name is a wire name in a spec, or a reference to one.
type name struct {
	text      string
	owner     schema.Pointer
	member    string // of the owner that has the name; "" if the owner is the name
	word      string // "attribute"
	reference bool   // the name of something in another place
}

// place points to a name.
func (p *pass) place(n name) schema.Pointer {
	if n.member == "" {
		return n.owner
	}
	if at := n.owner.Member(n.member); p.File.Has(at) {
		return at
	}
	return n.owner.Member("name") // the deprecated name of a field's key
}

// namespaces groups the names of a spec that could be confused: first definitions, then references.
// Commands that look like standard ones are left to their own rule.
func (p *pass) namespaces() [][]name {
	if p.names != nil {
		return p.names
	}
	all := [][]name{p.commandNames(), p.typeNames(), p.configNames()}
	for _, s := range p.schemas {
		all = append(all, p.attributeNames(s))
	}
	if p.AccountSchema == nil {
		all = append(all, p.fieldNames())
	}
	for _, e := range p.items {
		all = append(all, optionNames(e), pairNames(e))
	}
	p.names = all
	return all
}

func (p *pass) commandNames() []name {
	var names []name
	for _, c := range p.Commands {
		if isStandard(c.Name) || isOwn(c.Name) {
			names = append(names, name{text: c.Name, owner: c.Pointer, word: "command"})
		}
	}
	return names
}

func (p *pass) typeNames() []name {
	var names []name
	for _, s := range p.entitlementSchemas() {
		names = append(names, name{text: s.Type, owner: s.Pointer, member: "type", word: "type"})
	}
	for _, s := range p.schemas {
		names = slices.Grow(names, len(s.Attributes))
		for i := range s.Attributes {
			a := &s.Attributes[i]
			names = append(names, name{text: a.SchemaObjectType, owner: a.Pointer, member: "schemaObjectType", word: "schemaObjectType", reference: true})
		}
	}
	return names
}

// attributeNames returns the names of a schema's attributes; for accounts also those of the create
// template.
func (p *pass) attributeNames(s objectSchema) []name {
	names := make([]name, 0, len(s.Attributes)+4)
	for i := range s.Attributes {
		a := &s.Attributes[i]
		names = append(names, name{text: a.Name, owner: a.Pointer, member: "name", word: "attribute"})
	}
	if s.account {
		names = append(names, p.fieldNames()...)
	}
	for _, r := range []struct{ member, text string }{
		{"displayAttribute", s.DisplayAttribute},
		{"identityAttribute", s.IdentityAttribute},
		{"groupAttribute", s.GroupAttribute},
		{"hierarchyAttribute", s.HierarchyAttribute},
	} {
		names = append(names, name{text: r.text, owner: s.Pointer, member: r.member, word: r.member, reference: true})
	}
	return names
}

func (p *pass) fieldNames() []name {
	var names []name
	for _, f := range p.fields() {
		names = append(names, name{text: f.Key, owner: f.Pointer, member: "key", word: "field"})
	}
	return names
}

// configNames returns the keys of all scopes: an initial value can be for any of them.
func (p *pass) configNames() []name {
	var names []name
	for _, e := range p.items {
		names = append(names, name{text: e.Key, owner: e.Pointer, member: "key", word: "config item"})
	}
	for _, e := range p.items {
		for _, r := range []struct{ member, text string }{
			{"parentKey", e.ParentKey}, {"titleKey", e.TitleKey}, {"subtitleKey", e.SubtitleKey},
		} {
			names = append(names, name{text: r.text, owner: e.Pointer, member: r.member, word: r.member, reference: true})
		}
	}
	for _, v := range p.InitialValues {
		names = append(names, name{text: v.Key, owner: v.Pointer, word: "initial value", reference: true})
	}
	return names
}

// optionNames counts the values of options as references: any text can be one, so only
// those that look the same are suspect.
func optionNames(e *schema.Entry) []name {
	var names []name
	for _, o := range e.Options {
		names = append(names, name{text: o.Value, owner: o.Pointer, member: "value", word: "option", reference: true})
	}
	return names
}

func pairNames(e *schema.Entry) []name {
	var names []name
	for _, part := range []*schema.KeyValuePart{e.KeyValueKey, e.KeyValueValue} {
		if part != nil {
			names = append(names, name{text: part.Key, owner: part.Pointer, member: "key", word: "member"})
		}
	}
	return names
}

func nameWithSpaces(p *pass) {
	for _, names := range p.namespaces() {
		for _, n := range names {
			if trimmed := strings.TrimSpace(n.text); !n.reference && trimmed != n.text {
				where := "ends"
				if !strings.HasPrefix(n.text, trimmed) || trimmed == "" {
					where = "begins"
				}
				d := p.at(p.place(n), "remove the white space", "%s %q %s with white space", n.word, n.text, where)
				d.Fix = p.respell(n, names, trimmed)
			}
		}
	}
}

func lookAlikeNames(p *pass) {
	for _, names := range p.namespaces() {
		p.lookAlikes(names)
	}
}

func (p *pass) lookAlikes(names []name) {
	odd := false
	for _, n := range names {
		odd = odd || !isPlain(n.text)
	}
	if !odd {
		return // a difference in plain characters is visible
	}
	first := make(map[string]name) // by appearance
	reported := make(map[string]bool)
	for _, n := range names {
		look := look(n.text)
		other, taken := first[look]
		switch {
		case n.text == "": // absent
		case !taken:
			first[look] = n
		case n.text != other.text && !reported[n.text]:
			reported[n.text], reported[other.text] = true, true
			p.conflict(p.place(n), p.place(other), "use the same characters, or rename one of the two",
				"%s %q looks like %s %q; %s", n.word, n.text, other.word, other.text, difference(n.text, other.text))
		}
	}
	for _, n := range names {
		if look := norm.NFC.String(look(n.text)); look != "" && !n.reference && !reported[n.text] && isForged(n.text) {
			reported[n.text] = true
			d := p.at(p.place(n), fmt.Sprintf("write %s", quote(look)), "%s %q looks like %q; %s", n.word, n.text, look, difference(n.text, look))
			d.Fix = p.respell(n, names, look)
		}
	}
}

// difference says where two texts differ invisibly.
func difference(a, b string) string {
	r, s := []rune(a), []rune(b)
	i := 0
	for i < len(r) && i < len(s) && r[i] == s[i] {
		i++
	}
	code := func(text []rune) string {
		if i == len(text) {
			return "the end"
		}
		return fmt.Sprintf("%U", text[i])
	}
	return fmt.Sprintf("character %d is %s instead of %s", i+1, code(r), code(s))
}

// isPlain reports whether a text is printable ASCII.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// look returns the same text for all texts that look the same: decomposed, with Latin letters in
// place of their look-alikes, and without invisible characters.
func look(text string) string {
	if isPlain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		letter, like := latinLetters[r]
		switch {
		case like:
			return letter
		case unicode.IsSpace(r):
			return ' '
		case isInvisible(r):
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

// isInvisible reports whether a character has no width, and at most changes the appearance of
// adjacent ones.
func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isForged reports whether a name by itself imitates another one: it has an invisible character, or
// letters that look Latin among Latin ones, and no other letters. Joiners and variation selectors
// are part of how some scripts and symbols are written.
func isForged(text string) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	var latin, like, other bool
	for _, r := range text {
		_, isLike := latinLetters[r]
		switch {
		case isLike:
			like = true
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.IsLetter(r):
			other = true
		case unicode.IsSpace(r), r == joiner, r == nonJoiner, unicode.Is(unicode.Variation_Selector, r):
		case isInvisible(r):
			return true
		}
	}
	return like && latin && !other
}

// latinLetters maps Greek and Cyrillic letters to the Latin ones that they look like.
var latinLetters = func() map[rune]rune {
	const (
		greek         = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳονϲ"
		greekLatin    = "ABEZHIKMNOPTYXCjovc"
		cyrillic      = "АВЕЅІЈКМНОРСТХҮӀԌԚԜаеѕіјорсухһӏԁԛԝѵ"
		cyrillicLatin = "ABESIJKMHOPCTXYIGQWaesijopcyxhldqwv"
	)
	letters := make(map[rune]rune)
	latin := []rune(greekLatin + cyrillicLatin)
	for i, r := range []rune(greek + cyrillic) {
		letters[r] = latin[i]
	}
	return letters
}()
