package found

import (
	"os"
	"path/filepath"
	"testing"
)

func TestShown(t *testing.T) {
	t.Parallel()
	wd, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	far := filepath.VolumeName(wd) + string(os.PathSeparator) + "x"
	for path, want := range map[string]string{
		filepath.Join("a", "go.mod"):     filepath.Join("a", "go.mod"),
		filepath.Join(wd, "a", "go.mod"): filepath.Join("a", "go.mod"),
		wd:                               ".",
		filepath.Join(filepath.Dir(wd), "go.mod"): filepath.Join("..", "go.mod"),
		far: far,
	} {
		if got := Shown(path); got != want {
			t.Errorf("Shown(%q) = %q, want %q", path, got, want)
		}
	}
}
