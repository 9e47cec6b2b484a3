package jsonschema

import (
	"fmt"
	"strconv"
	"strings"
)

// A ValidationError says that a value, or a part of it, is invalid.
type ValidationError struct {
	KeywordLocation         string // of the failing keyword, through references
	AbsoluteKeywordLocation string // URL of the keyword, with a JSON Pointer as fragment
	InstanceLocation        string // JSON Pointer of the value, in a URL
	Message                 string
	Causes                  []*ValidationError
}

func (e *ValidationError) Error() string {
	leaf := e
	for len(leaf.Causes) > 0 {
		leaf = leaf.Causes[0]
	}
	location, _, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	return fmt.Sprintf("jsonschema: %s does not validate with %s#%s: %s", quote(leaf.InstanceLocation), location, leaf.KeywordLocation, leaf.Message)
}

// because adds causes to an error: another error, or the causes of one that only joins several.
func (e *ValidationError) because(cause *ValidationError) *ValidationError {
	if cause.Message == "" {
		e.Causes = cause.Causes
	} else {
		e.Causes = append(e.Causes, cause)
	}
	return e
}

// quote quotes a text in single quotes.
func quote(text string) string {
	text = strconv.Quote(text)
	text = strings.ReplaceAll(text, `\"`, `"`)
	text = strings.ReplaceAll(text, `'`, `\'`)
	return "'" + text[1:len(text)-1] + "'"
}

// quoted quotes texts, and joins them.
func quoted(all []string) string {
	for i, text := range all {
		all[i] = quote(text)
	}
	return strings.Join(all, ", ")
}

// A frame is the step from one schema to the next: the keyword, and, if it has several schemas or
// concerns several values, which one.
type frame struct {
	parent  *frame // nil for the whole schema
	schema  *Schema
	keyword string
	name    string
	index   int
}

// keywords returns the keywords that led to the schema, followed by its own.
func (f *frame) keywords(keyword string) string {
	var path string
	for ; f.parent != nil; f = f.parent {
		step := "/" + f.keyword
		switch f.keyword {
		case "properties":
			step += "/" + escape(f.name)
		case "allOf", "anyOf":
			step += "/" + strconv.Itoa(f.index)
		}
		path = step + path
	}
	if keyword != "" {
		path += "/" + keyword
	}
	return path
}

// value returns the JSON Pointer of the value that the schema is applied to.
func (f *frame) value() string {
	var path string
	for ; f.parent != nil; f = f.parent {
		switch f.keyword {
		case "properties", "propertyNames", "additionalProperties":
			path = "/" + escape(f.name) + path
		case "items":
			path = "/" + strconv.Itoa(f.index) + path
		}
	}
	return path
}

// failure makes the error of a keyword, or of the schema if the keyword is "".
func (f *frame) failure(keyword, format string, args ...any) *ValidationError {
	location := f.schema.location()
	if keyword != "" {
		location += "/" + keyword
	}
	return &ValidationError{
		KeywordLocation: f.keywords(keyword), AbsoluteKeywordLocation: location, InstanceLocation: f.value(),
		Message: fmt.Sprintf(format, args...),
	}
}
