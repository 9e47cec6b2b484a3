package filter

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/conngen/conngen/internal/choices"
)

// FuzzFilter makes up filters and objects, and compares what the filters say with what an
// evaluator says that walks the expression as it was made up, under the rules of JavaScript.
func FuzzFilter(f *testing.F) {
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &maker{Rand: choices.New(data)}
		e := m.condition(4)
		text := m.print(e, 0)
		filter, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if warned := len(filter.Warnings()) > 0; warned != m.odd {
			t.Errorf("%s: the warnings are %q", text, filter.Warnings())
		}
		for range 4 {
			object := m.object()
			got := filterAnswer(text, object)
			if strings.HasPrefix(got, "filter: ") {
				got = "error"
			}
			want := strconv.FormatBool(e.holds(object))
			if e.failed {
				want = "error"
			}
			if got != want {
				t.Errorf("%s is %s, want %s, with %#v", text, got, want, object)
			}
		}
	})
}

// An expr is an expression as it was made up.
type expr struct {
	op     string // an operator, "name", "literal", "call", "member", "index", "ternary", "list", "row", "this"
	text   string // of a name, method or member
	value  any    // of a literal
	parts  []*expr
	failed bool // the evaluation has failed below here
}

// A maker makes up filters and objects.
type maker struct {
	*rand.Rand
	odd bool // a part of the filter has no meaning
}

func (m *maker) chance(n int) bool { return m.IntN(n) == 0 }

func choose[T any](m *maker, all ...T) T { return all[m.IntN(len(all))] }

var attributeNames = []string{"a", "b", "c_1", "$d", "é", "nul", "constructor"}

func (m *maker) name() *expr { return &expr{op: "name", text: choose(m, attributeNames...)} }

func (m *maker) literal() *expr {
	return &expr{op: "literal", value: choose[any](m, nil, true, false, 0.0, 1.0, 36.0, 1.5, 1e21, m.text(), m.text(), m.text())}
}

var texts = []string{"", "a", "A", "ada", "Ada", "36", " 36\n", "0x24", "3.6e1", "-1", "+1", "1,2", "true", "null", "Infinity", "_1", "1_0", "\"", "'", `\`, "😀", "\ufffd", "[object Object]", "Lyon", "lyon", "on"}

func (m *maker) text() string { return choose(m, texts...) }

// condition makes up what is true or false.
func (m *maker) condition(depth int) *expr {
	n := m.IntN(16)
	switch {
	case depth > 0 && n < 3:
		return &expr{op: "&&", parts: m.several(func() *expr { return m.condition(depth - 1) })}
	case depth > 0 && n < 6:
		return &expr{op: "||", parts: m.several(func() *expr { return m.condition(depth - 1) })}
	case depth > 0 && n < 8:
		return &expr{op: "!", parts: []*expr{m.condition(depth - 1)}}
	case n < 11:
		return m.call()
	case n < 15:
		op := choose(m, "==", "!=", "===", "<", ">", "<=", ">=")
		return &expr{op: op, parts: []*expr{m.operand(depth), m.operand(depth)}}
	}
	m.odd = true
	return choose(m, m.name, m.literal, func() *expr { return m.oddity(depth) }, m.oddCall)()
}

func (m *maker) several(one func() *expr) []*expr {
	parts := []*expr{one(), one()}
	if m.chance(3) {
		parts = append(parts, one())
	}
	return parts
}

func (m *maker) operand(depth int) *expr {
	switch m.IntN(12) {
	case 0:
		m.odd = true
		return m.oddity(depth)
	case 1, 2, 3, 4, 5:
		return m.literal()
	}
	return m.name()
}

// oddity makes up what the language does not have: it is false, or a value that is missing.
func (m *maker) oddity(depth int) *expr {
	part := func() *expr { return choose(m, m.name, m.literal)() }
	switch m.IntN(8) {
	case 0:
		return &expr{op: choose(m, "!==", "&", "|", "^", "??", "+", "-", "*", "/", "%", "**", "<<", ">>", ">>>"), parts: []*expr{part(), part()}}
	case 1:
		return &expr{op: choose(m, "-", "+", "~"), parts: []*expr{part()}}
	case 2:
		return &expr{op: "member", text: choose(m, "x", "length", "isNull"), parts: []*expr{m.name()}}
	case 3:
		return &expr{op: "index", parts: []*expr{m.name(), part()}}
	case 4:
		return &expr{op: "ternary", parts: []*expr{part(), part(), part()}}
	case 5:
		return &expr{op: "list", parts: []*expr{part(), part()}}
	case 6:
		if depth < 2 { // the parser has a limit
			return &expr{op: "row", parts: []*expr{part(), part()}}
		}
		return &expr{op: "row", parts: []*expr{part(), m.condition(depth - 2)}}
	}
	return &expr{op: "this"}
}

func (m *maker) oddCall() *expr {
	if m.chance(2) {
		return &expr{op: "call", text: choose(m, "unknown", "toLowerCase"), parts: []*expr{m.name()}}
	}
	return &expr{op: "call", text: "startsWith", parts: []*expr{m.name(), m.name()}}
}

// arities are how many arguments methods take; -1 is any number.
var arities = map[string]int{
	"isNull": 0, "isEmpty": 0, "notNull": 0, "notEmpty": 0, "startsWith": 1, "endsWith": 1, "startsWithIgnoreCase": 1, "endsWithIgnoreCase": 1,
	"contains": 1, "containsIgnoreCase": 1, "containsAll": -1, "containsAllIgnoreCase": -1,
}

func (m *maker) call() *expr {
	method := choose(m, "isNull", "isEmpty", "notNull", "notEmpty", "startsWith", "endsWith", "startsWithIgnoreCase", "endsWithIgnoreCase",
		"contains", "containsIgnoreCase", "containsAll", "containsAllIgnoreCase")
	n := arities[method]
	if n < 0 {
		n = m.IntN(3)
	} else if m.chance(10) {
		n, m.odd = n+1, true // what is too much is ignored
	}
	e := &expr{op: "call", text: method, parts: []*expr{m.name()}}
	for range n {
		if arg := m.literal(); arg.value != nil {
			e.parts = append(e.parts, arg)
		} else {
			e.parts = append(e.parts, &expr{op: "literal", value: "a"})
		}
	}
	return e
}

// object makes up attributes, of all types that a Go program may have them in.
func (m *maker) object() map[string]any {
	object := make(map[string]any)
	for _, name := range attributeNames {
		switch {
		case name == "constructor" || m.chance(6):
		case name == "nul":
			object[name] = nil
		default:
			object[name] = m.value()
		}
	}
	return object
}

func (m *maker) value() any {
	switch m.IntN(12) {
	case 0, 1, 2, 3:
		return m.text()
	case 4:
		return choose[any](m, 0.0, 1.0, 36.0, 1.5, -1.0, math.Copysign(0, -1), 1e21, 1e-7)
	case 5:
		return choose[any](m, int64(0), int64(1), int64(36), int64(-1))
	case 6:
		return choose[any](m, json.Number("36"), json.Number("3.6e1"), json.Number("1.5"), json.Number("-0"))
	case 7:
		return m.chance(2)
	case 8:
		return choose[any](m, []string{}, []string{m.text()}, []string{m.text(), m.text()})
	case 9:
		return choose[any](m, []int64{36}, []int64{1, 2}, []bool{true})
	case 10:
		return choose[any](m, []any{m.text(), 36.0, nil}, []any{true, []any{"a", 1.5}}, []any{1.0, 2.0}, []any{map[string]any{}}, []any{})
	}
	return choose[any](m, map[string]any{}, map[string]any{"x": 1.0}, nil)
}

// levels say how tight operators bind; what is not here binds tightest.
var levels = map[string]int{
	"row": -1, "ternary": -1, "||": 1, "??": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "===": 6, "!==": 6, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7,
	">>>": 8, "<<": 8, ">>": 8, "+": 9, "-": 9, "**": 10, "*": 10, "/": 10, "%": 10,
}

// print writes an expression where operators bind tighter than a level around it.
func (m *maker) print(e *expr, level int) string {
	own, ok := levels[e.op]
	if !ok || len(e.parts) == 1 {
		own = 11
	}
	text := m.bare(e, own)
	if own < level || m.chance(12) {
		return "(" + m.space() + text + m.space() + ")"
	}
	return text
}

func (m *maker) bare(e *expr, own int) string {
	switch e.op {
	case "name":
		return e.text
	case "this":
		return "this"
	case "literal":
		return m.written(e.value)
	case "call":
		return m.print(e.parts[0], 11) + m.space() + "." + m.space() + e.text + "(" + m.list(e.parts[1:]) + ")"
	case "member":
		return m.print(e.parts[0], 11) + choose(m, ".", " . ", "?.") + e.text
	case "index":
		return m.print(e.parts[0], 11) + "[" + m.print(e.parts[1], 0) + "]"
	case "list":
		return "[" + m.list(e.parts) + "]"
	case "ternary":
		return "(" + m.print(e.parts[0], 1) + " ? " + m.print(e.parts[1], 0) + " : " + m.print(e.parts[2], 0) + ")"
	case "row":
		return "(" + m.print(e.parts[0], 1) + choose(m, " ; ", " , ", "\n;; ") + m.print(e.parts[1], 1) + ")"
	}
	if len(e.parts) == 1 {
		return e.op + m.space() + m.print(e.parts[0], 11)
	}
	var b strings.Builder
	for i, part := range e.parts {
		if i > 0 {
			b.WriteString(" " + m.space() + e.op + m.space() + " ")
			own++ // the same operator again binds to the left
		}
		b.WriteString(m.print(part, own))
		if i > 0 {
			own--
		}
	}
	return b.String()
}

func (m *maker) list(parts []*expr) string {
	var all []string
	for _, p := range parts {
		all = append(all, m.print(p, 0))
	}
	return m.space() + strings.Join(all, m.space()+","+m.space()) + m.space()
}

func (m *maker) space() string { return choose(m, "", "", "", "", " ", "\t", "\n", "\r\n") }

func (m *maker) written(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		quote := choose(m, `"`, `'`)
		return quote + strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`).Replace(v) + quote
	case float64:
		if v == 36 {
			return choose(m, "36", "36.0", "3.6e1", "360E-1", "36.")
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatBool(value.(bool))
}

// undefined is what JavaScript has for a value that is missing.
type undefined struct{}

// holds evaluates a condition.
func (e *expr) holds(object map[string]any) bool {
	e.failed = false
	switch {
	case e.op == "!" && len(e.parts) == 1:
		value := e.parts[0].holds(object)
		e.failed = e.parts[0].failed
		return !value
	case e.op == "&&" || e.op == "||":
		for _, p := range e.parts {
			value := p.holds(object)
			if e.failed = p.failed; e.failed || value == (e.op == "||") {
				return value
			}
		}
		return e.op == "&&"
	case e.op == "call":
		return e.calls(object)
	case levels[e.op] == 6 || levels[e.op] == 7:
		return compares(e.op, e.parts[0].evaluate(object), e.parts[1].evaluate(object))
	}
	return false
}

// evaluate evaluates a side of a comparison.
func (e *expr) evaluate(object map[string]any) any {
	switch e.op {
	case "literal":
		return e.value
	case "name":
		if value, ok := object[e.text]; ok {
			return inJavaScript(value)
		}
		if e.text == "constructor" {
			return map[string]any{}
		}
	}
	return undefined{}
}

// inJavaScript turns Go's types into those that JavaScript has: nil, booleans, texts, one
// type of numbers, one of lists, one of objects.
func inJavaScript(value any) any {
	switch v := value.(type) {
	case int64:
		return float64(v)
	case json.Number:
		n, _ := v.Float64()
		return n
	case []string, []int64, []bool, []any:
		list := []any{}
		for i := range reflect.ValueOf(v).Len() {
			list = append(list, inJavaScript(reflect.ValueOf(v).Index(i).Interface()))
		}
		return list
	}
	return value
}

func compares(op string, a, b any) bool {
	switch op {
	case "==":
		return equals(a, b)
	case "!=":
		return !equals(a, b)
	case "===":
		return reflect.DeepEqual(a, b)
	case "!==":
		return false // the original's fault
	}
	return orders(op, a, b)
}

// equals is ==, but that lists and objects are equal when all in them is.
func equals(a, b any) bool {
	isNothing := func(v any) bool { return v == nil || v == undefined{} }
	if isNothing(a) || isNothing(b) {
		return isNothing(a) && isNothing(b)
	}
	if isContainer(a) && isContainer(b) || reflect.TypeOf(a) == reflect.TypeOf(b) {
		return reflect.DeepEqual(a, b)
	}
	a, b = simple(a), simple(b)
	if reflect.TypeOf(a) == reflect.TypeOf(b) {
		return a == b
	}
	return asNumber(a) == asNumber(b) // false for NaN
}

func isContainer(v any) bool {
	switch v.(type) {
	case []any, map[string]any:
		return true
	}
	return false
}

// simple is ToPrimitive of ECMAScript.
func simple(v any) any {
	if isContainer(v) {
		return asText(v)
	}
	return v
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if v == 0 {
			text = "0"
		} else if abs := math.Abs(v); abs >= 1e21 || abs < 1e-6 {
			text = regexp.MustCompile(`e([+-])0`).ReplaceAllString(strconv.FormatFloat(v, 'e', -1, 64), "e$1")
		}
		return text
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, asText(e))
		}
		return strings.Join(all, ",")
	case map[string]any:
		return "[object Object]"
	}
	return ""
}

var decimal = regexp.MustCompile(`^[+-]?(Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)$`)

func asNumber(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case float64:
		return v
	case bool:
		return map[bool]float64{true: 1}[v]
	case string:
		text := strings.TrimSpace(v)
		if text == "" {
			return 0
		}
		if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
			if n, err := strconv.ParseUint(hex, 16, 64); err == nil {
				return float64(n)
			}
		}
		if decimal.MatchString(text) {
			n, _ := strconv.ParseFloat(text, 64)
			return n
		}
	}
	return math.NaN()
}

func orders(op string, a, b any) bool {
	a, b = simple(a), simple(b)
	x, y := asNumber(a), asNumber(b)
	s, isText := a.(string)
	o, isOther := b.(string)
	if isText && isOther {
		x, y = float64(compareUnits(s, o)), 0
	}
	return map[string]bool{"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]
}

func compareUnits(a, b string) int {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; ; i++ {
		switch {
		case i == len(x) && i == len(y):
			return 0
		case i == len(x) || i < len(y) && x[i] < y[i]:
			return -1
		case i == len(y) || x[i] > y[i]:
			return 1
		}
	}
}

// calls calls a method, as the original has it.
func (e *expr) calls(object map[string]any) bool {
	value := e.parts[0].evaluate(object)
	n, known := arities[e.text]
	var args []any
	for _, p := range e.parts[1:] {
		if p.op != "literal" {
			return false
		}
		args = append(args, p.value)
	}
	if !known || value == (undefined{}) {
		return false
	}
	if n >= 0 {
		args = args[:n]
	}
	switch e.text {
	case "isNull", "isEmpty":
		return value == nil || reflect.DeepEqual(value, "")
	case "notNull", "notEmpty":
		return value != nil && !reflect.DeepEqual(value, "")
	}
	if value == nil {
		return false
	}
	text, isText := value.(string)
	list, isList := value.([]any)
	fold := strings.ToLower
	if !strings.HasSuffix(e.text, "IgnoreCase") {
		fold = func(s string) string { return s }
	}
	switch strings.TrimSuffix(e.text, "IgnoreCase") {
	case "startsWith":
		e.failed = !isText
		return isText && strings.HasPrefix(fold(text), fold(asText(args[0])))
	case "endsWith":
		e.failed = !isText
		return isText && strings.HasSuffix(fold(text), fold(asText(args[0])))
	}
	has := func(test func(element any, arg any) bool) bool {
		for _, arg := range args {
			found := false
			for _, element := range list {
				found = found || test(element, arg)
			}
			if !found {
				return false
			}
		}
		return isList
	}
	both := func(test func(a, b string) bool) func(a, b any) bool {
		return func(a, b any) bool {
			x, isX := a.(string)
			y, isY := b.(string)
			return isX && isY && test(fold(x), fold(y))
		}
	}
	switch e.text {
	case "containsIgnoreCase":
		if isText {
			return strings.Contains(fold(text), fold(asText(args[0])))
		}
		return has(both(strings.Contains))
	case "containsAllIgnoreCase":
		return has(both(func(a, b string) bool { return a == b }))
	}
	if e.failed = !isText && !isList; e.failed || isList {
		return has(func(a, b any) bool { return reflect.DeepEqual(a, b) })
	}
	for _, arg := range args {
		if !strings.Contains(text, asText(arg)) {
			return false
		}
	}
	return true
}
