package jsontext

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
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

// TestFindRoundedAnywhere: a number is found wherever it is, and however short.
func TestFindRoundedAnywhere(t *testing.T) {
	t.Parallel()
	for n := range 64 {
		for _, number := range []string{"9007199254740992", "-9007199254740992", "9007199254740993.0"} {
			text := `{"` + strings.Repeat("x", n) + `":` + number + `,"` + strings.Repeat("y", n%7) + `":1}`
			if _, found := FindRounded([]byte(text)); !found {
				t.Errorf("%s passes", text)
			}
		}
	}
}

// BenchmarkFindRounded looks through an account, which is what each line of a bundle has to pass.
func BenchmarkFindRounded(b *testing.B) {
	text := []byte(`{"key":{"simple":{"id":"100200"}},"disabled":false,"attributes":{"id":"100200","login":"` + strings.Repeat("x", 80) +
		`","mail":"someone@library.example","loans":3,"groups":["readers","writers"]}}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, found := FindRounded(text); found {
			b.Fatal("found a number")
		}
	}
}

// FuzzFindRounded: of any JSON, what is found is what a decoder and big numbers find.
func FuzzFindRounded(f *testing.F) {
	for _, text := range []string{
		`{"a":[{"b":9007199254740993}],"c":"\"9007199254740993"}`, `[9007199254740993.0,1e17]`, `{"a":{"a":90071992547409930e-1},"b":{"":-9007199254740992}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		path, found := FindRounded([]byte(text))
		want, isThere := roundedIn(json.NewDecoder(strings.NewReader(text)))
		if found != isThere || !slices.Equal(path, want) {
			t.Errorf("%q: %q, %t, want %q, %t", text, path, found, want, isThere)
		}
	})
}

// roundedIn returns the names of the members that lead to the first number that JavaScript
// rounds in the value that comes next.
func roundedIn(d *json.Decoder) (path []string, found bool) {
	d.UseNumber()
	token, _ := d.Token() // the JSON is valid
	switch token {
	case json.Delim('{'), json.Delim('['):
		for d.More() {
			var name []string
			if token == json.Delim('{') {
				key, _ := d.Token()
				name = []string{key.(string)}
			}
			if below, ok := roundedIn(d); ok && !found {
				path, found = append(name, below...), true
			}
		}
		_, _ = d.Token()
	}
	if n, ok := token.(json.Number); ok {
		return nil, rounds(n.String())
	}
	return path, found
}

// rounds reports whether JavaScript rounds a number: one beyond ±(2^53-1) that is whole, and
// is within 64 bits, or reads otherwise when JavaScript prints it.
func rounds(literal string) bool {
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil || math.Abs(f) > 1e300 || f != 0 && math.Abs(f) < 1 {
		return !strings.ContainsAny(literal, ".eE")
	}
	r, ok := new(big.Rat).SetString(literal)
	if !ok || !r.IsInt() || r.Num().CmpAbs(big.NewInt(1<<53-1)) <= 0 {
		return false
	}
	printed := strconv.FormatFloat(f, 'f', -1, 64)
	if strings.ContainsAny(literal, ".eE") {
		return r.Num().IsInt64() && printed != r.Num().String()
	}
	return r.Num().IsInt64() || r.Num().IsUint64() || math.Abs(f) >= 1e21 || printed != literal
}
