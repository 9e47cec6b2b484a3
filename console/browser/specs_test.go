package browser

import (
	"os"
	"path/filepath"
	"testing"
)

// golden is the spec of a golden case.
func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../golden", name, "connector-spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
