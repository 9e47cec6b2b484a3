package filter

import (
	"cmp"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// The values of filters are compared under JavaScript's rules, since filters were
// written for it.

// numeric returns the value of a number, of any of the types that numbers come in.
func numeric(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}

// elementsOf returns the elements of a list, of any of the types that lists come in.
func elementsOf(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []string:
		return anys(v), true
	case []int64:
		return anys(v), true
	case []bool:
		return anys(v), true
	}
	return nil, false
}

func anys[T any](list []T) []any {
	values := make([]any, len(list))
	for i, v := range list {
		values[i] = v
	}
	return values
}

// primitive returns what a list or object is when it is compared with a single
// value: its text.
func primitive(v any) any {
	if _, ok := elementsOf(v); ok {
		return textOf(v)
	}
	if _, ok := v.(map[string]any); ok {
		return "[object Object]"
	}
	return v
}

// textOf is the text of a value, as in a list that is joined.
func textOf(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return string(appendText(nil, v))
}

// appendText appends the text of a value. That of a list in lists is copied once.
func appendText(b []byte, v any) []byte {
	if list, ok := elementsOf(v); ok {
		for i, e := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, e)
		}
		return b
	}
	switch v := primitive(v).(type) {
	case string:
		return append(b, v...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case json.Number:
		return append(b, jsontext.NumberText(v.String())...)
	case float64:
		return jsontext.AppendFloat(b, v)
	}
	return b
}

// numberFrom is the number that a value counts as; NaN for what is none.
func numberFrom(v any) float64 {
	switch v := primitive(v).(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		if n, ok := numberOf(strings.TrimSpace(v)); ok {
			return n
		}
	default:
		if n, ok := numeric(v); ok {
			return n
		}
	}
	return math.NaN()
}

// numberOf reads a number as JavaScript writes it; no text at all is 0.
func numberOf(text string) (float64, bool) {
	digits := strings.TrimLeft(text, "+-")
	switch {
	case text == "":
		return 0, true
	case digits == "Infinity" && len(text)-len(digits) <= 1:
		return math.Inf(1 - 2*strings.Count(text, "-")), true
	case len(digits) > 1 && digits == text && digits[0] == '0' && strings.ContainsRune("xXoObB", rune(digits[1])):
		n, err := strconv.ParseUint(text, 0, 64)
		return float64(n), err == nil && !strings.Contains(text, "_")
	case strings.ContainsAny(text, "_xXpPiInN"):
		return 0, false // Go's own forms
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil || math.IsInf(n, 0)
}

// strictlyEqual is === for single values. Lists and objects are equal when all in
// them is.
func strictlyEqual(a, b any) bool {
	if a == nil || b == nil || a == (missing{}) || b == (missing{}) {
		return a == b
	}
	x, isX := a.(int64)
	y, isY := b.(int64)
	if isX && isY {
		return x == y // beyond what a float64 tells apart
	}
	m, isM := numeric(a)
	n, isN := numeric(b)
	if isM || isN {
		return isM && isN && m == n
	}
	list, isList := elementsOf(a)
	other, isOther := elementsOf(b)
	if isList && isOther {
		return slices.EqualFunc(list, other, strictlyEqual)
	}
	return reflect.DeepEqual(a, b)
}

// looselyEqual is ==: null is what is missing, and values of different types are
// compared as numbers.
func looselyEqual(a, b any) bool {
	if isNothing(a) || isNothing(b) {
		return isNothing(a) && isNothing(b)
	}
	if sameKind(a, b) || isObject(a) && isObject(b) {
		return strictlyEqual(a, b)
	}
	a, b = primitive(a), primitive(b)
	if sameKind(a, b) {
		return strictlyEqual(a, b)
	}
	return numberFrom(a) == numberFrom(b)
}

func isNothing(v any) bool { return v == nil || v == (missing{}) }

// isObject reports whether a value is an object in JavaScript, which includes lists.
func isObject(v any) bool {
	switch kindName(v) {
	case "a list", "an object":
		return true
	}
	return false
}

// sameKind reports whether two values are of one type of JavaScript's.
func sameKind(a, b any) bool { return kindName(a) == kindName(b) }

// kindName names the type of a value in messages.
func kindName(v any) string {
	switch v.(type) {
	case nil, missing:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a text"
	}
	if _, ok := numeric(v); ok {
		return "a number"
	}
	if _, ok := elementsOf(v); ok {
		return "a list"
	}
	return "an object"
}

// ordered compares two texts by their UTF-16 units, and other values as numbers. It is
// false for a value that is not a number.
func ordered(a, b any, is func(int) bool) bool {
	if a == (missing{}) || b == (missing{}) {
		return false
	}
	a, b = primitive(a), primitive(b)
	x, isX := a.(string)
	y, isY := b.(string)
	if isX && isY {
		return is(compareTexts(x, y))
	}
	i, isI := a.(int64)
	j, isJ := b.(int64)
	if isI && isJ {
		return is(cmp.Compare(i, j))
	}
	m, n := numberFrom(a), numberFrom(b)
	return !math.IsNaN(m) && !math.IsNaN(n) && is(cmp.Compare(m, n))
}

// compareTexts compares by UTF-16 units, which differs from Go's order for
// characters beyond U+FFFF alone.
func compareTexts(a, b string) int {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return cmp.Compare(x[i], y[i])
		}
	}
	return cmp.Compare(len(x), len(y))
}

// A method is one method of attributes.
type method struct {
	least, most int    // number of arguments; most is -1 for any
	takes       string // the same in words
	null        bool   // also works on null
	also        string // what it works on besides texts, in words
	apply       func(value any, args []any) (result, ok bool)
}

const (
	oneText  = "one argument, a text"
	noArgs   = "no arguments"
	anyTexts = "any number of texts"
)

// methods is the table of methods. It is made when a filter first needs it: to make it takes
// the largest function of the package.
var methods = sync.OnceValue(newMethods)

func newMethods() map[string]method {
	return map[string]method{
		"isNull":                {0, 0, noArgs, true, "", isEmpty},
		"isEmpty":               {0, 0, noArgs, true, "", isEmpty},
		"notNull":               {0, 0, noArgs, true, "", notEmpty},
		"notEmpty":              {0, 0, noArgs, true, "", notEmpty},
		"startsWith":            {1, 1, oneText, false, "", onText(strings.HasPrefix)},
		"endsWith":              {1, 1, oneText, false, "", onText(strings.HasSuffix)},
		"startsWithIgnoreCase":  {1, 1, oneText, false, "", onText(ignoringCase(strings.HasPrefix))},
		"endsWithIgnoreCase":    {1, 1, oneText, false, "", onText(ignoringCase(strings.HasSuffix))},
		"contains":              {1, 1, "one argument", false, " and lists", containsAll},
		"containsAll":           {0, -1, "any number of arguments", false, " and lists", containsAll},
		"containsIgnoreCase":    {1, 1, oneText, false, " and lists", containsIgnoreCase},
		"containsAllIgnoreCase": {0, -1, anyTexts, false, " and lists", containsAllIgnoreCase},
	}
}

func isEmpty(value any, _ []any) (result, ok bool) { return value == nil || value == "", true }

func notEmpty(value any, _ []any) (result, ok bool) { return value != nil && value != "", true }

func onText(test func(text, part string) bool) func(any, []any) (bool, bool) {
	return func(value any, args []any) (result, ok bool) {
		text, ok := value.(string)
		return ok && test(text, textOf(args[0])), ok
	}
}

func ignoringCase(test func(text, part string) bool) func(text, part string) bool {
	return func(text, part string) bool { return test(strings.ToLower(text), strings.ToLower(part)) }
}

// containsAll looks for each argument in a text, or among the elements of a list.
func containsAll(value any, args []any) (result, ok bool) {
	text, isText := value.(string)
	list, isList := elementsOf(value)
	for _, arg := range args {
		if isText && !strings.Contains(text, textOf(arg)) || isList && !hasElement(list, func(e any) bool { return strictlyEqual(e, arg) }) {
			return false, true
		}
	}
	return isText || isList, isText || isList
}

func hasElement(list []any, is func(any) bool) bool {
	for _, e := range list {
		if is(e) {
			return true
		}
	}
	return false
}

// containsIgnoreCase looks for a text in a text, or in the texts of a list.
func containsIgnoreCase(value any, args []any) (result, ok bool) {
	contains := ignoringCase(strings.Contains)
	part, isText := args[0].(string)
	if text, ok := value.(string); ok {
		return contains(text, textOf(args[0])), true
	}
	list, _ := elementsOf(value)
	return hasElement(list, func(e any) bool {
		text, ok := e.(string)
		return ok && isText && contains(text, part)
	}), true
}

// containsAllIgnoreCase looks for each argument among the texts of a list.
func containsAllIgnoreCase(value any, args []any) (result, ok bool) {
	list, isList := elementsOf(value)
	for _, arg := range args {
		part, isText := arg.(string)
		if !hasElement(list, func(e any) bool {
			text, ok := e.(string)
			return ok && isText && strings.EqualFold(text, part)
		}) {
			return false, true
		}
	}
	return isList, true
}
