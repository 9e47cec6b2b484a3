// Package jsonschema is the part of github.com/santhosh-tekuri/jsonschema/v5 that conngen's own
// JSON Schemas need, adapted to a command that runs for a few milliseconds. The module compiles the
// meta-schemas of five drafts at program start, and checks each schema against one of them; both
// together took half of the time of a generate. This package supports the draft-07 keywords that
// the schemas use and refuses all others. It trusts schemas to be valid, which tests check with the
// module, and computes locations only for errors.
//
// It finds the same as the module, in the same words; tests compare the two. The module is under
// the Apache License 2.0, which LICENSE holds.
package jsonschema

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A Schema defines which values are valid.
type Schema struct {
	parent  *Schema // the schema that contains it
	keyword string  // the parent's keyword with this value, or, for the whole schema, its URL
	token   string  // the rest of its JSON Pointer after the keyword: "", or /0, or /name

	always    *bool // set for the schemas true and false
	ref       *Schema
	types     []string
	constant  []any // one value, or none
	enum      []any
	not       *Schema
	allOf     []*Schema
	anyOf     []*Schema
	when      *Schema // if
	then      *Schema
	otherwise *Schema // else

	required      []string
	properties    []property // ordered by name
	propertyNames *Schema
	additional    *Schema // additionalProperties

	items       *Schema
	uniqueItems bool

	minLength int
	pattern   func() *regexp.Regexp
}

// A property says which values are valid for one member of an object.
type property struct {
	name   string
	schema *Schema
}

// property returns the schema of a member, nil if properties lacks it.
func (s *Schema) property(name string) *Schema {
	for _, p := range s.properties {
		if p.name == name {
			return p.schema
		}
	}
	return nil
}

// location returns the URL of the schema, with a JSON Pointer as fragment.
func (s *Schema) location() string {
	if s.parent == nil {
		return s.keyword + "#"
	}
	return s.parent.location() + "/" + s.keyword + s.token
}

// Compile compiles a schema that only refers to parts of itself. The schema is decoded by
// encoding/json, with numbers as json.Number.
func Compile(location string, document any) (*Schema, error) {
	c := compiler{document: document, definitions: make(map[string]*Schema)}
	s := &Schema{keyword: location}
	return s, c.compile(s, document)
}

type compiler struct {
	document    any
	definitions map[string]*Schema // by the references to them
}

// part compiles a schema in the value of a keyword.
func (c *compiler) part(parent *Schema, keyword, token string, value any) (*Schema, error) {
	s := &Schema{parent: parent, keyword: keyword, token: token}
	return s, c.compile(s, value)
}

func (c *compiler) compile(s *Schema, value any) error {
	switch value := value.(type) {
	case bool:
		s.always = &value
		return nil
	case map[string]any:
		if ref, ok := value["$ref"].(string); ok { // it overrides the other keywords
			var err error
			s.ref, err = c.reference(s, ref)
			return err
		}
		for keyword, value := range value {
			if err := c.keyword(s, keyword, value); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%s: not a schema", s.location())
}

// keyword compiles a keyword of a schema.
func (c *compiler) keyword(s *Schema, keyword string, value any) (err error) {
	switch keyword {
	case "$schema", "$id", "$comment", "title", "description", "default", "examples", "definitions":
	case "type":
		s.types = texts(value)
		for _, name := range s.types {
			if !slices.Contains(types, name) {
				return fmt.Errorf("%s/type: unknown type %s", s.location(), name)
			}
		}
	case "const":
		s.constant = []any{value}
	case "enum":
		s.enum = value.([]any)
	case "required":
		s.required = texts(value)
	case "uniqueItems":
		s.uniqueItems = value.(bool)
	case "minLength":
		s.minLength, err = strconv.Atoi(value.(json.Number).String())
	case "pattern":
		s.pattern = lazyregexp.New(value.(string))
	case "properties":
		return c.properties(s, value.(map[string]any))
	case "allOf":
		s.allOf, err = c.list(s, keyword, value.([]any))
	case "anyOf":
		s.anyOf, err = c.list(s, keyword, value.([]any))
	default:
		place := s.place(keyword)
		if place == nil {
			return fmt.Errorf("%s/%s: unknown keyword", s.location(), keyword)
		}
		*place, err = c.part(s, keyword, "", value)
	}
	return err
}

// place returns the field for a keyword whose value is a schema.
func (s *Schema) place(keyword string) **Schema {
	switch keyword {
	case "not":
		return &s.not
	case "if":
		return &s.when
	case "then":
		return &s.then
	case "else":
		return &s.otherwise
	case "items":
		return &s.items
	case "propertyNames":
		return &s.propertyNames
	case "additionalProperties":
		return &s.additional
	}
	return nil
}

func (c *compiler) properties(s *Schema, members map[string]any) error {
	s.properties = make([]property, 0, len(members))
	for name, value := range members {
		part, err := c.part(s, "properties", "/"+escape(name), value)
		if err != nil {
			return err
		}
		s.properties = append(s.properties, property{name, part})
	}
	slices.SortFunc(s.properties, func(a, b property) int { return strings.Compare(a.name, b.name) })
	return nil
}

func (c *compiler) list(s *Schema, keyword string, schemas []any) (all []*Schema, err error) {
	all = make([]*Schema, len(schemas))
	for i, value := range schemas {
		if all[i], err = c.part(s, keyword, "/"+strconv.Itoa(i), value); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// reference compiles the target of a $ref: the whole schema, or a definition in it, as in
// #/definitions/attribute.
func (c *compiler) reference(from *Schema, ref string) (*Schema, error) {
	root := from
	for root.parent != nil {
		root = root.parent
	}
	if ref == "#" {
		return root, nil
	}
	if s, ok := c.definitions[ref]; ok {
		return s, nil
	}
	name, ok := strings.CutPrefix(ref, "#/definitions/")
	document, _ := c.document.(map[string]any)
	definitions, _ := document["definitions"].(map[string]any)
	value, found := definitions[name]
	if !ok || !found {
		return nil, fmt.Errorf("%s/$ref: unknown reference %s", from.location(), ref)
	}
	s := &Schema{parent: root, keyword: "definitions", token: "/" + name}
	c.definitions[ref] = s
	return s, c.compile(s, value)
}

// types are the supported types; there is no integer among them.
var types = []string{"null", "boolean", "number", "string", "array", "object"}

// texts returns a string, or the strings of a list.
func texts(value any) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{value.(string)}
	}
	all := make([]string, len(list))
	for i, text := range list {
		all[i] = text.(string)
	}
	return all
}

// escape turns a name into a JSON Pointer token in a URL.
func escape(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return !isPlain(r) }) {
		return name
	}
	name = strings.ReplaceAll(name, "~", "~0")
	name = strings.ReplaceAll(name, "/", "~1")
	return url.PathEscape(name)
}

// isPlain reports whether a character needs no escape in JSON Pointers and URLs.
func isPlain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
