// Package jsonschema is the part of github.com/santhosh-tekuri/jsonschema/v5 that conngen's own JSON
// Schemas need, changed for a command that runs for a few milliseconds. The module compiles the
// meta-schemas of five drafts when a program starts, and checks each schema against one of them;
// both together took half of the time in which a package is generated. This package takes the
// keywords of draft-07 that the schemas have and refuses all others, trusts schemas to be valid,
// which tests assert with the module, and makes locations when something is wrong.
//
// What it finds, and how it words it, is what the module does; tests compare the two. The module is
// under the Apache License 2.0, which LICENSE holds.
package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A Schema says what is valid.
type Schema struct {
	location string // its URL, with a JSON Pointer as fragment

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
	names         []string // of properties, in order
	properties    map[string]*Schema
	propertyNames *Schema
	additional    *Schema // additionalProperties

	items       *Schema
	uniqueItems bool

	minLength int
	pattern   func() *regexp.Regexp
}

// Compile compiles a schema, whose references are all to parts of itself.
func Compile(location string, text []byte) (*Schema, error) {
	document, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", location, err)
	}
	c := compiler{location: location, document: document, done: make(map[string]*Schema)}
	s, err := c.schema("", document)
	if err != nil {
		return nil, fmt.Errorf("%s#%w", location, err)
	}
	return s, nil
}

func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document any
	err := decoder.Decode(&document)
	return document, err
}

type compiler struct {
	location string
	document any
	done     map[string]*Schema // by JSON Pointer
}

// schema compiles the schema at a JSON Pointer.
func (c *compiler) schema(pointer string, value any) (*Schema, error) {
	if s, ok := c.done[pointer]; ok {
		return s, nil
	}
	s := &Schema{location: c.location + "#" + pointer}
	c.done[pointer] = s
	switch value := value.(type) {
	case bool:
		s.always = &value
		return s, nil
	case map[string]any:
		if ref, ok := value["$ref"].(string); ok { // the other keywords do not count then
			var err error
			s.ref, err = c.reference(ref)
			return s, err
		}
		for _, keyword := range slices.Sorted(maps.Keys(value)) {
			if err := c.keyword(s, pointer, keyword, value[keyword]); err != nil {
				return nil, err
			}
		}
		return s, nil
	}
	return nil, fmt.Errorf("%s: not a schema", pointer)
}

// keyword compiles a keyword of a schema.
func (c *compiler) keyword(s *Schema, pointer, keyword string, value any) (err error) {
	at := pointer + "/" + keyword
	switch keyword {
	case "$schema", "$id", "$comment", "title", "description", "default", "examples", "definitions":
	case "type":
		s.types = texts(value)
		for _, name := range s.types {
			if !slices.Contains(types, name) {
				return fmt.Errorf("%s: unknown type %s", at, name)
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
		return c.properties(s, at, value.(map[string]any))
	case "allOf":
		s.allOf, err = c.list(at, value.([]any))
	case "anyOf":
		s.anyOf, err = c.list(at, value.([]any))
	default:
		part := s.part(keyword)
		if part == nil {
			return fmt.Errorf("%s: unknown keyword", at)
		}
		*part, err = c.schema(at, value)
	}
	return err
}

// part returns the place of a keyword whose value is a schema.
func (s *Schema) part(keyword string) **Schema {
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

func (c *compiler) properties(s *Schema, at string, members map[string]any) (err error) {
	s.names = slices.Sorted(maps.Keys(members))
	s.properties = make(map[string]*Schema, len(members))
	for _, name := range s.names {
		if s.properties[name], err = c.schema(at+"/"+escape(name), members[name]); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) list(at string, schemas []any) (all []*Schema, err error) {
	all = make([]*Schema, len(schemas))
	for i, value := range schemas {
		if all[i], err = c.schema(at+"/"+strconv.Itoa(i), value); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// reference compiles the schema that a $ref is to: #/definitions/attribute.
func (c *compiler) reference(ref string) (*Schema, error) {
	pointer, ok := strings.CutPrefix(ref, "#")
	value := c.document
	for _, token := range strings.Split(pointer, "/")[1:] {
		members, _ := value.(map[string]any)
		value = members[token]
	}
	if !ok || value == nil {
		return nil, fmt.Errorf("%s: unknown reference", ref)
	}
	return c.schema(pointer, value)
}

// types are those that schemas may name: whole numbers are not among them.
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

// escape makes a token of a JSON Pointer in a URL of a name.
func escape(name string) string {
	name = strings.ReplaceAll(name, "~", "~0")
	name = strings.ReplaceAll(name, "/", "~1")
	return url.PathEscape(name)
}
