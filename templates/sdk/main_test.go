package sdk

import (
	"context"
	"encoding/json"
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
		if strings.HasPrefix(string(config), `{"broken"`) {
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
	p := program{name: "app", stdin: strings.NewReader(byteOrderMark + `{"stdin":1}`), stdout: &out, stderr: &problems}
	code = newProgram().runProgram(ctx, p, args)
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
	one, broken := file("one.json", "1"), file("broken.json", `{"broken": true}`)
	const echo = `{"data":[{},""],"type":"output"}` + "\n"
	for _, tt := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"spec"}, 0, "{\n  \"name\": \"tester\"\n}\n", ""},
		{[]string{"invoke", "echo"}, 0, echo, ""},
		{[]string{"invoke", "echo", "--input", `[1, "x"]`, "--config", config}, 0, `{"data":[[1,"x"],"{\"c\":2}"],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "--config", config, "--input", one, "echo"}, 0, `{"data":[1,"{\"c\":2}"],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "--config", ` {"c": 3}`, "echo", "--input", "-"}, 0, `{"data":[{"stdin":1},"{\"c\":3}"],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "echo", "--config", "-"}, 0, `{"data":[{},"{\"stdin\":1}"],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "-input=" + input, "--", "echo"}, 0, `{"data":[{"a":1},""],"type":"output"}` + "\n", ""},
		{[]string{"invoke", "fail"}, 1, `{"data":1,"type":"output"}` + "\n", "app: gone\n"},
		{[]string{"invoke", "echo", "--config", broken}, 1, "", "app: config: is broken\n"},
		{[]string{"invoke", "std:spec:read"}, 0, `{"data":{"specification":{"name":"tester"}},"type":"output"}` + "\n", ""},
	} {
		code, stdout, stderr := execute(t.Context(), tt.args...)
		if code != tt.code || stdout != tt.stdout || stderr != tt.stderr {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", tt.args, code, stdout, stderr)
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

// TestDefaults: the texts about serve and the self test name the defaults and limits that they have.
func TestDefaults(t *testing.T) {
	t.Parallel()
	var s serving
	s.flags(newFlags())
	_, help, _ := execute(t.Context(), "help", "serve")
	for _, want := range []any{s.addr, s.grace, s.maxCommands} {
		if want := fmt.Sprintf(" (default %v)\n", want); !strings.Contains(help, want) {
			t.Errorf("the help lacks %s: %s", want, help)
		}
	}
	flags := newFlags()
	new(Connector).selfTestCommand(flags)
	timeout, err := time.ParseDuration(flags.Lookup("timeout").DefValue)
	if err != nil {
		t.Fatal(err)
	}
	words := map[any]string{
		8: "eight", time.Minute: "a minute", 2 * time.Minute: "two minutes", 10 * time.Second: "ten seconds", 10 * time.Minute: "ten minutes",
	}
	both := []string{words[s.grace] + " to end", fmt.Sprintf(" %d commands at once", s.maxCommands)}
	for file, texts := range map[string][]string{
		"../project/README.md.tmpl": both,
		"../../docs/how-to/serve.md": append(both,
			fmt.Sprintf("A body has at most %d MiB", newOptions(nil).bodyLimit>>20), words[bodiesInFlight]+" times that size",
			"nothing of its request, for "+words[defaultPatience.stall], "must arrive within "+words[defaultPatience.body],
			fmt.Sprintf("%d lines are waiting", maxLogging), fmt.Sprintf("a token of at least %d characters", minToken)),
		"../../docs/how-to/testing.md": {flags.Lookup("limit").DefValue + " by default", words[timeout] + " by default"},
		"../../docs/generated-package.md": {
			"silent for " + words[defaultWriterOptions.keepAlive], fmt.Sprintf("an output over %d KiB", defaultWriterOptions.outputLimit>>10),
		},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range texts {
			if !strings.Contains(string(text), want) {
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
	if second, _, problem := execute(t.Context(), "serve", "--addr", addr); second != 2 || !strings.Contains(problem, "another program listens on port "+addr[strings.LastIndex(addr, ":")+1:]+" of 127.0.0.1; stop it") {
		t.Errorf("exit %d, %q", second, problem)
	}
	cancel()
	if first := <-code; first != 0 {
		t.Errorf("exit %d", first)
	}
}
