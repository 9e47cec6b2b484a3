package sdk

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// goroutine returns the name of the goroutine that runs.
func goroutine() string {
	b := make([]byte, 64)
	name, _, _ := strings.Cut(string(b[:runtime.Stack(b, false)]), " [")
	return name
}

// callOn sends a request on a connection and returns the answer's text.
func callOn(t *testing.T, conn io.ReadWriter, answers *bufio.Reader, body string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if err := req.Write(conn); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(answers, req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A goexitLog is a log whose first line ends the goroutine.
type goexitLog struct{ slog.Handler }

func (goexitLog) Enabled(context.Context, slog.Level) bool  { return true }
func (l goexitLog) WithAttrs([]slog.Attr) slog.Handler      { return l }
func (goexitLog) Handle(context.Context, slog.Record) error { runtime.Goexit(); return nil }

// TestHelper: the commands of a connection run in one goroutine, unless one of them ends it, or the
// log does. It ends with the connection.
func TestHelper(t *testing.T) {
	t.Parallel()
	var last atomic.Pointer[patientConn]
	c := newTester([]Handler[nothing]{
		unary("where", func(_ nothing, ctx context.Context, _ json.RawMessage) (string, error) {
			last.Store(ctx.(*commandContext).Context.Value(connKey{}).(*patientConn))
			return goroutine(), nil
		}),
		action("exit", func(nothing, context.Context, json.RawMessage) error { runtime.Goexit(); return nil }),
	}, silent())
	server := startService(t.Context(), t, newService(c, 0))
	conn := send(t, server, `{"type":"where"}`, -1)
	answers := bufio.NewReader(conn)
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(res.Body)
	first := string(text)
	if again := callOn(t, conn, answers, `{"type":"where"}`); again != first || !strings.Contains(again, "goroutine ") {
		t.Errorf("the first command ran in %s, the second in %s", first, again)
	}
	if text := callOn(t, conn, answers, `{"type":"exit"}`); !strings.Contains(text, "the command's goroutine exited") {
		t.Error(text)
	}
	if after := callOn(t, conn, answers, `{"type":"where"}`); after == first {
		t.Errorf("after it has ended, a command ran in %s", after)
	}
	_ = conn.Close()
	waitUntil(t, func() bool {
		spare := &last.Load().spare
		spare.mu.Lock()
		defer spare.mu.Unlock()
		return spare.closed && spare.helper == nil
	})
}

// TestGoexitLog: a log that ends its goroutine keeps no answer back, and no later command.
func TestGoexitLog(t *testing.T) {
	t.Parallel()
	c := newTester([]Handler[nothing]{
		unary("a", func(nothing, context.Context, json.RawMessage) (int, error) { return 1, nil }),
	}, WithLogger(slog.New(goexitLog{})))
	server := startService(t.Context(), t, newService(c, 0))
	for range 3 {
		if status, text := post(t, server.URL, `{"type":"a"}`); status != http.StatusOK || text != `{"data":1,"type":"output"}`+"\n" {
			t.Errorf("status %d, %s", status, text)
		}
	}
}

// TestAnswerBeforeLog: the lines of a command leave although the log takes nothing.
func TestAnswerBeforeLog(t *testing.T) {
	t.Parallel()
	mute := make(aMute)
	defer close(mute)
	s := newService(newTester([]Handler[nothing]{
		unary("a", func(nothing, context.Context, json.RawMessage) (int, error) { return 1, nil }),
	}, WithLogger(NewLogger(mute))), 0)
	s.patience.log = time.Hour
	server := startService(t.Context(), t, s)
	conn := send(t, server, `{"type":"a"}`, -1)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil || line != `{"data":1,"type":"output"}`+"\n" {
		t.Errorf("%s, %v", line, err)
	}
	if len(res.TransferEncoding) != 1 || res.TransferEncoding[0] != "chunked" || res.ContentLength != -1 {
		t.Errorf("transfer encoding %q, length %d", res.TransferEncoding, res.ContentLength)
	}
}

// TestLinesBeforeWarning: the lines of a command leave although the log does not take what it is to
// say before the answer ends.
func TestLinesBeforeWarning(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		end  func(out *Writer) error
		last string
	}{
		"a value that cannot be sent": {func(out *Writer) error {
			_ = out.Send(func() {})
			return out.SaveState(struct{}{})
		}, `{"data":{},"type":"state"}`},
		"a list that is not found": {func(*Writer) error { return NotFound("gone") }, `{"data":1,"type":"output"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mute := make(aMute)
			s := newService(newTester([]Handler[nothing]{
				raw("std:account:list", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
					_ = out.Send(1)
					return tt.end(out)
				}),
			}, WithLogger(NewLogger(mute))), 0)
			conn := send(t, startService(t.Context(), t, s), `{"type":"std:account:list"}`, -1)
			defer close(mute)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(res.Body)
			for lines.Scan() && lines.Text() != tt.last {
			}
			if lines.Text() != tt.last {
				t.Errorf("the last line is %s, %v", lines.Text(), lines.Err())
			}
		})
	}
}

// TestCommandIsNoConnection: a command that lets another connector answer, in its own context, does
// not make that one hold back lines on the connection that the command came over.
func TestCommandIsNoConnection(t *testing.T) {
	t.Parallel()
	inner := newTester([]Handler[nothing]{
		unary("a", func(nothing, context.Context, json.RawMessage) (int, error) { return 1, nil }),
	}, silent())
	outer := newTester([]Handler[nothing]{
		unary("a", func(_ nothing, ctx context.Context, _ json.RawMessage) (bool, error) {
			req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(`{"type":"a"}`))
			req.Header.Set("Content-Type", "application/json")
			res := httptest.NewRecorder()
			inner.ServeHTTP(res, req)
			return res.Flushed && connOf(req) == nil, nil
		}),
	}, silent())
	server := startService(t.Context(), t, newService(outer, 0))
	if status, text := post(t, server.URL, `{"type":"a"}`); status != http.StatusOK || text != `{"data":true,"type":"output"}`+"\n" {
		t.Errorf("status %d, %s", status, text)
	}
}

// TestWholeAnswer: an answer of one output leaves in one piece, and in chunks as any other.
func TestWholeAnswer(t *testing.T) {
	t.Parallel()
	s := newService(newTester([]Handler[nothing]{
		unary("a", func(nothing, context.Context, json.RawMessage) (int, error) { return 1, nil }),
	}, silent()), 0)
	s.patience.quick = time.Hour
	conn := send(t, startService(t.Context(), t, s), `{"type":"a"}`, -1)
	b := make([]byte, 4096)
	n, err := conn.Read(b)
	_, body, _ := strings.Cut(string(b[:n]), "\r\n\r\n")
	if want := "1b\r\n{\"data\":1,\"type\":\"output\"}\n\r\n0\r\n\r\n"; err != nil || body != want {
		t.Errorf("%q, %v, want %q", b[:n], err, want)
	}
}
