package nearest_test

import (
	"testing"

	generator "github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/templates/sdk/internal/nearest"
)

// TestName: the SDK, which imports nothing of the generator, finds the same names.
func TestName(t *testing.T) {
	t.Parallel()
	candidates := []string{"multi", "keyType", "id", "groups", "displayName", "attributes", "identity"}
	for _, name := range []string{"multiple", "mutli", "ketType", "KEYTYPE", "ID", "it", "uid", "group", "displayname", "", "a name", "atributes", "idenity"} {
		if got, want := nearest.Name(name, candidates), generator.Name(name, candidates); got != want {
			t.Errorf("Name(%q) = %q, the generator's is %q", name, got, want)
		}
	}
	if got := nearest.Name("atributes", candidates); got != "attributes" {
		t.Errorf("Name = %q", got)
	}
}
