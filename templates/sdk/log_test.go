package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// logged runs a command that logs, and returns its lines.
func logged(t *testing.T, config string, log func(context.Context, *slog.Logger)) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	r := newTester([]Handler[nothing]{
		raw("a:b", func(ctx context.Context, _ nothing, _ json.RawMessage, _ *Writer) error {
			log(ctx, Logger(ctx))
			return nil
		}),
	}, WithLogger(NewLogger(&out)))
	err := r.Run(t.Context(), Request{Type: "a:b", Config: json.RawMessage(config), Version: Ptr(int64(7))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var members map[string]any
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		lines = append(lines, members)
	}
	return lines
}

func TestLog(t *testing.T) {
	t.Parallel()
	lines := logged(t, `{}`, func(ctx context.Context, l *slog.Logger) {
		l.DebugContext(ctx, "hidden")
		l.InfoContext(ctx, "shown", "token", NewSecret(hush), "took", 1500*time.Millisecond, slog.Group("g", "level", "l"))
		l.With("x", 1).WithGroup("g").Warn("warned", "err", errors.New("e"))
	})
	if len(lines) != 2 {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	at, err := time.Parse("2006-01-02T15:04:05.000Z", lines[0]["timestamp"].(string))
	if err != nil || at.IsZero() {
		t.Errorf("timestamp %v, %v", at, err)
	}
	for name, want := range map[string]any{
		"level": "INFO", "message": "shown", "commandType": "a:b", "version": 7.0, "token": "[redacted]", "took": "1.5s",
	} {
		if lines[0][name] != want {
			t.Errorf("%s: %v, want %v", name, lines[0][name], want)
		}
	}
	if lines[0]["g"].(map[string]any)["level"] != "l" {
		t.Errorf("a group's member became %v", lines[0]["g"])
	}
	if lines[1]["level"] != "WARN" || lines[1]["x"] != 1.0 || lines[1]["g"].(map[string]any)["err"] != "e" {
		t.Errorf("second line %v", lines[1])
	}
}

func TestTimestamp(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{
		{},
		time.Unix(0, 999_999),
		time.Unix(1, 7_000_000),
		time.Unix(1_700_000_000, 999_999_999).In(time.FixedZone("", 5400)),
		time.Date(2026, 2, 3, 4, 5, 6, 120_000_000, time.UTC),
		time.Date(12026, 2, 3, 4, 5, 6, 0, time.UTC),
	} {
		if got, want := timestamp(at), at.UTC().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestReadInvocation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Invocation{
		"":     {},
		`null`: {},
		`[1]`:  {},
		`{"id":"i","name":"n","connectorInstanceId":"c","invocationId":"v","spanId":"s","requestId":"\u0072"}`: {"i", "n", "c", "v", "s", "r"},
		`{"id":1,"name":null,"spanId":{},"requestId":["r"],"invocationId":"v","other":true}`:                   {InvocationID: "v"},
	} {
		if got := readInvocation(json.RawMessage(text)); got != want {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

// TestLogInvocation: lines carry what ISC calls the command, in the protocol's
// order, and the command can ask for it.
func TestLogInvocation(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var info CommandInfo
	r := newTester([]Handler[nothing]{action("a:b", func(_ nothing, ctx context.Context, _ struct{}) error {
		info = Info(ctx)
		Logger(ctx).Info("m", "x", 1)
		return nil
	})}, WithLogger(NewLogger(&out)))
	req := Request{
		Type: "a:b", Version: Ptr(int64(7)), Config: json.RawMessage(`{"provisioningTimeout":5}`),
		Invocation: Invocation{ID: "i", Name: "n", ConnectorInstanceID: "c", InvocationID: "v", SpanID: "s", RequestID: "r"},
	}
	if err := r.Run(t.Context(), req, func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	const want = `"message":"m","id":"i","version":7,"invocationId":"v","requestId":"r","commandType":"a:b","x":1}` + "\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("logged %s want %s", out.String(), want)
	}
	if info.Command != "a:b" || *info.Version != 7 || info.Invocation != req.Invocation || info.Source.ProvisioningTimeout != 5*time.Second {
		t.Errorf("the command is %+v", info)
	}
	if outside := Info(t.Context()); outside != (CommandInfo{}) {
		t.Errorf("outside of a command there is %+v", outside)
	}
}

// TestLogReservedNames uses the names of the handler's own members.
func TestLogReservedNames(t *testing.T) {
	t.Parallel()
	lines := logged(t, `{}`, func(_ context.Context, l *slog.Logger) {
		l.Info("m", "time", "noon")
		l.Info("m", "level", "high")
		l.Info("m", "msg", 5)
	})
	for i, want := range []struct {
		name  string
		value any
	}{{"time", "noon"}, {"level", "high"}, {"msg", 5.0}} {
		if got := lines[i][want.name]; got != want.value {
			t.Errorf("%s: %v, want %v", want.name, got, want.value)
		}
	}
}

func TestLogDebug(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]int{
		`{"spConnDebugLoggingEnabled":true}`:   3,
		`{"spConnDebugLoggingEnabled":false}`:  1,
		`{"spConnDebugLoggingEnabled":"true"}`: 1,
		`{}`:                                   1,
		`null`:                                 1,
		`"text"`:                               1,
		``:                                     1,
	} {
		lines := logged(t, config, func(_ context.Context, l *slog.Logger) {
			l.Debug("debug")
			l.With("a", 1).WithGroup("g").Debug("derived", "b", 1)
			l.Info("info")
		})
		if len(lines) != want {
			t.Errorf("config %s: %d lines, want %d", config, len(lines), want)
		}
	}
}

// TestLogOfServer: lines that belong to no command are cut, too.
func TestLogOfServer(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := newTester(nil, WithLogger(NewLogger(&log)))
	new(serving).server(newService(c, 0), "").ErrorLog.Print(strings.Repeat("x", 10*cut.Message))
	if log.Len() == 0 || log.Len() > 2*cut.Message {
		t.Errorf("the line has %d bytes", log.Len())
	}
}

func TestLogOutsideOfCommand(t *testing.T) {
	t.Parallel()
	if Logger(t.Context()) != slog.Default() {
		t.Error("outside of a command there is another logger than the default")
	}
}
