package target

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestModules: packages are found through go.mod, go.work, vendor and the module cache.
func TestModules(t *testing.T) {
	t.Parallel()
	dir := tree{
		"go.work": "go 1.24\n\nuse (\n\t./app\n\t./lib\n)\n",
		"app/go.mod": goMod + "\nrequire (\n\texample.com/near v1.0.0\n\texample.com/Far/mod v1.2.0\n\texample.com/Far/mod/v2 v2.0.0\n\texample.com/vendored v1.0.0\n)\n\n" +
			"replace example.com/near => ../near\n\nreplace example.com/Far/mod/v2 => example.com/fork v0.0.1\n",
		"app/vendor/example.com/vendored/x/x.go": "package x\n",
		"lib/go.mod":                             "module example.com/lib\n",
	}.write(t)
	modules := ModulesOf(filepath.Join(dir, "app", "conn"))
	for importPath, want := range map[string]string{
		"example.com/app":          "/app",
		"example.com/app/a/b":      "/app/a/b",
		"example.com/lib/x":        "/lib/x",
		"example.com/near/x":       "/near/x",
		"example.com/Far/mod/x":    "/example.com/!far/mod@v1.2.0/x",
		"example.com/Far/mod/v2/x": "/example.com/fork@v0.0.1/x",
		"example.com/vendored/x":   "/app/vendor/example.com/vendored/x",
		"example.com/application":  "",
		"context":                  "",
	} {
		got, ok := modules.Folder(importPath)
		if got = filepath.ToSlash(got); ok != (want != "") || !strings.HasSuffix(got, want) {
			t.Errorf("%s is in %q, %v, want %q", importPath, got, ok, want)
		}
	}
	var local []string
	for _, name := range modules.Local() {
		below, _ := filepath.Rel(dir, name)
		local = append(local, below)
	}
	if want := []string{"app", "lib", "near"}; !slices.Equal(local, want) {
		t.Errorf("the modules that may change are in %q, want %q", local, want)
	}
	if work, want := WorkspaceFile(filepath.Join(dir, "app")), filepath.Join(dir, "go.work"); work != want {
		t.Errorf("the workspace is %q, want %q", work, want)
	}
	if dir, ok := ModulesOf(t.TempDir()).Folder("example.com/app"); ok {
		t.Errorf("without a go.mod it is in %q", dir)
	}
}

// TestStandardFolder: an installed Go has its sources.
func TestStandardFolder(t *testing.T) {
	t.Parallel()
	for importPath, want := range map[string]bool{"net/http": true, "net/nowhere": false} {
		if dir, ok := StandardFolder(importPath); ok != want || !strings.HasSuffix(filepath.ToSlash(dir), "/src/"+importPath) {
			t.Errorf("%s is in %q, %v, want %v", importPath, dir, ok, want)
		}
	}
}
