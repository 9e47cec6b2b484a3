package memory

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A sampler makes values for the objects of one type, the same ones every time.
type sampler struct {
	spec       sdk.Spec
	entitled   bool // the objects are entitlements
	identity   string
	hierarchy  string
	attributes []sdk.SchemaAttribute
}

// samplerOf returns the sampler of an entitlement type, or of accounts for "".
func samplerOf(spec sdk.Spec, objectType string) sampler {
	if e, ok := entitlement(spec, objectType); ok {
		return sampler{spec, true, e.IdentityAttribute, e.HierarchyAttribute, e.Attributes}
	}
	a := spec.AccountSchema()
	return sampler{spec, false, a.IdentityAttribute, "", a.Attributes}
}

// entitlement returns the schema of an entitlement type.
func entitlement(spec sdk.Spec, objectType string) (sdk.EntitlementSchema, bool) {
	for _, e := range spec.Entitlements {
		if e.Type == objectType {
			return e, true
		}
	}
	return sdk.EntitlementSchema{}, false
}

// The numbers of sample objects.
const (
	sampleAccounts     = 10
	sampleEntitlements = 5 // of a type
)

// Samples is for generated code. It returns a function that makes the attributes of the sample
// objects of an entitlement type, or of accounts where objectType is "": the same ones every
// time, with values that look as the attributes' names suggest. Entitlement attributes of
// accounts name sample entitlements.
func Samples[A any, P interface {
	*A
	sdk.Wired
}](spec sdk.Spec, objectType string) func() []A {
	return func() []A { return samples[A, P](spec, objectType, samplerOf(spec, objectType).count()) }
}

// count returns the number of samples. Of accounts that true and false tell apart there is
// one, so another one can be created.
func (s sampler) count() int {
	switch {
	case s.entitled:
		return sampleEntitlements
	case s.identityAttribute().Type == "boolean":
		return 1
	}
	return sampleAccounts
}

func samples[A any, P interface {
	*A
	sdk.Wired
}](spec sdk.Spec, objectType string, n int) []A {
	list := make([]A, n)
	fill(spec, objectType, n, func(i int) sdk.Wired { return P(&list[i]) })
	return list
}

func fill(spec sdk.Spec, objectType string, n int, sample func(i int) sdk.Wired) {
	s := samplerOf(spec, objectType)
	for i := range n {
		_ = sdk.Unmarshal(s.object(i), sample(i)) // the sampler writes what the schema says
	}
}

// NewAttributes is for generated code. It makes the attributes of an account from those
// of a create request: what the account schema has of them, the identity where it is
// missing, and an empty list for entitlements where there are none, since the official
// checks expect a list. A missing identity is the next one after those of the samples that
// is not taken. A request with neither identity nor attributes is refused.
func NewAttributes[A any, P interface {
	*A
	sdk.Wired
}](spec sdk.Spec, identity string, from sdk.Wired, taken func(id string) bool) (A, error) {
	var to A
	err := newAttributes(spec, identity, from, taken, P(&to))
	return to, err
}

func newAttributes(spec sdk.Spec, identity string, from sdk.Wired, taken func(string) bool, to sdk.Wired) error {
	text, err := sdk.Marshal(from)
	if err != nil {
		return err
	}
	members, err := jsontext.Members(text)
	if err != nil {
		return err
	}
	if identity == "" && len(members) == 0 {
		return sdk.Errorf("an account cannot be created without attributes")
	}
	if err := samplerOf(spec, "").complete(members, identity, taken); err != nil {
		return err
	}
	if text, err = json.Marshal(members); err != nil {
		return err
	}
	return sdk.Unmarshal(text, to)
}

// complete drops the members that the schema does not have and adds those that every
// account needs. Of a list for an attribute of one value, as some templates have it, the
// one value counts.
func (s sampler) complete(members map[string]json.RawMessage, identity string, taken func(string) bool) error {
	known := make(map[string]bool)
	for _, a := range s.attributes {
		known[a.Name] = true
		raw, ok := members[a.Name]
		if list, err := jsontext.Elements(raw); ok && !a.Multi && err == nil && len(list) == 1 {
			members[a.Name] = list[0]
		}
		if !ok && a.Entitlement && a.Multi {
			members[a.Name] = json.RawMessage("[]")
		}
	}
	for name := range members {
		// A password is never an attribute, whatever else is discovered.
		if !known[name] && !s.spec.Open || slices.Contains(s.spec.Passwords, name) {
			delete(members, name)
		}
	}
	if raw, ok := members[s.identity]; ok && !jsontext.IsEmptyText(raw) {
		return nil
	}
	if identity != "" {
		members[s.identity] = jsontext.AppendString(nil, identity)
		return nil
	}
	var err error
	members[s.identity], err = s.newIdentity(taken)
	return err
}

// newIdentity returns an identity that no account has: the first after those of the samples.
func (s sampler) newIdentity(taken func(id string) bool) (json.RawMessage, error) {
	a := s.identityAttribute()
	first, last := s.count(), math.MaxInt
	if a.Type == "boolean" {
		first, last = 0, 1
	}
	for i := first; i <= last; i++ {
		raw := s.value(a, i)
		id, err := jsontext.ReadAnyText(raw)
		if err == nil && a.Multi {
			id = "[" + string(raw) + "]" // as Text gives a list of one
		}
		if err == nil && !taken(id) {
			return raw, nil
		}
	}
	return nil, sdk.Errorf("every value of %q is taken", s.identity)
}

// identityAttribute returns the attribute that tells objects apart: a text where the
// schema does not have it.
func (s sampler) identityAttribute() sdk.SchemaAttribute {
	for _, a := range s.attributes {
		if a.Name == s.identity {
			return a
		}
	}
	return sdk.SchemaAttribute{Name: s.identity, Type: "string"}
}

// object returns the JSON of sample i.
func (s sampler) object(i int) []byte {
	members := make(map[string]json.RawMessage)
	for _, a := range s.attributes {
		if a.Name == s.hierarchy && i == 0 || slices.Contains(s.spec.Passwords, a.Name) {
			continue // the first one is the root, and no source gives passwords away
		}
		members[a.Name] = s.values(a, i)
	}
	if _, ok := members[s.identity]; !ok {
		members[s.identity] = s.value(s.identityAttribute(), i)
	}
	text, _ := json.Marshal(members) // raw members always marshal
	return text
}

// values returns an attribute's value. That of a multi-valued one is a list of two, or of
// one where they would be the same. The last account has no entitlements, which an empty
// list says.
func (s sampler) values(a sdk.SchemaAttribute, i int) json.RawMessage {
	if !a.Multi {
		return s.value(a, i)
	}
	if a.Entitlement && !s.entitled && a.Name != s.identity && i%sampleAccounts == sampleAccounts-1 {
		return json.RawMessage("[]")
	}
	one, two := s.value(a, i), s.value(a, i+1)
	if bytes.Equal(one, two) {
		return json.RawMessage("[" + string(one) + "]")
	}
	return json.RawMessage("[" + string(one) + "," + string(two) + "]")
}

func (s sampler) value(a sdk.SchemaAttribute, i int) json.RawMessage {
	text := s.text(a, i)
	switch a.Type {
	case "boolean":
		if a.Name == s.identity {
			return strconv.AppendBool(nil, i%2 == 1)
		}
		return strconv.AppendBool(nil, i%sampleEntitlements != sampleEntitlements-1)
	case "int", "long":
		return []byte(number(text, i))
	}
	return jsontext.AppendString(nil, text)
}

// number returns the text of a whole number, or that of sample i where a text is
// none.
func number(text string, i int) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return strconv.Itoa(i + 1)
}

// text returns the text of sample i's value of an attribute.
func (s sampler) text(a sdk.SchemaAttribute, i int) string {
	if a.Name == s.hierarchy {
		return s.id(0)
	}
	if !s.entitled && a.Entitlement && a.Name != s.identity {
		objectType := cmp.Or(a.SchemaObjectType, "group")
		if _, ok := entitlement(s.spec, objectType); ok {
			return samplerOf(s.spec, objectType).id(i % sampleEntitlements)
		}
	}
	return s.plain(a.Name, i)
}

// id returns the identity of sample i.
func (s sampler) id(i int) string {
	text := s.plain(s.identity, i)
	switch s.identityAttribute().Type {
	case "int", "long":
		return number(text, i)
	case "boolean":
		return strconv.FormatBool(i%2 == 1)
	}
	return text
}

// plain returns a text that looks as an attribute's name suggests. Identities
// differ from sample to sample.
func (s sampler) plain(name string, i int) string {
	kind := sampleKind(name)
	text := s.guess(kind, name, i)
	if name == s.identity && !distinct[kind] {
		return fmt.Sprintf("%s-%d", strings.ToLower(text), i+1)
	}
	return text
}

// distinct kinds give another text for every sample.
var distinct = map[string]bool{"id": true, "uuid": true, "email": true, "login": true, "name": true, "": true}

var (
	givenNames  = []string{"Ada", "Grace", "Alan", "Katherine", "Edsger", "Barbara", "Donald", "Radia", "Ken", "Frances"}
	familyNames = []string{"Lovelace", "Hopper", "Turing", "Johnson", "Dijkstra", "Liskov", "Knuth", "Perlman", "Thompson", "Allen"}
	groupNames  = []string{"Administrators", "Engineers", "Finance", "Support", "Auditors"}
	departments = []string{"Engineering", "Finance", "Operations"}
	titles      = []string{"Engineer", "Analyst", "Manager"}
	cities      = []string{"Austin", "London", "Pune"}
	countries   = []string{"US", "GB", "IN"}
)

func (s sampler) guess(kind, name string, i int) string {
	given, family := pick(givenNames, i), pick(familyNames, i)
	login := strings.ToLower(given + "." + family)
	if round := i / len(givenNames); round > 0 {
		family += " " + strconv.Itoa(round+1)
		login += strconv.Itoa(round + 1)
	}
	switch kind {
	case "id":
		return strconv.Itoa(i + 1)
	case "uuid":
		return UUID(s.identity + strconv.Itoa(i))
	case "email":
		return login + "@example.com"
	case "login":
		return login
	case "given":
		return given
	case "family":
		return family
	case "name":
		if s.entitled {
			return groupName(i)
		}
		return given + " " + family
	case "description":
		return "Sample " + strconv.Itoa(i+1)
	case "phone":
		return fmt.Sprintf("+1 555 01%02d", i%100)
	case "time":
		return fmt.Sprintf("2026-01-%02dT09:00:00Z", i%28+1)
	case "url":
		return "https://example.com/" + strconv.Itoa(i+1)
	case "department":
		return pick(departments, i)
	case "title":
		return pick(titles, i)
	case "city":
		return pick(cities, i)
	case "country":
		return pick(countries, i)
	case "status":
		return "active"
	}
	return name + " " + strconv.Itoa(i+1)
}

func pick(list []string, i int) string { return list[i%len(list)] }

func groupName(i int) string {
	if i < len(groupNames) {
		return groupNames[i]
	}
	return fmt.Sprintf("%s %d", pick(groupNames, i), i/len(groupNames)+1)
}

// sampleKinds maps the last word of an attribute's name, or its last two, to the
// kind of text that it holds.
var sampleKinds = map[string]string{
	"id": "id", "identifier": "id", "number": "id", "no": "id",
	"uuid": "uuid", "guid": "uuid",
	"email": "email", "mail": "email", "email address": "email", "upn": "email",
	"login": "login", "username": "login", "user name": "login", "uid": "login", "user": "login", "account": "login", "alias": "login",
	"first name": "given", "given name": "given", "firstname": "given", "givenname": "given",
	"last name": "family", "family name": "family", "lastname": "family", "surname": "family", "sn": "family",
	"name": "name", "displayname": "name", "fullname": "name", "path": "name",
	"description": "description", "comment": "description", "notes": "description",
	"phone": "phone", "mobile": "phone", "fax": "phone", "telephone": "phone", "phone number": "phone",
	"date": "time", "time": "time", "created": "time", "updated": "time", "modified": "time", "at": "time", "timestamp": "time", "last seen": "time", "expires": "time",
	"url": "url", "uri": "url", "link": "url", "website": "url",
	"department": "department", "division": "department", "team": "department",
	"title": "title", "job title": "title", "position": "title",
	"city": "city", "location": "city", "office": "city",
	"country": "country", "locale": "country",
	"status": "status", "state": "status",
}

func sampleKind(name string) string {
	words := splitWords(name)
	for n := min(2, len(words)); n > 0; n-- {
		if kind, ok := sampleKinds[strings.Join(words[len(words)-n:], " ")]; ok {
			return kind
		}
	}
	return ""
}

// splitWords splits a name at everything but letters and digits and where lower
// case turns to upper, and gives the words in lower case.
func splitWords(name string) []string {
	var spaced strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(unicode.ToLower(r))
		last = r
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// UUID is for generated code. It returns a UUID that is always the same for a name.
func UUID(name string) string {
	h := sha1.Sum([]byte(name))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
