package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
)

// A wireForm describes what follows the first element of a wire name.
type wireForm struct {
	kind     string
	min, max int // number of elements
	form     string
}

// maxCards is the maximum nesting of cards.
const maxCards = 8

var wireForms = []wireForm{
	{schema.WireAccount, 1, 1, `"account/ATTRIBUTE"`},
	{schema.WireEntitlement, 1, 2, `"entitlement/TYPE" or "entitlement/TYPE/ATTRIBUTE"`},
	{schema.WireCreate, 1, 1, `"create/FIELD"`},
	{schema.WireConfig, 1, maxCards + 1, `"config/ITEM" or "config/CARDS/ITEM"`},
	{schema.WireOption, 2, maxCards + 2, `"option/ITEM/VALUE" or "option/CARDS/ITEM/VALUE"`},
	{schema.WireCommand, 1, 1, `"command/NAME"`},
}

func wireKinds() []string {
	var kinds []string
	for _, f := range wireForms {
		kinds = append(kinds, f.kind)
	}
	return kinds
}

// checkWireName describes the fault in a wire name, and the correction; "" if there is no fault.
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
	if kind == schema.WireOption {
		elements = elements[:len(elements)-1] // the value of an option may be empty
	}
	if slices.Contains(elements, "") {
		return fmt.Sprintf("wire name %s has an empty element", quote(name)), "write " + form.form
	}
	return "", ""
}

const escapeHint = "write ~1 for a slash in a name, and ~0 for a ~"

// checkPlace is checkWireName for the targets of ignore entries, which may also be JSON Pointers.
func checkPlace(at string) (message, hint string) {
	switch {
	case !strings.HasPrefix(at, "/"):
		return checkWireName(at)
	case !isEscaped(at):
		return fmt.Sprintf("JSON Pointer %s has a ~ that escapes nothing", quote(at)), escapeHint
	}
	return "", ""
}

// isEscaped reports whether each ~ begins one of the two JSON Pointer escapes.
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
