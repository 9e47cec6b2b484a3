package docs

import (
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/schema"
)

// counterName is the name that templates of account IDs have for the number that makes an
// ID unique.
const counterName = "uniqueCounter"

// placeholder matches the placeholder of a value in a template: $(NAME), or $( with an
// expression).
var placeholder = lazyregexp.New(`\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)`)

// A templatePart is a stretch of a template.
type templatePart struct {
	text string
	open bool // the content of $(…)
}

func templateParts(template string) []templatePart {
	var parts []templatePart
	done := 0
	for _, at := range placeholder().FindAllStringSubmatchIndex(template, -1) {
		if at[0] > done {
			parts = append(parts, templatePart{text: template[done:at[0]]})
		}
		parts = append(parts, templatePart{strings.TrimSpace(template[at[2]:at[3]]), true})
		done = at[1]
	}
	if done < len(template) {
		parts = append(parts, templatePart{text: template[done:]})
	}
	return parts
}

var (
	attributeName = lazyregexp.New(`^[\pL_][\pL\pN_-]*$`)
	plainCall     = lazyregexp.New(`^([\pL_][\pL\pN_]*)\.(\w+)\(([^()]*)\)$`)
)

// uniqueID explains the generator of account IDs.
func uniqueID(v *schema.FieldValue) []span {
	if strings.TrimSpace(v.Template) == "" {
		return words("a unique ID that ISC generates; the spec has no template for it")
	}
	text := append(words("a unique ID that ISC generates as ", name(v.Template), ": "), explain(templateParts(v.Template))...)
	var limits []string
	if v.MaxSize != "" {
		limits = append(limits, "at most "+characters(v.MaxSize))
	}
	if v.MaxUniqueChecks != "" {
		tries := " IDs are"
		if v.MaxUniqueChecks == "1" {
			tries = " ID is"
		}
		limits = append(limits, v.MaxUniqueChecks+tries+" tried")
	}
	if len(limits) > 0 {
		text = append(text, plain("; "+strings.Join(limits, "; ")))
	}
	return text
}

// explain describes the parts of a template.
func explain(parts []templatePart) []span {
	var said [][]span
	for _, p := range parts {
		said = append(said, p.explain())
	}
	return enumerate(said)
}

func (p templatePart) explain() []span {
	switch call := plainCall().FindStringSubmatch(p.text); {
	case !p.open:
		return []span{name(p.text)}
	case p.text == counterName:
		return words("a number if the ID is taken")
	case attributeName().MatchString(p.text):
		return words("the identity's ", name(p.text))
	case call != nil && call[1] == counterName:
		return words("a number if the ID is taken, by ", name(p.text))
	case call != nil:
		return words("the result of ", name(call[2]+"("+call[3]+")"), " on the identity's ", name(call[1]))
	}
	return words("the result of ", name(p.text))
}

var (
	identityName      = lazyregexp.New(`^\$\{?identity\.(?:getName\(\)|name)\}?$`)
	identityAttribute = lazyregexp.New(`^\$\{?identity\.getAttribute\((["'])([^"']*)["']\)\}?$`)
)

// expression explains a static value that ISC evaluates.
func expression(text string) []span {
	if identityName().MatchString(text) {
		return words("the identity's name (", name(text), ")")
	}
	if m := identityAttribute().FindStringSubmatch(text); m != nil {
		return words("identity attribute ", name(m[2]))
	}
	if placeholder().MatchString(text) {
		return append(words("the text ", name(text), ": "), explain(templateParts(text))...)
	}
	return words("the expression ", name(text))
}

// hasFixedText reports whether an expression has words that are the same for every identity. In the
// expression of a password, those words are part of the password.
func hasFixedText(text string) bool {
	if identityName().MatchString(text) || identityAttribute().MatchString(text) {
		return false
	}
	return slices.ContainsFunc(templateParts(text), func(p templatePart) bool { return !p.open && strings.ContainsFunc(p.text, isWord) })
}
