package sdk

import (
	"log/slog"
	"math"
	"os"
)

// An Option changes how a [Connector] works.
type Option func(*options)

type options struct {
	logger     *slog.Logger
	bodyLimit  int64
	writer     writerOptions
	partitions int
	hooks      hooks
	handlers   []handler // of [WithHandler]
	lenient    bool
}

func newOptions(opts []Option) options {
	o := options{bodyLimit: 10 << 20, logger: NewLogger(os.Stderr), writer: defaultWriterOptions, partitions: defaultPartitions}
	for _, set := range opts {
		set(&o)
	}
	return o
}

// WithLogger sets where log lines go; the default is [NewLogger] on standard error. A server and a
// bundle log one line for each command when it ends. A server drops the lines of further commands
// while 1024 wait for a log that is too slow, and then logs how many it has dropped.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// WithBodyLimit sets how many bytes a request may have, after decompression; the
// default is 10 MiB.
func WithBodyLimit(bytes int64) Option {
	return func(o *options) { o.bodyLimit = min(bytes, math.MaxInt64-1) } // one more tells what is too large
}

// Lenient turns these errors into log warnings: a missing required value, a number out of
// range, and a fraction where a whole number belongs, which is rounded. A missing required
// number is 0. Sources and create profiles made with an older spec then keep working.
func Lenient() Option { return func(o *options) { o.lenient = true } }

// WithHandler adds a handler of the connector's own: for a command that the spec does
// not list, or in place of the client's method. A handler for an entitlement type
// replaces the method for that type alone.
//
// C is the type of the connector's clients, an interface that they implement, or, if all
// clients have the same type, that type.
func WithHandler[C any](h Handler[C]) Option { return withHandler(h.handler) }

func withHandler(h handler) Option {
	h.foreign = true
	return func(o *options) { o.handlers = append(o.handlers, h) }
}
