package sdk

import (
	"context"
	"io"
	"log/slog"
	"time"
)

type loggerKey struct{}

// Logger returns the logger of the command that ctx belongs to. Its lines carry
// the command's name and version, and debug lines show where the source's config
// asks for them. Outside a command it is slog's default logger.
func Logger(ctx context.Context) *slog.Logger {
	if l, ok := ctx.Value(loggerKey{}).(*slog.Logger); ok {
		return l
	}
	return slog.Default()
}

// NewLogger returns a logger that writes one JSON object a line, with the
// members that ISC's log viewer knows: level, timestamp and message.
func NewLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level:       slog.LevelDebug, // levelHandler decides
		ReplaceAttr: replaceAttr,
	}))
}

func replaceAttr(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	// A line's own attributes may have the handler's names, but hold other kinds.
	switch v := a.Value.Any().(type) {
	case time.Time:
		if a.Key == slog.TimeKey {
			return slog.String("timestamp", v.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
	case slog.Level:
		if a.Key == slog.LevelKey {
			return slog.String(slog.LevelKey, v.String())
		}
	case time.Duration:
		return slog.String(a.Key, v.String())
	case string:
		if a.Key == slog.MessageKey {
			a.Key = "message"
		}
	}
	return a
}

// A levelHandler shows records from its level on.
type levelHandler struct {
	slog.Handler
	level slog.Level
}

func (h levelHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

func (h levelHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelHandler{h.Handler.WithAttrs(attrs), h.level}
}

func (h levelHandler) WithGroup(name string) slog.Handler {
	return levelHandler{h.Handler.WithGroup(name), h.level}
}
