package plan

import (
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
)

// These lists decide the types of generated fields: another word changes the code of
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

// IsSecretItem reports whether a config item holds a secret: by its type, by the type of its
// values, or, for a text, by its key.
func IsSecretItem(e *schema.Entry) bool {
	switch e.Type {
	case schema.ItemSecret, schema.ItemSecretTextArea, schema.ItemPassword:
		return true
	case schema.ItemText, schema.ItemTextArea:
		return LooksSecret(e.Key)
	case schema.ItemKeyValue:
		return e.KeyValueValue != nil && IsSecretItem(&schema.Entry{Type: e.KeyValueValue.Type, Key: e.KeyValueValue.Key})
	}
	return false
}

// SecretItems returns the keys of config items that hold secrets, sorted. Equal keys of several
// scopes count as one: a key that is secret anywhere is secret everywhere.
func SecretItems(spec *schema.Spec) []string {
	var keys []string
	var walk func(entries []*schema.Entry)
	walk = func(entries []*schema.Entry) {
		for _, e := range entries {
			if e.IsItem() && e.Key != "" && IsSecretItem(e) {
				keys = append(keys, e.Key)
			}
			walk(e.Items)
			for _, m := range e.SubMenus {
				walk(m.Items)
			}
		}
	}
	walk(spec.SourceConfig)
	return sorted(keys)
}

// Passwords decides which texts hold passwords: those with such names, and those that the template
// has ISC generate. Names and entitlements are never passwords. If the attributes are discovered,
// and no template lists what a create sends, the usual name is one.
func Passwords(spec *schema.Spec) []string {
	var names []string
	account, template := spec.AccountSchema, spec.AccountCreateTemplate
	other := make(map[string]bool) // names of the schema that the template cannot make passwords
	if account != nil {
		for i := range account.Attributes {
			a := &account.Attributes[i]
			if isPassword(account, a) {
				names = append(names, a.Name)
			} else if template != nil && len(template.Fields) > 0 {
				other[a.Name] = a.Type != schema.TypeString || a.Multi || a.Entitlement || isNaming(account, a.Name)
			}
		}
	}
	if template != nil {
		for _, f := range template.Fields {
			generated := f.InitialValue != nil && f.InitialValue.Type == schema.ValueGenerator && f.InitialValue.Name == schema.CreatePassword
			if f.Key != "" && f.Type == schema.TypeString && !f.IsMultiValued && !other[f.Key] && (generated || LooksPassword(f.Key)) {
				names = append(names, f.Key)
			}
		}
	}
	if len(names) == 0 && (account == nil || len(account.Attributes) == 0) && (template == nil || len(template.Fields) == 0) {
		names = []string{"password"}
	}
	return sorted(names)
}

func isPassword(s *schema.ObjectSchema, a *schema.Attribute) bool {
	return a.Type == schema.TypeString && !a.Multi && !a.Entitlement && !isNaming(s, a.Name) && LooksPassword(a.Name)
}

// isNaming reports whether an attribute identifies or displays the objects of a schema.
func isNaming(s *schema.ObjectSchema, name string) bool {
	return name == s.IdentityAttribute || name == s.DisplayAttribute
}

// accountFieldType is the type of a field of an account or a create: that of any
// attribute, except for passwords.
func (p *planner) accountFieldType(name, specType string, multi bool) FieldType {
	t := fieldType(specType, multi)
	if _, found := slices.BinarySearch(p.pkg.Passwords, name); found && t == StringField {
		return SecretField
	}
	return t
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
