package schema

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"sync"

	"github.com/conngen/conngen/internal/jsonschema"
)

// validate reports violations of the JSON Schema. The validator's own messages are about keywords;
// the findings are about the format, so each violation is looked up in the schema and reworded.
func validate(f *File, r *reporter) {
	one := instancer{names: constrainedNames(), shapes: true}
	if compiledSchema().Validate(one.instance(f.root)) == nil {
		return
	}
	all := instancer{names: constrainedNames()} // which one is wrong
	var failure *jsonschema.ValidationError
	if !errors.As(compiledSchema().Validate(all.instance(f.root)), &failure) {
		return
	}
	eachLeaf(failure, func(leaf *jsonschema.ValidationError) {
		newViolation(f, leaf).report(r)
	})
}

// eachLeaf calls f for the causes without causes of their own: the others only say that something
// below them is wrong.
func eachLeaf(e *jsonschema.ValidationError, f func(*jsonschema.ValidationError)) {
	if len(e.Causes) == 0 {
		f(e)
		return
	}
	for _, cause := range e.Causes {
		eachLeaf(cause, f)
	}
}

// A violation is one value rejected by one keyword of the schema.
type violation struct {
	file     *File
	pointer  Pointer // of the value
	node     *node   // the value
	kind     string  // definition that contains the keyword: "attribute"; "" for the spec itself
	owner    Pointer // the object of that kind
	property string  // rejected member of the owner, "" for the owner itself
	element  bool    // an element of that member is rejected
	keyword  string  // "required"
	operand  any     // of the keyword: the list of required names
}

func newViolation(f *File, leaf *jsonschema.ValidationError) *violation {
	_, location, _ := strings.Cut(leaf.AbsoluteKeywordLocation, "#")
	v := &violation{file: f, pointer: instancePointer(leaf.InstanceLocation), operand: schemaOperand(location)}
	v.node = f.value(v.pointer)
	v.owner = v.pointer
	tokens := strings.Split(strings.Trim(location, "/"), "/")
	v.keyword = tokens[len(tokens)-1]
	for i := 0; i+1 < len(tokens); i++ {
		switch tokens[i] {
		case "definitions":
			v.kind = tokens[i+1]
			i++
		case "properties":
			v.property, v.element = tokens[i+1], false
			i++
		case "items":
			v.element = v.property != ""
		}
	}
	if v.property != "" {
		v.owner = v.owner.Parent()
	}
	if v.element {
		v.owner = v.owner.Parent()
	}
	return v
}

// instancePointer undoes the percent encoding that the validator adds to names.
func instancePointer(location string) Pointer {
	if p, err := url.PathUnescape(location); err == nil {
		return Pointer(p)
	}
	return Pointer(location)
}

// Parent returns the pointer to the object or array that holds the value at p.
func (p Pointer) Parent() Pointer {
	return p[:max(strings.LastIndexByte(string(p), '/'), 0)]
}

// schemaDocument is the schema as data: findings quote its lists of types and values, so
// they cannot say anything else than the schema does.
var schemaDocument = sync.OnceValue(func() any {
	var document any
	if err := json.Unmarshal(plainSchema(), &document); err != nil {
		panic(err) // the embedded text is not JSON
	}
	return document
})

// schemaOperand returns the value in the schema at a location such as
// /definitions/attribute/required.
func schemaOperand(location string) any {
	value := schemaDocument()
	for rest := location; rest != ""; {
		var token string
		token, rest = nextToken(rest)
		object, _ := value.(map[string]any) // the schema has no keyword inside an array
		value = object[token]
	}
	return value
}

// report words the violation. Null counts as absent where a value is required.
func (v *violation) report(r *reporter) {
	switch {
	case v.keyword == "required":
		for _, property := range v.missing() {
			v.reportMissing(r, property)
		}
	case v.property != "" && !v.element && v.node.kind == 'n' && v.isNeeded():
		v.reportMissing(r, v.property)
	case v.keyword == "minLength":
		v.reportEmpty(r)
	case v.keyword == "enum":
		v.reportEnum(r)
	default:
		v.reportType(r)
	}
}

// missing returns the required members that the value lacks.
func (v *violation) missing() []string {
	var missing []string
	for _, name := range stringsOf(v.operand) {
		if v.node.member(name) == nil {
			missing = append(missing, name)
		}
	}
	if v.misspeltContainer() != "" {
		return missing[:1] // key and label are missing for the same reason
	}
	return missing
}

func (v *violation) isNeeded() bool {
	_, ok := needs[v.kind+"."+v.property]
	return ok
}

// stringsOf returns the non-empty strings of a list in the schema.
func stringsOf(operand any) []string {
	values, ok := operand.([]any)
	if !ok {
		values = []any{operand}
	}
	var texts []string
	for _, value := range values {
		if s, ok := value.(string); ok && s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}
