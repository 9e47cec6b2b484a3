package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Format is for generated code. It prints a config or card as fmt prints structs, except
// that it redacts the user info in URLs and follows pointers to numbers. c is a copy, which
// it changes.
func Format(c Configured, f fmt.State, verb rune) {
	v := redacted(c)
	goSyntax := verb == 'v' && f.Flag('#')
	named := goSyntax || verb == 'v' && f.Flag('+')
	separator := " "
	if goSyntax {
		separator = ", "
		_, _ = fmt.Fprint(f, v.Type())
	}
	_, _ = fmt.Fprint(f, "{")
	for i := range v.NumField() {
		if i > 0 {
			_, _ = fmt.Fprint(f, separator)
		}
		if named {
			_, _ = fmt.Fprint(f, v.Type().Field(i).Name, ":")
		}
		field := v.Field(i)
		if field.Kind() == reflect.Pointer && !field.IsNil() {
			field = field.Elem()
		}
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), field.Interface())
	}
	_, _ = fmt.Fprint(f, "}")
}

// Marshal is for generated code. It encodes a config or card as encoding/json encodes
// structs, without the user info in its URLs. c is a copy, which it changes.
func Marshal(c Configured) ([]byte, error) {
	v := redacted(c)
	var b bytes.Buffer
	for i := range v.NumField() {
		separator := ","
		if i == 0 {
			separator = "{"
		}
		value, err := json.Marshal(v.Field(i).Interface())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s%q:%s", separator, v.Type().Field(i).Name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// redacted takes the user info out of the URLs of a config or card, whose other values
// redact themselves.
func redacted(c Configured) reflect.Value {
	c.ConfigItems(&Items{redacting: true})
	return reflect.ValueOf(c).Elem()
}
