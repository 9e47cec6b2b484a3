package schema

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/nearest"
)

const discoverSchema = "std:account:discover-schema"

// checkNames reports names that contradict one another, so no working Go code can be made
// of them.
func checkNames(s *Spec, r *reporter) {
	if s.AccountSchema != nil {
		checkIdentityAttribute(s, r)
		checkAttributes(s.AccountSchema, r)
	}
	checkSurrogates(s, r)
	checkEntitlementTypes(s, r)
	for _, e := range s.EntitlementSchemas {
		checkAttributes(e, r)
	}
	checkConfigKeys(s, r)
}

// checkSurrogates reports names with half of a surrogate pair, an escape that stands for no
// character. No Go string can hold them, so they cannot be sent unchanged.
func checkSurrogates(s *Spec, r *reporter) {
	if text := s.File.strict; !bytes.Contains(text, []byte(`\ud`)) && !bytes.Contains(text, []byte(`\uD`)) {
		return // it has no surrogates at all
	}
	for at := range s.wireNames() {
		p := at
		for _, member := range []string{"name", "key", "type", "value"} {
			if s.File.Has(at.Member(member)) {
				p = at.Member(member)
				break
			}
		}
		if escape, ok := loneSurrogate(s.File.Raw(p)); ok {
			r.value(p, Error, ruleSchema, fmt.Sprintf("name has %s, half of a surrogate pair, which is not a character", escape), "write the character, or both halves")
		}
	}
}

// loneSurrogate returns the first escape of a JSON string that is half of a surrogate
// pair without its other half.
func loneSurrogate(raw []byte) (escape string, ok bool) {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		first := escaped(raw[i:])
		if first < 0 {
			i++ // an escape of one character
			continue
		}
		if !utf16.IsSurrogate(first) {
			i += 5
			continue
		}
		if second := escaped(raw[i+6:]); second < 0 || utf16.DecodeRune(first, second) == utf8.RuneError {
			return string(raw[i : i+6]), true
		}
		i += 11
	}
	return "", false
}

// escaped returns the code unit of an escape such as \u00e9 at the start of a text, or -1
// if there is none.
func escaped(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// checkIdentityAttribute reports an account schema whose accounts would never have an ID.
// It is silent if the name, the attributes or the commands are wrong in themselves:
// correcting them may be enough.
func checkIdentityAttribute(s *Spec, r *reporter) {
	p := s.AccountSchema.Pointer.Member("identityAttribute")
	identity, attributes := s.File.value(p), s.File.value(s.AccountSchema.Pointer.Member("attributes"))
	commands := s.File.value("/commands")
	if identity == nil || identity.kind != '"' || attributes == nil || attributes.kind != '[' ||
		commands == nil || commands.kind != '[' || s.IsDynamic() {
		return
	}
	names := make([]string, 0, len(attributes.elements))
	for _, a := range s.AccountSchema.Attributes {
		if a.Name == identity.text && a.Name != "" {
			return
		}
		names = append(names, a.Name)
	}
	if len(names) < len(attributes.elements) || slices.Contains(names, "") {
		return
	}
	message := fmt.Sprintf("identityAttribute names %s, which accountSchema does not have", quoted(identity.text))
	if identity.text == "" {
		message = "identityAttribute names no attribute of accountSchema"
	}
	r.value(p, Error, ruleIdentityMissing, message, attributeHint(identity.text, names))
	if near := nearest.Name(identity.text, names); near != "" {
		r.fix("write "+quoted(near), r.file.Replace(p, literal(near)))
	}
}

// maxListed is the number of attributes that a hint lists.
const maxListed = 12

func attributeHint(name string, names []string) string {
	if len(names) == 0 {
		return fmt.Sprintf("add the attribute, or list %q in commands", discoverSchema)
	}
	listed := make([]string, 0, maxListed)
	for _, n := range names[:min(len(names), maxListed)] {
		listed = append(listed, quoted(n))
	}
	if more := len(names) - len(listed); more > 0 {
		listed = append(listed, fmt.Sprintf("and %d more", more))
	}
	hint := "the attributes are " + strings.Join(listed, ", ")
	if near := nearest.Name(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %s? ", quoted(near)) + hint
	}
	return hint
}

// checkAttributes reports attributes that occur twice with differences that affect their Go type.
func checkAttributes(schema *ObjectSchema, r *reporter) {
	comparable := AttributeTypes() // others are reported elsewhere
	first := make(map[string]*Attribute, len(schema.Attributes))
	for i := range schema.Attributes {
		a := &schema.Attributes[i]
		if a.Name == "" || !slices.Contains(comparable, a.Type) {
			continue
		}
		b, ok := first[a.Name]
		if !ok {
			first[a.Name] = a
			continue
		}
		if a.Type == b.Type && a.Multi == b.Multi {
			continue
		}
		name, first := a.Pointer.Member("name"), b.Pointer.Member("name")
		r.conflict(name, first, ruleAttributeConflict,
			fmt.Sprintf("attribute %s is %s here and %s in line %d", quoted(a.Name), shape(a), shape(b), r.file.Place(first).Line),
			"remove one of the two")
	}
}

// shape describes an attribute as far as its Go type depends on it.
func shape(a *Attribute) string {
	if a.Multi {
		return "multi-valued " + a.Type
	}
	return "single-valued " + a.Type
}

func checkEntitlementTypes(s *Spec, r *reporter) {
	first := make(map[string]Pointer, len(s.EntitlementSchemas))
	for _, e := range s.EntitlementSchemas {
		if e.Type == "" {
			continue
		}
		p := e.Pointer.Member("type")
		if before, ok := first[e.Type]; ok {
			r.conflict(p, before, ruleEntitlementType,
				fmt.Sprintf("entitlement type %s has a schema already, in line %d", quoted(e.Type), r.file.Place(before).Line),
				"merge the two schemas")
			if EqualJSON(r.file.Raw(e.Pointer), r.file.Raw(before.Parent())) {
				r.safeFix("remove the second, which is the same", r.file.Remove(e.Pointer))
			}
			continue
		}
		first[e.Type] = p
	}
}

// checkConfigKeys checks each scope of keys: the top level, and each card.
func checkConfigKeys(s *Spec, r *reporter) {
	checkScope(slices.Collect(s.ConfigItems()), r)
}

// maxSameKey bounds the items with the same key that another one is compared with; a form has only
// a few alternatives for one value.
const maxSameKey = 100

func checkScope(items []*Entry, r *reporter) {
	sameKey := make(map[string][]*Entry, len(items))
	for _, e := range items {
		if len(e.SubMenus) > 0 {
			checkScope(slices.Collect(e.CardItems()), r)
		}
		if e.Key == "" || e.Type == "" {
			continue
		}
		earlier := sameKey[e.Key]
		i := slices.IndexFunc(earlier, func(b *Entry) bool { return b.Type != e.Type && !b.AlternativeTo(e) })
		if i < 0 {
			if len(earlier) < maxSameKey {
				sameKey[e.Key] = append(earlier, e)
			}
			continue
		}
		first := earlier[i].Pointer.Member("key")
		r.conflict(e.Pointer.Member("key"), first, ruleConfigKeyConflict,
			fmt.Sprintf("config key %s belongs to a %s item here and to a %s item in line %d",
				quoted(e.Key), quoted(e.Type), quoted(earlier[i].Type), r.file.Place(first).Line),
			"rename one of the two, or give them the same parentKey and different parentValues")
	}
}
