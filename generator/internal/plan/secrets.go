package plan

import (
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
)

// These lists decide about types of generated fields: a word more changes the code of
// everyone whose spec has it.
var (
	secretWords   = []string{"secret", "password", "passwd", "pwd", "passphrase", "token", "apikey", "credential", "credentials", "pat"}
	passwordWords = []string{"password", "passwd", "pwd", "passphrase", "pin", "secret"}
	keyWords      = []string{"api", "private", "access", "secret", "shared", "subscription", "encryption", "signing", "master"}
)

// LooksSecret reports whether the key of a config item names a secret: by its last
// word, or as a kind of key by its last two.
func LooksSecret(key string) bool {
	words := goname.Words(strings.TrimSpace(key))
	n := len(words)
	if n == 0 {
		return false
	}
	last := strings.ToLower(words[n-1])
	return slices.Contains(secretWords, last) ||
		n > 1 && last == "key" && slices.Contains(keyWords, strings.ToLower(words[n-2]))
}

// LooksPassword reports whether the name of a create field or attribute names a
// password, by its last word.
func LooksPassword(name string) bool {
	words := goname.Words(name)
	return len(words) > 0 && slices.Contains(passwordWords, strings.ToLower(words[len(words)-1]))
}

// isSecretItem reports whether a config item holds a secret: by its type, by the type
// of its values, or, where it is a text, by its key.
func isSecretItem(e *schema.Entry) bool {
	switch e.Type {
	case schema.ItemSecret, schema.ItemSecretTextArea, schema.ItemPassword:
		return true
	case schema.ItemText, schema.ItemTextArea:
		return LooksSecret(e.Key)
	case schema.ItemKeyValue:
		return e.KeyValueValue != nil && isSecretItem(&schema.Entry{Type: e.KeyValueValue.Type, Key: e.KeyValueValue.Key})
	}
	return false
}

// secrets collects the keys of config items that hold secrets. Keys of several scopes
// are one: what is secret anywhere is treated so everywhere.
func (p *planner) secrets() {
	var walk func(entries []*schema.Entry)
	walk = func(entries []*schema.Entry) {
		for _, e := range entries {
			if e.IsItem() && e.Key != "" && isSecretItem(e) {
				p.pkg.Secrets = append(p.pkg.Secrets, e.Key)
			}
			walk(e.Items)
			for _, m := range e.SubMenus {
				walk(m.Items)
			}
		}
	}
	walk(p.spec.SourceConfig)
	p.pkg.Secrets = sorted(p.pkg.Secrets)
}

// passwords collects the names of texts that hold passwords. Where the attributes are
// left to discovery, and no template lists what a create sends, it is the usual name.
func (p *planner) passwords() {
	if p.pkg.Create != nil && len(p.pkg.Create.Attributes.Fields) == 0 {
		p.pkg.Passwords = append(p.pkg.Passwords, "password")
	}
	if t := p.spec.AccountCreateTemplate; t != nil {
		for _, f := range t.Fields {
			generated := f.InitialValue != nil && f.InitialValue.Type == schema.ValueGenerator && f.InitialValue.Name == schema.CreatePassword
			if generated || f.Type == schema.TypeString && LooksPassword(f.Key) {
				p.pkg.Passwords = append(p.pkg.Passwords, f.Key)
			}
		}
	}
	if s := p.spec.AccountSchema; s != nil {
		for _, a := range s.Attributes {
			if a.Type == schema.TypeString && LooksPassword(a.Name) {
				p.pkg.Passwords = append(p.pkg.Passwords, a.Name)
			}
		}
	}
	p.pkg.Passwords = sorted(p.pkg.Passwords)
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
