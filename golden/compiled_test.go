package golden_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// TestCompiled bounds the number of functions compiled for generated packages, which determines
// most of the rebuild time after an edit of the spec. It also names functions from packages that a
// generated one should not compile anew, see typeAt in the SDK.
func TestCompiled(t *testing.T) {
	t.Parallel()
	for folder, most := range map[string]int{"minimal": 135, "many-entitlements": 700, "every-command": 710} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			functions := compiled(t, "./"+folder+"/connector")
			if len(functions) == 0 || len(functions) > most {
				t.Errorf("%d functions, want at most %d", len(functions), most)
			}
			for _, f := range functions {
				for _, foreign := range []string{"net/http", "reflect.", "sync/atomic", "(*gathered[", "(*jsonField[", "(*objectsField["} {
					if strings.Contains(f, foreign) {
						t.Errorf("it compiles %s", f)
						break
					}
				}
			}
		})
	}
}

// compiled returns the functions in the object file of a package.
func compiled(t *testing.T, pkg string) []string {
	t.Helper()
	file := goCommand(t, "list", "-export", "-f", "{{.Export}}", pkg)
	var functions []string
	for line := range strings.Lines(goCommand(t, "tool", "nm", "-type", strings.TrimSpace(file))) {
		if fields := strings.Fields(line); len(fields) > 2 && strings.EqualFold(fields[1], "T") {
			functions = append(functions, strings.Join(fields[2:], " "))
		}
	}
	return functions
}

// goCommand runs the go command and returns what it prints.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, &stderr)
	}
	return string(out)
}
