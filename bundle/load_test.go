package bundle

import (
	"strings"
	"testing"
)

// TestInspectBroken: errors in loading a program are explained in plain words, at their position.
func TestInspectBroken(t *testing.T) {
	t.Parallel()
	const module = "-- go.mod --\nmodule example.com/app\n\ngo 1.24\n"
	const program = module + "-- main.go --\npackage main\n\nimport _ \"example.com/app/base\"\n\nfunc main() {}\n"
	for name, test := range map[string]struct{ archive, want string }{
		"header":          {module + "-- main.go --\nfunc main() {}\n", "DIR/main.go:1:1: Go syntax error: expected 'package', found 'func'"},
		"body":            {module + "-- main.go --\npackage main\nfunc {\n", "DIR/main.go:2:6: Go syntax error: expected a name, found '{'"},
		"constraint":      {module + "-- main.go --\n//go:build (\n\npackage main\n", "DIR/main.go:1:13: Go syntax error: build constraint: missing close paren"},
		"NUL":             {module + "-- main.go --\npackage main\n\x00\nimport _ \"example.com/app/base\"\n-- base/base.go --\npackage base\n", "DIR/main.go:2:1: Go syntax error: illegal character NUL"},
		"imported":        {program + "-- base/base.go --\npackage\n", "DIR/base/base.go:1:9: Go syntax error: expected a name, found the end of the file"},
		"not required":    {module + "-- main.go --\npackage main\n\nimport _ \"example.com/other\"\n", "DIR/main.go:3:8: go.mod requires no module that has package example.com/other; run go get example.com/other"},
		"not in Go":       {module + "-- main.go --\npackage main\n\nimport _ \"other\"\n", "DIR/main.go:3:8: package other is neither in the standard library nor in a module of go.mod; correct the import"},
		"other platforms": {program + "-- base/base.go --\n//go:build windows\n\npackage base\n", "package example.com/app/base: it has no Go files for GOOS=js GOARCH=wasm"},
		"empty":           {module, "DIR has no Go files: name the folder of the main package with --go-package"},
		"tests":           {module + "-- a_test.go --\npackage main\n", "DIR has no Go files except tests: name the folder of the main package with --go-package"},
		"excluded":        {module + "-- a.go --\n//go:build windows\n\npackage main\n", "DIR has no Go files for GOOS=js GOARCH=wasm: name the folder of the main package with --go-package"},
		"two packages":    {module + "-- a.go --\npackage a\n-- b.go --\npackage b\n", "DIR has files of two packages, a (a.go) and b (b.go): name the folder of the main package with --go-package"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, test.archive)
			_, err := Inspect(t.Context(), dir, "./.", "")
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
