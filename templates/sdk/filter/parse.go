package filter

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// A kind is what a part of a filter is.
type kind int

const (
	nameKind    kind = iota // text is the name
	literalKind             // value
	memberKind              // of the first part; text is its name, "" where it is an index
	callKind                // of the first part, with the others as arguments
	unaryKind               // text is the operator
	binaryKind              // text is the operator
	allKind                 // joined by &&
	anyKind                 // joined by ||
	severalKind             // expressions in a row
	ternaryKind             // without its parts
	listKind                // without its parts
	emptyKind               // brackets with nothing in them
	thisKind
)

// A node is a part of a filter. The grammar is larger than the language: what is only in
// the grammar has a meaning too, see [Filter].
type node struct {
	kind  kind
	at    int // offset of what names it: its first character, or its operator
	text  string
	value any
	parts []*node
}

// maxDepth bounds brackets and operators before values, one inside the other.
const maxDepth = 100

// A parser reads an expression by recursive descent. At the first error it goes to the
// end of the text.
type parser struct {
	text      string
	pos       int
	depth     int
	invisible []int // offsets of names that have invisible characters in them
	err       error
}

func (p *parser) fail(offset int, format string, args ...any) {
	if p.err == nil {
		p.err = failure(p.text, offset, format, args...)
	}
	p.pos = len(p.text)
}

// parse reads the whole text; nil stands for a blank one.
func (p *parser) parse() *node {
	all := p.expressions(0)
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0].node
	}
	return several(all)
}

// An item is an expression in a row of them.
type item struct {
	*node
	start int // offset of its first character
}

func several(all []item) *node {
	n := &node{kind: severalKind, at: all[1].start}
	for _, i := range all {
		n.parts = append(n.parts, i.node)
	}
	return n
}

// expressions reads expressions up to a closing bracket or the end. They may have
// commas and semicolons between them, or nothing.
func (p *parser) expressions(end byte) []item {
	var all []item
	for {
		switch c := p.peek(); {
		case p.pos == len(p.text) || end != 0 && c == end:
			return all
		case c == ',' || c == ';':
			p.pos++
			continue
		}
		start := p.pos
		n := p.expression()
		if n == nil {
			p.fail(p.pos, "unexpected %s%s", p.describe(), instead[p.peek()])
			return all
		}
		all = append(all, item{n, start})
	}
}

// instead says what would be right in place of what other languages have.
var instead = map[byte]string{'=': "; compare with =="}

// peek returns the next character after white space, 0 at the end.
func (p *parser) peek() byte {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; c {
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			return c
		}
	}
	return 0
}

// is reports whether a character is next, and consumes it.
func (p *parser) is(c byte) bool {
	if p.peek() != c || p.pos == len(p.text) {
		return false
	}
	p.pos++
	return true
}

// describe names what is next for messages, but never a literal, which may be private.
func (p *parser) describe() string {
	c := p.peek()
	if p.pos == len(p.text) {
		return "end"
	}
	if c == '"' || c == '\'' {
		return "text"
	}
	r, size := utf8.DecodeRuneInString(p.text[p.pos:])
	if !isNamePart(r) {
		return strconv.Quote(p.text[p.pos : p.pos+size])
	}
	return cut.Quote(p.text[p.pos:nameEnd(p.text, p.pos)])
}

// need returns what has been read, and fails if that is nothing.
func (p *parser) need(n *node, after string) *node {
	if n == nil || n.kind == emptyKind {
		p.fail(p.pos, "expected a value after %s, found %s", after, p.describe())
		return &node{kind: emptyKind}
	}
	return n
}

// deeper calls read one level deeper.
func (p *parser) deeper(read func() *node) *node {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, "the expression is nested too deep")
	}
	defer func() { p.depth-- }()
	return read()
}

// expression reads one expression; nil if none begins.
func (p *parser) expression() *node { return p.deeper(p.ternary) }

func (p *parser) ternary() *node {
	n := p.binary(0)
	if n == nil || !p.is('?') {
		return n
	}
	offset := p.pos - 1
	p.need(p.expression(), "?")
	if !p.is(':') {
		p.fail(p.pos, `expected ":", found %s`, p.describe())
	}
	p.need(p.expression(), ":")
	return &node{kind: ternaryKind, at: offset}
}

// operators are those between values: the looser they bind, the earlier they come.
var operators = [][]string{
	{"||", "??"},
	{"&&"},
	{"|"},
	{"^"},
	{"&"},
	{"===", "!==", "==", "!="},
	{"<=", ">=", "<", ">"},
	{">>>", "<<", ">>"},
	{"+", "-"},
	{"**", "*", "/", "%"},
}

// operator returns the operator that is next and how tight it binds; "" where none is.
func (p *parser) operator() (operator string, level int) {
	p.peek()
	rest := p.text[p.pos:]
	for l, all := range operators {
		for _, o := range all {
			if len(o) > len(operator) && strings.HasPrefix(rest, o) {
				operator, level = o, l
			}
		}
	}
	return operator, level
}

// binary reads values that operators join which bind as tight as loosest, or tighter.
func (p *parser) binary(loosest int) *node {
	left := p.operand()
	for left != nil {
		operator, level := p.operator()
		if operator == "" || level < loosest {
			break
		}
		offset := p.pos
		p.pos += len(operator)
		right := p.need(p.binary(level+1), operator)
		left = joined(operator, offset, left, right)
	}
	return left
}

func joined(operator string, offset int, left, right *node) *node {
	kind, ok := map[string]kind{"&&": allKind, "||": anyKind}[operator]
	switch {
	case !ok:
		return &node{kind: binaryKind, at: offset, text: operator, parts: []*node{left, right}}
	case left.kind == kind:
		left.parts = append(left.parts, right)
		return left
	}
	return &node{kind: kind, at: offset, parts: []*node{left, right}}
}

// operand reads a value with what follows it: members, indexes, calls.
func (p *parser) operand() *node {
	c, offset := p.peek(), p.pos
	switch {
	case p.pos == len(p.text):
		return nil
	case c == '.' || '0' <= c && c <= '9':
		return p.number()
	case strings.IndexByte("-+!~", c) >= 0:
		p.pos++
		arg := p.need(p.deeper(p.operand), string(c))
		return &node{kind: unaryKind, at: offset, text: string(c), parts: []*node{arg}}
	case c == '"' || c == '\'':
		return p.members(p.literal())
	case c == '[':
		p.pos++
		p.arguments(']')
		return p.members(&node{kind: listKind, at: offset})
	case c == '(':
		return p.group()
	}
	if r, _ := utf8.DecodeRuneInString(p.text[p.pos:]); !isNameStart(r) {
		return nil
	}
	return p.members(p.name())
}

func (p *parser) group() *node {
	offset := p.pos
	p.pos++
	all := p.expressions(')')
	if !p.is(')') {
		p.fail(offset, "the bracket is not closed")
	}
	switch len(all) {
	case 0:
		if p.peek(); p.pos < len(p.text) {
			p.fail(offset+1, "empty brackets")
		}
		return &node{kind: emptyKind, at: offset}
	case 1:
		return p.members(all[0].node)
	}
	return p.members(several(all))
}

// members reads what follows a value.
func (p *parser) members(n *node) *node {
	for {
		c := p.peek()
		if strings.HasPrefix(p.text[p.pos:], "?.") {
			p.pos++ // the same here: what is missing has no members either
			c = '.'
		}
		offset := p.pos
		switch c {
		case '.':
			p.pos++
			p.peek()
			if r, _ := utf8.DecodeRuneInString(p.text[p.pos:]); !isNameStart(r) || p.pos == len(p.text) {
				p.fail(p.pos, "expected the name of a method, found %s", p.describe())
				return n
			}
			offset = p.pos
			n = &node{kind: memberKind, at: offset, text: p.word(), parts: []*node{n}}
		case '[':
			p.pos++
			p.need(p.expression(), "[")
			if !p.is(']') {
				p.fail(offset, "the bracket is not closed")
			}
			n = &node{kind: memberKind, at: offset, parts: []*node{n}}
		case '(':
			p.pos++
			args := p.arguments(')')
			n = &node{kind: callKind, at: n.at, parts: append([]*node{n}, args...)}
		default:
			return n
		}
	}
}

// arguments reads the values of a call or list, after the opening bracket, and the
// closing one. All have commas between them, or none has.
func (p *parser) arguments(end byte) []*node {
	offset := p.pos - 1
	var args []*node
	for commas := 0; p.err == nil; {
		switch {
		case p.is(end):
			if end == ')' && commas > 0 && commas >= len(args) {
				p.fail(p.pos-1, `expected a value, found ")"`)
			}
			return args
		case p.pos == len(p.text):
			p.fail(offset, "the bracket is not closed")
		case p.is(','):
			if commas++; end == ')' && commas != len(args) {
				p.fail(p.pos-1, `expected a value, found ","`)
			}
		case end == ')' && commas > 0 && commas != len(args):
			p.fail(p.pos, `expected "," or ")", found %s`, p.describe())
		default:
			args = append(args, p.need(p.expression(), "the bracket"))
		}
	}
	return args
}

// Names are of ASCII letters, digits, _ and $, and of any character beyond ASCII, be it a
// letter or not.

func isNameStart(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' || r == '$' || r >= utf8.RuneSelf
}

func isNamePart(r rune) bool { return isNameStart(r) || '0' <= r && r <= '9' }

// nameEnd returns the offset after the name that begins at one.
func nameEnd(text string, offset int) int {
	for i, r := range text[offset:] {
		if !isNamePart(r) {
			return offset + i
		}
	}
	return len(text)
}

func (p *parser) word() string {
	start := p.pos
	p.pos = nameEnd(p.text, start)
	if strings.ContainsFunc(p.text[start:p.pos], func(r rune) bool { return !unicode.IsPrint(r) }) {
		p.invisible = append(p.invisible, start)
	}
	return p.text[start:p.pos]
}

var literals = map[string]any{"true": true, "false": false, "null": nil}

// name reads a name, or a literal that is a word.
func (p *parser) name() *node {
	n := &node{kind: nameKind, at: p.pos}
	n.text = p.word()
	if value, ok := literals[n.text]; ok {
		n.kind, n.value = literalKind, value
	} else if n.text == "this" {
		n.kind = thisKind
	}
	return n
}

// number reads a number. It has no sign, and nothing may follow it that could be a part
// of a name.
func (p *parser) number() *node {
	start := p.pos
	p.digits()
	if strings.HasPrefix(p.text[p.pos:], ".") {
		p.pos++
		p.digits()
	}
	if p.pos < len(p.text) && (p.text[p.pos] == 'e' || p.text[p.pos] == 'E') {
		p.pos++
		if p.pos < len(p.text) && (p.text[p.pos] == '+' || p.text[p.pos] == '-') {
			p.pos++
		}
		p.digits()
	}
	end := p.pos
	value, ok := numberOf(p.text[start:end])
	if r, _ := utf8.DecodeRuneInString(p.text[end:]); !ok || end < len(p.text) && (isNamePart(r) || r == '.') {
		all := strings.TrimLeftFunc(p.text[end:], func(r rune) bool { return isNamePart(r) || r == '.' })
		p.fail(start, "%s is not a number", cut.Quote(strings.TrimSuffix(p.text[start:], all)))
	}
	return &node{kind: literalKind, at: start, value: value}
}

func (p *parser) digits() {
	for p.pos < len(p.text) && '0' <= p.text[p.pos] && p.text[p.pos] <= '9' {
		p.pos++
	}
}

var escapes = map[rune]rune{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'v': '\v'}

// literal reads a text in quotes.
func (p *parser) literal() *node {
	start, quote := p.pos, rune(p.text[p.pos])
	var b strings.Builder
	escaped := false
	for i, r := range p.text[start+1:] {
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
			p.pos = start + 1 + i + 1
			return &node{kind: literalKind, at: start, value: b.String()}
		default:
			b.WriteRune(r)
		}
	}
	p.fail(start, "the text has no closing %q", string(quote))
	return &node{kind: literalKind}
}
