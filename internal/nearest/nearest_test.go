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

func TestTypos(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, candidate string
		count           int
		few             bool
	}{
		{"list", "list", 0, true},
		{"LIST", "list", 0, true},
		{"lst", "list", 1, true},
		{"acount", "account", 1, true},
		{"udpate", "update", 1, true},
		{"ls", "list", 1, false},
		{"aggregate", "create", 4, false},
		{"lock", "unlock", 2, false},
		{strings.Repeat("x", 1<<20), "list", 6, false},
	}
	for _, tt := range tests {
		count, few := nearest.Typos(tt.name, tt.candidate)
		if few != tt.few || few && count != tt.count {
			t.Errorf("Typos(%.20q, %q) = %d, %v; want %d, %v", tt.name, tt.candidate, count, few, tt.count, tt.few)
		}
	}
}
