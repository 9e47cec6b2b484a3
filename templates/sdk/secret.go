package sdk

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

const redacted = "[redacted]"

// A Secret is a text that must not be seen: it prints, logs and marshals as
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
func (Secret) String() string { return redacted }

// Format prints "[redacted]" for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue logs "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives "[redacted]", in JSON too.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalJSON takes the text of a JSON string or number; null is not set.
func (s *Secret) UnmarshalJSON(data []byte) error {
	text, err := jsontext.ReadText(data)
	*s = Secret{}
	if err == nil && !jsontext.IsNull(data) {
		*s = NewSecret(text)
	}
	return err
}

// passwordWords end the names of passwords. The generator has the same list: it gives the
// fields of such names their type.
var passwordWords = []string{"password", "passwd", "pwd", "passphrase", "pin", "secret"}

// namesPassword reports whether the last word of a member's name is that of a password.
func namesPassword(name string) bool {
	name = strings.TrimRightFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range passwordWords {
		start := len(name) - len(word)
		if start >= 0 && strings.EqualFold(name[start:], word) && beginsWord(name, start) {
			return true
		}
	}
	return false
}

// beginsWord reports whether a word of a name begins at an offset: after a sign, or with a
// capital that follows a small letter or comes before one.
func beginsWord(name string, start int) bool {
	before, _ := utf8.DecodeLastRuneInString(name[:start])
	first, second := rune(name[start]), rune(name[start+1])
	switch {
	case start == 0, !unicode.IsLetter(before) && !unicode.IsDigit(before):
		return true
	case !unicode.IsUpper(first):
		return false
	}
	return !unicode.IsUpper(before) || unicode.IsLower(second)
}
