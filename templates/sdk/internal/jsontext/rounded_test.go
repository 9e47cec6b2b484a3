package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestFindRounded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // the path
		`9007199254740992`:                                     "",
		`-9007199254740992`:                                    "",
		`[1,{"a":{"b":[true,18446744073709551615]}}]`:          "a b",
		`{"x":{"y":1},"z":[{"q":1},[9223372036854775807]]}`:    "z",
		`{"a\"b":{"{[":"}]:","é\u0041":12345678901234567890}}`: `a"b éA`,
		`{ "a" : [ 1 ] , "b" : 9007199254740993 }`:             "b",
		`{"a":9007199254740993.0}`:                             "a",
		`{"a":9007199254740993e0}`:                             "a",
		`{"a":-90071992547409930e-1}`:                          "a",
		`{"":123456789012345678901234567890}`:                  "",
	} {
		if path, found := FindRounded([]byte(text)); !found || strings.Join(path, " ") != want {
			t.Errorf("%s: %q, %t", text, path, found)
		}
	}
	for _, text := range []string{
		``, `{}`, `9007199254740991`, `-9007199254740991`, `"9007199254740993"`, `{"9007199254740993":"\\"}`,
		`100000000000000000000`, `1e+21`, `1234567890.123456789`, `1e17`, `9007199254740994.0`, `[0,-1.5,1e-7]`,
	} {
		if path, found := FindRounded([]byte(text)); found {
			t.Errorf("%s: %q", text, path)
		}
	}
}

// FuzzFindRounded: any JSON can be looked through, and no path is longer than it is deep.
func FuzzFindRounded(f *testing.F) {
	f.Add(`{"a":[{"b":9007199254740993}],"c":"\"9007199254740993"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		if path, found := FindRounded([]byte(text)); found && len(path) > strings.Count(text, "{") {
			t.Errorf("%q", path)
		}
	})
}
