package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/spf13/cobra"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
)

// checkedMain is main for scripts. It fails when JSON does not have the form of its schema.
func checkedMain() {
	args := os.Args[1:]
	if !wantsJSON(args) {
		main()
		return
	}
	var out bytes.Buffer
	code := app{stdin: os.Stdin, stdout: io.MultiWriter(os.Stdout, &out), stderr: os.Stderr}.Main(args)
	if err := checkOutput(args, code, out.Bytes()); err != nil {
		fmt.Fprintf(os.Stderr, "the output of %q does not match its schema: %v\n", args, err)
		code = 3
	}
	os.Exit(code)
}

func wantsJSON(args []string) bool {
	at := slices.Index(args, report.JSON)
	return slices.Contains(args, "--format=json") || at > 0 && args[at-1] == "--format"
}

// checkOutput checks what a command wrote that was to write JSON, and ended with a code. Before the
// command there may be flags.
func checkOutput(args []string, code int, output []byte) error {
	if code != exitOK && code != exitFindings {
		if len(output) > 0 {
			return errors.New("it failed, and wrote something")
		}
		return nil
	}
	at := slices.IndexFunc(args, func(word string) bool { return slices.Contains(report.Outputs(), word) })
	if at < 0 {
		return errors.New("no command in it has one")
	}
	return checkForm(args[at], output)
}

// TestCheckOutput: the check of scripts finds what is wrong, wherever the command stands.
func TestCheckOutput(t *testing.T) {
	t.Parallel()
	const right = `{"version":1,"command":"rules","rules":[]}`
	for _, c := range []struct {
		line   string
		code   int
		output string
		fits   bool
	}{
		{"rules --format json", exitOK, right, true},
		{"--quiet rules --format json", exitOK, right, true},
		{"--quiet rules --format json", exitOK, `{"version":1,"command":"rules"}`, false},
		{"rules --format json", exitFindings, "", false},
		{"rules nope --format json", exitFailed, "", true},
		{"rules nope --format json", exitFailed, right, false},
	} {
		err := checkOutput(strings.Fields(c.line), c.code, []byte(c.output))
		if (err == nil) != c.fits {
			t.Errorf("%s, %d, %q: %v", c.line, c.code, c.output, err)
		}
	}
}

// checkForm checks the output of a command against its schema, and that the schema describes all
// of it.
func checkForm(command string, output []byte) error {
	text := report.Schema(command)
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	closeObjects(document)
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	form, err := jsonschema.CompileString(command, string(text))
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(output, &value); err != nil {
		return err
	}
	return form.Validate(value)
}

// TestManualForm: the manual's example of JSON has the form.
func TestManualForm(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "how-to", "json-output.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n$ conngen validate --format json\n")
	example, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("there is no example")
	}
	if err := checkForm("validate", []byte(example)); err != nil {
		t.Error(err)
	}
}

// TestStartsLight: conngen imports no package that costs each start much time.
func TestStartsLight(t *testing.T) {
	t.Parallel()
	list, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(string(list)) {
		if strings.Contains(pkg, "/go-sarif/") {
			t.Errorf("conngen imports %s", pkg)
		}
	}
}

// closeObjects forbids other members than those that a schema lists.
func closeObjects(schema any) {
	switch schema := schema.(type) {
	case map[string]any:
		if _, ok := schema["properties"].(map[string]any); ok && schema["type"] == "object" {
			schema["additionalProperties"] = false
		}
		for _, value := range schema {
			closeObjects(value)
		}
	case []any:
		for _, value := range schema {
			closeObjects(value)
		}
	}
}

// TestOutputsHaveSchemas: each command that writes JSON has a schema, and each schema a command.
func TestOutputsHaveSchemas(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	a := app{stdout: &stdout, stderr: &stdout}
	a.screen = newScreen(a.stdout, a.stderr, 0)
	var commands []string
	for _, cmd := range a.root().Commands() {
		if f := cmd.Flags().Lookup("format"); f != nil && strings.Contains(f.Usage, report.JSON) {
			commands = append(commands, cmd.Name())
			checkSchema(t, cmd)
		}
	}
	outputs := report.Outputs()
	slices.Sort(commands)
	slices.Sort(outputs)
	if !slices.Equal(commands, outputs) {
		t.Errorf("there are schemas of %v, and JSON of %v", outputs, commands)
	}
}

// checkSchema: conngen schema --output prints the schema of a command, which is one, and says what
// every member means.
func checkSchema(t *testing.T, cmd *cobra.Command) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
	if code := a.Main([]string{"schema", "--output", cmd.Name()}); code != exitOK {
		t.Fatalf("%s: %s", cmd.Name(), &stderr)
	}
	form, err := jsonschema.CompileString(cmd.Name(), stdout.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := form.Validate(map[string]any{"version": 1.0, "command": cmd.Name()}); err == nil {
		t.Errorf("%s: nothing is required", cmd.Name())
	}
	var document struct {
		Properties  map[string]struct{ Description string }
		Definitions map[string]struct {
			Properties map[string]struct{ Description string }
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	members := []map[string]struct{ Description string }{document.Properties}
	for _, d := range document.Definitions {
		members = append(members, d.Properties)
	}
	for _, m := range members {
		for name, member := range m {
			if member.Description == "" {
				t.Errorf("%s: nothing says what %q means", cmd.Name(), name)
			}
		}
	}
}
