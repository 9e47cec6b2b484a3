package sdk

import (
	"log/slog"
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
}

func newOptions(opts []Option) options {
	o := options{bodyLimit: 10 << 20, logger: NewLogger(os.Stderr), writer: defaultWriterOptions, partitions: defaultPartitions}
	for _, set := range opts {
		set(&o)
	}
	return o
}

// WithLogger sets where log lines go; the default is [NewLogger] on standard error.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// WithBodyLimit sets how many bytes a request may have, after decompression; the
// default is 10 MiB.
func WithBodyLimit(bytes int64) Option { return func(o *options) { o.bodyLimit = bytes } }

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
