package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator/target"
)

// TestCall: messages call conngen as the module of the working folder does, which may have it as a
// tool and nowhere else.
func TestCall(t *testing.T) { // not parallel: the working folder changes
	module := "module example.com/hr\n\ngo 1.24\n\ntool " + target.ToolPath + "\n"
	t.Chdir(t.TempDir())
	if err := os.WriteFile("go.mod", []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(".", specName), []byte(`{"name": "HR", "commands": [], "sourceConfig": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"init":                    "conngen: init needs the name of the connector: go tool conngen init NAME\n   help: go tool conngen help init\n",
		"init a b":                "quote a name with spaces: go tool conngen init 'a b'\n",
		"init ./a":                "needs a name: go tool conngen init a --dir ./a\n",
		"upload":                  "go tool conngen pack makes the zip, and sail conn upload takes it\n   help: go tool conngen help\n",
		"build":                   "   help: go tool conngen help generate, go tool conngen help pack\n",
		"./x.json":                "the command comes first: go tool conngen generate ./x.json\n",
		"validate --rule qwertyz": "unknown rule \"qwertyz\"; go tool conngen rules lists them\n",
		"rules qwertyz":           "unknown rule \"qwertyz\"; go tool conngen rules lists them\n",
		"check":                   "package is not generated yet; run go tool conngen generate connector-spec.json [drift-missing]\nconnector-spec.json: 1 warning; go tool conngen validate shows it\n",
	} {
		var out strings.Builder
		a := app{stdin: strings.NewReader(""), stdout: &out, stderr: &out}
		if code := a.Main(strings.Fields(line)); code == exitOK || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit %d, %s", line, code, &out)
		}
	}
}
