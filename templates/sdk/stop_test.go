package sdk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stoppable returns a connector with commands that end each in its own way.
func stoppable(running chan<- struct{}, never <-chan struct{}) *Connector {
	start := func(out *Writer) {
		_ = out.Send(1)
		running <- struct{}{}
	}
	return newTester([]Handler[nothing]{
		raw("obeys", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			start(out)
			<-ctx.Done()
			return fmt.Errorf("GET /users: %w", ctx.Err())
		}),
		raw("is quiet", func(ctx context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			start(out)
			<-ctx.Done()
			return nil // what it has sent is not all
		}),
		raw("sends", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			_ = out.Send(strings.Repeat("x", 16<<20)) // more than the system takes for a reader
			start(out)
			for {
				if err := out.Send(1); err != nil {
					return err
				}
			}
		}),
		raw("ignores", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			start(out)
			<-never
			return nil
		}),
	}, WithOutputLimit(0))
}

// TestStop: when the grace is over, commands end with an error line and, for bundles, the
// closing line. What does not end, and a reader that is stuck, does not hold the server.
func TestStop(t *testing.T) {
	t.Parallel()
	const stopping = `{"data":{"type":"generic","message":"the server is stopping"},"type":"error"}` + "\n"
	for command, want := range map[string]struct {
		code   int
		answer string // its end; "" where nobody reads
	}{
		"obeys":    {exitOK, strings.Replace(stopping, `stopping"`, `stopping: GET /users: context canceled"`, 1)},
		"is quiet": {exitOK, stopping},
		"sends":    {exitFailed, ""},
		"ignores":  {exitFailed, ""},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			running, never := make(chan struct{}, 1), make(chan struct{})
			defer close(never)
			ctx, stop := context.WithCancel(t.Context())
			stderr := newFirstLine()
			code := make(chan int, 1)
			go func() {
				code <- stoppable(running, never).Execute(ctx, []string{"app", "--addr", "127.0.0.1:0", "--grace", "1ms"}, io.Discard, stderr)
			}()
			req, err := http.NewRequest(http.MethodPost, stderr.url(t), strings.NewReader(`{"type":"`+command+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set(closingHeader, "true")
			res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			<-running
			start := time.Now()
			stop()
			if want.answer != "" {
				if text, err := io.ReadAll(res.Body); err != nil || !strings.HasSuffix(string(text), want.answer) {
					t.Errorf("answered %q, %v", text, err)
				}
			}
			if got := <-code; got != want.code {
				t.Errorf("exit code %d, want %d: %s", got, want.code, stderr)
			}
			if want.code == exitFailed && !strings.HasSuffix(stderr.String(), "app: 1 of the running commands did not end in time\n") {
				t.Errorf("it says %q", stderr)
			}
			if took := time.Since(start); took > 5*time.Second { // 750 ms on a machine that is not busy
				t.Errorf("it took %v", took)
			}
		})
	}
}

// firstLine is what a program says; its first line can be waited for.
type firstLine struct {
	lockedBuffer
	announced
}

func newFirstLine() *firstLine { return &firstLine{announced: announced{lines: make(chan string, 1)}} }

func (f *firstLine) Write(b []byte) (int, error) {
	_, _ = f.announced.Write(b)
	return f.lockedBuffer.Write(b)
}

var httpURL = regexp.MustCompile(`answers on (http://\S+)\n`)

// url returns where the program answers.
func (f *firstLine) url(t *testing.T) string {
	t.Helper()
	line := <-f.lines
	found := httpURL.FindStringSubmatch(line)
	if found == nil {
		t.Fatalf("it says %q", line)
	}
	return found[1]
}

// TestStopBodies: a request whose body is still coming when the grace is over is told to
// try again.
func TestStopBodies(t *testing.T) {
	t.Parallel()
	s := newService(newTester(nil), 0)
	commands, cancel := context.WithCancelCause(t.Context())
	server := startService(commands, t, s)
	conn := send(t, server, `{"type":"a"}`, 5)
	waitUntil(t, func() bool { return s.bodies.inUse() == 5 })
	if err := s.stop(server.Config, cancel, 0); err != nil {
		t.Error(err)
	}
	res, text := answerOf(t, conn)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "the server is stopping") || res.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, %v, %s", res.StatusCode, res.Header, text)
	}
}

// TestStopNewcomers: a connection that says nothing, or half of a header, does not hold a server.
func TestStopNewcomers(t *testing.T) {
	t.Parallel()
	for _, sent := range []string{"", "POST / HTTP/1.1\r\nHo"} {
		s := newService(newTester(nil), 0)
		server := startService(t.Context(), t, s)
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, sent)
		waitUntil(t, func() bool { return s.newcomers.count() == 1 })
		start := time.Now()
		if err := s.stop(server.Config, func(error) {}, time.Minute); err != nil {
			t.Errorf("%q: %v", sent, err)
		}
		if took := time.Since(start); took > 4*time.Second { // else more than 5 s
			t.Errorf("%q: it took %v", sent, took)
		}
	}
}

func (n *newcomers) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns)
}

// TestLateNewcomers: one that was accepted before the end and shows after it is closed, too.
func TestLateNewcomers(t *testing.T) {
	t.Parallel()
	var n newcomers
	n.watch(new(http.Server))
	n.close()
	ours, theirs := net.Pipe()
	n.note(ours, http.StateNew)
	if _, err := theirs.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || n.count() != 0 {
		t.Errorf("%v, %d are left", err, n.count())
	}
}

// TestInvokeInterrupted: a command from the shell ends with its context, or is left.
func TestInvokeInterrupted(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"obeys":    "app: interrupted: GET /users: context canceled\n",
		"is quiet": "app: interrupted\n",
		"sends":    "app: interrupted\n",
		"ignores":  "app: interrupted: the command did not end\n",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			running, never := make(chan struct{}, 1), make(chan struct{})
			defer close(never)
			ctx, stop := context.WithCancel(t.Context())
			go func() {
				<-running
				stop()
			}()
			var stderr strings.Builder
			code := stoppable(running, never).Execute(ctx, []string{"app", "invoke", command}, io.Discard, &stderr)
			if code != exitFailed || stderr.String() != want {
				t.Errorf("exit code %d, %q", code, &stderr)
			}
		})
	}
}

// aMute does not return from writes until it is closed, as a pipe that is full.
type aMute chan struct{}

func (m aMute) Write(b []byte) (int, error) {
	<-m
	return len(b), nil
}

// TestStopMute: a program whose stderr takes nothing leaves all the same.
func TestStopMute(t *testing.T) {
	t.Parallel()
	mute := make(aMute)
	t.Cleanup(func() { close(mute) })
	for _, args := range []string{"app --addr 127.0.0.1:0", "app invoke none", "app --auth-token-file FIFO", "app selftest --config FIFO"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			fifo := filepath.Join(t.TempDir(), "fifo")
			if strings.Contains(args, "FIFO") {
				args = strings.ReplaceAll(args, "FIFO", fifo)
				if err := exec.Command("mkfifo", fifo).Run(); err != nil {
					t.Skip("needs mkfifo:", err)
				}
				defer func() { // let go of the goroutine that waits to read it
					if f, err := os.OpenFile(fifo, os.O_RDWR, 0); err == nil {
						_ = f.Close()
					}
				}()
			}
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer stop()
			start := time.Now()
			newTester(nil, WithLogger(NewLogger(mute))).Execute(ctx, strings.Fields(args), io.Discard, mute)
			if took := time.Since(start); took > 5*time.Second { // a second on a machine that is not busy
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestStopMuteLog: commands are cancelled although the log takes nothing.
func TestStopMuteLog(t *testing.T) {
	t.Parallel()
	mute := make(aMute)
	defer close(mute)
	s := newService(newTester(nil, WithLogger(NewLogger(mute))), 0)
	commands, cancel := context.WithCancelCause(t.Context())
	server := startService(commands, t, s)
	send(t, server, `{"type":"a"}`, 5)
	waitUntil(t, func() bool { return s.bodies.inUse() == 5 })
	s.commands.take(1)
	_ = s.stop(server.Config, cancel, 0)
	if !errors.Is(context.Cause(commands), errStopping) {
		t.Errorf("the commands' context ended with %v", context.Cause(commands))
	}
}

// A tardyListener is one whose connections do not close, as with TLS and a client that takes
// nothing.
type tardyListener struct {
	net.Listener
	goOn <-chan struct{}
}

func (l tardyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return tardyConn{conn, l.goOn}, err
}

type tardyConn struct {
	net.Conn
	goOn <-chan struct{}
}

func (c tardyConn) Close() error {
	<-c.goOn
	return c.Conn.Close()
}

// TestStopSlowClose: idle connections that do not close do not hold the server.
func TestStopSlowClose(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	s := newService(newTester(nil), 0)
	server := httptest.NewUnstartedServer(guarded(s, "", nil))
	server.Listener = tardyListener{server.Listener, goOn}
	server.Start()
	defer server.Close()
	defer close(goOn)
	res, err := http.Get(server.URL + healthPath)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	start := time.Now()
	if err := s.stop(server.Config, func(error) {}, time.Millisecond); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 5*time.Second { // 750 ms on a machine that is not busy
		t.Errorf("it took %v", took)
	}
}

// TestSecondSignal runs the test program as a server that does not end by itself.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs signals")
	}
	const variable = "SDK_TEST_SERVE"
	if os.Getenv(variable) != "" {
		running := make(chan struct{}, 1)
		os.Args = []string{"app", "--addr", "127.0.0.1:0", "--grace", "1h"}
		go func() {
			<-running
			fmt.Fprintln(os.Stderr, "running")
		}()
		stoppable(running, nil).Main()
	}
	command := exec.Command(os.Args[0], "-test.run=^TestSecondSignal$")
	command.Env = append(os.Environ(), variable+"=1")
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = command.Process.Kill() }()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if found := httpURL.FindStringSubmatch(lines.Text() + "\n"); found != nil {
			go func() {
				if res, err := http.Post(found[1], "application/json", strings.NewReader(`{"type":"ignores"}`)); err == nil {
					_ = res.Body.Close()
				}
			}()
		}
		if lines.Text() == "running" {
			break
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	signals := 0
	for {
		if err := command.Process.Signal(syscall.SIGTERM); err == nil {
			signals++
		}
		select {
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() == exitOK || signals < 2 {
				t.Errorf("it ended with %v after %d signals", err, signals)
			}
			return
		case <-time.After(20 * time.Millisecond): // the first signal is on its way
		}
	}
}
