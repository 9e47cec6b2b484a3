package filter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A condition is a compiled part of a filter that is true or false.
type condition func(attribute func(string) (any, bool)) (bool, error)

// An operand is a compiled side of a comparison.
type operand func(attribute func(string) (any, bool)) any

// missing is the value of an attribute that an object does not have.
type missing struct{}

func never(func(string) (any, bool)) (bool, error) { return false, nil }

// A compiler gives the parts of a filter their meaning, which is the original's, and
// gathers warnings of those that probably do not mean what they seem to.
type compiler struct {
	text     string
	warnings []warning
	err      error
}

type warning struct {
	offset int
	text   string
}

func (c *compiler) warn(offset int, format string, args ...any) {
	c.warnings = append(c.warnings, warning{offset, fmt.Sprintf(format, args...)})
}

// sorted returns the warnings in the order of the text, with their places in it.
func (c *compiler) sorted() []string {
	slices.SortStableFunc(c.warnings, func(a, b warning) int { return cmp.Compare(a.offset, b.offset) })
	var texts []string
	column, counted := 1, 0
	for _, w := range c.warnings {
		column += utf8.RuneCountInString(c.text[counted:w.offset])
		counted = w.offset
		texts = append(texts, at(column)+": "+w.text)
	}
	return texts
}

func (c *compiler) fail(offset int, format string, args ...any) condition {
	if c.err == nil {
		c.err = failure(c.text, offset, format, args...)
	}
	return never
}

// condition compiles what must be true or false. What the language does not have is false.
func (c *compiler) condition(n *node) condition {
	switch n.kind {
	case allKind, anyKind:
		return c.joined(n)
	case callKind:
		return c.call(n)
	case unaryKind:
		if n.text == "!" {
			return negated(c.condition(n.parts[0]))
		}
	case binaryKind:
		if compare := comparisonOf(n.text); compare != nil {
			return comparison(compare, c.operand(n.parts[0]), c.operand(n.parts[1]))
		}
	}
	part, remedy := odd(n)
	c.warn(n.at, "%s is always false; %s", part, remedy)
	return never
}

// joined compiles conditions that && or || joins.
func (c *compiler) joined(n *node) condition {
	var all []condition
	for _, part := range n.parts {
		all = append(all, c.condition(part))
	}
	decisive := n.kind == anyKind // the value of a condition that decides alone
	return func(attribute func(string) (any, bool)) (bool, error) {
		for _, one := range all {
			if value, err := one(attribute); err != nil || value == decisive {
				return value, err
			}
		}
		return !decisive, nil
	}
}

func negated(inner condition) condition {
	return func(attribute func(string) (any, bool)) (bool, error) {
		value, err := inner(attribute)
		return !value, err
	}
}

// comparisonOf returns what an operator that compares two values does; nil for other operators.
// The original reads !== too, and takes it for false.
func comparisonOf(operator string) func(a, b any) bool {
	switch operator {
	case "==":
		return looselyEqual
	case "!=":
		return func(a, b any) bool { return !looselyEqual(a, b) }
	case "===":
		return strictlyEqual
	case "<":
		return func(a, b any) bool { return ordered(a, b, func(c int) bool { return c < 0 }) }
	case ">":
		return func(a, b any) bool { return ordered(a, b, func(c int) bool { return c > 0 }) }
	case "<=":
		return func(a, b any) bool { return ordered(a, b, func(c int) bool { return c <= 0 }) }
	case ">=":
		return func(a, b any) bool { return ordered(a, b, func(c int) bool { return c >= 0 }) }
	}
	return nil
}

func comparison(compare func(a, b any) bool, left, right operand) condition {
	return func(attribute func(string) (any, bool)) (bool, error) {
		return compare(left(attribute), right(attribute)), nil
	}
}

// operand compiles a side of a comparison: an attribute or a literal. Anything else
// is a missing value.
func (c *compiler) operand(n *node) operand {
	switch n.kind {
	case nameKind:
		name, otherwise := n.text, absent(n.text)
		return func(attribute func(string) (any, bool)) any {
			if value, ok := attribute(name); ok {
				return value
			}
			return otherwise
		}
	case literalKind:
		return constant(n.value)
	}
	part, remedy := odd(n)
	c.warn(n.at, "%s has no value here; %s", part, remedy)
	return constant(missing{})
}

func constant(value any) operand {
	return func(func(string) (any, bool)) any { return value }
}

// absent returns the value of an attribute that an object does not have. The original's
// attributes are a JavaScript object, which has members of its own.
func absent(name string) any {
	switch name {
	case "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
		"__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__":
		return map[string]any{}
	}
	return missing{}
}

// call compiles the call of a method.
func (c *compiler) call(n *node) condition {
	callee, args := n.parts[0], n.parts[1:]
	if callee.kind == nameKind {
		return c.fail(callee.at, "unknown function %s; methods are called on attributes, as in name.isNull()", cut.Quote(callee.text))
	} else if callee.kind != memberKind {
		return c.fail(callee.at, "only methods of attributes can be called, as in name.isNull()")
	}
	m, ok := methods()[callee.text]
	if !ok {
		part, remedy := odd(n)
		c.warn(callee.at, "%s is always false; %s", part, remedy)
		return never
	}
	object := callee.parts[0]
	if object.kind != nameKind {
		c.warn(callee.at, "%s works only on an attribute and is always false here; put an attribute's name before it", callee.text)
		return never
	}
	if len(args) < m.least {
		return c.fail(callee.at, "%s takes %s", callee.text, m.takes)
	}
	if m.most >= 0 && len(args) > m.most {
		c.warn(args[m.most].at, "%s takes %s; the rest is ignored", callee.text, m.takes)
		args = args[:m.most]
	}
	var values []any
	for _, arg := range args {
		if arg.kind != literalKind {
			c.warn(arg.at, "%s is always false with an argument that is not a literal; write a text in quotes, a number without a sign, true, false or null", callee.text)
			return never
		}
		values = append(values, arg.value)
	}
	return calling(m, object.text, callee.text, values)
}

func calling(m method, attributeName, methodName string, args []any) condition {
	otherwise := absent(attributeName)
	return func(attribute func(string) (any, bool)) (bool, error) {
		value, ok := attribute(attributeName)
		if !ok {
			value = otherwise
		}
		if value == (missing{}) || value == nil && !m.null {
			return false, nil
		}
		result, ok := m.apply(value, args)
		if !ok {
			return false, fmt.Errorf("filter: %s.%s works on texts%s, and the attribute is %s", attributeName, methodName, m.also, kindName(value))
		}
		return result, nil
	}
}

// odd returns what a part is that has no meaning where it stands, and what to do instead.
func odd(n *node) (part, remedy string) {
	switch n.kind {
	case nameKind:
		return cut.Quote(n.text) + " alone", "write " + cut.To(n.text, cut.Name) + " == true"
	case literalKind:
		return "a value alone", "compare an attribute with it"
	case memberKind:
		return oddMember(n)
	case callKind:
		return oddCall(n)
	case unaryKind:
		return oddSign(n)
	case binaryKind:
		return oddOperator(n)
	case severalKind:
		return oddRow(n)
	case ternaryKind:
		return "a ternary", "write it with && and ||"
	case listKind:
		return "a list", "compare with each of its values, and join that with ||"
	case emptyKind:
		return `"()"`, "write a comparison between the brackets"
	case thisKind:
		return `"this"`, "write the name of an attribute"
	}
	return "a condition", "join conditions with && or ||"
}

func oddMember(n *node) (part, remedy string) {
	if n.text == "" {
		return "an index", `look for a value in a list with contains("…")`
	}
	if _, ok := methods()[n.text]; ok {
		return n.text + " without brackets", "write " + n.text + "(…)"
	}
	return cut.Quote("." + n.text), "filters cannot access members of attributes, and names cannot contain dots"
}

// oddCall is about calls of methods that there are not, and about calls in comparisons.
func oddCall(n *node) (part, remedy string) {
	method := n.parts[0].text
	if _, ok := methods()[method]; ok {
		return "the result of " + method, "write it without the comparison, with ! before the attribute if it must be false"
	}
	if n.parts[0].kind != memberKind || method == "" {
		return "a function", "the methods of attributes are " + methodNames()
	}
	return "the method " + cut.Quote(method), "the methods are " + methodNames()
}

func methodNames() string { return strings.Join(jsontext.SortedKeys(methods()), ", ") }

func oddSign(n *node) (part, remedy string) {
	switch {
	case n.text == "!":
		return `"!"`, "put the comparison in brackets, as in !(a == b)"
	case n.text != "~" && n.parts[0].kind == literalKind:
		return "a number with a sign", `put it in quotes, as in age > "-1"`
	}
	return cut.Quote(n.text), "filters do not calculate"
}

func oddOperator(n *node) (part, remedy string) {
	if comparisonOf(n.text) != nil {
		return "a comparison", "join comparisons with && or ||"
	}
	part, remedy = cut.Quote(n.text), "filters do not calculate"
	switch n.text {
	case "!==":
		remedy = "write !="
	case "&":
		remedy = "write &&"
	case "|", "??":
		remedy = "write ||"
	case "-":
		remedy += ", and names cannot contain hyphens"
	}
	return part, remedy
}

// words are operators of other languages.
var words = map[string]string{
	"and": "write &&",
	"or":  "write ||",
	"not": "write !",
	"in":  `look for a value in a list with contains("…")`,
}

// oddRow is about expressions in a row, perhaps since a word between them was meant to be
// an operator.
func oddRow(n *node) (part, remedy string) {
	for _, n := range n.parts {
		if remedy, ok := words[strings.ToLower(n.text)]; ok && n.kind == nameKind {
			return "an expression with " + cut.Quote(n.text) + " in it", remedy
		}
	}
	return "a row of expressions", "join them with && or ||"
}
