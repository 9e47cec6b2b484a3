package jsonschema

import (
	"slices"
	"unicode/utf8"
)

// valid reports whether a value is valid. Most are, so this does not say why one is not.
func (s *Schema) valid(value any) bool {
	if s.always != nil {
		return *s.always
	}
	if s.types != nil && !slices.Contains(s.types, typeOf(value)) ||
		s.constant != nil && !equal(value, s.constant[0]) ||
		s.enum != nil && !s.allows(value) {
		return false
	}
	return s.validContent(value) && s.validParts(value)
}

// validContent applies the keywords for values of one type.
func (s *Schema) validContent(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return s.validObject(value)
	case []any:
		return s.validArray(value)
	case string:
		return s.validText(value)
	}
	return true
}

// allows reports whether a value is in the enum.
func (s *Schema) allows(value any) bool {
	for _, allowed := range s.enum {
		if equal(value, allowed) {
			return true
		}
	}
	return false
}

func (s *Schema) validObject(object map[string]any) bool {
	for _, name := range s.required {
		if _, ok := object[name]; !ok {
			return false
		}
	}
	for _, p := range s.properties {
		if value, ok := object[p.name]; ok && !p.schema.valid(value) {
			return false
		}
	}
	if s.propertyNames == nil && s.additional == nil {
		return true
	}
	for name, value := range object {
		if s.propertyNames != nil && !s.propertyNames.valid(name) ||
			s.additional != nil && s.property(name) == nil && !s.additional.valid(value) {
			return false
		}
	}
	return true
}

func (s *Schema) validArray(array []any) bool {
	if s.uniqueItems {
		if _, _, found := duplicate(array); found {
			return false
		}
	}
	if s.items != nil {
		for _, value := range array {
			if !s.items.valid(value) {
				return false
			}
		}
	}
	return true
}

func (s *Schema) validText(text string) bool {
	return (s.minLength == 0 || utf8.RuneCountInString(text) >= s.minLength) && (s.pattern == nil || s.pattern().MatchString(text))
}

// validParts applies the schemas that are about the same value.
func (s *Schema) validParts(value any) bool {
	if s.ref != nil && !s.ref.valid(value) || s.not != nil && s.not.valid(value) {
		return false
	}
	for _, part := range s.allOf {
		if !part.valid(value) {
			return false
		}
	}
	if s.anyOf != nil && !s.validAny(value) {
		return false
	}
	branch := s.branch(value)
	return branch == nil || branch.valid(value)
}

func (s *Schema) validAny(value any) bool {
	for _, part := range s.anyOf {
		if part.valid(value) {
			return true
		}
	}
	return false
}

// branch returns the schema of then or else that applies to a value, if any.
func (s *Schema) branch(value any) *Schema {
	switch {
	case s.when == nil:
		return nil
	case s.when.valid(value):
		return s.then
	}
	return s.otherwise
}
