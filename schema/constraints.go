package schema

import "slices"

// annotations are the keywords that constrain nothing. The last two are for editors.
var annotations = []string{"$comment", "title", "description", "default", "examples", "enumDescriptions", "doNotSuggest"}

// constraining are the keywords of the schema that constrain, or are needed by those that do.
// constraintsOf knows what each of them means: it removes schemas of members that allow everything,
// which would change what additionalProperties says.
var constraining = []string{
	"$schema", "$id", "$ref", "definitions", "type", "enum", "required", "properties", "items", "minLength", "pattern",
	"allOf", "anyOf", "if", "then", "else",
}

// constraintsOf returns a schema without annotations, and without keywords that allow everything
// once these are gone. What is left stays where it is: findings are worded by its location.
func constraintsOf(schema any) any {
	object, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	left := make(map[string]any)
	for keyword, value := range object {
		if slices.Contains(annotations, keyword) {
			continue
		}
		if !slices.Contains(constraining, keyword) {
			panic("schema: constraintsOf does not know the keyword " + keyword)
		}
		switch keyword {
		case "properties", "definitions":
			value = constrainedMembers(value.(map[string]any), keyword)
		case "items", "if", "then", "else":
			value = constraintsOf(value)
		case "allOf", "anyOf":
			value = constrainedList(value.([]any), keyword)
		}
		if !allowsAll(value) || keyword == "if" { // without it, then would not apply to anything
			left[keyword] = value
		}
	}
	if left["then"] == nil && left["else"] == nil {
		delete(left, "if")
	}
	return left
}

// constrainedMembers returns the schemas of members that some value is wrong for. Definitions
// stay, since a $ref may name them.
func constrainedMembers(members map[string]any, keyword string) any {
	left := make(map[string]any)
	for name, schema := range members {
		if schema = constraintsOf(schema); !allowsAll(schema) || keyword == "definitions" {
			left[name] = schema
		}
	}
	return left
}

// constrainedList returns nothing where the schemas of a list together allow everything.
func constrainedList(schemas []any, keyword string) any {
	left := make([]any, len(schemas))
	free := 0
	for i, schema := range schemas {
		if left[i] = constraintsOf(schema); allowsAll(left[i]) {
			free++
		}
	}
	if free == len(schemas) || keyword == "anyOf" && free > 0 {
		return nil
	}
	return left
}

// allowsAll reports whether what is left of a keyword or schema allows every value.
func allowsAll(value any) bool {
	object, ok := value.(map[string]any)
	return value == nil || ok && len(object) == 0
}
