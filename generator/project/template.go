package project

import (
	"fmt"
	"reflect"
	"strings"
)

// render fills in a template, whose language is a part of text/template's: fields that are texts,
// if, with, range over lists, else, and the trimming of white space. text/template itself calls
// methods by their names, and so makes the linker keep every exported method of every type: 2.7
// MB of conngen.
func render(name, template string, data any) (string, error) {
	r := renderer{name: name, rest: template}
	word, err := r.block(reflect.ValueOf(data), true)
	if err == nil && word != "" {
		err = r.unexpected(word)
	}
	return r.out.String(), err
}

// A renderer writes a template's output as it reads the template.
type renderer struct {
	name string
	rest string // the unread rest
	out  strings.Builder
}

// block reads up to the end of a block, and returns the word that ends it: end, else, or "" at the
// end of the template. It writes the output of the block, or nothing.
func (r *renderer) block(dot reflect.Value, write bool) (string, error) {
	for {
		text, action := r.next()
		if write {
			r.out.WriteString(text)
		}
		word, field, _ := strings.Cut(action, " ")
		var err error
		switch word {
		case "", "end", "else":
			return word, nil
		case "if", "with", "range":
			err = r.branch(word, field, dot, write)
		default:
			if write {
				err = r.text(action, dot)
			}
		}
		if err != nil {
			return "", err
		}
	}
}

// next reads up to an action, and returns it: "" at the end of the template.
func (r *renderer) next() (text, action string) {
	text, rest, _ := strings.Cut(r.rest, "{{")
	action, r.rest, _ = strings.Cut(rest, "}}")
	const space = " \t\r\n"
	if trimmed, ok := strings.CutPrefix(action, "- "); ok {
		text, action = strings.TrimRight(text, space), trimmed
	}
	if trimmed, ok := strings.CutSuffix(action, " -"); ok {
		action, r.rest = trimmed, strings.TrimLeft(r.rest, space)
	}
	return text, action
}

// branch reads a block after if, with or range, and the one after its else. It writes the first
// once for each selected value, and the other if none is selected.
func (r *renderer) branch(word, field string, dot reflect.Value, write bool) error {
	var selected []reflect.Value
	if write {
		value, err := r.value(field, dot)
		switch {
		case err != nil:
			return err
		case word == "range" && value.Kind() != reflect.Slice:
			return fmt.Errorf("%s: {{range %s}} is not of a list", r.name, field)
		}
		selected = selection(word, value, dot)
	}
	start := r.rest
	end, err := r.block(dot, false)
	for _, value := range selected {
		if err == nil {
			r.rest = start
			end, err = r.block(value, true)
		}
	}
	if err == nil && end == "else" {
		end, err = r.block(dot, write && len(selected) == 0)
	}
	if err == nil && end != "end" {
		err = r.unexpected(end)
	}
	return err
}

// selection returns the dot for each time that a block is written: once for if and with, unless the
// value is empty, and once per element for range.
func selection(word string, value, dot reflect.Value) []reflect.Value {
	isList := value.Kind() == reflect.Slice
	switch {
	case word == "range":
		var all []reflect.Value
		for i := range value.Len() {
			all = append(all, value.Index(i))
		}
		return all
	case isList && value.Len() == 0, !isList && value.IsZero():
		return nil
	case word == "with":
		return []reflect.Value{value}
	}
	return []reflect.Value{dot}
}

func (r *renderer) text(field string, dot reflect.Value) error {
	value, err := r.value(field, dot)
	if err != nil {
		return err
	}
	if value.Kind() != reflect.String {
		return fmt.Errorf("%s: {{%s}} is not a text", r.name, field)
	}
	r.out.WriteString(value.String())
	return nil
}

// value returns the dot, or a field of it: .Action.Ref.
func (r *renderer) value(field string, dot reflect.Value) (reflect.Value, error) {
	value := dot
	for name := range strings.SplitSeq(strings.TrimPrefix(field, "."), ".") {
		if field == "." {
			break
		}
		if value.Kind() != reflect.Struct || !value.FieldByName(name).IsValid() {
			return value, fmt.Errorf("%s: the data has no {{%s}}", r.name, field)
		}
		value = value.FieldByName(name)
	}
	return value, nil
}

func (r *renderer) unexpected(word string) error {
	if word == "" {
		return fmt.Errorf("%s: a block has no {{end}}", r.name)
	}
	return fmt.Errorf("%s: unexpected {{%s}}", r.name, word)
}
