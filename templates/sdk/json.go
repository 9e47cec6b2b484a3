package sdk

import "github.com/conngen/conngen/templates/sdk/internal/jsontext"

// appendValue appends any value as JSON, for people to read: without secrets.
func appendValue(b []byte, v any) ([]byte, error) { return appendNested(b, v, 0, hideSecrets) }

// appendNested appends a value that is depth values deep in others.
func appendNested(b []byte, v any, depth int, secrets secrecy) ([]byte, error) {
	return jsontext.AppendValue(b, v, depth, appendWired[secrets])
}

// appendWired appends values of [Wired] types, by what becomes of their secrets.
var appendWired = [...]jsontext.Other{hideSecrets: appendWiredWith(hideSecrets), secretFields: appendWiredWith(secretFields), allSecrets: appendWiredWith(allSecrets)}

func appendWiredWith(secrets secrecy) jsontext.Other {
	return func(b []byte, v any, depth int) (out []byte, ok bool, err error) {
		switch v := v.(type) {
		case Wired:
			nested := Fields{depth: depth, secrets: secrets}
			out, err = nested.encode(b, v)
			return out, true, err
		case Secret:
			if secrets == allSecrets {
				return jsontext.AppendString(b, v.Reveal()), true, nil
			}
		case SecretJSON:
			if secrets == allSecrets {
				out, err = jsontext.AppendRaw(b, v.Reveal())
				return out, true, err
			}
		}
		return b, false, nil
	}
}
