package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLibrariesAreListed: the manual lists each library of the table, with its fixes.
func TestLibrariesAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "libraries.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Libraries {
		if !strings.Contains(string(page), "\n| "+l.Name+" | ") {
			t.Errorf("the page has no row for %s", l.Name)
		}
		for _, fix := range l.Fixes() {
			if !strings.Contains(string(page), fix) {
				t.Errorf("the page does not say %s", fix)
			}
		}
	}
}
