package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestLogEnding: each command leaves one line, in the same form whether it succeeds or fails.
func TestLogEnding(t *testing.T) {
	t.Parallel()
	const invoked = `"id":"i","version":7,"requestId":"r","commandType":`
	for command, want := range map[string]string{
		"three":                "INFO the command succeeded 3",
		"none":                 "INFO the command succeeded 0",
		"std:spec:read":        "INFO the command succeeded 1",
		"std:test-connection":  "INFO the command succeeded 1",
		"fail":                 "ERROR gone 1 notFound",
		"wrapped":              "ERROR on: off 0 acme",
		"untyped":              "ERROR off 0",
		"std:account:unlisted": "ERROR unsupported command: std:account:unlisted 0",
	} {
		for _, closing := range []string{"", "true"} {
			var log bytes.Buffer
			c := newTester([]Handler[nothing]{
				raw("three", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
					for i := range 3 {
						if err := out.Send(i); err != nil {
							return err
						}
					}
					return out.KeepAlive()
				}),
				raw("none", func(context.Context, nothing, json.RawMessage, *Writer) error { return nil }),
				action("std:test-connection", func(nothing, context.Context, struct{}) error { return nil }),
				raw("fail", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
					_ = out.Send(1)
					return NotFound("gone")
				}),
				raw("wrapped", func(context.Context, nothing, json.RawMessage, *Writer) error {
					return fmt.Errorf("on: %w", &Error{Type: "acme", Message: "off"})
				}),
				raw("untyped", func(context.Context, nothing, json.RawMessage, *Writer) error { return errors.New("off") }),
			}, WithLogger(NewLogger(&log)))
			req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"type":"`+command+`","version":7,"context":{"id":"i","requestId":"r"}}`))
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set(closingHeader, closing)
			c.ServeHTTP(httptest.NewRecorder(), req)
			got := regexp.MustCompile(`^{"timestamp":"[^"]+","level":"(\w+)","message":"([^"]+)",` + invoked + `"` + command + `","duration":"[\d.]+[nµm]?s","outputs":(\d+)(?:,"errorType":"(\w+)")?}\n$`).FindStringSubmatch(log.String())
			if got == nil || strings.TrimSpace(strings.Join(got[1:], " ")) != want {
				t.Errorf("%s, closing %q: logged %s", command, closing, log.String())
			}
		}
	}
}

// TestLogOfRefused: a request that is not a command of the connector, because it cannot be
// read, leaves the line of a failure where it is answered as one.
func TestLogOfRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{"input":1}`: "unsupported command: undefined", `{`: ""} {
		var log bytes.Buffer
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		newTester(nil, WithLogger(NewLogger(&log))).ServeHTTP(httptest.NewRecorder(), req)
		if (log.Len() == 0) != (want == "") || !strings.Contains(log.String(), want) {
			t.Errorf("%s: logged %s", body, log.String())
		}
	}
}

// TestMuteLog: an answer is whole although the log takes nothing, and only some lines wait for it.
func TestMuteLog(t *testing.T) {
	t.Parallel()
	log := &aSlowLog{mute: make(aMute)}
	s := newService(newTester([]Handler[nothing]{
		action("a", func(nothing, context.Context, struct{}) error { return nil }),
	}, WithLogger(NewLogger(log))), 0)
	s.logging.most = 3
	s.patience.log = 10 * time.Millisecond
	server := startService(t.Context(), t, s)
	for range 5 {
		if status, text := post(t, server.URL, `{"type":"a"}`); status != http.StatusOK || text != `{"data":{},"type":"output"}`+"\n" {
			t.Errorf("status %d, %s", status, text)
		}
	}
	if n := s.logging.inUse(); n != s.logging.most {
		t.Errorf("%d lines wait for the log", n)
	}
	close(log.mute)
	waitUntil(t, func() bool { return s.logging.inUse() == 0 })
	if lines, text := strings.Count(log.text.String(), success), log.text.String(); lines != 3 || strings.Count(text, `"count":2`) != 1 || strings.Count(text, "missing") != 1 {
		t.Errorf("the log has the lines of %d commands, 3 waited and 2 were dropped: %s", lines, text)
	}
}

// TestMuteLogKeepsNobodyOut: a command whose line waits for the log no longer counts as running.
func TestMuteLogKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	mute := make(aMute)
	s := newService(newTester([]Handler[nothing]{
		action("a", func(nothing, context.Context, struct{}) error { return nil }),
	}, WithLogger(NewLogger(mute))), 1)
	s.patience.log = time.Hour
	server := startService(t.Context(), t, s)
	var answers sync.WaitGroup
	for n := range int64(2) {
		answers.Go(func() {
			if status, text := post(t, server.URL, `{"type":"a"}`); status != http.StatusOK {
				t.Errorf("status %d, %s", status, text)
			}
		})
		waitUntil(t, func() bool { return s.logging.inUse() == n+1 && s.commands.inUse() == 0 })
	}
	close(mute)
	answers.Wait()
}

// An aSlowLog takes nothing until its channel is closed, and keeps what it takes then. Its logger
// calls it once at a time.
type aSlowLog struct {
	mute aMute
	text strings.Builder
}

func (l *aSlowLog) Write(b []byte) (int, error) {
	_, _ = l.mute.Write(b)
	return l.text.Write(b)
}
