package sdktest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A message is a request or an answer in a scenario: the lines of the head, a blank line, and
// the body.
type message struct {
	head []string
	body string
}

// The last line of the head names the encoding of a body that cannot be written plainly. No
// header looks like that.
const (
	quotedBody = "quoted" // lines in Go's quotes
	base64Body = "base64"
)

// base64Width is the length of the lines of a base64 body.
const base64Width = 76

// text writes a message. The line break at its end does not belong to the body.
func (m message) text() string {
	lines := m.head
	body := m.body
	switch {
	case body == "":
		return strings.Join(lines, "\n") + "\n"
	case isPlain(body):
	case !utf8.ValidString(body) || strings.ContainsRune(body, 0):
		lines, body = append(lines[:len(lines):len(lines)], base64Body), wrapped(base64.StdEncoding.EncodeToString([]byte(body)))
	default:
		lines, body = append(lines[:len(lines):len(lines)], quotedBody), quoted(body)
	}
	return strings.Join(lines, "\n") + "\n\n" + body + "\n"
}

// isPlain reports whether a body can be written plainly and read back: Git may change line
// ends, and a line may look like the beginning of a section.
func isPlain(body string) bool {
	if !utf8.ValidString(body) || strings.ContainsAny(body, "\x00\r") {
		return false
	}
	for line := range strings.Lines(body) {
		if _, ok := marker(strings.TrimSuffix(line, "\n")); ok {
			return false
		}
	}
	return true
}

func quoted(body string) string {
	var lines []string
	for line := range strings.Lines(body) {
		lines = append(lines, strconv.Quote(line))
	}
	return strings.Join(lines, "\n")
}

func wrapped(text string) string {
	var lines []string
	for len(text) > base64Width {
		lines, text = append(lines, text[:base64Width]), text[base64Width:]
	}
	return strings.Join(append(lines, text), "\n")
}

// A lineError is an error in a line of a text. Lines are counted from 0.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }

// readMessage is the reverse of text.
func readMessage(text string) (message, error) {
	head, body, found := strings.Cut(text, "\n\n")
	if strings.HasPrefix(text, "\n") || text == "" {
		return message{}, errors.New("the first line is missing")
	}
	m := message{head: strings.Split(strings.TrimSuffix(head, "\n"), "\n")}
	if !found {
		return m, nil
	}
	first := len(m.head) + 1 // line of the body
	m.body = strings.TrimSuffix(body, "\n")
	last := len(m.head) - 1
	if last == 0 {
		return m, nil
	}
	var err error
	switch m.head[last] {
	case quotedBody:
		m.head = m.head[:last]
		m.body, err = unquoted(m.body, first)
	case base64Body:
		m.head = m.head[:last]
		var decoded []byte
		if decoded, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(m.body, "\n", "")); err != nil {
			err = &lineError{first, errors.New("the body is not base64")}
		}
		m.body = string(decoded)
	}
	return m, err
}

func unquoted(body string, first int) (string, error) {
	var b strings.Builder
	for i, line := range strings.Split(body, "\n") {
		text, err := strconv.Unquote(line)
		if err != nil {
			return "", &lineError{first + i, fmt.Errorf("the line is not in Go's quotes: %.40q", line)}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
