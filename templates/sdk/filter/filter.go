// Package filter is the language of aggregation filters: expressions over the
// attributes of an object, which administrators write in a source's config. The SDK
// applies them to account:list and entitlement:list by itself; a connector that wants
// its source to filter can read them with [Parse].
package filter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A Filter is a compiled aggregation filter: an expression over the attributes of
// one object. ISC keeps it in the source's config; an object that it matches is
// left out of the aggregation. It is safe for concurrent use.
//
// The language is that of the original:
//
//	mail == "ada@example.org" && (towns.contains("Lyon") || age > 36) && !dept.isEmpty()
//
// && binds tighter than ||. Texts stand in single or double quotes. == and !=
// compare loosely, as JavaScript does (36 == "36"), === strictly. The methods are
// isNull and isEmpty, notNull and notEmpty, startsWith, endsWith, contains and
// containsAll, and all but the first four with IgnoreCase
// after their names; their arguments are literals.
//
// Where the original is plainly not what the author of a filter meant, this one
// differs:
//
//   - a !== b is true when the values differ, where the original says false.
//   - A name or literal alone is what it is worth: active is true when the
//     attribute is, where the original says false, and true for !active.
//   - Numbers may have a sign: age > -1 works.
//   - Names may have dots and hyphens in them: a.b, first-name.
//   - Null has no text: nul.startsWith("a") is false, where the original fails.
//   - What the language does not have is an error that says where: and, &,
//     arithmetic, ternaries, indexes, lists, several expressions, attributes as
//     arguments, unknown methods. The original says false, and filters nothing.
type Filter struct {
	root expression // nil matches nothing
}

// Parse compiles a filter. A blank one matches nothing. An error
// says at which column, counted in characters from 1, what is wrong.
func Parse(text string) (*Filter, error) {
	p := &parser{text: text}
	p.next()
	if p.err == nil && p.token.kind == endToken {
		return &Filter{}, nil
	}
	root := p.or()
	if p.err == nil && p.token.kind != endToken {
		p.fail(p.token.at, "unexpected %s, %s", p.token, "an expression goes on with &&, || or a comparison")
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Filter{root}, nil
}

// Matches reports whether an object matches, by its attributes: their values as
// encoding/json gives them, int64 and lists of texts, numbers and booleans
// besides; false for those that the object does not have.
func (f *Filter) Matches(attribute func(name string) (value any, ok bool)) (bool, error) {
	if f.root == nil {
		return false, nil
	}
	value, err := f.root(attribute)
	return truthy(value), err
}

// missing is the value of an attribute that an object does not have.
type missing struct{}

// An expression is a compiled part of a filter.
type expression func(attribute func(string) (any, bool)) (any, error)

type tokenKind int

const (
	endToken tokenKind = iota
	nameToken
	textToken
	numberToken
	signToken // operators and brackets
)

type token struct {
	kind tokenKind
	text string  // unescaped, for texts
	num  float64 // for numbers
	at   int     // byte offset
}

func (t token) String() string {
	switch t.kind {
	case endToken:
		return "end"
	case textToken:
		return "text " + strconv.Quote(t.text)
	}
	return strconv.Quote(t.text)
}

// maxDepth bounds brackets and !, one inside the other.
const maxDepth = 100

// A parser reads an expression by recursive descent, and keeps the first error.
type parser struct {
	text  string
	pos   int // after token
	token token
	depth int
	err   error
}

func (p *parser) fail(at int, format string, args ...any) {
	if p.err == nil {
		column := utf8.RuneCountInString(p.text[:at]) + 1
		p.err = fmt.Errorf("filter, column "+strconv.Itoa(column)+": "+format, args...)
	}
	p.token = token{kind: endToken, at: len(p.text)}
	p.pos = len(p.text)
}

// signs are the operators and brackets, longer ones first.
var signs = []string{"===", "!==", "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", ",", ".", "-", "+"}

// next reads the next token.
func (p *parser) next() {
	rest := strings.TrimLeftFunc(p.text[p.pos:], unicode.IsSpace)
	at := len(p.text) - len(rest)
	p.pos = at
	if rest == "" {
		p.token = token{kind: endToken, at: at}
		return
	}
	first, _ := utf8.DecodeRuneInString(rest)
	switch {
	case first == '"' || first == '\'':
		p.textLiteral(at, first)
		return
	case first >= '0' && first <= '9':
		p.number(at)
		return
	case isNameStart(first):
		p.name(at)
		return
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			p.pos += len(s)
			p.token = token{kind: signToken, text: s, at: at}
			return
		}
	}
	p.fail(at, "%q is not of the language%s", string(first), instead[string(first)])
}

// instead says what would be right in place of what other languages have.
var instead = map[string]string{
	"=": "; compare with ==",
	"&": "; and is written &&",
	"|": "; or is written ||",
}

func isNameStart(r rune) bool { return unicode.IsLetter(r) || r == '_' || r == '$' }

func isNamePart(r rune) bool { return isNameStart(r) || unicode.IsDigit(r) }

// name reads a name. Dots and hyphens belong to it between its other characters,
// but for the dot before a method.
func (p *parser) name(at int) {
	end := at
	for end < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[end:])
		if r == '.' || r == '-' {
			following, _ := utf8.DecodeRuneInString(p.text[end+size:])
			if !isNamePart(following) || r == '.' && p.isMethod(end+size) {
				break
			}
		} else if !isNamePart(r) {
			break
		}
		end += size
	}
	p.pos = end
	p.token = token{kind: nameToken, text: p.text[at:end], at: at}
}

// isMethod reports whether a name followed by a bracket begins at an offset.
func (p *parser) isMethod(at int) bool {
	rest := strings.TrimLeftFunc(p.text[at:], isNamePart)
	return strings.HasPrefix(strings.TrimLeftFunc(rest, unicode.IsSpace), "(")
}

func (p *parser) number(at int) {
	end := at
	for end < len(p.text) && (p.text[end] >= '0' && p.text[end] <= '9' || strings.ContainsRune(".eExXabcdefABCDEF", rune(p.text[end])) ||
		(p.text[end] == '-' || p.text[end] == '+') && (p.text[end-1] == 'e' || p.text[end-1] == 'E') && !strings.HasPrefix(p.text[at:], "0x")) {
		end++
	}
	value, ok := numberOf(p.text[at:end])
	if !ok {
		p.fail(at, "%q is not a number", p.text[at:end])
		return
	}
	p.pos = end
	p.token = token{kind: numberToken, text: p.text[at:end], num: value, at: at}
}

var escapes = map[rune]rune{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'v': '\v'}

func (p *parser) textLiteral(at int, quote rune) {
	var b strings.Builder
	escaped := false
	for i, r := range p.text[at+1:] {
		switch {
		case escaped:
			if e, ok := escapes[r]; ok {
				r = e
			}
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == quote:
			p.pos = at + 1 + i + 1
			p.token = token{kind: textToken, text: b.String(), at: at}
			return
		default:
			b.WriteRune(r)
		}
	}
	p.fail(at, "the text has no closing %q", string(quote))
}

// is reports whether the token is an operator, and goes on after it.
func (p *parser) is(sign string) bool {
	if p.token.kind != signToken || p.token.text != sign {
		return false
	}
	p.next()
	return true
}

func (p *parser) or() expression {
	left := p.and()
	for p.is("||") {
		left = anyOf(left, p.and())
	}
	return left
}

func anyOf(a, b expression) expression {
	return func(attribute func(string) (any, bool)) (any, error) {
		value, err := a(attribute)
		if err != nil || truthy(value) {
			return value, err
		}
		return b(attribute)
	}
}

func (p *parser) and() expression {
	left := p.comparison()
	for p.is("&&") {
		left = allOf(left, p.comparison())
	}
	return left
}

func allOf(a, b expression) expression {
	return func(attribute func(string) (any, bool)) (any, error) {
		value, err := a(attribute)
		if err != nil || !truthy(value) {
			return value, err
		}
		return b(attribute)
	}
}

// comparisons are the operators that compare two values.
var comparisons = map[string]func(a, b any) bool{
	"==":  looselyEqual,
	"!=":  func(a, b any) bool { return !looselyEqual(a, b) },
	"===": strictlyEqual,
	"!==": func(a, b any) bool { return !strictlyEqual(a, b) },
	"<":   func(a, b any) bool { return ordered(a, b, func(c int) bool { return c < 0 }) },
	">":   func(a, b any) bool { return ordered(a, b, func(c int) bool { return c > 0 }) },
	"<=":  func(a, b any) bool { return ordered(a, b, func(c int) bool { return c <= 0 }) },
	">=":  func(a, b any) bool { return ordered(a, b, func(c int) bool { return c >= 0 }) },
}

func (p *parser) comparison() expression {
	left := p.operand()
	if p.token.kind != signToken {
		return left
	}
	compare, ok := comparisons[p.token.text]
	if !ok {
		return left
	}
	p.next()
	right := p.operand()
	return func(attribute func(string) (any, bool)) (any, error) {
		a, err := left(attribute)
		if err != nil {
			return nil, err
		}
		b, err := right(attribute)
		return compare(a, b), err
	}
}

func (p *parser) operand() expression {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.token.at, "the expression is nested too deep")
	}
	defer func() { p.depth-- }()
	t := p.token
	switch t.kind {
	case textToken:
		p.next()
		return constant(t.text)
	case numberToken:
		p.next()
		return constant(t.num)
	case nameToken:
		p.next()
		return p.named(t)
	}
	switch {
	case p.is("!"):
		return negated(p.operand())
	case p.is("-"):
		return signed(p.operand(), -1)
	case p.is("+"):
		return signed(p.operand(), 1)
	case p.is("("):
		inner := p.or()
		if !p.is(")") {
			p.fail(p.token.at, "%s where ) belongs", p.token)
		}
		return inner
	}
	p.fail(t.at, "%s where an attribute, a value or a bracket belongs", t)
	return constant(false)
}

func constant(value any) expression {
	return func(func(string) (any, bool)) (any, error) { return value, nil }
}

func negated(inner expression) expression {
	return func(attribute func(string) (any, bool)) (any, error) {
		value, err := inner(attribute)
		return !truthy(value), err
	}
}

func signed(inner expression, sign float64) expression {
	return func(attribute func(string) (any, bool)) (any, error) {
		value, err := inner(attribute)
		return sign * numberFrom(value), err
	}
}

var literals = map[string]any{"true": true, "false": false, "null": nil}

// named reads what a name begins: a literal, an attribute or a call of its method.
func (p *parser) named(name token) expression {
	if value, ok := literals[name.text]; ok {
		return constant(value)
	}
	if p.token.kind == signToken && p.token.text == "(" {
		p.fail(name.at, "there is no function %q; methods are called on attributes, as in name.isNull()", name.text)
		return constant(false)
	}
	if p.is(".") {
		return p.call(name)
	}
	return func(attribute func(string) (any, bool)) (any, error) {
		if value, ok := attribute(name.text); ok {
			return value, nil
		}
		return missing{}, nil
	}
}

// call reads a method and its arguments.
func (p *parser) call(name token) expression {
	method := p.token
	m, ok := methods[method.text]
	if p.token.kind != nameToken || !ok {
		p.fail(method.at, "there is no method %s; the methods are %s", method, strings.Join(jsontext.SortedKeys(methods), ", "))
		return constant(false)
	}
	p.next()
	args := p.arguments()
	if p.err == nil && (len(args) < m.least || m.most >= 0 && len(args) > m.most) {
		p.fail(method.at, "%s takes %s", method.text, m.takes)
	}
	return func(attribute func(string) (any, bool)) (any, error) {
		value, ok := attribute(name.text)
		if !ok || value == nil && !m.null {
			return false, nil
		}
		result, ok := m.apply(value, args)
		if !ok {
			return false, fmt.Errorf("filter: %s.%s works on texts%s, and the attribute is %s", name.text, method.text, m.also, kindName(value))
		}
		return result, nil
	}
}

func (p *parser) arguments() []any {
	var args []any
	if !p.is("(") {
		p.fail(p.token.at, "%s where ( belongs", p.token)
	}
	if p.is(")") {
		return nil
	}
	for p.err == nil {
		args = append(args, p.literal())
		if p.is(")") {
			return args
		}
		if !p.is(",") {
			p.fail(p.token.at, "%s where , or ) belongs", p.token)
		}
	}
	return args
}

// literal reads an argument.
func (p *parser) literal() any {
	t := p.token
	sign := 1.0
	switch {
	case p.is("-"):
		sign = -1
	case p.is("+"):
	}
	if p.token.kind == numberToken {
		value := sign * p.token.num
		p.next()
		return value
	}
	if t.kind == textToken {
		p.next()
		return t.text
	}
	if value, ok := literals[t.text]; t.kind == nameToken && ok {
		p.next()
		return value
	}
	p.fail(t.at, "%s where a text, number, true, false or null belongs: arguments are literals", t)
	return nil
}
