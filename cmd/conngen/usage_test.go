package main

import (
	"strings"
	"testing"
)

// TestUnknownLetter: a letter of any alphabet stays whole.
func TestUnknownLetter(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{
		"-é":     "conngen: unknown flag -é\n",
		"-éa":    "conngen: unknown flag -é\n",
		"-qé":    "conngen: unknown flag -é\n",
		"-é=1":   "conngen: unknown flag -é\n",
		"-\xc3":  `conngen: unknown flag -\xc3` + "\n",
		"-世界":    "conngen: unknown flag -世\n",
		"-\x1b[": `conngen: unknown flag -\x1b` + "\n",
		"-V":     "conngen: unknown flag -V; did you mean --verbose?\n",
	} {
		var out strings.Builder
		a := app{stdin: strings.NewReader(""), stdout: &out, stderr: &out}
		if code := a.Main([]string{"check", flag}); code == exitOK || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%q: exit %d, %s", flag, code, &out)
		}
	}
}
