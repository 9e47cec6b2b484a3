package jsontext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Members reads the members of a JSON object; null and nothing are an empty one. The values are
// parts of raw.
func Members(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if IsNull(raw) {
		return nil, nil
	}
	members := make(map[string]json.RawMessage)
	err := EachMember(raw, func(name []byte, value json.RawMessage) { members[string(name)] = value })
	if err != nil {
		return nil, err
	}
	return members, nil
}

// EachMember calls visit for the members of a JSON object in their order, for each of those that
// have the same name. The values are parts of raw; a name is valid until visit returns.
func EachMember(raw json.RawMessage, visit func(name []byte, value json.RawMessage)) error {
	switch {
	case KindOf(raw) != "an object":
		return fmt.Errorf("must be an object, not %s", KindOf(raw))
	case !json.Valid(raw):
		return Malformed(json.Unmarshal(raw, new(json.RawMessage)))
	}
	for i := skipSpace(raw, bytes.IndexByte(raw, '{')+1); raw[i] != '}'; {
		end := stringEnd(raw, i)
		name := unquoted(raw[i:end])
		start := skipSpace(raw, skipSpace(raw, end)+1) // after the colon
		end = valueEnd(raw, start)
		visit(name, raw[start:end:end])
		if i = skipSpace(raw, end); raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return nil
}

// unquoted returns what a JSON string says.
func unquoted(quoted []byte) []byte {
	if isVerbatim(quoted) {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it is valid
	return []byte(text)
}

// isVerbatim reports whether a value is a JSON string that says what is between its quotes.
func isVerbatim(raw []byte) bool {
	last := len(raw) - 1
	if last < 1 || raw[0] != '"' || raw[last] != '"' {
		return false
	}
	ascii := true
	for _, c := range raw[1:last] {
		if c < ' ' || c == '"' || c == '\\' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.Valid(raw)
}

// skipSpace returns the offset of what follows the white space at i.
func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
		i++
	}
	return i
}

// valueEnd returns the offset after the value that starts at i, in valid JSON.
func valueEnd(text []byte, i int) int {
	switch text[i] {
	case '"':
		return stringEnd(text, i)
	case '{', '[':
		return nestedEnd(text, i)
	}
	for i < len(text) && bytes.IndexByte([]byte(",]} \t\r\n"), text[i]) < 0 {
		i++
	}
	return i
}

// nestedEnd returns the offset after the object or list that starts at i, in valid JSON.
func nestedEnd(text []byte, i int) int {
	for depth := 0; ; {
		switch text[i] {
		case '"':
			i = stringEnd(text, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if i++; depth == 0 {
			return i
		}
	}
}
