package sdk

import (
	"context"
	"reflect"
	"sync"

	"github.com/conngen/conngen/templates/sdk/filter"
)

// A Stream sends the outputs of one command, and everything else that its [Writer] can
// send. It is safe for concurrent use.
type Stream[T any] struct {
	*Writer
	core  sender
	value T // the output being sent: kept here, since it would be allocated otherwise
}

// NewStream returns a stream of outputs of one type on a writer.
func NewStream[T any](w *Writer) *Stream[T] {
	s := &Stream[T]{Writer: w}
	s.core.w, s.core.value = w, &s.value
	s.core.init()
	return s
}

// Send sends one output. One that is too large, see [WithOutputLimit], is an error, and
// the next one can be sent.
func (s *Stream[T]) Send(output T) error {
	s.core.mu.Lock()
	defer s.core.mu.Unlock()
	s.value = output
	return s.core.send()
}

// within returns another stream of the same outputs, for a part of the command that has
// a context of its own.
func within[T any](ctx context.Context, s *Stream[T]) *Stream[T] {
	part := NewStream[T](s.Writer)
	part.core.ctx, part.core.prepare, part.core.after, part.core.filter = ctx, s.core.prepare, s.core.after, s.core.filter
	return part
}

// A sender is a [Stream] without its type: it sends what a pointer points to.
type sender struct {
	w       *Writer
	ctx     context.Context // ends the stream before its writer's context does; may be nil
	prepare func(any)       // changes each output before it leaves; may be nil
	filter  *filter.Filter  // leaves outputs out; may be nil
	after   func(any) error // the hooks after the command; may be nil

	mu    sync.Mutex
	value any                          // points to the output being sent
	wired Wired                        // value, where it is one
	write func([]byte) ([]byte, error) // append, as a value: it would be allocated otherwise
}

// init prepares a sender that has its writer and value.
func (s *sender) init() {
	s.wired, _ = s.value.(Wired)
	s.write = s.append
}

func (s *sender) send() error {
	if s.ctx != nil && s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	if s.prepare != nil {
		s.prepare(s.value)
	}
	if s.filter != nil {
		if out, err := filteredOut(s.filter, s.value); out || err != nil {
			return err
		}
	}
	if s.after != nil {
		if err := s.after(s.value); err != nil {
			return err
		}
	}
	return s.w.core.line("output", s.write)
}

func (s *sender) append(b []byte) ([]byte, error) {
	if s.wired != nil {
		return s.w.core.fields.encode(b, s.wired)
	}
	return appendValue(b, reflect.ValueOf(s.value).Elem().Interface())
}
