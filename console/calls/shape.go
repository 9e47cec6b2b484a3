package calls

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/conngen/conngen/console/mask"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/tidwall/gjson"
)

// A MarkKind is a kind of oddity in an output.
type MarkKind string

// The kinds of marks.
const (
	Duplicate          MarkKind = "duplicate"
	Missing            MarkKind = "missing"
	WrongType          MarkKind = "wrong-type"
	UnknownEntitlement MarkKind = "unknown-entitlement"
	Large              MarkKind = "large"
)

var markKinds = [...]MarkKind{Duplicate, Missing, WrongType, UnknownEntitlement, Large}

// A markSet has a bit for each kind of mark.
type markSet uint8

func (s markSet) has(kind MarkKind) bool {
	for i, k := range markKinds {
		if k == kind {
			return s&(1<<i) != 0
		}
	}
	return false
}

func (s *markSet) remove(kind MarkKind) {
	for i, k := range markKinds {
		if k == kind {
			*s &^= 1 << i
		}
	}
}

func (s *markSet) add(kind MarkKind) {
	for i, k := range markKinds {
		if k == kind {
			*s |= 1 << i
		}
	}
}

// A Mark is a fault in an output, and its attribute.
type Mark struct {
	Kind      MarkKind `json:"kind"`
	Attribute string   `json:"attribute"`
	Message   string   `json:"message"`
}

// nearLimit is the size of outputs close to the protocol's limit.
const nearLimit = protocol.OutputLimit / 10 * 8

// A shape describes the outputs of a command, from the spec.
type shape struct {
	attributes map[string]schema.Attribute
	order      []string // of the attributes
	required   []string // attributes that each object has
	why        map[string]string
	whole      bool              // each output is a whole object
	known      map[string]string // the entitlement attributes, with the entitlement types that they hold
	has        func(entitlementType, id string) (known, complete bool)
	listed     bool   // objects are listed, so none may occur twice
	entity     string // the type of the entitlements in the outputs; "" for others
}

// shapeOf returns the shape of the outputs of a call.
func (r *Recorder) shapeOf(call Call) *shape {
	s := &shape{attributes: make(map[string]schema.Attribute), why: make(map[string]string), known: make(map[string]string), has: r.hasEntitlement}
	spec := r.options.Spec()
	if spec == nil {
		return s
	}
	object, rest, _ := strings.Cut(strings.TrimPrefix(call.Command, "std:"), ":")
	switch {
	case object == "account" && rest != "discover-schema", call.Command == "std:authenticate":
		s.add(spec.AccountSchema)
	case object == "entitlement":
		for _, e := range spec.EntitlementSchemas {
			if e.Type == call.EntityType || call.EntityType == "" && len(spec.EntitlementSchemas) == 1 {
				s.add(e)
				s.entity = e.Type
				break
			}
		}
	}
	s.listed = strings.HasSuffix(call.Command, ":list")
	s.whole = len(s.order) > 0 && (s.listed || rest == "read" || call.Command == "std:authenticate")
	return s
}

func (s *shape) add(o *schema.ObjectSchema) {
	if o == nil {
		return
	}
	for _, a := range o.Attributes {
		if _, twice := s.attributes[a.Name]; twice {
			continue
		}
		s.attributes[a.Name] = a
		s.order = append(s.order, a.Name)
		switch {
		case a.Name == o.IdentityAttribute:
			s.require(a.Name, "the identity attribute")
		case a.Name == o.DisplayAttribute:
			s.require(a.Name, "the display attribute")
		case a.Required:
			s.require(a.Name, "required by the schema")
		}
		if a.Entitlement {
			s.known[a.Name] = a.ObjectType()
		}
	}
}

func (s *shape) require(name, why string) {
	s.required = append(s.required, name)
	s.why[name] = why
}

// An object is the part of an output that matters.
type object struct {
	identity, unique string
	members          []pair // all members except key and an object of attributes
	attributes       []pair
	deleted, partial bool
}

// A pair is a member of an object.
type pair struct {
	name  string
	value gjson.Result
}

func appendPairs(pairs []pair, v gjson.Result) []pair {
	v.ForEach(func(name, value gjson.Result) bool {
		pairs = append(pairs, pair{name.String(), value})
		return true
	})
	return pairs
}

// readObject reads the data of an output.
func readObject(data string) object {
	var o object
	o.read(data)
	return o
}

// read reads another object, reusing memory of the last one.
func (o *object) read(data string) {
	*o = object{members: o.members[:0], attributes: o.attributes[:0]}
	if data == "" || data[0] != '{' {
		return
	}
	var key gjson.Result
	all := appendPairs(o.members, gjson.Parse(data))
	o.members = all[:0]
	for _, p := range all {
		switch {
		case p.name == "key":
			key = p.value
			continue
		case p.name == "attributes" && p.value.IsObject():
			o.attributes = appendPairs(o.attributes[:0], p.value)
			continue
		case p.name == "identity":
			o.identity = idText(p.value)
		case p.name == "uuid":
			o.unique = idText(p.value)
		case p.name == "deleted":
			o.deleted = p.value.Type == gjson.True
		case p.name == "incomplete":
			o.partial = p.value.Type == gjson.True
		}
		o.members = append(o.members, p)
	}
	if key.IsObject() {
		o.identity = cmp.Or(idText(key.Get("simple.id")), idText(key.Get("compound.lookupId")), o.identity)
		o.unique = cmp.Or(idText(key.Get("compound.uniqueId")), o.unique)
	}
}

func idText(v gjson.Result) string {
	if v.Type == gjson.String || v.Type == gjson.Number {
		return v.String()
	}
	return ""
}

// check calls each with the marks of an object that do not depend on other objects.
func (s *shape) check(o object, size int, each func(Mark)) {
	if size >= nearLimit {
		each(Mark{Large, "", "the line has " + strconv.Itoa(size/1024) + " KiB; ISC refuses outputs of more than " + strconv.Itoa(protocol.OutputLimit/1024) + " KiB"})
	}
	if len(s.order) == 0 || o.deleted {
		return
	}
	if s.whole && o.identity == "" {
		each(Mark{Missing, "", "the object has neither a key nor an identity"})
	}
	var present [8]string
	found := present[:0]
	for _, p := range o.attributes {
		a, ok := s.attributes[p.name]
		if !ok {
			continue
		}
		if contains(s.required, a.Name) && !contains(found, a.Name) && !isEmpty(p.value) {
			found = append(found, a.Name)
		}
		s.checkValue(a, p.value, each)
	}
	if !s.whole || o.partial || len(found) == len(s.required) {
		return
	}
	for _, name := range s.required {
		if !contains(found, name) {
			each(Mark{Missing, name, strconv.Quote(name) + " has no value: it is " + s.why[name]})
		}
	}
}

func contains(list []string, text string) bool {
	for _, one := range list {
		if one == text {
			return true
		}
	}
	return false
}

func isEmpty(v gjson.Result) bool {
	return v.Type == gjson.Null || v.Type == gjson.String && v.Str == "" || v.IsArray() && strings.TrimSpace(v.Raw[1:len(v.Raw)-1]) == ""
}

// checkValue marks a value whose type differs from the schema's, and entitlements that do not
// exist.
func (s *shape) checkValue(a schema.Attribute, v gjson.Result, each func(Mark)) {
	if v.Type == gjson.Null {
		return
	}
	entitlements, isEntitlement := s.known[a.Name]
	one := func(v gjson.Result) bool {
		if !fits(a.Type, v) {
			each(Mark{WrongType, a.Name, strconv.Quote(a.Name) + " holds " + kindOf(v) + "; the schema says " + typeName(a)})
			return false
		}
		if id := idText(v); isEntitlement && id != "" {
			if known, complete := s.has(entitlements, id); complete && !known {
				each(Mark{UnknownEntitlement, a.Name, "the last list of " + strconv.Quote(entitlements) + " does not have " + strconv.Quote(id)})
			}
		}
		return true
	}
	switch {
	case v.IsArray() != a.Multi:
		each(Mark{WrongType, a.Name, strconv.Quote(a.Name) + " is " + kindOf(v) + "; the schema says " + typeName(a)})
	case a.Multi:
		v.ForEach(func(_, item gjson.Result) bool { return one(item) })
	default:
		one(v)
	}
}

// fits reports whether a value has a type of the schema. Clients write numbers as texts, too.
func fits(specType string, v gjson.Result) bool {
	if v.Type == gjson.String && v.Str == mask.Text || v.Type == gjson.Null {
		return true
	}
	switch specType {
	case schema.TypeString:
		return v.Type == gjson.String
	case schema.TypeBoolean:
		return v.IsBool()
	case schema.TypeInt, schema.TypeLong:
		_, err := strconv.ParseInt(v.String(), 10, 64)
		return (v.Type == gjson.Number || v.Type == gjson.String) && (err == nil || isWhole(v))
	}
	return true
}

// isWhole reports whether a number in another notation, such as 1e3, is whole.
func isWhole(v gjson.Result) bool {
	return v.Type == gjson.Number && v.Num == float64(int64(v.Num))
}

func typeName(a schema.Attribute) string {
	if a.Multi {
		return "a list of " + a.Type
	}
	return a.Type
}

// kindOf names the kind of a value.
func kindOf(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	case v.Type == gjson.String:
		return "a text"
	case v.Type == gjson.Number:
		return "a number"
	case v.IsBool():
		return "a boolean"
	}
	return "null"
}

// entityType returns the entitlement type in an input.
func entityType(input json.RawMessage) string {
	if !json.Valid(input) {
		return ""
	}
	return gjson.GetBytes(input, "type").String()
}

// isDelta reports whether an input asks only for changes since a state.
func isDelta(input json.RawMessage) bool {
	return json.Valid(input) && len(gjson.GetBytes(input, "state").Map()) > 0
}
