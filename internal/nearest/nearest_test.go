package nearest_test

import (
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
