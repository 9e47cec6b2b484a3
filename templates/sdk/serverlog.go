//go:build !js

package sdk

import (
	"context"
	"log"
	"log/slog"
	"strings"
)

// serverLog returns a logger for what net/http reports, such as a client that does not speak TLS.
func serverLog(l *slog.Logger) *log.Logger { return log.New(serverLogWriter{l}, "", 0) }

type serverLogWriter struct{ log *slog.Logger }

// Write logs a message as one line. Lines after the first are a stack, and become an attribute.
func (w serverLogWriter) Write(b []byte) (int, error) {
	message, stack, _ := strings.Cut(strings.TrimSuffix(string(b), "\n"), "\n")
	level, attrs := slog.LevelWarn, []slog.Attr(nil)
	if stack != "" {
		level, attrs = slog.LevelError, []slog.Attr{slog.String("stack", stack)}
	}
	w.log.LogAttrs(context.Background(), level, message, attrs...)
	return len(b), nil
}
