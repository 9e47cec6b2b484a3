package sdk

import (
	"context"
	"log/slog"
	"time"
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

// logEnding logs how a command ended. A server and a bundle leave one such line for each command.
func (c *Connector) logEnding(ctx context.Context, req Request, e ending) {
	level, message := slog.LevelInfo, success
	if e.err != nil {
		level, message = slog.LevelError, e.err.Error()
	}
	took := e.took.Round(10 * time.Microsecond) // "12.34ms": more digits tell nothing
	log := e.log
	if log == nil {
		log = c.loggerFor(newInfo(req))
	}
	log.LogAttrs(ctx, level, message, slog.Duration("duration", took), slog.Int("outputs", e.outputs))
}
