package sdk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"

	"github.com/conngen/conngen/templates/sdk/filter"
	"github.com/conngen/conngen/templates/sdk/internal/cut"
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

// Send sends one output. One that is too large, see [WithOutputLimit], is an error; the
// next one can still be sent.
func (s *Stream[T]) Send(output T) error {
	defer s.core.w.core.reportLate() // when the lock is free
	s.core.mu.Lock()
	defer s.core.mu.Unlock()
	s.value = output
	return s.core.send()
}

// SendAll sends the outputs of a sequence one at a time. It stops at the first error, of the
// sequence or of Send, and returns it. [MapAll] turns objects of the source into outputs.
func (s *Stream[T]) SendAll(all iter.Seq2[T, error]) error {
	for output, err := range all {
		if err != nil {
			return err
		}
		if err := s.Send(output); err != nil {
			return err
		}
	}
	return nil
}

// within returns another stream of the same outputs, for a part of the command that has
// a context of its own.
func within[T any](ctx context.Context, s *Stream[T]) *Stream[T] {
	part := NewStream[T](s.Writer)
	part.core.ctx, part.core.prepare, part.core.after, part.core.filter = ctx, s.core.prepare, s.core.after, s.core.filter
	part.core.spec, part.core.objectType = s.core.spec, s.core.objectType
	return part
}

// A sender is a [Stream] without its type: it sends what a pointer points to.
type sender struct {
	w       *Writer
	ctx     context.Context // ends the stream before its writer's context does; may be nil
	prepare func(any)       // changes each output before it leaves; may be nil
	filter  *filter.Filter  // leaves outputs out; may be nil
	after   func(any) error // the hooks after the command; may be nil

	last bool // the output is the command's only one: the work is done, and it leaves even if the context has ended

	spec       *Spec  // says what objects are called, in errors; may be nil
	objectType string // the entitlement type of the outputs; may be ""

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
			return s.w.core.dropped(err)
		}
	}
	if s.after != nil {
		if err := s.after(s.value); err != nil {
			return err
		}
	}
	if s.last {
		return s.w.core.result(s.write)
	}
	return s.w.core.quietLine("output", s.write)
}

func (s *sender) append(b []byte) ([]byte, error) {
	if _, ok := s.value.(*None); ok {
		return appendNothing(b)
	}
	if s.wired == nil {
		return appendValue(b, reflect.ValueOf(s.value).Elem().Interface())
	}
	fields, command := &s.w.core.fields, s.w.core.command
	out, err := fields.encode(b, s.wired)
	if err == nil && fields.lacksKey && command.isStandard() && (fields.filled || command != cmdAccountUpdate) {
		err = noKey(fields.keyless)
	}
	if err != nil {
		return b, s.failed(err)
	}
	return out, nil
}

// failed returns the error of an output that cannot be sent, with the command and the
// name of the object.
func (s *sender) failed(err error) error {
	var problem keyProblem
	if errors.As(err, &problem) {
		return Errorf("%s: %s %s", s.w.core.command, s.object(), string(problem))
	}
	return Errorf("%s: %s: %w", s.w.core.command, s.object(), err)
}

// object names the output that is being sent.
func (s *sender) object() string {
	kind, names := "account", []string(nil)
	if strings.HasPrefix(string(s.w.core.command), "std:entitlement:") {
		kind = "entitlement"
	}
	if s.spec != nil {
		names = s.spec.namesOf(kind, s.objectType)
	}
	attribute := attributesOf(s.wired)
	for _, name := range names {
		if value, _ := attribute(name); value != nil && value != "" {
			return fmt.Sprintf("the %s with %s %s", kind, name, cut.Quote(fmt.Sprint(value)))
		}
	}
	return fmt.Sprintf("%s %d", kind, s.w.core.outputs+1)
}
