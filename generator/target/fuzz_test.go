package target

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// FuzzModule: whatever go.mod and go.work contain, a folder of the module has an import path below
// the module's, or is refused with a reason.
func FuzzModule(f *testing.F) {
	f.Add("module example.com/m\n\ngo 1.24\n", "go 1.24\n\nuse ./m\n", "connector")
	f.Add("module example.com/m\n\nignore ./gen\n", "", "gen/x")
	f.Add("module \"a b\"\n", "use (\n", "testdata/x")
	f.Add("module ../x\n", "go 1\nuse /\n", "..")
	f.Add("", "\x00", "_x")
	f.Fuzz(func(t *testing.T, mod, work, folder string) {
		if folder = filepath.FromSlash(folder); !filepath.IsLocal(folder) || strings.ContainsRune(folder, 0) || len(folder) > 200 {
			return
		}
		dir := t.TempDir()
		root := filepath.Join(dir, "m")
		if err := os.Mkdir(root, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{filepath.Join(root, "go.mod"): mod, filepath.Join(dir, "go.work"): work} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if name, err := Workspace(root); err == nil && name == "" {
			if parsed, err := modfile.ParseWork("go.work", []byte(work), nil); err != nil || len(parsed.Use) == 0 {
				t.Errorf("%q lists the module, %v", work, err)
			}
		}
		target, err := new(Finder).Resolve(filepath.Join(root, "connector-spec.json"), Options{Out: folder, Package: "connector"})
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a reason")
			}
			return
		}
		path := modfile.ModulePath([]byte(mod))
		if path == "" || target.Import != path && !strings.HasPrefix(target.Import, path+"/") || module.CheckImportPath(target.Import) != nil {
			t.Errorf("the folder %q of %q has the import path %q", folder, mod, target.Import)
		}
		if rel, err := filepath.Rel(root, target.Dir); err != nil || !filepath.IsLocal(rel) {
			t.Errorf("the folder %q is %q", folder, target.Dir)
		}
	})
}
