package report

import "testing"

// TestOpaque: a line of a text that is not a spec shows no values but the character
// that is marked, here the last one.
func TestOpaque(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"initialValue":"hush"} x`:       `{"initialValue":"****"} x`,
		`{"a" : "hu\"sh", "b": hush x`:    `{"a" : "******", "b": **** x`,
		`{"a": 'hush', b: true, "c":12 x`: `{"a": '****', b: true, "c":** x`,
		`{"a": "hush": "b" x`:             `{"a": "****": "*" x`,
		`sh", "a": hush x`:                `**"**"*"*******x`,
		`{"a": "hush x`:                   `{"a": "*****x`,
		`x`:                               `x`,
	} {
		n := len([]rune(line))
		if got := string(opaque([]rune(line), n-1, n)); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
