package sdk

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

func newProgram() *Connector {
	open := func(_ context.Context, config json.RawMessage) (string, error) {
		if string(config) == `"broken"` {
			return "", Errorf("config: is broken")
		}
		return string(jsontext.AppendNormal(nil, config)), nil
	}
	return New(testSpec, rawConfig, open, []Handler[string]{
		raw("echo", func(_ context.Context, config string, input json.RawMessage, out *Writer) error {
			return out.Send([]any{input, config})
		}),
		raw("fail", func(_ context.Context, _ string, _ json.RawMessage, out *Writer) error {
			_ = out.Send(1)
			return NotFound("gone")
		}),
	}, silent())
}

// execute runs the program and returns its exit code and what it has printed.
func execute(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, problems strings.Builder
	code = newProgram().Execute(ctx, append([]string{"app"}, args...), &out, &problems)
	return code, out.String(), problems.String()
}

func TestExecute(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	input, config := file("input.json", "{\n\t\"a\": 1\n}\n"), file("config.json", `{"c": 2}`)
	bad, broken := file("bad.json", `{"secret`), file("broken.json", `"broken"`)
	const echo = `{"data":[{},""],"type":"output"}` + "\n"
	for _, tt := range []struct {
		args           []string
		code           int
		stdout, stderr string // stderr has this
	}{
		{[]string{"spec"}, 0, "{\n  \"name\": \"tester\"\n}\n", ""},
		{[]string{"spec", "more"}, 2, "", `app: unexpected argument "more"`},
		{[]string{"invoke", "echo"}, 0, echo, ""},
		{[]string{"invoke", "echo", "--input", `[1, "x"]`, "--config", config}, 0, `{"data":[[1,"x"],"{\"c\":2}"],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "echo", "-input=@" + input}, 0, `{"data":[{"a":1},""],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "fail"}, 1, `{"data":1,"type":"output"}` + "\n", "app: gone\n"},
		{[]string{"invoke", "none"}, 1, "", "app: unsupported command: none\n"},
		{[]string{"invoke", "echo", "--config", broken}, 1, "", "app: config: is broken\n"},
		{[]string{"invoke", "std:spec:read"}, 0, `{"data":{"specification":{"name":"tester"}},"type":"output"}` + "\n", ""},
		{[]string{"invoke", "echo", "--input", `{"secret`}, 2, "", "app: --input is not JSON\n"},
		{[]string{"invoke", "echo", "--input", ""}, 2, "", "app: --input is not JSON\n"},
		{[]string{"invoke", "echo", "--input", "@" + bad}, 2, "", "bad.json is not JSON\n"},
		{[]string{"invoke", "echo", "--input", "@" + dir + "/none"}, 2, "", "none"},
		{[]string{"invoke", "echo", "--config", bad}, 2, "", "bad.json is not JSON\n"},
		{[]string{"invoke", "echo", "--config", dir}, 2, "", "app: "},
		{[]string{"invoke", "echo", "more"}, 2, "", `app: unexpected argument "more"`},
		{[]string{"invoke"}, 2, "", "app: invoke needs a command"},
		{[]string{"invoke", "--input", "{}"}, 2, "", "app: invoke needs a command"},
		{[]string{"invoke", "--help"}, 0, "", "usage: app "},
		{[]string{"invoke", "echo", "--none"}, 2, "", "app: flag provided but not defined: -none\n"},
		{[]string{"--help"}, 0, "", "usage: app "},
		{[]string{"serve", "-h"}, 0, "", "usage: app "},
		{[]string{"serve", "more"}, 2, "", `app: unexpected argument "more"`},
		{[]string{"serve", "--addr", "nowhere"}, 2, "", "app: address nowhere"},
		{[]string{"serve", "--grace", "-1s"}, 2, "", "app: --grace and --max-commands must not be negative\n"},
		{[]string{"serve", "--max-commands", "-1"}, 2, "", "app: --grace and --max-commands must not be negative\n"},
		{[]string{"start"}, 2, "", `app: unknown command "start"`},
	} {
		code, stdout, stderr := execute(t.Context(), tt.args...)
		if code != tt.code || stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) || (stderr == "") != (tt.stderr == "") {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", tt.args, code, stdout, stderr)
		}
		if strings.Contains(stderr, "secret") || strings.Count(stderr, "not defined") > 1 {
			t.Errorf("%q: stderr %q", tt.args, stderr)
		}
	}
}

// announced tells when a line has been written.
type announced struct {
	once  sync.Once
	lines chan string
}

func (a *announced) Write(b []byte) (int, error) {
	a.once.Do(func() { a.lines <- string(b) })
	return len(b), nil
}

// TestExecuteServe shuts down while a command runs, which must end as if nothing
// had happened.
func TestExecuteServe(t *testing.T) {
	t.Parallel()
	running, goOn := make(chan struct{}), make(chan struct{})
	r := newTester([]Handler[nothing]{raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
		if err := out.Send(1); err != nil {
			return err
		}
		close(running)
		<-goOn
		return out.Send(2)
	})})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stderr := &announced{lines: make(chan string, 1)}
	code := make(chan int)
	go func() { code <- r.Execute(ctx, []string{"app", "--addr", "127.0.0.1:0"}, io.Discard, stderr) }()
	line := <-stderr.lines
	url := regexp.MustCompile(`^tester answers on (http://127\.0\.0\.1:\d+)\n$`).FindStringSubmatch(line)
	if url == nil {
		t.Fatalf("it says %q", line)
	}
	res, err := http.Post(url[1]+"/ref/invoke", "application/json", strings.NewReader(`{"type":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	<-running
	cancel()
	close(goOn)
	body, err := io.ReadAll(res.Body)
	if want := "{\"data\":1,\"type\":\"output\"}\n{\"data\":2,\"type\":\"output\"}\n"; err != nil || string(body) != want {
		t.Errorf("%q, %v, want %q", body, err, want)
	}
	if got := <-code; got != 0 {
		t.Errorf("exit %d", got)
	}
}

// TestDefaults: the texts about serve name the defaults that it has.
func TestDefaults(t *testing.T) {
	t.Parallel()
	var s serving
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	s.flags(flags)
	if want := fmt.Sprintf("--addr %s] ", s.addr); !strings.Contains(usage("app"), want) {
		t.Errorf("the usage lacks %s", want)
	}
	if want := fmt.Sprintf("[--grace %v] [--max-commands %d]", s.grace, s.maxCommands); !strings.Contains(usage("app"), want) {
		t.Errorf("the usage lacks %s", want)
	}
	grace := map[time.Duration]string{10 * time.Second: "ten seconds to end"}[s.grace]
	for _, file := range []string{"../../README.md", "../project/README.md.tmpl"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{grace, fmt.Sprintf(" %d commands at once", s.maxCommands)} {
			if want == "" || !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q", file, want)
			}
		}
	}
}

func TestExecuteServeTwice(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stderr := &announced{lines: make(chan string, 1)}
	code := make(chan int)
	go func() {
		code <- newProgram().Execute(ctx, []string{"app", "serve", "--addr", "127.0.0.1:0"}, io.Discard, stderr)
	}()
	_, addr, _ := strings.Cut(strings.TrimSpace(<-stderr.lines), "http://")
	if second, _, problem := execute(t.Context(), "serve", "--addr", addr); second != 2 || !strings.Contains(problem, "address already in use") {
		t.Errorf("exit %d, %q", second, problem)
	}
	cancel()
	if first := <-code; first != 0 {
		t.Errorf("exit %d", first)
	}
}
