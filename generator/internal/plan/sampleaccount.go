package plan

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/schema"
)

// A SampleKind says what a sample of an account's field holds. No other account has the new
// values.
type SampleKind int

// The kinds.
const (
	SampleText      SampleKind = iota // a new text
	SampleEmail                       // a new e-mail address
	SamplePassword                    // a password
	SampleBool                        // true
	SampleNumber                      // any number
	SampleNewNumber                   // a new number
	SampleStatic                      // the create template's value
)

// A FieldSample is the sample value of a field of an account.
type FieldSample struct {
	Field  *Field
	Kind   SampleKind
	Static json.RawMessage // of SampleStatic
}

// sampleOf returns the sample of a field that takes any value of its type.
func (p *Package) sampleOf(f *Field) FieldSample {
	s := FieldSample{Field: f}
	switch f.Type {
	case SecretField:
		s.Kind = SamplePassword
	case BoolField, BoolsField:
		s.Kind = SampleBool
	case IntField, IntsField:
		s.Kind = SampleNumber
		if p.Account != nil && f.Name == p.Account.Identity.Name {
			s.Kind = SampleNewNumber
		}
	default:
		if isEmail(f.Name) {
			s.Kind = SampleEmail
		}
	}
	return s
}

func isEmail(name string) bool {
	words := goname.Words(name)
	return len(words) > 0 && slices.Contains([]string{"email", "mail", "upn"}, strings.ToLower(words[len(words)-1]))
}

// SmallestCreate returns the attributes from which an account can be created: the
// attributes that are required, or else those that name an account, or else the first.
func (p *Package) SmallestCreate() []FieldSample {
	fields := p.Create.Attributes.Fields
	naming := make(map[string]bool)
	for _, f := range p.Account.Attributes.Fields {
		naming[f.Name] = f.Required // the identity and display attributes, and the required ones
	}
	for _, suits := range []func(*Field) bool{
		func(f *Field) bool { return f.Required },
		func(f *Field) bool { return naming[f.Name] },
	} {
		if some := p.samplesOf(fields, suits); len(some) > 0 {
			return some
		}
	}
	return p.samplesOf(fields[:min(1, len(fields))], func(*Field) bool { return true })
}

func (p *Package) samplesOf(fields []*Field, suits func(*Field) bool) []FieldSample {
	var samples []FieldSample
	for _, f := range fields {
		if suits(f) {
			samples = append(samples, p.sampleOf(f))
		}
	}
	return samples
}

// TemplateCreate returns what ISC sends to create an account: all fields of the create
// template, with its static values. Without a template it is [Package.SmallestCreate].
func (p *Package) TemplateCreate() []FieldSample {
	t := p.Spec.AccountCreateTemplate
	if t == nil || len(t.Fields) == 0 {
		return p.SmallestCreate()
	}
	inTemplate := make(map[string]schema.Field)
	for _, f := range t.DistinctFields() {
		inTemplate[f.Key] = f
	}
	samples := p.samplesOf(p.Create.Attributes.Fields, func(f *Field) bool {
		_, ok := inTemplate[f.Name]
		return ok
	})
	for i := range samples {
		if v := inTemplate[samples[i].Field.Name].InitialValue; v != nil && v.Type == schema.ValueStatic && samples[i].Field.takes(v.Value) {
			samples[i].Kind, samples[i].Static = SampleStatic, v.Value
		}
	}
	return samples
}

// takes reports whether a field accepts a static value of the template. It rejects expressions,
// empty texts for required fields, and passwords of the spec.
func (f *Field) takes(raw json.RawMessage) bool {
	text, ok := scalar(raw)
	switch {
	case !ok || strings.HasPrefix(text, "$") || text == "" && f.Required:
		return false
	case f.Type == SecretField || f.Type == IntField && LooksPassword(f.Name):
		return false
	case f.Type == BoolField || f.Type == BoolsField:
		return text == "true" || text == "false"
	case f.Type == IntField || f.Type == IntsField:
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	}
	return true
}

// SampleUpdate returns the field that a sample of an update sets, nil if none suits: one that
// the create template lists, so the source takes it, or that the schema calls writable, and
// only then any other. It neither identifies the account nor holds a password or an
// entitlement.
func (p *Package) SampleUpdate() *FieldSample {
	s := p.Spec.AccountSchema
	if p.Update == nil || s == nil {
		return nil
	}
	inTemplate, inSchema := make(map[string]bool), make(map[string]schema.Attribute)
	if t := p.Spec.AccountCreateTemplate; t != nil {
		for _, f := range t.Fields {
			inTemplate[f.Key] = true
		}
	}
	for _, a := range s.DistinctAttributes() {
		inSchema[a.Name] = a
	}
	suits := func(f *Field) bool {
		a, ok := inSchema[f.Name]
		return ok && f.Name != s.IdentityAttribute && f.Type != SecretField && !a.Entitlement
	}
	isText := func(f *Field) bool { return f.Type == StringField && f.Name != s.DisplayAttribute }
	for _, prefers := range []func(*Field) bool{
		func(f *Field) bool { return inSchema[f.Name].Writable && isText(f) },
		func(f *Field) bool { return inTemplate[f.Name] && isText(f) },
		func(f *Field) bool { return inSchema[f.Name].Writable },
		func(f *Field) bool { return inTemplate[f.Name] && f.Name != s.DisplayAttribute },
		isText,
		func(*Field) bool { return true },
	} {
		if some := p.samplesOf(p.Update.Fields, func(f *Field) bool { return suits(f) && prefers(f) }); len(some) > 0 {
			return &some[0]
		}
	}
	return nil
}
