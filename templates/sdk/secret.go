package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// A Secret is a text that must not be shown: it prints, logs and marshals as
// "[redacted]" with every verb and at every depth. Reveal gives the text.
type Secret struct {
	// A pointer, since fmt prints the fields of unexported struct members
	// without asking for their methods.
	text *string
}

// NewSecret returns the secret that holds a text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text, "" when the secret is not set.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether the secret holds a text that is not empty.
func (s Secret) IsSet() bool { return s.Reveal() != "" }

// String returns "[redacted]".
func (Secret) String() string { return redact.Text }

// Format prints "[redacted]" for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redact.Text) }

// LogValue logs "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redact.Text) }

// MarshalText gives "[redacted]", in JSON too.
func (Secret) MarshalText() ([]byte, error) { return []byte(redact.Text), nil }

// UnmarshalJSON takes the text of a JSON string or number; null is not set.
func (s *Secret) UnmarshalJSON(data []byte) error {
	text, err := jsontext.ReadText(data)
	*s = Secret{}
	if err == nil && !jsontext.IsNull(data) {
		*s = NewSecret(text)
	}
	return err
}

// A SecretJSON is a JSON value that must not be shown: it prints, logs and marshals as
// "[redacted]" with every verb and at every depth. Reveal gives the JSON, and Decode reads
// it. The zero SecretJSON is not set, as is that of a key that a map does not have.
type SecretJSON struct {
	// A pointer to a text, since fmt may print what a pointer to a slice points to.
	text *string
}

// NewSecretJSON returns the secret that holds a JSON value.
func NewSecretJSON(raw json.RawMessage) SecretJSON {
	text := string(raw)
	return SecretJSON{text: &text}
}

// Reveal returns the JSON, nil when the secret is not set.
func (s SecretJSON) Reveal() json.RawMessage {
	if s.text == nil {
		return nil
	}
	return json.RawMessage(*s.text)
}

// IsSet reports whether the secret holds a value, which may be null.
func (s SecretJSON) IsSet() bool { return s.text != nil }

// Decode reads the value into what v points to, as [json.Unmarshal] does. Its errors do
// not show the value.
func (s SecretJSON) Decode(v any) error {
	raw := s.Reveal()
	if raw == nil {
		return errors.New("is not set")
	}
	if json.Unmarshal(raw, v) != nil { // whose error may quote the value
		return fmt.Errorf("is %s that %T cannot hold", jsontext.KindOf(raw), v)
	}
	return nil
}

// String returns "[redacted]".
func (SecretJSON) String() string { return redact.Text }

// Format prints "[redacted]" for every verb.
func (SecretJSON) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redact.Text) }

// LogValue logs "[redacted]".
func (SecretJSON) LogValue() slog.Value { return slog.StringValue(redact.Text) }

// MarshalText gives "[redacted]", in JSON too.
func (SecretJSON) MarshalText() ([]byte, error) { return []byte(redact.Text), nil }

// UnmarshalJSON takes any value.
func (s *SecretJSON) UnmarshalJSON(data []byte) error {
	*s = NewSecretJSON(data)
	return nil
}
