package rest

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"

	"github.com/conngen/conngen/templates/sdk"
)

// textOf returns the text of a value in a URL or a header, and whether it is a secret. The
// text of nil is "".
func textOf(value any) (text string, secret bool) {
	switch v := deref(value).(type) {
	case nil:
		return "", false
	case string:
		return v, false
	case sdk.Secret:
		return v.Reveal(), true
	case sdk.SecretJSON:
		return string(v.Reveal()), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), false // not 1e+06
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32), false
	case encoding.TextMarshaler: // such as a time
		if text, err := v.MarshalText(); err == nil {
			return string(text), false
		}
		return fmt.Sprint(v), false
	default:
		if raw := reflect.ValueOf(v); isBytes(raw.Type()) {
			return string(raw.Bytes()), false
		}
		return fmt.Sprint(v), false
	}
}

// deref follows a pointer, unless the pointer type itself has a text. A nil pointer gives nil.
func deref(value any) any {
	for {
		v := reflect.ValueOf(value)
		if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
			return nil
		}
		if v.Kind() != reflect.Pointer {
			return value
		}
		to := v.Elem().Interface()
		if _, ok := to.(encoding.TextMarshaler); !ok && v.Elem().Kind() == reflect.Struct {
			return value
		}
		value = to
	}
}

// flat replaces lists by their elements, and drops nils.
func flat(values []any) []any {
	var all []any
	for _, value := range values {
		value = deref(value)
		v := reflect.ValueOf(value)
		_, text := value.(encoding.TextMarshaler)
		switch {
		case value == nil:
		case !text && (v.Kind() == reflect.Slice || v.Kind() == reflect.Array) && !isBytes(v.Type()):
			elements := make([]any, v.Len())
			for i := range elements {
				elements[i] = v.Index(i).Interface()
			}
			all = append(all, flat(elements)...)
		default:
			all = append(all, value)
		}
	}
	return all
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}
