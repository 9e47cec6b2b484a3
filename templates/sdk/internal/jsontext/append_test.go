package jsontext

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestAppendString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{"a\"b\\c", `"a\"b\\c"`},
		{"\b\f\n\r\t", `"\b\f\n\r\t"`},
		{"\x00\x01\x1f\x7f", "\"\\u0000\\u0001\\u001f\x7f\""},
		{"</script>&", `"</script>&"`},
		{"\u2028\u2029", "\"\u2028\u2029\""},
		{"größer 日本 😀", `"größer 日本 😀"`},
		{"a\xffb\xe2\x82", "\"a\ufffdb\ufffd\ufffd\""},
		{"\ufffd", "\"\ufffd\""},
		{"\nend", `"\nend"`},
		{"end\n", `"end\n"`},
	} {
		if got := string(AppendString(nil, tt.text)); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
		if !json.Valid(AppendString(nil, tt.text)) {
			t.Errorf("%q: not JSON", tt.text)
		}
	}
}

func TestAppendValue(t *testing.T) {
	t.Parallel()
	type item struct {
		Text string `json:"text"`
	}
	for _, tt := range []struct {
		value any
		want  string
	}{
		{nil, `null`},
		{"a", `"a"`},
		{true, `true`},
		{0, `0`},
		{int64(math.MinInt64), `-9223372036854775808`},
		{12.5, `12.5`},
		{math.Copysign(0, -1), `0`},
		{1.7e12, `1700000000000`},
		{1e21, `1e+21`},
		{1e-7, `1e-7`},
		{json.Number("9007199254740993"), `9007199254740993`},
		{[]string{}, `[]`},
		{[]string{"a", "b"}, `["a","b"]`},
		{[]any{1, "a", nil, []any{}}, `[1,"a",null,[]]`},
		{[]any(nil), `null`},
		{map[string]any(nil), `null`},
		{map[string]any{"b": 1, "a": map[string]any{"<": "&"}}, `{"a":{"<":"&"},"b":1}`},
		{item{"<b>\u2028\n"}, "{\"text\":\"<b>\u2028\\n\"}"},
		{[]item{{"x"}}, `[{"text":"x"}]`},
		{json.RawMessage(" {\"a\" : [ 1 , \"\\u003c\" ]}"), `{"a":[1,"<"]}`},
		{json.RawMessage(nil), `null`},
		{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), `"2026-01-02T03:04:05Z"`},
	} {
		got, err := AppendValue(nil, tt.value, 0, nil)
		if err != nil {
			t.Errorf("%#v: %v", tt.value, err)
		} else if string(got) != tt.want {
			t.Errorf("%#v: %s, want %s", tt.value, got, tt.want)
		}
	}
}

// TestAppendValueRefuses is about values that JSON cannot carry; one that
// contains itself must not exhaust the stack, which would end the program.
func TestAppendValueRefuses(t *testing.T) {
	t.Parallel()
	list := make([]any, 1)
	list[0] = list
	object := map[string]any{}
	object["self"] = object
	type pointer struct{ Next *pointer }
	loop := &pointer{}
	loop.Next = loop
	for name, value := range map[string]any{
		"not a number": math.NaN(),
		"infinity":     math.Inf(1),
		"function":     func() {},
		"raw":          json.RawMessage(`{"a":`),
		"list":         list,
		"object":       object,
		"pointer":      loop,
		"inside":       map[string]any{"a": []any{math.NaN()}},
	} {
		if text, err := AppendValue(nil, value, 0, nil); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestAppendNormal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{" { \"a\" : [ 1 ,\r\n\t2.0 , -0, 1e400 ] } ", `{"a":[1,2.0,-0,1e400]}`},
		{`{"b":1,"a":2,"b":3}`, `{"b":1,"a":2,"b":3}`},
		{`"a \" , : { b"`, `"a \" , : { b"`},
		{`"\\"`, `"\\"`},
		{`"\/\b\f\n\r\t\"\\"`, `"/\b\f\n\r\t\"\\"`},
		{`"\u0000\u001F\u0022\u005c\u0009\u007f"`, "\"\\u0000\\u001f\\\"\\\\\\t\x7f\""},
		{`"\u00E9\u65e5\ud83d\uDE00\u2028"`, "\"é日😀\u2028\""},
		{`"\ud800"`, `"\ud800"`},
		{`"x\uDC00y"`, `"x\udc00y"`},
		{`"\ud800\ud83d\ude00"`, `"\ud800😀"`},
		{`"\ud800\n"`, `"\ud800\n"`},
		{"\"\xff\\n\xff\"", "\"\ufffd\\n\ufffd\""},
	} {
		got := string(AppendNormal(nil, []byte(tt.text)))
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.text, got, tt.want)
		}
		if again := string(AppendNormal(nil, []byte(got))); again != got {
			t.Errorf("%s: twice gives %s", got, again)
		}
	}
}

func TestReadValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		raw, text string
		number    any // int64, or nil if refused
		truth     any // bool, or nil if refused
	}{
		{raw: `"42"`, text: "42", number: int64(42)},
		{raw: `42`, text: "42", number: int64(42)},
		{raw: `42.0`, text: "42", number: int64(42)},
		{raw: `1e3`, text: "1000", number: int64(1000)},
		{raw: `-0`, text: "0", number: int64(0)},
		{raw: `9223372036854775807`, text: "9223372036854775807", number: int64(math.MaxInt64)},
		{raw: `9223372036854775808`, text: "9223372036854775808"},
		{raw: `1e400`, text: "Infinity"},
		{raw: `1.5`, text: "1.5"},
		{raw: `"Infinity"`, text: "Infinity"},
		{raw: `"nan"`, text: "nan"},
		{raw: `true`, text: "true", truth: true},
		{raw: `"True"`, text: "True", truth: true},
		{raw: `"FALSE"`, text: "FALSE", truth: false},
		{raw: `"yes"`, text: "yes"},
		{raw: `null`},
		{raw: `"\u00e9"`, text: "é"},
	} {
		raw := json.RawMessage(tt.raw)
		if text, err := ReadText(raw); err != nil || text != tt.text {
			t.Errorf("%s: text %q, %v, want %q", raw, text, err, tt.text)
		}
		if n, err := ReadInt(raw); (err == nil) != (tt.number != nil) || err == nil && n != tt.number {
			t.Errorf("%s: number %d, %v, want %v", raw, n, err, tt.number)
		}
		if b, err := ReadBool(raw); (err == nil) != (tt.truth != nil) || err == nil && b != tt.truth {
			t.Errorf("%s: truth %t, %v, want %v", raw, b, err, tt.truth)
		}
	}
	for _, raw := range []string{`{"a":"hush"}`, `["hush"]`} {
		_, err := ReadText(json.RawMessage(raw))
		if err == nil || !strings.HasPrefix(err.Error(), "must be a string, not ") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// FuzzNormal: any JSON has one normal form, which says the same; that of a text is what
// AppendString writes.
func FuzzNormal(f *testing.F) {
	for _, text := range []string{
		`{ "a" : [ 1.0 , null ], "a": "\/\u00e9\ud83d\ude00" }`, `"\ud800\uDFFFx\ud800"`, `"\u0000\u001f\u007f\u2028"`, "[\"\xff\xe2\x82\"]", `-0e5`, `"\u0022\u005c"`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return
		}
		normal := AppendNormal([]byte("x"), text)[1:]
		if again := AppendNormal(nil, normal); !json.Valid(normal) || !utf8.Valid(normal) || string(again) != string(normal) {
			t.Fatalf("%q becomes %q, and then %q", text, normal, again)
		}
		before, err := ReadValue(text)
		after, afterErr := ReadValue(normal)
		if !reflect.DeepEqual(before, after) || (err == nil) != (afterErr == nil) {
			t.Errorf("%q becomes %q: %v, then %v", text, normal, before, after)
		}
		if s, ok := before.(string); ok && !strings.Contains(s, "\ufffd") && string(AppendString(nil, s)) != string(normal) {
			t.Errorf("%q becomes %q, and is written %q", text, normal, AppendString(nil, s))
		}
	})
}
