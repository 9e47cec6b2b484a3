package sdk

import "github.com/conngen/conngen/templates/sdk/internal/jsontext"

// appendValue appends any value as JSON.
func appendValue(b []byte, v any) ([]byte, error) { return appendNested(b, v, 0) }

// appendNested appends a value that is depth values deep in others.
func appendNested(b []byte, v any, depth int) ([]byte, error) {
	return jsontext.AppendValue(b, v, depth, appendWired)
}

// appendWired appends values of [Wired] types.
func appendWired(b []byte, v any, depth int) (out []byte, ok bool, err error) {
	wired, ok := v.(Wired)
	if !ok {
		return b, false, nil
	}
	nested := Fields{depth: depth}
	out, err = nested.encode(b, wired)
	return out, true, err
}
