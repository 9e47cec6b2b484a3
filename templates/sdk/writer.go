package sdk

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// maxPending is how many bytes wait for a slow reader before the sender waits too.
const maxPending = 64 << 10

// errEnded is what a send gets after its command has ended.
var errEnded = errors.New("the command has ended")

// A Writer sends a command's lines, in the order of the calls. It is safe for
// concurrent use. Lines leave at once; while the reader is busy they gather, and
// when it is too slow the sender waits, so that nothing is lost and memory stays
// flat. What JSON cannot carry is an error and leaves no trace; after any other
// failed send the reader is gone, and every later one fails too.
type Writer struct {
	ctx  context.Context
	sink func([]byte) error

	mu      sync.Mutex
	changed sync.Cond // pending, err or ended have changed
	pending []byte
	ended   bool
	err     error
	binder  Binder
	done    chan struct{} // closed when the sender goroutine is through; nil before the first line
	unwatch func() bool   // stops watching ctx; nil before a sender has waited
}

func newWriter(ctx context.Context, sink func([]byte) error) *Writer {
	w := &Writer{ctx: ctx, sink: sink}
	w.changed.L = &w.mu
	return w
}

// Send sends one output of any kind that JSON can carry.
func (w *Writer) Send(output any) error {
	return w.line("output", func(b []byte) ([]byte, error) { return appendValue(b, output) })
}

// SaveState sends the state that ISC hands to the next stateful run. It must be
// a JSON object, best with texts only. Sent twice, the last one counts.
func (w *Writer) SaveState(state any) error {
	return w.line("state", func(b []byte) ([]byte, error) { return appendValue(b, state) })
}

// KeepAlive tells ISC, which gives up after three silent minutes, that the
// command is still at work.
func (w *Writer) KeepAlive() error {
	return w.line("keepAlive", func(b []byte) ([]byte, error) { return append(b, "{}"...), nil })
}

// PatchConfig changes the source's config in ISC.
func (w *Writer) PatchConfig(patches ...ConfigPatch) error {
	if patches == nil {
		patches = []ConfigPatch{}
	}
	return w.line("config", func(b []byte) ([]byte, error) { return appendValue(b, patches) })
}

// line sends {"data":…,"type":kind}. The data are written straight into the
// pending bytes and taken back if they cannot be written.
func (w *Writer) line(kind string, data func([]byte) ([]byte, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) >= maxPending && w.failure() == nil {
		w.wait()
	}
	if err := w.failure(); err != nil {
		return err
	}
	start := len(w.pending)
	b, err := data(append(w.pending, `{"data":`...))
	if err != nil {
		w.pending = w.pending[:start]
		return err
	}
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	w.pending = append(b, "\"}\n"...)
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
	case w.ended:
		return errEnded
	}
	return context.Cause(w.ctx)
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
		w.changed.Broadcast()
		w.mu.Unlock()
		err := w.deliver(batch)
		w.mu.Lock()
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

// end refuses further lines, waits until all that were sent have left, and
// returns the sink's error.
func (w *Writer) end() error {
	w.mu.Lock()
	w.ended = true
	w.changed.Broadcast()
	done := w.done
	if w.unwatch != nil {
		w.unwatch()
	}
	w.mu.Unlock()
	if done != nil {
		<-done
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// A Stream sends the outputs of one command, and everything else that its
// [Writer] can send. It is safe for concurrent use.
type Stream[T any] struct {
	*Writer
	prepare func(*T) // changes each output before it leaves; may be nil

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

// Send sends one output.
func (s *Stream[T]) Send(output T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = output
	if s.prepare != nil {
		s.prepare(&s.value)
	}
	return s.line("output", s.write)
}

func (s *Stream[T]) append(b []byte) ([]byte, error) {
	if s.bound != nil {
		return s.binder.encode(b, s.bound)
	}
	return appendValue(b, s.value)
}
