package sdk

import (
	"bytes"
	"context"
	"iter"
)

// Outputs runs a method's command as [Call] does, and yields its outputs one at a time without
// keeping them, for tests of very long lists. The command waits while the loop is busy. An
// error of the command is the last pair, without an output. State, patches and keep-alives are
// left out.
//
// Breaking out of the loop acts like a client that disconnects: it cancels the context of the
// command, and waits for the command to end. Each loop over the sequence runs the command
// again.
func Outputs[In, Out any](ctx context.Context, c *Connector, m Method[In, Out], in In, config any) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		var next Out
		err := c.outputs(ctx, m.at.point(), &in, config, &next, func() bool {
			output := next
			next = *new(Out)
			return yield(output, nil)
		})
		if err != nil {
			yield(*new(Out), err)
		}
	}
}

// outputs is [Outputs] without its types. in points to the input. Each output is read into
// output; take then uses it, and reports whether to continue.
func (c *Connector) outputs(ctx context.Context, at point, in, config, output any, take func() bool) error {
	req, err := newRequest(at, in, config)
	if err != nil {
		return err
	}
	r := c.start(ctx, req)
	defer r.stop()
	for {
		select {
		case lines := <-r.lines:
			if more, err := readOutputs(lines, output, take); !more {
				return err
			}
			r.read <- struct{}{}
		case <-r.ended:
			return r.err
		}
	}
}

// readOutputs reads the outputs among some lines, and reports whether to continue.
func readOutputs(lines []byte, output any, take func() bool) (more bool, err error) {
	for text := range bytes.Lines(lines) {
		line, err := readLine(text)
		if err != nil {
			return false, err
		}
		if line.Type != "output" {
			continue
		}
		if err := line.readOutput(output); err != nil {
			return false, err
		}
		if !take() {
			return false, nil
		}
	}
	return true, nil
}

// A running is a command in its own goroutine, which waits for the reader of its lines.
type running struct {
	cancel context.CancelFunc
	lines  chan []byte   // whole lines, valid until they are read
	read   chan struct{} // signals that the lines are read
	gone   chan struct{} // closed when the reader stops
	ended  chan struct{} // closed when the command has ended
	err    error         // of the command, once it has ended
}

// start starts a command.
func (c *Connector) start(ctx context.Context, req Request) *running {
	ctx, cancel := context.WithCancel(ctx)
	r := &running{
		cancel: cancel,
		lines:  make(chan []byte), read: make(chan struct{}), gone: make(chan struct{}), ended: make(chan struct{}),
	}
	go func() {
		defer close(r.ended)
		r.err = c.Run(ctx, req, r.deliver)
	}()
	return r
}

// deliver passes lines to the reader, and waits until they are read: the writer reuses their
// memory.
func (r *running) deliver(lines []byte) error {
	select {
	case r.lines <- lines:
	case <-r.gone:
		return context.Canceled
	}
	select {
	case <-r.read:
		return nil
	case <-r.gone:
		return context.Canceled
	}
}

// stop cancels the command, and waits until it has ended.
func (r *running) stop() {
	r.cancel()
	close(r.gone)
	<-r.ended
}
