package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth is the number of objects and arrays that may be in one another. Real specs
// have fewer than 20; the limit keeps recursive code from running out of stack.
const maxDepth = 200

// maxValues is the maximum number of values in a file. The largest real specs have about 5,000; the
// limit bounds the time for a file full of faults.
const maxValues = 200_000

// A span is a range of byte offsets.
type span struct{ start, end int }

// A syntaxError says where and why a text stops being JSON.
type syntaxError struct {
	span
	message, hint string
}

// A scanner checks a text against the grammar of JSON without recursion, so any text can
// be given to it. It reads over comments and trailing commas and remembers them.
type scanner struct {
	text []byte
	what Document
	pos  int
	open []int // offsets of the open brackets
	last span  // the token before pos

	values int // so far

	comments []span
	commas   []int // trailing ones
}

// A scanState says what may come next.
type scanState int

const (
	wantValue       scanState = iota
	wantElement               // after [: a value or ]
	wantNextElement           // after a comma in an array
	wantName                  // after {: a name or }
	wantNextName              // after a comma in an object
	wantColon
	wantComma // after a value in an object or array: a comma or the closing bracket
	wantEnd   // after the value of the file
)

// scan returns nil if the text is one JSON value, apart from comments and trailing commas.
func (s *scanner) scan() *syntaxError {
	state := wantValue
	for {
		if err := s.skipSpace(); err != nil {
			return err
		}
		if s.pos == len(s.text) {
			if state == wantEnd {
				return nil
			}
			return s.endOfText()
		}
		next, err := s.step(state)
		if err != nil {
			return err
		}
		state = next
	}
}

// step reads one token.
func (s *scanner) step(state scanState) (scanState, *syntaxError) {
	c := s.text[s.pos]
	switch state {
	case wantName, wantNextName:
		switch c {
		case '"':
			return wantColon, s.scanString()
		case '}':
			return s.close(state)
		}
		return 0, s.badName()
	case wantColon:
		if c != ':' {
			return 0, s.missingColon()
		}
		s.take(1)
		return wantValue, nil
	case wantElement, wantNextElement:
		if c == ']' {
			return s.close(state)
		}
		return s.value()
	case wantComma:
		switch c {
		case '}', ']':
			return s.close(state)
		case ',':
			s.take(1)
			if s.inObject() {
				return wantNextName, nil
			}
			return wantNextElement, nil
		}
		return 0, s.missingComma()
	case wantEnd:
		return 0, s.afterEnd()
	}
	return s.value()
}

// value reads a scalar or an opening bracket.
func (s *scanner) value() (scanState, *syntaxError) {
	if s.values++; s.values > maxValues {
		return 0, s.errorAt(span{s.pos, s.pos + 1}, fmt.Sprintf("file has more than %d values", maxValues), s.what.Other)
	}
	switch c := s.text[s.pos]; {
	case c == '{' || c == '[':
		return s.openBracket(c)
	case c == '"':
		return s.afterValue(), s.scanString()
	case isWordByte(c):
		return s.afterValue(), s.scanWord()
	}
	return 0, s.badValue()
}

func (s *scanner) openBracket(c byte) (scanState, *syntaxError) {
	if len(s.open) == maxDepth {
		return 0, s.errorAt(span{s.pos, s.pos + 1},
			fmt.Sprintf("objects and arrays are nested deeper than %d levels", maxDepth), "")
	}
	s.open = append(s.open, s.pos)
	s.take(1)
	if c == '{' {
		return wantName, nil
	}
	return wantElement, nil
}

func (s *scanner) close(state scanState) (scanState, *syntaxError) {
	c := s.text[s.pos]
	if (c == '}') != s.inObject() {
		return 0, s.mismatch()
	}
	if state == wantNextName || state == wantNextElement {
		s.commas = append(s.commas, s.last.start)
	}
	s.open = s.open[:len(s.open)-1]
	s.take(1)
	return s.afterValue(), nil
}

func (s *scanner) mismatch() *syntaxError {
	return s.errorAt(span{s.pos, s.pos + 1}, fmt.Sprintf("%q does not close the %q of line %d",
		s.text[s.pos], s.text[s.top()], s.line(s.top())), "")
}

func (s *scanner) afterValue() scanState {
	if len(s.open) == 0 {
		return wantEnd
	}
	return wantComma
}

func (s *scanner) top() int { return s.open[len(s.open)-1] }

func (s *scanner) inObject() bool { return s.text[s.top()] == '{' }

func (s *scanner) line(offset int) int { return 1 + bytes.Count(s.text[:offset], []byte("\n")) }

func (s *scanner) take(n int) {
	s.last = span{s.pos, s.pos + n}
	s.pos += n
}

// skipSpace reads white space and comments.
func (s *scanner) skipSpace() *syntaxError {
	for s.pos < len(s.text) {
		rest := s.text[s.pos:]
		switch {
		case isSpace(rest[0]):
			s.pos++
		case rest[0] != '/':
			return nil
		case bytes.HasPrefix(rest, []byte("//")):
			n := bytes.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			s.comment(len(bytes.TrimRight(rest[:n], "\r")))
		case bytes.HasPrefix(rest, []byte("/*")):
			n := bytes.Index(rest[2:], []byte("*/"))
			if n < 0 {
				return s.errorAt(span{s.pos, s.pos + 2}, "comment is never closed", "remove it; JSON has no comments")
			}
			s.comment(n + 4)
		default:
			return nil
		}
	}
	return nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func (s *scanner) comment(n int) {
	s.comments = append(s.comments, span{s.pos, s.pos + n})
	s.pos += n
}

// scanString reads the string that begins at pos.
func (s *scanner) scanString() *syntaxError {
	start := s.pos
	for i := start + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.take(i + 1 - start)
			return nil
		case c == '\n' || c == '\r':
			return s.unterminated(start, i)
		case c < ' ':
			return s.errorAt(span{i, i + 1}, fmt.Sprintf("control character U+%04X in a string", c), "write "+escapeOf(c))
		case c == '\\':
			n := escapeLength(s.text[i:])
			if n == 0 {
				return s.badEscape(i)
			}
			i += n - 1
		}
	}
	return s.unterminated(start, len(s.text))
}

func (s *scanner) unterminated(start, end int) *syntaxError {
	return s.errorAt(span{start, end}, "string is not closed on its line",
		`add the closing quote; a line break in a string is written \n`)
}

// badEscape names the backslash at offset i and the character after it.
func (s *scanner) badEscape(i int) *syntaxError {
	c, size := utf8.DecodeRune(s.text[i+1:])
	if size == 0 || c < ' ' {
		return s.errorAt(span{i, i + 1}, "backslash escapes nothing", `write \\ for a backslash`)
	}
	if c == 'u' {
		return s.errorAt(span{i, i + 2}, `\u is not followed by four hexadecimal digits`, `write \\ for a backslash`)
	}
	return s.errorAt(span{i, i + 1 + size}, fmt.Sprintf(`\%c is not an escape in JSON`, printableRune(c)), `write \\ for a backslash`)
}

// escapeLength returns the length of the escape that b begins with, or 0 if there is
// none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if strings.IndexByte(`"\/bfnrt`, b[1]) >= 0 {
		return 2
	}
	if b[1] != 'u' || len(b) < 6 {
		return 0
	}
	for _, c := range b[2:6] {
		if !isHex(c) {
			return 0
		}
	}
	return 6
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// escapeOf returns the JSON escape of a control character.
func escapeOf(c byte) string {
	if c == '\t' {
		return `\t`
	}
	return fmt.Sprintf(`\u%04x`, c)
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' ||
		c == '-' || c == '+' || c == '.' || c == '_' || c == '$'
}

// word returns the span of the word at pos.
func (s *scanner) word() span {
	end := s.pos
	for end < len(s.text) && isWordByte(s.text[end]) {
		end++
	}
	return span{s.pos, end}
}

// scanWord reads a number, true, false or null.
func (s *scanner) scanWord() *syntaxError {
	at := s.word()
	word := s.text[at.start:at.end]
	switch string(word) {
	case "true", "false", "null": // nearly all of them
	default:
		if !json.Valid(word) {
			return s.badWord(at, string(word))
		}
	}
	s.take(at.end - at.start)
	return nil
}

func (s *scanner) badWord(at span, word string) *syntaxError {
	if strings.IndexByte("+-.0123456789", word[0]) >= 0 {
		return s.errorAt(at, fmt.Sprintf("%s is not a number in JSON", quoted(word)), numberHint(word))
	}
	switch strings.ToLower(word) {
	case "true", "false", "null":
		return s.errorAt(at, fmt.Sprintf("%q is not a value in JSON", word), "write "+strings.ToLower(word))
	case "none", "nil", "undefined":
		return s.errorAt(at, fmt.Sprintf("%q is not a value in JSON", word), "write null")
	}
	return s.errorAt(at, "value has no quotes", "put strings in double quotes")
}

func numberHint(word string) string {
	digits := strings.TrimLeft(word, "+-")
	switch {
	case word[0] == '+':
		return "leave out the plus sign"
	case len(digits) > 1 && digits[0] == '0' && '0' <= digits[1] && digits[1] <= '9':
		return "leave out the leading zero"
	case strings.HasPrefix(digits, ".") || strings.HasSuffix(digits, "."):
		return "write digits on both sides of the point"
	}
	return "put strings in double quotes"
}

func (s *scanner) badName() *syntaxError {
	switch c := s.text[s.pos]; {
	case c == ',':
		return s.unexpectedComma()
	case c == ']':
		return s.mismatch()
	case isWordByte(c):
		at := s.word()
		return s.errorAt(at, fmt.Sprintf("member name %s has no quotes", quoted(string(s.text[at.start:at.end]))),
			"put names in double quotes")
	}
	return s.unexpected("a member name")
}

func (s *scanner) missingColon() *syntaxError {
	name := quoted(stringText(s.text[s.last.start:s.last.end]))
	switch c := s.text[s.pos]; c {
	case '=':
		return s.errorAt(span{s.pos, s.pos + 1}, fmt.Sprintf("member name %s is followed by an equals sign", name), "write a colon")
	case ',', '}':
		return s.errorAt(s.last, fmt.Sprintf("member %s has no value", name), "add a colon and the value")
	}
	return s.errorAt(span{s.last.end, s.last.end + 1}, fmt.Sprintf("missing colon after member name %s", name), "")
}

// missingComma points to the place for the comma, right after the value, and not to the next value,
// which may be lines away. Characters that begin no value are themselves the fault.
func (s *scanner) missingComma() *syntaxError {
	c := s.text[s.pos]
	switch {
	case c == ':' || c == ';' || c == '=':
		return s.unexpected("a comma or the closing bracket")
	case c != '"' && c != '{' && c != '[' && c != '\'' && !isWordByte(c):
		return s.unexpected("a comma or the closing bracket")
	}
	between := "elements"
	if s.inObject() {
		between = "members"
	}
	hint := ""
	if s.last.end == s.pos && s.text[s.last.start] == '"' {
		hint = `a quote inside a string is written \"`
	}
	return s.errorAt(span{s.last.end, s.last.end + 1}, "missing comma between "+between, hint)
}

func (s *scanner) afterEnd() *syntaxError {
	at := span{s.pos, s.pos + 1}
	switch c := s.text[s.pos]; c {
	case '}', ']':
		return s.errorAt(at, fmt.Sprintf("%q closes nothing", c), "remove it, or an earlier one")
	case ',':
		return s.errorAt(at, "comma after the end of the "+s.what.Name, "remove it")
	}
	return s.errorAt(at, "second value after the end of the "+s.what.Name, "keep one JSON object in the file")
}

func (s *scanner) badValue() *syntaxError {
	switch s.text[s.pos] {
	case ',':
		if s.afterColon() {
			return s.errorAt(span{s.pos, s.pos + 1}, "value is missing before the comma", "")
		}
		return s.unexpectedComma()
	case '}', ']':
		if s.afterColon() {
			return s.errorAt(span{s.last.end, s.last.end + 1}, "value is missing after the colon", "")
		}
		if len(s.open) == 0 {
			return s.afterEnd()
		}
		return s.mismatch()
	}
	return s.unexpected("a value")
}

func (s *scanner) afterColon() bool {
	return s.last.end > 0 && s.text[s.last.start] == ':'
}

func (s *scanner) unexpectedComma() *syntaxError {
	return s.errorAt(span{s.pos, s.pos + 1}, "comma without a value before it", "remove it")
}

// unexpected describes the token at pos where another was expected.
func (s *scanner) unexpected(wanted string) *syntaxError {
	c, size := utf8.DecodeRune(s.text[s.pos:])
	at := span{s.pos, s.pos + size}
	switch c {
	case '\'':
		return s.errorAt(at, "JSON has no single-quoted names or strings", "use double quotes")
	case '`', '‘', '’', '“', '”', '„', '«', '»':
		return s.errorAt(at, fmt.Sprintf("JSON has no names or strings in quotes like %c", c), `use plain double quotes: "`)
	case '#':
		return s.errorAt(at, "number sign does not begin a comment", "remove it; JSON has no comments")
	}
	if !unicode.IsPrint(c) {
		return s.errorAt(at, fmt.Sprintf("invisible character U+%04X in place of %s", c, wanted), "remove it")
	}
	return s.errorAt(at, fmt.Sprintf("%q in place of %s", c, wanted), "")
}

// endOfText points past the last token of the text, not to its last line, which may be empty.
func (s *scanner) endOfText() *syntaxError {
	if len(s.open) == 0 {
		if len(s.comments) > 0 {
			return s.errorAt(span{}, "file has comments but no "+s.what.Name, "")
		}
		return s.errorAt(span{}, "file is empty", s.what.Example)
	}
	end := len(bytes.TrimRight(s.text, " \t\r\n"))
	return s.errorAt(span{end, end + 1}, fmt.Sprintf("file ends before the %q of line %d is closed",
		s.text[s.top()], s.line(s.top())), "")
}

func (s *scanner) errorAt(at span, message, hint string) *syntaxError {
	at.end = min(at.end, len(s.text))
	return &syntaxError{at, message, hint}
}

// stringText returns the text of a scanned string literal.
func stringText(literal []byte) string {
	var text string
	if json.Unmarshal(literal, &text) != nil {
		return string(literal)
	}
	return text
}

func printableRune(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return utf8.RuneError
}

// replaceInvalidUTF8 replaces each invalid UTF-8 byte with a question mark, which keeps all
// offsets, and returns the offset of the first.
func replaceInvalidUTF8(text []byte) (valid []byte, first int) {
	if utf8.Valid(text) {
		return text, -1
	}
	valid, first = slices.Clone(text), -1
	for i := 0; i < len(valid); {
		r, size := utf8.DecodeRune(valid[i:])
		if r == utf8.RuneError && size == 1 {
			valid[i] = '?'
			if first < 0 {
				first = i
			}
		}
		i += size
	}
	return valid, first
}

// strict replaces comments and trailing commas with spaces, which keeps all offsets.
func (s *scanner) strict() []byte {
	if len(s.comments) == 0 && len(s.commas) == 0 {
		return s.text
	}
	text := slices.Clone(s.text)
	for _, c := range s.comments {
		for i := c.start; i < c.end; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	for _, i := range s.commas {
		text[i] = ' '
	}
	return text
}

// conflictMarkers begin the lines that an unresolved merge leaves behind.
var conflictMarkers = []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"}

// findConflict returns the line where an unresolved merge conflict begins: the first opening
// marker, or, without one, the first marker.
func findConflict(text []byte) (at span, found bool) {
	for offset := 0; offset < len(text); {
		line := text[offset:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		for i, marker := range conflictMarkers {
			if !bytes.HasPrefix(line, []byte(marker)) {
				continue
			}
			if i == 0 {
				return span{offset, offset + len(line)}, true
			}
			if !found {
				at, found = span{offset, offset + len(line)}, true
			}
		}
		offset += len(line) + 1
	}
	return at, found
}
