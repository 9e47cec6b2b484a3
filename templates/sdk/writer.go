package sdk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxPending is how many bytes wait for a slow reader before the sender waits too.
const maxPending = 64 << 10

// dataStart is what every line begins with.
const dataStart = `{"data":`

// errEnded is what a send gets after its command has ended.
var errEnded = errors.New("the command has ended")

// A Writer sends a command's lines, in the order of the calls, the state behind
// all others. It is safe for concurrent use. Lines leave at once; while the
// reader is busy they gather, and when it is too slow the sender waits, so that
// nothing is lost and memory stays flat. What JSON cannot carry, and an output
// over the limit, is an error and leaves no trace; after any other failed send
// the reader is gone, and every later one fails too.
//
// A keep-alive leaves by itself when the command has been silent for a while,
// see [WithKeepAlive].
type Writer struct {
	ctx     context.Context
	command Command // for messages
	options writerOptions
	sink    func([]byte) error

	mu      sync.Mutex
	changed sync.Cond // pending, err or ended have changed
	pending []byte
	state   []byte // saved, to be sent when the command has worked; nil when there is none
	ended   bool
	err     error
	binder  Binder
	done    chan struct{} // closed when the sender goroutine is through; nil before the first line
	unwatch func() bool   // stops watching ctx; nil before a sender has waited
	hooking sync.Mutex    // held while a hook has an output
	spoiled error         // of a hook behind the command: it fails, and sends no more
	idle    time.Time     // since when the reader has had all lines; zero while it takes some
	alive   *time.Timer   // sends keep-alives; nil without them
}

// writerOptions are what a [Registry] sets for the writers of its commands. The
// zero value has neither keep-alives nor a limit.
type writerOptions struct {
	keepAlive   time.Duration // silence after which a keep-alive leaves; 0 means never
	outputLimit int           // bytes of an output's line; 0 means any
}

func newWriter(ctx context.Context, command Command, options writerOptions, sink func([]byte) error) *Writer {
	w := &Writer{ctx: ctx, command: command, options: options, sink: sink}
	w.changed.L = &w.mu
	w.startKeepAlive()
	return w
}

// Send sends one output of any kind that JSON can carry. One that is too large,
// see [WithOutputLimit], is an error, and the next one can be sent.
func (w *Writer) Send(output any) error {
	return w.line("output", func(b []byte) ([]byte, error) { return appendValue(b, output) })
}

// KeepAlive tells ISC, which gives up after three silent minutes, that the
// command is still at work. The writer does so by itself, see [WithKeepAlive].
func (w *Writer) KeepAlive() error {
	return w.line("keepAlive", appendNothing)
}

// PatchConfig changes the source's config in ISC.
func (w *Writer) PatchConfig(patches ...ConfigPatch) error {
	if patches == nil {
		patches = []ConfigPatch{}
	}
	return w.line("config", func(b []byte) ([]byte, error) { return appendValue(b, patches) })
}

// line sends {"data":…,"type":kind} as soon as there is room for it.
func (w *Writer) line(kind string, data func([]byte) ([]byte, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) >= maxPending && w.failure() == nil {
		w.wait()
	}
	if err := w.failure(); err != nil {
		return err
	}
	return w.add(kind, data)
}

// add adds a line to the pending ones. The data are written straight behind
// them and taken back if they cannot be sent.
func (w *Writer) add(kind string, data func([]byte) ([]byte, error)) error {
	start := len(w.pending)
	b, err := data(append(w.pending, dataStart...))
	if err != nil {
		return err
	}
	end := len(b)
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	b = append(b, "\"}\n"...)
	if size, limit := len(b)-start, w.options.outputLimit; limit > 0 && size > limit && kind == "output" {
		return tooLarge(w.command, b[start+len(dataStart):end], size, limit)
	}
	w.pending = b
	w.wake()
	return nil
}

// wait waits for a change, the end of the context included: who has gone away
// may never read again.
func (w *Writer) wait() {
	if w.unwatch == nil {
		w.unwatch = context.AfterFunc(w.ctx, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.changed.Broadcast()
		})
	}
	w.changed.Wait()
}

func (w *Writer) failure() error {
	switch {
	case w.err != nil:
		return w.err
	case w.spoiled != nil:
		return w.spoiled
	case w.ended:
		return errEnded
	}
	return context.Cause(w.ctx)
}

// spoil makes the command fail with an error of a hook's.
func (w *Writer) spoil(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.spoiled == nil {
		w.spoiled = err
	}
}

// wake starts or alerts the goroutine that hands lines to the sink.
func (w *Writer) wake() {
	if w.done == nil {
		w.done = make(chan struct{})
		go w.drain()
		return
	}
	w.changed.Broadcast()
}

// drain hands whatever is pending to the sink until the command has ended.
// Lines that come in while the sink is busy leave together.
func (w *Writer) drain() {
	defer close(w.done)
	var batch []byte
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(w.pending) == 0 && !w.ended && w.err == nil {
			w.changed.Wait()
		}
		if len(w.pending) == 0 || w.err != nil {
			return
		}
		batch, w.pending = w.pending, batch[:0]
		w.idle = time.Time{}
		w.changed.Broadcast()
		w.mu.Unlock()
		err := w.deliver(batch)
		w.mu.Lock()
		w.idle = time.Now()
		if err != nil {
			w.err = err
			w.changed.Broadcast()
		}
	}
}

// deliver hands lines to the sink. A panic in it must not end the program, which
// it would in a goroutine of its own.
func (w *Writer) deliver(lines []byte) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return w.sink(lines)
}

// end refuses further lines, sends the saved state if the command has worked,
// waits until all lines have left, and returns why the command failed: failure,
// else the sink's error.
func (w *Writer) end(failure error) error {
	w.mu.Lock()
	if w.spoiled != nil {
		failure = w.spoiled
	}
	if failure == nil {
		w.sendState()
	}
	w.ended = true
	w.changed.Broadcast()
	done := w.done
	if w.unwatch != nil {
		w.unwatch()
	}
	w.stopKeepAlive()
	w.mu.Unlock()
	if done != nil {
		<-done
	}
	if failure != nil {
		return failure
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// A Stream sends the outputs of one command, and everything else that its
// [Writer] can send. It is safe for concurrent use.
type Stream[T any] struct {
	*Writer
	ctx     context.Context // ends the stream before its writer's context does; may be nil
	prepare func(*T)        // changes each output before it leaves; may be nil
	after   func(*T) error  // the hooks behind the command; may be nil
	filter  *Filter         // leaves outputs out; may be nil

	mu    sync.Mutex
	value T       // the output being sent: kept here, since it would be allocated otherwise
	bound Binding // &value, where it is one
	write func([]byte) ([]byte, error)
}

// NewStream returns a stream of outputs of one type on a writer.
func NewStream[T any](w *Writer) *Stream[T] {
	s := &Stream[T]{Writer: w}
	s.bound, _ = any(&s.value).(Binding)
	s.write = s.append
	return s
}

// within returns another stream of the same outputs, for a part of the command
// that has a context of its own.
func (s *Stream[T]) within(ctx context.Context) *Stream[T] {
	part := NewStream[T](s.Writer)
	part.ctx, part.prepare, part.after, part.filter = ctx, s.prepare, s.after, s.filter
	return part
}

// Send sends one output. One that is too large, see [WithOutputLimit], is an
// error, and the next one can be sent.
func (s *Stream[T]) Send(output T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx != nil && s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	s.value = output
	if s.prepare != nil {
		s.prepare(&s.value)
	}
	if s.filter != nil {
		if out, err := filteredOut(s.filter, any(&s.value)); out || err != nil {
			return err
		}
	}
	if s.after != nil {
		if err := s.after(&s.value); err != nil {
			return err
		}
	}
	return s.line("output", s.write)
}

func (s *Stream[T]) append(b []byte) ([]byte, error) {
	if s.bound != nil {
		return s.binder.encode(b, s.bound)
	}
	return appendValue(b, s.value)
}
