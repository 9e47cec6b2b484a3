package sdk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// An ending is how a command ended.
type ending struct {
	err     error // nil if it succeeded
	took    time.Duration
	outputs int          // how many it has sent
	log     *slog.Logger // of the command; nil if it did not run
}

// success is the message of a command that succeeded. That of a failed one is its error.
const success = "the command succeeded"

// logEnding logs how a command ended. A server and a bundle leave one such line for each command. The
// line of a failed one has the type of its error if the answer has it.
func (c *Connector) logEnding(ctx context.Context, req Request, e ending) {
	took := e.took.Round(10 * time.Microsecond) // "12.34ms": more digits tell nothing
	attrs := []slog.Attr{slog.Duration("duration", took), slog.Int("outputs", e.outputs)}
	level, message := slog.LevelInfo, success
	if e.err != nil {
		level, message = slog.LevelError, e.err.Error()
	}
	var typed *Error
	if errors.As(e.err, &typed) {
		attrs = append(attrs, slog.String("errorType", cut.To(typed.ErrorType(), cut.Name)))
	}
	log := e.log
	if log == nil {
		log = c.loggerFor(newInfo(req))
	}
	log.LogAttrs(ctx, level, message, attrs...)
}
