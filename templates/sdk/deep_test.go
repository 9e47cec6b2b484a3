package sdk

import (
	"strings"
	"testing"
)

// TestDeepNesting: values that are nested however deep are read, or refused in words, in
// each place where a request has any. Exhausting the stack would end the program.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	for _, bracket := range []struct{ open, end string }{{"[", "]"}, {`{"a":`, "}"}} {
		for _, n := range []int{9_900, 10_000, 1_000_000} {
			deep := strings.Repeat(bracket.open, n) + "1" + strings.Repeat(bracket.end, n)
			var a memberAttributes
			var in AccountUpdateInput[memberChanges]
			for name, read := range map[string]func() error{
				"request": func() error {
					_, err := parseRequest([]byte(`{"type":"std:account:list","input":` + deep + `}`))
					return err
				},
				"extra": func() error { return Unmarshal([]byte(`{"x":`+deep+`}`), &a) },
				"input": func() error { return Unmarshal([]byte(`{"state":`+deep+`}`), new(AccountListInput)) },
				"changes": func() error {
					return Unmarshal([]byte(`{"changes":[{"op":"Set","attribute":"x","value":`+deep+`}]}`), &in)
				},
			} {
				err := read()
				switch {
				case n < 10_000 && err != nil:
					t.Errorf("%s, %d: %v", name, n, err)
				case n >= 10_000 && (err == nil || !strings.Contains(err.Error(), "is nested more than 10000 levels deep")):
					t.Errorf("%s, %d: %v", name, n, err)
				}
			}
			if n >= 10_000 {
				continue
			}
			if err := in.Apply(&a); err != nil {
				t.Error(err)
			}
			if _, err := Marshal(&a); err != nil {
				t.Error(err)
			}
			if _, err := DecodeState[any]([]byte(deep)); err != nil {
				t.Error(err)
			}
		}
	}
}
