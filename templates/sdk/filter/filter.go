// Package filter is the language of aggregation filters: expressions over the
// attributes of an object, which administrators write in a source's config. The SDK
// applies them to account:list and entitlement:list by itself; a connector that wants
// its source to filter can read them with [Parse].
package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// A Filter is a compiled aggregation filter: an expression over the attributes of
// one object. ISC keeps it in the source's config; an object that it matches is
// left out of the aggregation. The zero Filter matches nothing. It is safe for
// concurrent use.
//
// The language is that of the original:
//
//	mail == "ada@example.org" && (towns.contains("Lyon") || age > 36) && !dept.isEmpty()
//
// && binds tighter than ||. Texts are in single or double quotes. == and != compare
// loosely, as JavaScript does (36 == "36"), === strictly. The methods are isNull and
// isEmpty, notNull and notEmpty, startsWith, endsWith, contains and containsAll, and all
// but the first four with IgnoreCase after their names; their arguments are literals.
//
// The original reads more than that, and takes it for false, or for a value that is
// missing:
//
//   - a name or a value alone: active is false, and !active true, whatever the attribute;
//   - !== instead of !=, and methods that it does not have;
//   - numbers with a sign (age > -1), arithmetic, members and indexes (a.b, towns[0]), and
//     so names with dots and hyphens in them;
//   - and, &, ternaries, lists, several expressions in a row.
//
// So does this one: an object that a filter leaves out is deleted in ISC, and a filter
// that had no effect there must not have one here. [Filter.Warnings] says what is wrong
// with such a filter.
//
// One thing differs: null has no text. nul.startsWith("a") is false, where the original
// fails.
type Filter struct {
	root     condition // nil matches nothing
	warnings []string
}

// Parse compiles a filter. A blank one matches nothing. An error says at which column,
// counted in characters from 1, the text is malformed.
func Parse(text string) (*Filter, error) {
	p := &parser{text: text}
	tree := p.parse()
	if p.err != nil {
		return nil, p.err
	}
	c := &compiler{text: text}
	var root condition
	if tree != nil {
		root = c.condition(tree)
	}
	if c.err != nil {
		return nil, c.err
	}
	for _, offset := range p.invisible {
		c.warn(offset, "the name %s contains an invisible character; delete it", cut.Quote(text[offset:nameEnd(text, offset)]))
	}
	return &Filter{root, c.sorted()}, nil
}

// Warnings returns what in the filter has no effect or another one than it seems to have,
// with its column and what to write instead:
//
//	column 5: "active" alone is always false; write active == true
//
// There is a warning for each such part, in the order of the text. They have no attribute
// values in them, and none of the filter's texts. The SDK logs them once per command.
func (f *Filter) Warnings() []string { return f.warnings }

// Matches reports whether an object matches, by its attributes: their values as
// encoding/json gives them, int64 and lists of texts, numbers and booleans
// besides; false for those that the object does not have.
func (f *Filter) Matches(attribute func(name string) (value any, ok bool)) (bool, error) {
	if f.root == nil {
		return false, nil
	}
	return f.root(attribute)
}

// at words a place in a filter.
func at(column int) string { return fmt.Sprintf("column %d", column) }

// failure is the error of a filter that is malformed at an offset.
func failure(text string, offset int, format string, args ...any) error {
	return fmt.Errorf("filter, %s: %s", at(utf8.RuneCountInString(text[:offset])+1), strings.TrimSpace(fmt.Sprintf(format, args...)))
}
