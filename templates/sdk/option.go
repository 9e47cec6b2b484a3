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
	lenient    bool
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

// Lenient makes warnings in the log of what is strict otherwise: that a value which the
// spec requires is missing, that a number is out of its limits, or that it has a fraction
// where it must be whole, which rounds it. A number that is required and missing is 0. It
// keeps sources and create profiles working that were made with an older spec.
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
