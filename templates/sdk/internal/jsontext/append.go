// Package jsontext reads and writes JSON as the protocol has it: it writes what
// JavaScript writes, and reads values that arrive loosely typed.
package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// AppendString appends s as the JSON text that JavaScript's JSON.stringify
// writes: only quotes, backslashes and control characters are escaped, and
// bytes that are not UTF-8 become U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	if plain := plainLen(s); plain < len(s) {
		b = appendOdd(b, s, plain)
	} else {
		b = append(b, s...)
	}
	return append(b, '"')
}

// appendOdd appends the text of a JSON string, of which the byte at an offset is the first that
// is not plain.
func appendOdd(b []byte, s string, i int) []byte {
	start := 0 // of what is not appended yet
	for i < len(s) {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			if size := commonSize(s[i:]); size > 0 {
				i += size
				continue
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, s[start:i]...)
				b = utf8.AppendRune(b, utf8.RuneError)
				start = i + 1
			}
			i += size
		case isPlain(c):
			i++
			if len(s)-i >= 8 {
				i += plainLen(s[i:])
			}
		default:
			b = append(b, s[start:i]...)
			b = appendEscaped(b, c)
			i++
			start = i
		}
	}
	return append(b, s[start:]...)
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// maxDepth is how deep values may be nested: as deep as encoding/json reads.
const maxDepth = 10_000

// ErrTooDeep is the failure of a value that contains itself, which would
// otherwise exhaust the stack and end the program.
var ErrTooDeep = errors.New("is nested too deep, or contains itself")

// AppendValue appends a value that is depth values deep in others, as JSON. The kinds
// that attribute values have take no reflection; all others go through encoding/json,
// unless other, which may be nil, takes them.
func AppendValue(b []byte, v any, depth int, other Other) ([]byte, error) {
	if depth > maxDepth {
		return b, ErrTooDeep
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return AppendString(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return AppendFloat(b, v), nil
		}
	case []string:
		return AppendStrings(b, v), nil
	case []any:
		return appendAnyList(b, v, depth, other)
	case map[string]any:
		return appendMap(b, v, depth, other)
	case json.RawMessage:
		return AppendRaw(b, v)
	case struct{}: // what most commands that return nothing send
		return append(b, "{}"...), nil
	}
	if other != nil {
		if b, ok, err := other(b, v, depth); ok {
			return b, err
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return b, err
	}
	return AppendNormal(b, text), nil
}

// Other appends values of types that [AppendValue] does not know; ok is false where it
// does not know them either.
type Other func(b []byte, v any, depth int) (out []byte, ok bool, err error)

// AppendRaw appends JSON text; none at all is null.
func AppendRaw(b []byte, text json.RawMessage) ([]byte, error) {
	if len(text) == 0 {
		return append(b, "null"...), nil
	}
	if !json.Valid(text) {
		return b, ErrNotJSON
	}
	return AppendNormal(b, text), nil
}

func appendAnyList(b []byte, list []any, depth int, other Other) ([]byte, error) {
	if list == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = AppendValue(b, v, depth+1, other); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendMap appends the members in the order of their names: the same map always
// gives the same bytes.
func appendMap(b []byte, m map[string]any, depth int, other Other) ([]byte, error) {
	if m == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '{')
	for i, name := range SortedKeys(m) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, name), ':')
		var err error
		if b, err = AppendValue(b, m[name], depth+1, other); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// SortedKeys returns the names of a map in their order.
func SortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// AppendList appends a list whose elements one appends.
func AppendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

// AppendStrings appends a list of texts.
func AppendStrings(b []byte, list []string) []byte {
	return AppendList(b, list, AppendString)
}

// AppendNormal appends valid JSON text without white space and with its texts
// escaped as AppendString does, members in their order.
func AppendNormal(b, text []byte) []byte {
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
			i++
		case '"':
			end := stringEnd(text, i)
			b = appendUnescaped(b, text[i:end])
			i = end
		default:
			b = append(b, c)
			i++
		}
	}
	return b
}

// stringEnd returns the offset after the JSON string that starts at i.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// appendUnescaped appends a JSON string with no more escapes than needed. Half a
// surrogate pair, which no text in UTF-8 can hold, stays the escape that it is.
func appendUnescaped(b, quoted []byte) []byte {
	for len(quoted) > 0 {
		i := bytes.IndexByte(quoted, '\\')
		if i < 0 {
			return AppendValid(b, quoted)
		}
		b = AppendValid(b, quoted[:i])
		b, quoted = appendEscape(b, quoted[i:])
	}
	return b
}

// AppendValid appends text with U+FFFD for each byte that is not UTF-8.
func AppendValid(b, text []byte) []byte {
	if utf8.Valid(text) {
		return append(b, text...)
	}
	for _, r := range string(text) {
		b = utf8.AppendRune(b, r)
	}
	return b
}

// appendEscape appends the character that text begins with, an escaped one, and
// returns the text after it.
func appendEscape(b, text []byte) (out, rest []byte) {
	switch text[1] {
	case 'u':
	case '/':
		return append(b, '/'), text[2:]
	default:
		return append(b, text[:2]...), text[2:]
	}
	r, rest := escapedRune(text), text[6:]
	if utf16.IsSurrogate(r) {
		low := rune(0)
		if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
			low = escapedRune(rest)
		}
		pair := utf16.DecodeRune(r, low)
		if pair == utf8.RuneError {
			return append(b, bytes.ToLower(text[:6])...), rest
		}
		r, rest = pair, rest[6:]
	}
	if r < ' ' || r == '"' || r == '\\' {
		return appendEscaped(b, byte(r)), rest
	}
	return utf8.AppendRune(b, r), rest
}

// escapedRune returns the character of an escape such as \u00e9.
func escapedRune(text []byte) rune {
	n, _ := strconv.ParseUint(string(text[2:6]), 16, 16) // valid JSON has four digits there
	return rune(n)
}
