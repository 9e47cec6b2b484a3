// Package layout formats Go code as gofmt does, in a fraction of the time: it parses nothing, and
// decides from the surrounding tokens where spaces and line ends go. It knows the Go that package emit
// writes; all other code it leaves to go/format.
package layout

import (
	"bytes"
	"fmt"
	"go/format"
	"slices"
)

// Append appends formatted code to dst, without a line end after it. The code is a file or some
// declarations. It already has its line ends, and any spacing between its tokens.
func Append(dst, code []byte) ([]byte, error) {
	p := printer{lexer: lexer{code: code}, out: slices.Grow(dst, len(code)+len(code)/4), first: len(dst)}
	if p.print() {
		return p.out, nil
	}
	formatted, err := format.Source(code)
	if err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, code)
	}
	return append(dst, bytes.TrimSpace(formatted)...), nil
}

// A printer writes tokens with the space that belongs between them.
type printer struct {
	lexer
	out   []byte
	first int // start of the code in out

	open    []bracket
	headers []header

	// The line being written.
	begins int  // start of its text in out, after the indentation
	tokens int  // written so far
	opener kind // the first of them
	prev   kind // the last of them; at the start of a line, the last one of the previous line
	outer  int  // brackets that were open at its start
	cells  cells
	blank  bool // a blank line is before the next one

	table table
}

// A bracket is an open bracket.
type bracket struct {
	group group
	lines bool // its content is on separate lines
	keys  keys
}

// A group is the code between two brackets.
type group int

const (
	plain   group = iota // parameters, arguments, indexes; imports; the methods of interfaces
	block                // statements
	fields               // the fields of a struct
	consts               // grouped constants
	literal              // elements of a composite literal
)

// A header is the beginning of a statement or function up to its block.
type header struct {
	kind  kind
	depth int // brackets that are open around it
}

func (p *printer) print() bool {
	for {
		switch k := p.next(); k {
		case unknown:
			return false
		case endOfCode:
			p.endLine()
			p.align()
			if len(p.out) > p.first {
				p.out = p.out[:len(p.out)-1] // the end of the last line
			}
			return len(p.open) == 0
		case lineEnd:
			p.endLine()
		default:
			if !p.token(k) {
				return false
			}
		}
	}
}

// token writes one token. It reports false for code that the package does not know.
func (p *printer) token(k kind) bool {
	var opened bracket
	switch k {
	case '(', '[':
		opened.group = p.groupOf()
	case '{':
		opened.group = p.braces()
	case ')', ']', '}':
		if len(p.open) == 0 || p.tokens == 0 && isOpening(p.prev) && p.open[len(p.open)-1].group != block {
			return false // gofmt puts empty brackets on one line
		}
		p.open = p.open[:len(p.open)-1]
		p.leaveHeaders(len(p.open))
	case ',':
		if h := len(p.headers) - 1; h >= 0 && p.headers[h] == (header{funcWord, len(p.open)}) {
			p.headers = p.headers[:h] // the type of a parameter
		}
	}
	spaced, ok := p.spaced(k, opened.group)
	if !ok {
		return false
	}
	if p.tokens == 0 {
		if !p.startLine(k) {
			return false
		}
	} else {
		p.mark(k)
		if spaced {
			p.out = append(p.out, ' ')
		}
	}
	p.out = append(p.out, p.code[p.start:p.end]...)
	p.tokens++
	p.prev = k
	switch k {
	case '(', '[', '{':
		p.open = append(p.open, opened)
	case funcWord, ifWord, switchWord:
		p.headers = append(p.headers, header{k, len(p.open)})
	}
	return true
}

// groupOf is the group that a bracket other than a brace opens.
func (p *printer) groupOf() group {
	if p.prev == constWord {
		return consts
	}
	return plain
}

// braces is the group that a brace opens.
func (p *printer) braces() group {
	switch p.prev {
	case structWord:
		return fields
	case interfaceWord:
		return plain
	}
	if h := len(p.headers) - 1; h >= 0 && p.headers[h].depth == len(p.open) {
		p.headers = p.headers[:h]
		return block
	}
	return literal
}

// leaveHeaders forgets headers without a block, which are types, inside more than depth brackets.
func (p *printer) leaveHeaders(depth int) {
	for len(p.headers) > 0 && p.headers[len(p.headers)-1].depth > depth {
		p.headers = p.headers[:len(p.headers)-1]
	}
}

// spaced reports whether a space is between the last token and one of a kind on the same line, and whether
// that is known.
func (p *printer) spaced(k kind, opened group) (space, known bool) {
	switch k {
	case ')', ']', '}', ',', ';', '.', ':':
		return false, true
	case '=', define, notEqual, comment:
		return true, true
	case '(':
		switch p.prev {
		case funcWord:
			return p.tokens == 1, true // a method's receiver
		case ident, ']', '(':
			return false, true
		case constWord, importWord, ')':
			return true, true
		}
		return false, p.tokens == 0
	case '[':
		return false, p.prev == ident || p.prev == mapWord
	case '{':
		switch opened {
		case block:
			return true, true
		case literal:
			return p.prev != ident && p.prev != ']' && p.prev != '{' && p.prev != '(', true
		}
		return p.peek() != '}', true
	case ellipsis:
		if p.peek() == ')' {
			return false, true
		}
	}
	switch p.prev {
	case '(', '[', ']', '{', '.', '*', '&', slice, ellipsis:
		return false, true
	}
	return true, true
}

// startLine indents a line that begins with a token of a kind. It does not handle blank lines next to brackets,
// some of which gofmt removes.
func (p *printer) startLine(k kind) bool {
	if p.blank && len(p.out) > p.first {
		if isOpening(p.prev) || isClosing(k) {
			return false
		}
		p.align()
		p.out = append(p.out, '\n')
	}
	p.blank = false
	for i := range p.open {
		if p.open[i].lines {
			p.out = append(p.out, '\t')
		}
	}
	if k == caseWord && len(p.out) > 0 && p.out[len(p.out)-1] == '\t' {
		p.out = p.out[:len(p.out)-1]
	}
	p.begins, p.opener, p.outer, p.cells = len(p.out), k, len(p.open), cells{}
	return true
}

func (p *printer) endLine() {
	if p.tokens == 0 {
		p.blank = true
		return
	}
	if isOpening(p.prev) && len(p.open) > 0 {
		p.open[len(p.open)-1].lines = true
	}
	p.leaveHeaders(len(p.open) - 1) // a block begins in the line of its header
	p.row()
	p.out = append(p.out, '\n')
	p.tokens, p.blank = 0, false
}

func isOpening(k kind) bool { return k == '(' || k == '[' || k == '{' }

func isClosing(k kind) bool { return k == ')' || k == ']' || k == '}' }
