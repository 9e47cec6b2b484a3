package generator_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/internal/choices"
	"github.com/conngen/conngen/templates"
)

// FuzzSelfTest: for any spec without errors, the package compiles, answers with the spec, and
// accepts the config of a new project. It passes the self test with the sample data, and survives
// every command with odd inputs. Bytes that are not a spec seed a random one.
func FuzzSelfTest(f *testing.F) {
	if testing.Short() {
		f.Skip("it compiles and links")
	}
	tools() // before the clock starts for the first input: each has ten seconds
	f.Fuzz(func(t *testing.T, data []byte) {
		text, opts := data, generator.TestOptions
		if _, err := generator.ReadSource(text, opts); err != nil {
			text, opts = generator.RandomSpec(t, choices.New(data))
		}
		for line := range strings.Lines(newProgram(t, text, opts).run(t)) {
			t.Error(strings.TrimSuffix(line, "\n"))
		}
		if t.Failed() {
			t.Logf("%s", text)
		}
	})
}

// A program tests a connector. It is compiled and linked without the go command, which would
// keep each package in its cache.
type program struct {
	toolchain
	dir string
}

// A toolchain compiles and links programs.
type toolchain struct {
	compiler, linker string
	importcfg        []byte // folder of the compiled packages that generated code needs
}

var tools = sync.OnceValue(func() toolchain {
	out := func(args ...string) string {
		text, err := exec.Command("go", args...).Output()
		if err != nil {
			panic(fmt.Sprintf("go %s: %v", strings.Join(args, " "), err))
		}
		return string(text)
	}
	return toolchain{
		strings.TrimSpace(out("tool", "-n", "compile")),
		strings.TrimSpace(out("tool", "-n", "link")),
		[]byte(out("list", "-export", "-deps", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", templates.SDKPath+"/...")),
	}
})

// newProgram makes a program that tests the connector of a spec.
func newProgram(t *testing.T, text []byte, opts generator.Options) *program {
	t.Helper()
	spec := generator.ParseSpec(t, "connector-spec.json", text)
	config, err := project.ExampleConfig(spec)
	if err != nil {
		t.Fatal(err)
	}
	files, err := generator.Generate(spec, opts)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{tools(), t.TempDir()}
	p.compile(t, "connector", files)
	main := strings.NewReplacer("SPEC", strconv.Quote(string(text)), "CONFIG", strconv.Quote(string(config))).Replace(testerMain)
	p.compile(t, "main", []generator.File{{Path: "main.go", Content: []byte(main)}})
	p.command(t, p.linker, "-importcfg", "importcfg", "-s", "-w", "-o", "tester.exe", "main.a")
	return p
}

// run returns what the program finds.
func (p *program) run(t *testing.T) string {
	t.Helper()
	return p.command(t, filepath.Join(p.dir, "tester.exe"))
}

// compile compiles a package, and records where it is.
func (p *program) compile(t *testing.T, name string, files []generator.File) {
	t.Helper()
	p.write(t, "importcfg", p.importcfg)
	args := []string{"-N", "-l", "-p", name, "-importcfg", "importcfg", "-o", name + ".a", "-pack"}
	for _, f := range files {
		p.write(t, f.Path, f.Content)
		args = append(args, f.Path)
	}
	p.command(t, p.compiler, args...)
	p.importcfg = fmt.Appendf(bytes.Clone(p.importcfg), "packagefile %s=%s.a\n", name, name)
	p.write(t, "importcfg", p.importcfg)
}

func (p *program) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *program) command(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = p.dir
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// testerMain prints the faults of a connector, one per line.
const testerMain = `package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"connector"

	"` + templates.SDKPath + `"
	"` + templates.SDKPath + `/selftest"
)

const (
	spec   = SPEC
	config = CONFIG
)

func main() {
	var log bytes.Buffer
	client := connector.NewMemory()
	c := connector.New(func(context.Context, connector.Config) (connector.Client, error) { return client, nil }, sdk.WithLogger(sdk.NewLogger(&log)))
	if !same(c.Spec().JSON, spec) {
		fault("the spec has become %s", c.Spec().JSON)
	}
	report, err := c.SelfTest(context.Background(), selftest.Options{Config: json.RawMessage(config), Write: true})
	if err != nil || report.Failed() {
		fault("%v\n%s", err, report.Details())
	}
	for _, result := range report.Results {
		if result.Status == selftest.NotRun {
			fault("%s did not run: %s", result.Check, result.Note)
		}
	}
	var lists struct{ Commands []string }
	if err := json.Unmarshal([]byte(spec), &lists); err != nil {
		fault("%v", err)
	}
	for _, command := range lists.Commands {
		for _, input := range inputs {
			run(c, sdk.Request{Type: sdk.Command(command), Input: json.RawMessage(input), Config: json.RawMessage(config)})
		}
	}
	if strings.Contains(log.String(), "\"panic\"") {
		fault("it panicked:\n%s", log.String())
	}
}

func fault(format string, args ...any) {
	fmt.Println(strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " | "))
}

// inputs are what no command expects.
var inputs = []string{"", "null", "{}", "[]", "5", "{\"identity\":null,\"key\":{\"simple\":{}}}",
	"{\"identity\":\"1\",\"key\":{\"compound\":{\"lookupId\":\"1\",\"uniqueId\":\"1\"}},\"type\":\"\",\"changes\":[{\"op\":\"Set\",\"attribute\":\"\",\"value\":{}}],\"attributes\":{\"\":[]}}",
	"{\"type\":7,\"changes\":{},\"attributes\":[],\"schema\":\"x\",\"stateful\":\"maybe\"}",
}

// run runs a command, which answers with lines of the protocol.
func run(c *sdk.Connector, req sdk.Request) {
	err := c.Run(context.Background(), req, func(lines []byte) error {
		for line := range bytes.Lines(lines) {
			if !json.Valid(line) || !bytes.HasSuffix(line, []byte("\n")) {
				fault("%s %s answers %q", req.Type, req.Input, line)
			}
		}
		return nil
	})
	if err != nil && strings.HasPrefix(err.Error(), "panic") {
		fault("%s %s: %v", req.Type, req.Input, err)
	}
}

// same reports whether two texts are the same JSON, but for booleans in quotes, which specs
// may have.
func same(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(unquoted(x), unquoted(y))
}

func unquoted(value any) any {
	switch v := value.(type) {
	case string:
		if v == "true" || v == "false" {
			return v == "true"
		}
	case []any:
		for i := range v {
			v[i] = unquoted(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = unquoted(v[name])
		}
	}
	return value
}
`
