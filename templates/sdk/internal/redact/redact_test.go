package redact

import "testing"

func TestURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                "",
		"https://a.example/x?y=z":         "https://a.example/x?y=z",
		"https://a.example:8080/x":        "https://a.example:8080/x",
		"https://@a.example":              "https://@a.example",
		"https://a.example/users/@me":     "https://[redacted]@me", // a.example may be a user
		"https://u:p@a.example/@me?q=@":   "https://[redacted]@a.example/@me?q=@",
		"https://u@a.example":             "https://[redacted]@a.example",
		"https://u:p@q@a.example#f":       "https://[redacted]@a.example#f",
		"//u:p@a.example":                 "//[redacted]@a.example",
		"u:p@a.example":                   "[redacted]@a.example",
		"u:p//q@a.example":                "[redacted]@a.example",
		"https://u:p/q@a.example/x":       "https://[redacted]@a.example/x",
		"https://u:p#q@a.example":         "https://[redacted]@a.example",
		"https://u:12?q@a.example":        "https://[redacted]@a.example",
		"https://u:12/q@a.example":        "https://[redacted]@a.example",
		"https://u:12#q@a.example":        "https://[redacted]@a.example",
		"https://u/q@a.example":           "https://[redacted]@a.example",
		"https:/u:p@a.example":            "[redacted]@a.example",
		"https://u:%zz@a.example":         "https://[redacted]@a.example",
		" https://u:p@a.example":          " https://[redacted]@a.example",
		"https://u:p\n@a.example":         "https://[redacted]@a.example",
		"https://a.example\x7f/users/@me": "https://[redacted]@me",
	} {
		if got := URL(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
