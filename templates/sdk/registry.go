package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"runtime/debug"
	"sync"
)

// A Request is one command to run.
type Request struct {
	Type    Command
	Input   json.RawMessage // handed to the command's handler as it is; may be missing
	Config  json.RawMessage // the source's config; may be missing
	Version *int64          // of the connector, where ISC says it

	Invocation // what ISC calls the command and its source, where the request says it
}

// An Opener makes the client that answers one command from the source's config.
// A client that is an [io.Closer] is closed when the command has ended; its
// error is logged and fails nothing.
type Opener[C any] func(ctx context.Context, config json.RawMessage) (C, error)

// Decoded returns the opener that decodes the config first.
func Decoded[Config, C any](decode func(json.RawMessage) (Config, error), open func(context.Context, Config) (C, error)) Opener[C] {
	return func(ctx context.Context, raw json.RawMessage) (C, error) {
		config, err := decode(raw)
		if err != nil {
			var none C
			return none, err
		}
		return open(ctx, config)
	}
}

// A Registry answers the commands of a connector. It is an [net/http.Handler];
// [Registry.Run] is the same without HTTP. It is safe for concurrent use.
type Registry[C any] struct {
	spec     Spec
	open     Opener[C]
	handlers Handlers[C]
	options  options

	middleware []func(Handler[C]) Handler[C]
	specLine   func() ([]byte, error) // the spec as it is sent
}

type options struct {
	logger     *slog.Logger
	bodyLimit  int64
	writer     writerOptions
	partitions int
	hooks      hooks
}

// An Option changes how a [Registry] works.
type Option func(*options)

// WithLogger sets where log lines go; the default is [NewLogger] on standard
// error.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// WithBodyLimit sets how many bytes a request may have, after decompression; the
// default is 10 MiB.
func WithBodyLimit(bytes int64) Option { return func(o *options) { o.bodyLimit = bytes } }

// NewRegistry returns the registry of a spec's handlers, each of which gets a
// client from open.
func NewRegistry[C any](spec Spec, open Opener[C], handlers Handlers[C], opts ...Option) *Registry[C] {
	r := &Registry[C]{
		spec:     spec,
		open:     open,
		handlers: maps.Clone(handlers),
		options:  options{bodyLimit: 10 << 20, logger: NewLogger(os.Stderr), writer: defaultWriterOptions, partitions: defaultPartitions},
	}
	for _, o := range opts {
		o(&r.options)
	}
	r.specLine = sync.OnceValues(func() ([]byte, error) { return appendRaw(nil, json.RawMessage(spec.JSON)) })
	return r
}

// Handle answers a command with a handler: one that the spec does not list, or one
// in place of the client's method. The adapters make handlers of functions with
// types of the connector's own, such as [Unary]. It must not be called once the
// registry answers commands.
func (r *Registry[C]) Handle(command Command, handler Handler[C]) {
	if r.handlers == nil {
		r.handlers = make(Handlers[C])
	}
	r.handlers[command] = handler
}

// Use puts a middleware around the handlers of all commands but std:spec:read,
// those of [Registry.Handle] included; the one that is put last sees a command
// first. It must not be called once the registry answers commands.
func (r *Registry[C]) Use(middleware func(Handler[C]) Handler[C]) {
	r.middleware = append(r.middleware, middleware)
}

// Run runs a command. It hands lines, whole ones and often several at once, to
// sink, which may block, and returns the command's failure when all lines have
// left. An error of sink ends the command.
func (r *Registry[C]) Run(ctx context.Context, req Request, sink func([]byte) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := newWriter(ctx, req.Type, r.options.writer, func(b []byte) error {
		err := sink(b)
		if err != nil {
			cancel(err)
		}
		return err
	})
	info := newInfo(req)
	ctx = context.WithValue(ctx, infoKey{}, info)
	ctx = context.WithValue(ctx, loggerKey{}, r.loggerFor(info))
	ctx = context.WithValue(ctx, hooksKey{}, &r.options.hooks)
	ctx = context.WithValue(ctx, partitionLimitKey{}, r.options.partitions)
	return w.end(r.dispatch(ctx, req, w))
}

// dispatch runs the handler of a command. A panic in it is the command's failure.
func (r *Registry[C]) dispatch(ctx context.Context, req Request, w *Writer) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(ctx, v)
		}
	}()
	handler, ok := r.handlers[req.Type]
	if !ok {
		if req.Type == stdSpecRead {
			return r.readSpec(w)
		}
		return unsupported(string(req.Type))
	}
	ctx, err = withFilter(ctx, req.Type, req.Config)
	if err != nil {
		return err
	}
	client, err := r.open(ctx, req.Config)
	if err != nil {
		return err
	}
	if c, ok := any(client).(io.Closer); ok {
		defer closeClient(ctx, c)
	}
	for _, wrap := range r.middleware {
		handler = wrap(handler)
	}
	defer w.quiet()
	return handler(ctx, client, req.Input, w)
}

// closeClient closes the client of a command that has ended. What fails there
// takes nothing back: the outputs are on their way, and the change in the source
// is made.
func closeClient(ctx context.Context, client io.Closer) {
	err := func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = panicked(ctx, v)
			}
		}()
		return client.Close()
	}()
	if err != nil {
		Logger(ctx).WarnContext(ctx, "the client was not closed", "err", err)
	}
}

// panicked logs where a recovered panic came from, and returns it as an error.
func panicked(ctx context.Context, v any) error {
	Logger(ctx).ErrorContext(ctx, "panic", "stack", string(debug.Stack()))
	return fmt.Errorf("panic: %v", v)
}

func (r *Registry[C]) readSpec(w *Writer) error {
	text, err := r.specLine()
	if err != nil {
		return Errorf("the connector's spec %w", err)
	}
	return w.line("output", func(b []byte) ([]byte, error) {
		b = append(b, `{"specification":`...)
		b = append(b, text...)
		return append(b, '}'), nil
	})
}

// logger returns the logger of a command.
func (r *Registry[C]) logger(req Request) *slog.Logger { return r.loggerFor(newInfo(req)) }

// loggerFor returns the logger of a command. What the command is called comes in
// the order of the protocol's log lines.
func (r *Registry[C]) loggerFor(info CommandInfo) *slog.Logger {
	level := slog.LevelInfo
	if info.Source.DebugLogging {
		level = slog.LevelDebug
	}
	l := slog.New(levelHandler{r.options.logger.Handler(), level})
	return l.With(info.logArgs()...)
}
