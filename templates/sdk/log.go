package sdk

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// Logger returns the logger of the command that ctx belongs to. Its lines carry
// the command's name and version, and debug lines appear if the source's config
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
	switch a.Value.Kind() {
	case slog.KindTime:
		if a.Key == slog.TimeKey {
			return slog.String("timestamp", timestamp(a.Value.Time()))
		}
	case slog.KindDuration:
		return slog.String(a.Key, a.Value.Duration().String())
	case slog.KindString:
		if a.Key == slog.MessageKey {
			a.Key = "message"
		}
	case slog.KindAny:
		if level, ok := a.Value.Any().(slog.Level); ok && a.Key == slog.LevelKey {
			return slog.String(slog.LevelKey, level.String())
		}
	}
	return a
}

// timestamp returns a time in UTC, to the millisecond. Package time has code of its own for
// RFC 3339, which is far smaller than that for any format.
func timestamp(t time.Time) string {
	b := t.UTC().AppendFormat(make([]byte, 0, len("2006-01-02T15:04:05.000Z")), time.RFC3339)
	ms := t.Nanosecond() / int(time.Millisecond)
	b = append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
	return string(b)
}

// A levelHandler shows records from its level on.
type levelHandler struct {
	slog.Handler
	level slog.Level
}

func (h levelHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

// Handle writes a record with its long texts cut, regardless of where they come from.
func (h levelHandler) Handle(ctx context.Context, r slog.Record) error {
	if isShort(r) {
		return h.Handler.Handle(ctx, r)
	}
	short := slog.NewRecord(r.Time, r.Level, cut.To(r.Message, cut.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		short.AddAttrs(shortAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, short)
}

// isShort reports whether a record has nothing but short texts and numbers, as nearly all have.
func isShort(r slog.Record) bool {
	short := len(r.Message) <= cut.Message
	r.Attrs(func(a slog.Attr) bool {
		switch a.Value.Kind() {
		case slog.KindString:
			short = short && len(a.Value.String()) <= cut.Message
		case slog.KindAny, slog.KindGroup, slog.KindLogValuer:
			short = false // shortAttr looks into them
		}
		return short
	})
	return short
}

// shortAttr cuts the long texts of an attribute.
func shortAttr(a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		if text := v.String(); len(text) > cut.Message {
			a.Value = slog.StringValue(cut.To(text, cut.Message))
		}
	case slog.KindGroup:
		a.Value = slog.GroupValue(shortAttrs(v.Group())...)
	case slog.KindAny:
		if text, ok := longText(v.Any()); ok {
			a.Value = slog.StringValue(cut.To(text, cut.Message))
		}
	}
	return a
}

func shortAttrs(attrs []slog.Attr) []slog.Attr {
	short := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		short[i] = shortAttr(a)
	}
	return short
}

// longText returns the text of a value, and whether it is too long for the log.
func longText(v any) (text string, ok bool) {
	defer func() {
		if recover() != nil { // for example a nil pointer; the handler reports it
			ok = false
		}
	}()
	switch v := v.(type) {
	case error:
		text = v.Error()
	case []byte:
		text = cut.To(v, cut.Message+1)
	case json.RawMessage:
		text = cut.To(v, cut.Message+1)
	}
	return text, len(text) > cut.Message
}

// maxWarnings is how many warnings of one kind a command logs.
const maxWarnings = 100

// warnOfEach logs a warning for each finding in a request, up to maxWarnings: a large request can
// have very many.
func warnOfEach[T any](ctx context.Context, found []T, warning func(T) (message string, args []any)) {
	log := Logger(ctx)
	for _, one := range found[:min(len(found), maxWarnings)] {
		message, args := warning(one)
		log.WarnContext(ctx, message, args...)
	}
	if more := len(found) - maxWarnings; more > 0 {
		log.WarnContext(ctx, "further warnings of this kind are omitted", "count", more)
	}
}

func (h levelHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelHandler{h.Handler.WithAttrs(shortAttrs(attrs)), h.level}
}

func (h levelHandler) WithGroup(name string) slog.Handler {
	return levelHandler{h.Handler.WithGroup(name), h.level}
}
