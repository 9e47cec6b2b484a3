package lint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/goname"
)

// These rules never print a value.

var (
	secretWords   = []string{"secret", "password", "passwd", "pwd", "passphrase", "token", "apikey", "credential", "credentials", "pat"}
	passwordWords = []string{"password", "passwd", "pwd", "passphrase", "pin", "secret"}
	keyWords      = []string{"api", "private", "access", "secret", "shared", "subscription", "encryption", "signing", "master"}
)

// looksSecret reports whether a key names a secret: by its last word, or as a kind
// of key by its last two.
func looksSecret(key string) bool {
	words := goname.Words(strings.TrimSpace(key))
	n := len(words)
	if n == 0 {
		return false
	}
	last := strings.ToLower(words[n-1])
	return slices.Contains(secretWords, last) ||
		n > 1 && last == "key" && slices.Contains(keyWords, strings.ToLower(words[n-2]))
}

// looksPassword reports whether a create field holds a password.
func looksPassword(key string) bool {
	words := goname.Words(key)
	return len(words) > 0 && slices.Contains(passwordWords, strings.ToLower(words[len(words)-1]))
}

func isSecretType(itemType string) bool {
	return itemType == schema.ItemSecret || itemType == schema.ItemSecretTextArea
}

func secretTypedAsText(p *pass) {
	open := []string{schema.ItemText, schema.ItemTextArea, schema.ItemURL, schema.ItemList}
	for _, e := range p.items {
		if !looksSecret(e.Key) || !slices.Contains(open, e.Type) {
			continue
		}
		better := schema.ItemSecret
		if e.Type == schema.ItemTextArea {
			better = schema.ItemSecretTextArea
		}
		p.at(e.Pointer.Member("type"), fmt.Sprintf("use the type %q", better), "%q looks like a secret, and a %s item shows it to everyone who opens the source", e.Key, e.Type)
	}
}

func initialValueForSecret(p *pass) {
	for _, v := range p.InitialValues {
		if p.isSecretValue(v) {
			p.name(v.Pointer, "remove it", "%q is a secret, and everyone who has the spec can read its initial value", v.Key)
		}
	}
}

// isSecretValue reports whether an initial value gives a secret away.
func (p *pass) isSecretValue(v schema.InitialValue) bool {
	if k := kindOf(v.Value); k != '"' && k != '0' || string(v.Value) == `""` {
		return false
	}
	e := p.item(v.Key)
	return e != nil && isSecretType(e.Type) || looksSecret(v.Key)
}

func staticPassword(p *pass) {
	for _, f := range p.fields() {
		if isStaticPassword(f) {
			p.name(valueOf(f, "value"), `use the generator "Create Password"`,
				"every account gets the same %q, and everyone who has the spec can read it", f.Key)
		}
	}
}

// isStaticPassword reports whether a field gives all accounts one password, which
// no expression makes.
func isStaticPassword(f schema.Field) bool {
	if f.InitialValue == nil || f.InitialValue.Type != schema.ValueStatic || !looksPassword(f.Key) {
		return false
	}
	var text string
	return json.Unmarshal(f.InitialValue.Value, &text) == nil && text != "" && !strings.HasPrefix(text, "$")
}

// Secrets returns the values of a spec that no output may show: passwords in the
// create template, and initial values of secrets.
func Secrets(spec *schema.Spec) []schema.Pointer {
	p := &pass{Spec: spec, index: newIndex(spec)}
	var secrets []schema.Pointer
	for _, v := range p.InitialValues {
		if p.isSecretValue(v) {
			secrets = append(secrets, v.Pointer)
		}
	}
	for _, f := range p.fields() {
		if isStaticPassword(f) {
			secrets = append(secrets, valueOf(f, "value"))
		}
	}
	return secrets
}
