package settings

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
)

// The first elements of wire names.
const (
	kindAccount     = "account"
	kindEntitlement = "entitlement"
	kindCreate      = "create"
	kindConfig      = "config"
	kindOption      = "option"
	kindCommand     = "command"
)

// A wireForm says what follows the first element of a wire name.
type wireForm struct {
	kind     string
	min, max int // number of elements
	form     string
}

var wireForms = []wireForm{
	{kindAccount, 1, 1, `"account/ATTRIBUTE"`},
	{kindEntitlement, 1, 2, `"entitlement/TYPE" or "entitlement/TYPE/ATTRIBUTE"`},
	{kindCreate, 1, 1, `"create/FIELD"`},
	{kindConfig, 1, 2, `"config/ITEM" or "config/CARDS/ITEM"`},
	{kindOption, 2, 3, `"option/ITEM/VALUE" or "option/CARDS/ITEM/VALUE"`},
	{kindCommand, 1, 1, `"command/NAME"`},
}

func wireKinds() []string {
	var kinds []string
	for _, f := range wireForms {
		kinds = append(kinds, f.kind)
	}
	return kinds
}

// checkWireName says what is wrong with a wire name, and what would be right; ""
// when nothing is.
func checkWireName(name string) (message, hint string) {
	switch {
	case name == "":
		return "wire name must not be empty", `write "account/userId"`
	case strings.HasPrefix(name, "/"):
		return fmt.Sprintf("wire name %s begins with a slash", quote(name)), "leave it out"
	}
	kind := kindOf(name)
	at := slices.IndexFunc(wireForms, func(f wireForm) bool { return f.kind == kind })
	if at < 0 {
		hint = "begin with " + list(wireKinds(), "or")
		if near := nearest.Name(kind, wireKinds()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Sprintf("wire name %s begins with %s", quote(name), quote(kind)), hint
	}
	if !isEscaped(name) {
		return fmt.Sprintf("wire name %s has a ~ that escapes nothing", quote(name)), escapeHint
	}
	form := wireForms[at]
	elements := strings.Split(name, "/")[1:]
	switch {
	case len(elements) > form.max:
		return fmt.Sprintf("wire name %s has too many elements", quote(name)), "write " + form.form + "; " + escapeHint
	case len(elements) < form.min:
		return fmt.Sprintf("wire name %s has too few elements", quote(name)), "write " + form.form
	}
	if kind == kindOption {
		elements = elements[:len(elements)-1] // the value of an option may be empty
	}
	if slices.Contains(elements, "") {
		return fmt.Sprintf("wire name %s has an empty element", quote(name)), "write " + form.form
	}
	return "", ""
}

const escapeHint = "write ~1 for a slash in a name, and ~0 for a ~"

// checkPlace is checkWireName for what ignore entries are about, which may be a
// JSON Pointer too.
func checkPlace(at string) (message, hint string) {
	switch {
	case !strings.HasPrefix(at, "/"):
		return checkWireName(at)
	case !isEscaped(at):
		return fmt.Sprintf("JSON Pointer %s has a ~ that escapes nothing", quote(at)), escapeHint
	}
	return "", ""
}

// isEscaped reports whether each ~ begins one of the two escapes of JSON Pointers.
func isEscaped(text string) bool {
	for i := range len(text) {
		if text[i] == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			return false
		}
	}
	return true
}

// kindOf returns the first element of a wire name.
func kindOf(name string) string {
	kind, _, _ := strings.Cut(name, "/")
	return kind
}

// ofKind returns the wire names that begin with an element.
func ofKind(names []string, kind string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return kindOf(name) != kind })
}

// WireName makes a wire name of its elements: "account/a~1b" of "account" and "a/b".
func WireName(kind string, elements ...string) string {
	name := schema.Pointer(kind)
	for _, e := range elements {
		name = name.Member(e)
	}
	return string(name)
}

// WireNames returns a function that gives the wire name of the nearest named
// thing around a value of the spec: the attribute whose type it is, the command
// that it is. It gives "" for values outside of all of them. The spec may be nil
// or have errors.
func WireNames(spec *schema.Spec) func(schema.Pointer) string {
	names := sync.OnceValue(func() wireNames { // most specs have no entries to match
		n := make(wireNames)
		if spec != nil {
			n.addSpec(spec)
		}
		return n
	})
	return func(p schema.Pointer) string { return names().around(p) }
}

// wireNames are the wire names of a spec by the place of what they name.
type wireNames map[schema.Pointer]string

func (n wireNames) addSpec(spec *schema.Spec) {
	for _, c := range spec.Commands {
		n.add(c.Pointer, kindCommand, c.Name)
	}
	if s := spec.AccountSchema; s != nil {
		for _, a := range s.Attributes {
			n.add(a.Pointer, kindAccount, a.Name)
		}
	}
	for _, s := range spec.EntitlementSchemas {
		n.add(s.Pointer, kindEntitlement, s.Type)
		for _, a := range s.Attributes {
			n.add(a.Pointer, kindEntitlement, s.Type, a.Name)
		}
	}
	if t := spec.AccountCreateTemplate; t != nil {
		for _, f := range t.Fields {
			n.add(f.Pointer, kindCreate, f.Key)
		}
	}
	for e := range spec.ConfigItems() {
		n.addItem(e)
		for item := range e.CardItems() {
			n.addItem(item, e.Key)
		}
	}
	for _, v := range spec.InitialValues {
		n.add(v.Pointer, kindConfig, v.Key)
	}
}

// addItem adds a config item and its options. cards is the key of the card list
// that it is in.
func (n wireNames) addItem(e *schema.Entry, cards ...string) {
	n.add(e.Pointer, kindConfig, slices.Concat(cards, []string{e.Key})...)
	for _, o := range e.Options {
		n.add(o.Pointer, kindOption, slices.Concat(cards, []string{e.Key, o.Value})...)
	}
}

// add leaves out what a spec with errors has not named. Only the value of an
// option may be empty.
func (n wireNames) add(at schema.Pointer, kind string, elements ...string) {
	named := elements
	if kind == kindOption {
		named = elements[:len(elements)-1]
	}
	if !slices.Contains(named, "") {
		n[at] = WireName(kind, elements...)
	}
}

func (n wireNames) around(p schema.Pointer) string {
	for p != "" {
		if name, ok := n[p]; ok {
			return name
		}
		p = p[:max(strings.LastIndexByte(string(p), '/'), 0)]
	}
	return ""
}
