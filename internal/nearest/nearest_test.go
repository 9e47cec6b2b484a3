package nearest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/nearest"
)

func TestName(t *testing.T) {
	t.Parallel()
	candidates := []string{"multi", "keyType", "id", "groups", "displayName"}
	tests := []struct{ name, want string }{
		{"multiple", "multi"},
		{"mutli", "multi"},
		{"ketType", "keyType"},
		{"KEYTYPE", "keyType"},
		{"ID", "id"},
		{"it", ""},
		{"uid", "id"},
		{"uuid", "id"},
		{"group", "groups"},
		{"displayname", "displayName"},
		{"", ""},
		{"a name", ""},
		{strings.Repeat("x", 1<<20), ""},
	}
	for _, tt := range tests {
		if got := nearest.Name(tt.name, candidates); got != tt.want {
			t.Errorf("Name(%.20q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := nearest.Name("id", nil); got != "" {
		t.Errorf("Name without candidates = %q", got)
	}
}

// TestSDKHasTheSame: the SDK, which imports nothing of the generator, has a copy.
func TestSDKHasTheSame(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("nearest.go")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(filepath.FromSlash("../../templates/sdk/internal/nearest/nearest.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours, theirs) {
		t.Error("templates/sdk/internal/nearest differs: copy nearest.go there")
	}
}
