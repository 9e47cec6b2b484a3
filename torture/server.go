//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// token is the token that the server requires.
const token = "a-token-for-torture-0123456789abcdef"

// A server is a running misbehaving connector.
type server struct {
	command *exec.Cmd
	log     *serverLog
	address string
	config  json.RawMessage
	ended   chan struct{}
}

// serve starts a server with flags, and waits until it answers.
func (t *torture) serve(ctx context.Context, flags ...string) (*server, error) {
	config, err := t.config(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{log: &serverLog{answers: make(chan string, 1)}, config: config, ended: make(chan struct{})}
	s.command = exec.CommandContext(ctx, t.server, append([]string{"serve", "--addr", "127.0.0.1:0"}, flags...)...)
	s.command.Env = append(os.Environ(), "CONNECTOR_AUTH_TOKEN="+token)
	s.command.Stderr = s.log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.ended)
		_ = s.command.Wait()
	}()
	select {
	case s.address = <-s.log.answers:
		return s, nil
	case <-s.ended:
		return nil, fmt.Errorf("the server does not start: %s", s.log.tail())
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stop kills a server.
func (s *server) stop() {
	_ = s.command.Process.Kill()
	<-s.ended
}

// config returns a config that the server accepts.
func (t *torture) config(ctx context.Context) (json.RawMessage, error) {
	file := filepath.Join(t.work, "config.json")
	if text, err := os.ReadFile(file); err == nil {
		return text, nil
	}
	project, err := t.project(ctx, "complete")
	if err != nil {
		return nil, err
	}
	var config bytes.Buffer
	if err := json.Compact(&config, []byte(project["project/config.example.json"])); err != nil {
		return nil, err
	}
	return config.Bytes(), os.WriteFile(file, config.Bytes(), 0o600)
}

// body returns the body of a command.
func (s *server) body(command, input string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"input":%s,"config":%s}`, command, input, s.config)
}

// read returns the body of a command with a given behaviour.
func (s *server) read(behaviour string) []byte {
	return s.body("std:account:read", fmt.Sprintf(`{"identity":%q,"key":{"simple":{"id":%[1]q}}}`, behaviour))
}

// request returns a whole HTTP request.
func (s *server) request(body []byte, headers ...string) []byte {
	head := fmt.Sprintf("POST / HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nConnector-Closing-Line: true\r\nContent-Length: %d\r\n",
		s.address, token, len(body))
	for _, h := range headers {
		head += h + "\r\n"
	}
	return append([]byte(head+"\r\n"), body...)
}

// An answer is the status and text that the server sent, even if incomplete.
type answer struct {
	status int
	text   string
	err    error
}

// maxAnswer is how much of an answer is read: some commands never end.
const maxAnswer = 64 << 20

// ask sends a body and returns the answer.
func (s *server) ask(ctx context.Context, body []byte, headers ...string) answer {
	return s.send(ctx, s.request(body, headers...))
}

// send sends raw bytes on a new connection and returns the answer.
func (s *server) send(ctx context.Context, raw []byte) answer {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return answer{err: err}
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = conn.Write(raw) // the server may answer before it has read everything
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return answer{err: err}
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	conn.Close()
	<-sent
	return answer{response.StatusCode, string(text), err}
}

// closed reports whether an answer is complete: it ends with the closing line.
func (a answer) closed() bool {
	lines := strings.Split(strings.TrimSpace(a.text), "\n")
	last := lines[len(lines)-1]
	return strings.HasSuffix(last, `"type":"end"}`) || strings.HasSuffix(last, `"type":"error"}`)
}

// A status is what the server reports about itself.
type status struct{ Begun, Goroutines int }

// status asks the server for its status.
func (s *server) status(ctx context.Context) (status, error) { return s.statusAfter(ctx, "{}") }

// statusAfter asks for the status after the server has executed an input.
func (s *server) statusAfter(ctx context.Context, input string) (status, error) {
	a := s.ask(ctx, s.body("lighthouse:report:seat-usage", input))
	if a.err != nil || a.status != http.StatusOK {
		return status{}, fmt.Errorf("the server does not report its status: %d %.200s %w", a.status, a.text, a.err)
	}
	var line struct{ Data status }
	err := json.NewDecoder(strings.NewReader(a.text)).Decode(&line)
	return line.Data, err
}

// awaitBegun waits until a number of commands have begun to misbehave.
func (s *server) awaitBegun(ctx context.Context, n int) error {
	for range 600 {
		now, err := s.status(ctx)
		if err != nil || now.Begun >= n {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%d commands did not begin within half a minute", n)
}

// leaves sends the server a signal and returns how long it keeps running, up to a limit.
func (s *server) leaves(limit time.Duration, signals ...time.Duration) time.Duration {
	for _, pause := range signals {
		time.Sleep(pause)
		_ = s.command.Process.Signal(syscall.SIGTERM)
	}
	started := time.Now()
	select {
	case <-s.ended:
	case <-time.After(limit):
	}
	took := time.Since(started)
	s.stop()
	return took
}

var residentLine = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// resident returns the process's resident memory in KiB.
func (s *server) resident() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	m := residentLine.FindSubmatch(text)
	if m == nil {
		return 0, errors.New("the server is gone")
	}
	return strconv.Atoi(string(m[1]))
}

// descriptors returns how many files and connections the process has open.
func (s *server) descriptors() (int, error) {
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.command.Process.Pid))
	return len(all), err
}

// A serverLog counts what a server logs and keeps the end of its log.
type serverLog struct {
	answers chan string // receives the address that the server prints

	mu    sync.Mutex
	bytes int
	last  []byte
	named bool
}

var addressText = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// keptLog is how much of the log is kept.
const keptLog = 2000

func (l *serverLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += len(b)
	if l.last = append(l.last, b...); len(l.last) > keptLog {
		l.last = bytes.Clone(l.last[len(l.last)-keptLog:])
	}
	if m := addressText.FindSubmatch(l.last); m != nil && !l.named {
		l.named = true
		l.answers <- string(m[1])
	}
	return len(b), nil
}

func (l *serverLog) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

func (l *serverLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.last)
}
