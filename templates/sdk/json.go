package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// appendString appends s as the JSON text that JavaScript's JSON.stringify
// writes: only quotes, backslashes and control characters are escaped, and
// bytes that are not UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, s[start:i]...)
				b = utf8.AppendRune(b, utf8.RuneError)
				start = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscaped(b, c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
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

// errTooDeep is the failure of a value that contains itself, which would
// otherwise exhaust the stack and end the program.
var errTooDeep = errors.New("is nested too deep, or contains itself")

// appendValue appends any value as JSON. The kinds that attribute values have
// take no reflection; all others go through encoding/json.
func appendValue(b []byte, v any) ([]byte, error) { return appendNested(b, v, 0) }

// appendNested appends a value that is depth values deep in others.
func appendNested(b []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return b, errTooDeep
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendString(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case []string:
		return appendList(b, v, appendString), nil
	case []any:
		return appendAnyList(b, v, depth)
	case map[string]any:
		return appendMap(b, v, depth)
	case json.RawMessage:
		return appendRaw(b, v)
	case Binding:
		nested := Binder{depth: depth}
		return nested.encode(b, v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return b, err
	}
	return appendNormal(b, text), nil
}

// appendRaw appends JSON text; none at all is null.
func appendRaw(b []byte, text json.RawMessage) ([]byte, error) {
	if len(text) == 0 {
		return append(b, "null"...), nil
	}
	if !json.Valid(text) {
		return b, errNotJSON
	}
	return appendNormal(b, text), nil
}

func appendAnyList(b []byte, list []any, depth int) ([]byte, error) {
	if list == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendNested(b, v, depth+1); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendMap appends the members in the order of their names, so that the same
// map always gives the same bytes.
func appendMap(b []byte, m map[string]any, depth int) ([]byte, error) {
	if m == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '{')
	for i, name := range sortedKeys(m) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':')
		var err error
		if b, err = appendNested(b, m[name], depth+1); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

// appendNormal appends valid JSON text without white space and with its texts
// escaped as appendString does, members in their order.
func appendNormal(b, text []byte) []byte {
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

// stringEnd returns the offset behind the JSON string that starts at i.
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
			return appendValid(b, quoted)
		}
		b = appendValid(b, quoted[:i])
		b, quoted = appendEscape(b, quoted[i:])
	}
	return b
}

// appendValid appends text with U+FFFD for each byte that is not UTF-8.
func appendValid(b, text []byte) []byte {
	if utf8.Valid(text) {
		return append(b, text...)
	}
	for _, r := range string(text) {
		b = utf8.AppendRune(b, r)
	}
	return b
}

// appendEscape appends the character that text begins with, an escaped one, and
// returns the text behind it.
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

var errNotJSON = errors.New("is not JSON")

// object reads the members of a JSON object; null and nothing are an empty one.
func object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if isNull(raw) {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		if kindOf(raw) == "an object" {
			return nil, errNotJSON
		}
		return nil, fmt.Errorf("must be an object, not %s", kindOf(raw))
	}
	return members, nil
}

func isEmptyText(raw json.RawMessage) bool { return string(raw) == `""` }

func isNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// kindOf names the kind of a JSON value for messages, never the value itself:
// it may be a secret.
func kindOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// readText reads a value as text. Numbers and booleans arrive for text
// attributes too and are taken as they are written.
func readText(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch kindOf(raw) {
	case "a string":
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case "a number", "a boolean":
		return string(raw), nil
	case "null", "nothing":
		return "", nil
	}
	return "", fmt.Errorf("must be a string, not %s", kindOf(raw))
}

// readBool reads true, false and their texts.
func readBool(raw json.RawMessage) (bool, error) {
	text, err := readText(raw)
	if err == nil {
		switch text {
		case "true", "True", "TRUE":
			return true, nil
		case "false", "False", "FALSE":
			return false, nil
		}
	}
	return false, fmt.Errorf("must be true or false, not %s", describe(raw))
}

// readInt reads whole numbers and their texts, exact to 64 bits.
func readInt(raw json.RawMessage) (int64, error) {
	text, err := readText(raw)
	if err == nil {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		// 1e3 and 42.0 are whole numbers too.
		if f, err := strconv.ParseFloat(text, 64); err == nil && f == float64(int64(f)) && f > -1<<53 && f < 1<<53 {
			return int64(f), nil
		}
	}
	return 0, fmt.Errorf("must be a whole number, not %s", describe(raw))
}

// describe names a value's kind; a string that should have been something else
// is called so.
func describe(raw json.RawMessage) string {
	if kindOf(raw) == "a string" {
		return "another text"
	}
	return kindOf(raw)
}

// elements splits a list into its values; a bare value counts as a list of one,
// null as an empty one.
func elements(raw json.RawMessage) ([]json.RawMessage, error) {
	if isNull(raw) {
		return nil, nil
	}
	if kindOf(raw) != "a list" {
		return []json.RawMessage{raw}, nil
	}
	var list []json.RawMessage
	err := json.Unmarshal(raw, &list)
	return list, err
}

// readValue reads any value, numbers exactly as they are written.
func readValue(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errNotJSON
	}
	return v, nil
}
