package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A Request is one command to run.
type Request struct {
	Type    Command
	Input   json.RawMessage // handed to the command's handler as it is; may be missing
	Config  json.RawMessage // the source's config; may be missing
	Version *int64          // of the connector, where ISC says it

	Invocation // what ISC calls the command and its source, where the request says it
}

// A Connector answers commands. It is a [net/http.Handler]; [Connector.Run] is the same
// without HTTP, and [Connector.Main] is the program around it. It is safe for concurrent
// use.
type Connector struct {
	spec       Spec
	client     any // a nil pointer to the type of what open returns, see typeAt
	decode     func(config json.RawMessage) (any, error)
	open       func(ctx context.Context, config any) (any, error)
	handlers   map[Command]handlers
	options    options
	middleware []func(Func) Func
	specLine   func() ([]byte, error) // the spec as it is sent
	embedded   embedded
	loggers    commandLoggers
}

// New is for generated code, whose own New calls it. It returns the connector that answers
// a spec's commands. Each command gets a client of its own: decode reads the source's
// config, and open makes the client from it. A client that is an [io.Closer] is closed
// after its command; an error of Close is logged and fails nothing.
//
// New panics where the options contradict the handlers, which a test or the first start
// shows: a hook on a method that no handler answers, a hook of other types than the
// method's, and a handler for clients that the connector does not have.
func New[C, Config any](
	spec Spec,
	decode func(json.RawMessage) (Config, error),
	open func(context.Context, Config) (C, error),
	handlers []Handler[C],
	opts ...Option,
) *Connector {
	untyped := make([]handler, len(handlers))
	for i, h := range handlers {
		untyped[i] = h.handler
	}
	c := &Connector{
		spec:   spec,
		client: (*C)(nil),
		decode: func(raw json.RawMessage) (any, error) { return decode(raw) },
		open: func(ctx context.Context, decoded any) (any, error) {
			config, _ := decoded.(Config) // nil is a Config too, where that is an interface
			return open(ctx, config)
		},
	}
	c.build(untyped, opts)
	return c
}

// build adds the handlers and options to a connector that has the rest.
func (c *Connector) build(all []handler, opts []Option) {
	c.handlers, c.options = make(map[Command]handlers), newOptions(opts)
	for _, h := range slices.Concat(all, c.options.handlers) {
		c.add(h)
		checkChanges(typeAt(h.in))
	}
	c.check(c.options.hooks.before, "before", func(h handler) any { return h.in })
	c.check(c.options.hooks.after, "after", func(h handler) any { return h.out })
	c.specLine = sync.OnceValues(func() ([]byte, error) { return jsontext.AppendRaw(nil, json.RawMessage(c.spec.JSON)) })
}

// newClient opens the client of a command.
func (c *Connector) newClient(ctx context.Context, raw json.RawMessage) (any, error) {
	config, err := c.decode(raw)
	if err != nil && !(c.options.lenient && tolerate(ctx, err)) {
		return nil, err
	}
	return c.open(ctx, config)
}

// handlers answer one command.
type handlers struct {
	any    *handler           // for all entitlement types that have no handler of their own
	byType map[string]handler // by entitlement type
}

// at returns the handler of a point.
func (h handlers) at(p point) (handler, bool) {
	if p.objectType == "" && h.any != nil {
		return *h.any, true
	}
	found, ok := h.byType[p.objectType]
	return found, ok
}

// add adds a handler. It comes before those that were added earlier.
func (c *Connector) add(h handler) {
	if want, is := typeAt(h.client), typeAt(c.client); h.foreign && !fits(is, want) {
		want, is := typeNames(want, is)
		panic(fmt.Sprintf("sdk: the handler of %v is for clients of type %s, and the connector's are of type %s", h.at, want, is))
	}
	all := c.handlers[h.at.command]
	switch {
	case h.at.objectType == "":
		all = handlers{any: &h}
	case all.byType == nil:
		all.byType = map[string]handler{h.at.objectType: h}
	default:
		all.byType[h.at.objectType] = h
	}
	c.handlers[h.at.command] = all
}

// fits reports whether clients of one type can be of another: it is the same, an
// interface that they implement, or a type that implements their interface. Whether a
// client is of that last type shows when there is one.
func fits(client, want reflect.Type) bool {
	return client.AssignableTo(want) || client.Kind() == reflect.Interface && want.Implements(client)
}

// typeNames names two types that differ: with the paths of their packages, where they have
// one name.
func typeNames(a, b reflect.Type) (string, string) {
	if a.String() != b.String() {
		return a.String(), b.String()
	}
	return pathName(a), pathName(b)
}

func pathName(t reflect.Type) string {
	switch {
	case t.Name() != "" && t.PkgPath() != "":
		return t.PkgPath() + "." + t.Name()
	case t.Name() == "" && t.Kind() == reflect.Pointer:
		return "*" + pathName(t.Elem())
	}
	return t.String()
}

// check panics where a hook would never run, or not with the values of its point.
func (c *Connector) check(chains chains, when string, typeOf func(handler) any) {
	for at, hooks := range chains {
		h, ok := c.handlers[at.command].at(at)
		if !ok {
			panic(fmt.Sprintf("sdk: the hook %s %v never runs: no handler answers that", when, at))
		}
		for _, hook := range hooks {
			if of, want := typeAt(hook.of), typeAt(typeOf(h)); of != want {
				of, want := typeNames(of, want)
				panic(fmt.Sprintf("sdk: the hook %s %v is for values of type %s, and the handler's are of type %s", when, at, of, want))
			}
		}
	}
}

// Spec returns what the connector knows about its connector-spec.json.
func (c *Connector) Spec() Spec { return c.spec }

// Use wraps all commands except std:spec:read in a middleware; the one added last sees a
// command first. Call it before the connector answers commands. A middleware knows no
// types, so several connectors can share it.
func (c *Connector) Use(middleware func(Func) Func) {
	c.middleware = append(c.middleware, middleware)
}

// Run runs a command. It passes whole lines, often several at once, to sink,
// which may block. It returns the command's error after all lines were passed
// on. An error from sink ends the command.
func (c *Connector) Run(ctx context.Context, req Request, sink func([]byte) error) error {
	return c.run(ctx, req, c.writerOptions(false), sink, inBackground).err
}

// writerOptions returns what a command's writer gets. inBundle says that a bundle's JavaScript
// reads the lines.
func (c *Connector) writerOptions(inBundle bool) writerOptions {
	options := c.options.writer
	options.javaScript = inBundle
	return options
}

// run runs a command. It calls start with the part that is the author's code, which start calls in
// another goroutine: that code may end its goroutine.
func (c *Connector) run(ctx context.Context, req Request, options writerOptions, sink func([]byte) error, start func(func())) ending {
	began := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	command := &commandContext{Context: ctx, connector: c, info: newInfo(req)}
	w := newWriter(command, req.Type, options, sink)
	w.core.cancel, w.core.attended = cancel, true
	command.writer = w
	start(func() {
		err := errNotReturned
		defer func() { w.core.finish(err) }()
		err = c.dispatch(command, req, w)
	})
	err := w.core.attend()
	err = because(w.core.reason(ctx), err)
	if req.Type.lists() {
		err = asGeneric(command, err, fromList)
	}
	return ending{err: err, took: time.Since(began), outputs: w.core.sent(), log: command.logger()}
}

// inBackground starts a goroutine.
func inBackground(run func()) { go run() }

// because returns the reason why a command's context ended if err says only that it was
// cancelled, and err otherwise.
func because(reason, err error) error {
	switch {
	case reason == nil || !errors.Is(err, context.Canceled) || errors.Is(reason, context.Canceled):
		return err
	case err == context.Canceled: // not wrapped: adds nothing to the reason
		return reason
	}
	return fmt.Errorf("%w: %w", reason, err)
}

// errNotReturned is the failure of code that calls [runtime.Goexit].
var errNotReturned = errors.New("the command's goroutine exited, as Fatal of a test does in a client method; return an error there")

// apart runs the code of a connector's author in a separate goroutine. If the code ends its
// goroutine, apart returns an error, and the caller can still end the answer.
func apart(run func() error) error {
	ended := make(chan error, 1)
	go func() {
		err := errNotReturned
		defer func() { ended <- err }()
		err = run()
	}()
	return <-ended
}

// dispatch runs the handler of a command. A panic in it is the command's failure.
func (c *Connector) dispatch(ctx context.Context, req Request, w *Writer) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(ctx, v)
		}
	}()
	all, ok := c.handlers[req.Type]
	if !ok {
		if req.Type == stdSpecRead {
			return c.readSpec(w)
		}
		return unsupported(string(req.Type))
	}
	client, err := c.newClient(ctx, req.Config)
	if err != nil {
		return asGeneric(ctx, err, fromOpen)
	}
	closer, closes := client.(io.Closer)
	if closes {
		defer closeClient(ctx, closer)
	}
	w.core.prompt = !closes && len(c.middleware) == 0
	run := func(ctx context.Context, input json.RawMessage, out *Writer) error {
		return all.run(ctx, call{spec: &c.spec, lenient: c.options.lenient, client: client, input: input, out: out, hooks: &c.options.hooks, config: req.Config})
	}
	for _, wrap := range c.middleware {
		run = wrap(run)
	}
	defer w.core.quiet()
	return run(ctx, req.Input, w)
}

// run picks the handler of a call and runs it.
func (h handlers) run(ctx context.Context, c call) error {
	found, err := h.pick(&c)
	if err != nil {
		return err
	}
	if found.foreign && c.client != nil && !reflect.TypeOf(c.client).AssignableTo(typeAt(found.client)) {
		want, is := typeNames(typeAt(found.client), reflect.TypeOf(c.client))
		return Errorf("the handler of %v is for clients of type %s, and this one is of type %s", found.at, want, is)
	}
	c.at = found.at
	if c.filter, err = readFilter(ctx, c.at, c.config); err != nil {
		return err
	}
	return found.run(ctx, c)
}

// pick picks the handler, where there are some for entitlement types, by the type in
// the input. An input without a type means the only one that there is, and gets it.
func (h handlers) pick(c *call) (handler, error) {
	if h.byType == nil {
		return *h.any, nil
	}
	types := jsontext.SortedKeys(h.byType)
	command := h.byType[types[0]].at.command
	members, err := jsontext.Members(c.input)
	if err != nil {
		return handler{}, Errorf("%s: input: %w", command, err)
	}
	wanted, err := jsontext.ReadText(members["type"])
	if err != nil {
		return handler{}, Errorf("%s: input: type: %w", command, err)
	}
	found, ok := h.byType[wanted]
	switch {
	case ok:
		return found, nil
	case h.any != nil:
		return *h.any, nil
	case wanted != "":
		return handler{}, Errorf("unknown entitlement type %s; the connector has %s", cut.Quote(wanted), joinAnd(quoted(types)))
	case len(types) > 1:
		return handler{}, Errorf("%s: the request lacks an entitlement type; the connector has %s", command, joinAnd(quoted(types)))
	}
	c.input, err = withMember(members, "type", types[0])
	return h.byType[types[0]], err
}

// closeClient closes the client of a command that has ended. A failure there takes
// nothing back: the outputs are on their way, and the change in the source is made.
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

func (c *Connector) readSpec(w *Writer) error {
	text, err := c.specLine()
	if err != nil {
		return Errorf("the connector's spec %w", err)
	}
	return w.core.line("output", func(b []byte) ([]byte, error) {
		b = append(b, `{"specification":`...)
		b = append(b, text...)
		return append(b, '}'), nil
	})
}

// loggerFor returns the logger of a command. What the command is called comes in
// the order of the protocol's log lines.
func (c *Connector) loggerFor(info CommandInfo) *slog.Logger {
	level := slog.LevelInfo
	if info.Source.DebugLogging {
		level = slog.LevelDebug
	}
	_, known := c.handlers[info.Command]
	if !known || info.Version != nil || info.Invocation != (Invocation{}) {
		return c.log(level).With(info.logArgs()...)
	}
	return c.loggers.get(commandLevel{info.Command, level}, func() *slog.Logger { return c.log(level).With(info.logArgs()...) })
}

// commandLoggers are the loggers of the commands that a connector knows, which have nothing but the
// commands' names in their lines.
type commandLoggers struct {
	mu  sync.Mutex
	all map[commandLevel]*slog.Logger
}

type commandLevel struct {
	command Command
	level   slog.Level
}

func (l *commandLoggers) get(at commandLevel, create func() *slog.Logger) *slog.Logger {
	l.mu.Lock()
	found := l.all[at]
	l.mu.Unlock()
	if found != nil {
		return found
	}
	found = create() // runs the author's handler, which must not hold the lock
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = make(map[commandLevel]*slog.Logger)
	}
	l.all[at] = found
	return found
}

// log returns the logger for lines from a level on.
func (c *Connector) log(level slog.Level) *slog.Logger {
	return slog.New(levelHandler{c.options.logger.Handler(), level})
}
