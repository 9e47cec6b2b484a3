package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Validate returns nil for a valid value, and otherwise a [*ValidationError]. Values are those of
// encoding/json, with numbers as json.Number.
func (s *Schema) Validate(value any) error {
	if s.valid(value) {
		return nil
	}
	f := frame{schema: s}
	e := &ValidationError{AbsoluteKeywordLocation: s.location(), Message: "doesn't validate with " + s.location()}
	return e.because(f.explain(value))
}

// failures are the refusals by the keywords of one schema.
type failures []*ValidationError

func (all *failures) add(err *ValidationError) {
	if err != nil {
		*all = append(*all, err)
	}
}

// explain returns why the schema of a frame refuses a value, or nil if it does not.
func (f *frame) explain(value any) *ValidationError {
	s := f.schema
	if s.always != nil {
		if *s.always {
			return nil
		}
		return f.failure("", "not allowed")
	}
	if s.types != nil {
		if kind := typeOf(value); !slices.Contains(s.types, kind) {
			return f.failure("type", "expected %s, but got %s", strings.Join(s.types, " or "), kind)
		}
	}
	var all failures
	f.values(value, &all)
	switch value := value.(type) {
	case map[string]any:
		f.object(value, &all)
	case []any:
		f.array(value, &all)
	case string:
		f.text(value, &all)
	}
	f.schemas(value, &all)
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	joined := f.failure("", "")
	joined.Causes = all
	return joined
}

// below applies a schema from a keyword.
func (f *frame) below(s *Schema, keyword, name string, index int, value any) *ValidationError {
	next := frame{parent: f, schema: s, keyword: keyword, name: name, index: index}
	return next.explain(value)
}

// values checks a value against the allowed ones.
func (f *frame) values(value any, all *failures) {
	s := f.schema
	if s.constant != nil && !equal(value, s.constant[0]) {
		if isPrimitive(s.constant[0]) {
			all.add(f.failure("const", "value must be %#v", s.constant[0]))
		} else {
			all.add(f.failure("const", "const failed"))
		}
	}
	if s.enum != nil && !s.allows(value) {
		all.add(f.failure("enum", "%s", enumMessage(s.enum)))
	}
}

func enumMessage(values []any) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprintf("%#v", value)
	}
	switch {
	case !isAll(values, isPrimitive):
		return "enum failed"
	case len(values) == 1:
		return "value must be " + texts[0]
	}
	return "value must be one of " + strings.Join(texts, ", ")
}

func isAll(values []any, is func(any) bool) bool {
	return !slices.ContainsFunc(values, func(value any) bool { return !is(value) })
}

func (f *frame) object(object map[string]any, all *failures) {
	s := f.schema
	var missing []string
	for _, name := range s.required {
		if _, ok := object[name]; !ok {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		all.add(f.failure("required", "missing properties: %s", quoted(missing)))
	}
	for _, p := range s.properties {
		if value, ok := object[p.name]; ok {
			all.add(f.below(p.schema, "properties", p.name, 0, value))
		}
	}
	if s.propertyNames != nil {
		for name := range object {
			all.add(f.below(s.propertyNames, "propertyNames", name, 0, name))
		}
	}
	if s.additional != nil {
		f.additional(object, all)
	}
}

// additional checks the members that are not properties.
func (f *frame) additional(object map[string]any, all *failures) {
	s := f.schema
	var refused []string
	for name, value := range object {
		switch {
		case s.property(name) != nil:
		case s.additional.always == nil:
			all.add(f.below(s.additional, "additionalProperties", name, 0, value))
		case !*s.additional.always:
			refused = append(refused, name)
		}
	}
	if refused != nil {
		slices.Sort(refused)
		all.add(f.failure("additionalProperties", "additionalProperties %s not allowed", quoted(refused)))
	}
}

func (f *frame) array(array []any, all *failures) {
	s := f.schema
	if s.uniqueItems {
		if i, j, ok := duplicate(array); ok {
			all.add(f.failure("uniqueItems", "items at index %d and %d are equal", i, j))
		}
	}
	if s.items != nil {
		for i, value := range array {
			all.add(f.below(s.items, "items", "", i, value))
		}
	}
}

func (f *frame) text(text string, all *failures) {
	s := f.schema
	if s.minLength > 0 {
		if n := utf8.RuneCountInString(text); n < s.minLength {
			all.add(f.failure("minLength", "length must be >= %d, but got %d", s.minLength, n))
		}
	}
	if s.pattern != nil && !s.pattern().MatchString(text) {
		all.add(f.failure("pattern", "does not match pattern %s", quote(s.pattern().String())))
	}
}

// schemas applies the schemas that are about the same value.
func (f *frame) schemas(value any, all *failures) {
	s := f.schema
	if s.ref != nil {
		if err := f.below(s.ref, "$ref", "", 0, value); err != nil {
			_, pointer, _ := strings.Cut(s.ref.location(), "#")
			all.add(f.failure("$ref", "doesn't validate with %s", quote(pointer)).because(err))
		}
	}
	if s.not != nil && s.not.valid(value) {
		all.add(f.failure("not", "not failed"))
	}
	for i, part := range s.allOf {
		if err := f.below(part, "allOf", "", i, value); err != nil {
			all.add(f.failed("allOf/"+strconv.Itoa(i), "allOf failed", err))
		}
	}
	if s.anyOf != nil {
		all.add(f.any(value))
	}
	all.add(f.conditional(value))
}

// failed makes the error of a keyword whose schemas reject a value.
func (f *frame) failed(keyword, message string, causes ...*ValidationError) *ValidationError {
	err := f.failure(keyword, "%s", message)
	err.Causes = causes
	return err
}

func (f *frame) any(value any) *ValidationError {
	var causes []*ValidationError
	for i, part := range f.schema.anyOf {
		err := f.below(part, "anyOf", "", i, value)
		if err == nil {
			return nil
		}
		causes = append(causes, err)
	}
	return f.failed("anyOf", "anyOf failed", causes...)
}

func (f *frame) conditional(value any) *ValidationError {
	branch := f.schema.branch(value)
	if branch == nil {
		return nil
	}
	keyword := "then"
	if branch == f.schema.otherwise {
		keyword = "else"
	}
	if err := f.below(branch, keyword, "", 0, value); err != nil {
		return f.failed(keyword, "if-"+keyword+" failed", err)
	}
	return nil
}

// typeOf returns the name of a value's type in schemas.
func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	panic(fmt.Sprintf("jsonschema: a %T in JSON", value))
}

func isPrimitive(value any) bool {
	switch value.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// equal reports whether two values are equal in JSON, as 1 and 1.0 are.
func equal(a, b any) bool {
	switch a.(type) {
	case nil, bool, string:
		return isPrimitive(b) && a == b
	}
	return canonical(a) == canonical(b)
}

// canonical returns a text that is the same only for equal values.
func canonical(value any) string {
	switch value := value.(type) {
	case string:
		return strconv.Quote(value)
	case json.Number:
		r, _ := new(big.Rat).SetString(value.String())
		return r.RatString()
	case []any:
		all := make([]string, len(value))
		for i, item := range value {
			all[i] = canonical(item)
		}
		return "[" + strings.Join(all, ",") + "]"
	case map[string]any:
		var all []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			all = append(all, canonical(name)+":"+canonical(value[name]))
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	return fmt.Sprint(value)
}

// duplicate returns the indexes of two equal items.
func duplicate(items []any) (first, second int, found bool) {
	seen := make(map[string]int, len(items))
	for i, item := range items {
		text := canonical(item)
		if first, ok := seen[text]; ok {
			return first, i, true
		}
		seen[text] = i
	}
	return 0, 0, false
}
