package layout

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A kind is the kind of a token: a single character, or one of these.
type kind byte

const (
	unknown kind = iota
	endOfCode
	lineEnd
	ident
	value // a number or string
	comment
	slice    // []
	define   // :=
	notEqual // !=
	ellipsis // ...

	// The words of the language that space depends on. The others that may occur are identifiers to a
	// printer.
	funcWord
	structWord
	interfaceWord
	mapWord
	constWord
	importWord
	ifWord
	switchWord
	caseWord
	word // return, type and the like
)

// wordKind is the kind of a token of letters and digits.
func wordKind(text []byte) kind {
	switch string(text) {
	case "func":
		return funcWord
	case "struct":
		return structWord
	case "interface":
		return interfaceWord
	case "map":
		return mapWord
	case "const":
		return constWord
	case "import":
		return importWord
	case "if":
		return ifWord
	case "switch":
		return switchWord
	case "case":
		return caseWord
	case "return", "type", "var", "package":
		return word
	case "break", "chan", "continue", "default", "defer", "else", "fallthrough", "for", "go", "goto", "range", "select":
		return unknown
	}
	return ident
}

// A lexer splits code into tokens.
type lexer struct {
	code  []byte
	pos   int // after the last token
	start int // of the last token
	end   int // of its text
}

func (l *lexer) next() kind {
	for l.pos < len(l.code) && (l.code[l.pos] == ' ' || l.code[l.pos] == '\t') {
		l.pos++
	}
	if l.pos == len(l.code) {
		return endOfCode
	}
	rest := l.code[l.pos:]
	k, n := scan(rest)
	l.start, l.pos = l.pos, l.pos+n
	l.end = l.pos
	switch k {
	case ident:
		return wordKind(rest[:n])
	case comment:
		l.end = l.start + len(bytes.TrimRightFunc(rest[:n], unicode.IsSpace))
	}
	return k
}

// peek returns the first character of the next token.
func (l *lexer) peek() byte {
	for _, c := range l.code[l.pos:] {
		if c != ' ' && c != '\t' {
			return c
		}
	}
	return 0
}

// scan returns the kind and length of the token at the start of text.
func scan(text []byte) (kind, int) {
	switch c := text[0]; c {
	case '\n':
		return lineEnd, 1
	case '(', ')', ']', '{', '}', ',', ';', '*', '&', '=':
		return kind(c), 1
	case '[':
		return pair(text, ']', slice)
	case ':':
		return pair(text, '=', define)
	case '!':
		if k, n := pair(text, '=', notEqual); k == notEqual {
			return k, n
		}
	case '.':
		if bytes.HasPrefix(text, []byte("...")) {
			return ellipsis, 3
		}
		return '.', 1
	case '/':
		if bytes.HasPrefix(text, []byte("//")) {
			return comment, lengthUntil(text, '\n')
		}
	case '`':
		if n := bytes.IndexByte(text[1:], '`'); n >= 0 {
			return value, n + 2
		}
	case '"':
		return scanString(text)
	default:
		return scanWord(text)
	}
	return unknown, 1
}

// pair is a token of one character, or of kind k if a certain character follows.
func pair(text []byte, follows byte, k kind) (kind, int) {
	if len(text) > 1 && text[1] == follows {
		return k, 2
	}
	return kind(text[0]), 1
}

func lengthUntil(text []byte, c byte) int {
	if n := bytes.IndexByte(text, c); n >= 0 {
		return n
	}
	return len(text)
}

// scanString scans a string in quotes.
func scanString(text []byte) (kind, int) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\n':
			return unknown, i
		case '"':
			return value, i + 1
		}
	}
	return unknown, len(text)
}

// scanWord scans an identifier or a number.
func scanWord(text []byte) (kind, int) {
	if c := text[0]; c == '-' || '0' <= c && c <= '9' {
		return scanNumber(text)
	}
	n := countWhile(text, isWordByte)
	if n == 0 {
		return unknown, 1
	}
	return ident, n
}

// scanNumber scans a decimal number as fmt prints it: 12, -1.5, 1e+06.
func scanNumber(text []byte) (kind, int) {
	n := 0
	digits := func() bool {
		more := countWhile(text[n:], func(c byte) bool { return '0' <= c && c <= '9' })
		n += more
		return more > 0
	}
	follows := func(c string) bool {
		if n < len(text) && strings.IndexByte(c, text[n]) >= 0 {
			n++
			return true
		}
		return false
	}
	follows("-")
	if !digits() || follows(".") && !digits() {
		return unknown, n
	}
	if follows("e") {
		if follows("+-"); !digits() {
			return unknown, n
		}
	}
	if n < len(text) && (isWordByte(text[n]) || text[n] == '.') {
		return unknown, n
	}
	return value, n
}

func countWhile(text []byte, is func(byte) bool) int {
	for i, c := range text {
		if !is(c) {
			return i
		}
	}
	return len(text)
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}
