package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrNotJSON is the failure of text that is not JSON.
var ErrNotJSON = errors.New("is not JSON")

// Malformed returns what is wrong with text that encoding/json refuses to read as any
// value: it is nested deeper than that goes, or not JSON.
func Malformed(err error) error {
	if strings.Contains(err.Error(), "exceeded max depth") { // the error has no type of its own
		return fmt.Errorf("is nested more than %d levels deep", maxDepth)
	}
	return ErrNotJSON
}

// Problem says why a text is not JSON, and where; it returns "" for JSON. It shows nothing of the
// text, which may be secret.
func Problem(text []byte) string {
	var syntax *json.SyntaxError
	err := json.Unmarshal(text, new(json.RawMessage))
	switch {
	case err == nil:
		return ""
	case len(bytes.TrimSpace(text)) == 0:
		return "is empty"
	case !errors.As(err, &syntax):
		return Malformed(err).Error()
	case strings.HasPrefix(err.Error(), "unexpected end"): // the error has no type of its own
		return ErrNotJSON.Error() + ": it ends too early"
	}
	line, column := position(text[:max(syntax.Offset-1, 0)])
	return fmt.Sprintf("%v: see line %d, column %d", Malformed(err), line, column)
}

// position returns the line and column of what follows a text, from 1 on. Columns count characters.
func position(before []byte) (line, column int) {
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// IsEmptyText reports whether a value is the empty text.
func IsEmptyText(raw json.RawMessage) bool { return string(raw) == `""` }

// IsNull reports whether a value is null or missing.
func IsNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// KindOf names the kind of a JSON value for messages, never the value itself:
// it may be a secret.
func KindOf(raw json.RawMessage) string {
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

// ReadText reads a value as text. Numbers and booleans arrive for text attributes too:
// numbers become what [NumberText] says.
func ReadText(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch KindOf(raw) {
	case "a string":
		if isVerbatim(raw) {
			return string(raw[1 : len(raw)-1]), nil
		}
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case "a number":
		return NumberText(string(raw)), nil
	case "a boolean":
		return string(raw), nil
	case "null", "nothing":
		return "", nil
	}
	return "", fmt.Errorf("must be a string, not %s", KindOf(raw))
}

// ReadBool reads true, false and their texts.
func ReadBool(raw json.RawMessage) (bool, error) {
	text, err := ReadText(raw)
	if err == nil {
		switch text {
		case "true", "True", "TRUE":
			return true, nil
		case "false", "False", "FALSE":
			return false, nil
		}
	}
	return false, fmt.Errorf("must be true or false, not %s", Describe(raw))
}

// ReadInt reads whole numbers and their texts, exact to 64 bits.
func ReadInt(raw json.RawMessage) (int64, error) {
	text := string(bytes.TrimSpace(raw))
	if KindOf(raw) == "a string" {
		text, _ = ReadText(raw)
		text = strings.TrimSpace(text)
	}
	n, err := parseInt(text)
	if errors.Is(err, errNoNumber) {
		return 0, fmt.Errorf("must be a whole number, not %s", Describe(raw))
	}
	return n, err
}

// ReadAnyText reads a value of any kind as text: an object or a list as its JSON.
func ReadAnyText(raw json.RawMessage) (string, error) {
	switch KindOf(raw) {
	case "an object", "a list":
		return string(AppendNormal(nil, raw)), nil
	}
	return ReadText(raw)
}

// ReadList reads a list, or a bare value as a list of one. The empty text, which forms
// send for a list that is not filled in, is an empty one, and null in a list is left out.
func ReadList[T any](raw json.RawMessage, read func(json.RawMessage) (T, error)) ([]T, error) {
	if IsEmptyText(raw) {
		return []T{}, nil
	}
	raws, err := Elements(raw)
	if err != nil {
		return nil, err
	}
	list := make([]T, 0, len(raws))
	for i, raw := range raws {
		if IsNull(raw) {
			continue
		}
		v, err := read(raw)
		if err != nil {
			return nil, fmt.Errorf("value %d %w", i+1, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// Describe names a value's kind; a string that should have been something else
// is called so.
func Describe(raw json.RawMessage) string {
	if KindOf(raw) == "a string" {
		return "another text"
	}
	return KindOf(raw)
}

// Elements splits a list into its values; a bare value counts as a list of one,
// null as an empty one.
func Elements(raw json.RawMessage) ([]json.RawMessage, error) {
	if IsNull(raw) {
		return nil, nil
	}
	if KindOf(raw) != "a list" {
		return []json.RawMessage{raw}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, Malformed(err)
	}
	return list, nil
}

// ReadValue reads any value, numbers exactly as they are written.
func ReadValue(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, Malformed(err)
	}
	return v, nil
}
