package sdk

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestBundle builds the packages for a JavaScript host, which brings its own way in: what
// every connector has must not carry HTTP there, nor what takes long to set up. A bundle is
// started anew for its commands, and every function that runs in a start is compiled in it.
func TestBundle(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the standard library for another platform")
	}
	packages := strings.Fields(goTool(t, "list", "-deps", ".", "./config", "./memory", "./filter"))
	if !slices.Contains(packages, "encoding/json") {
		t.Fatalf("the dependencies are %s", packages)
	}
	for _, dear := range []string{"net", "net/http", "crypto/tls", "regexp", "text/template"} {
		if slices.Contains(packages, dear) {
			t.Errorf("%s is among the dependencies", dear)
		}
	}
	goTool(t, "build", "-trimpath", "./...") // as conngen pack does, from the same cache
}

// goTool runs the go command for js/wasm and returns what it prints.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOPROXY=off")
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return string(out)
}
