package sdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// How many bytes may wait for a reader before the sender waits too. Each batch costs the sender, the
// system and the reader about as much as encoding 10 KiB, so large ones are faster. But each stuck
// reader holds two of them, and what a connection gathers. So they grow only for a reader that has
// taken more than fits in the buffers between it and the server. With a line of 4 KiB, batches fit in
// buffers of 32 and 64 KiB.
const (
	fewPending = 28 << 10
	maxPending = 60 << 10
	growAfter  = 1 << 20 // bytes that the reader has taken before batches grow
)

// dataStart is what every line begins with.
const dataStart = `{"data":`

// errEnded is what a send gets after its command has ended.
var errEnded = errors.New("the command has ended")

// A Writer sends a command's lines in the order of the calls, and the state last. It
// is safe for concurrent use. Lines leave at once; while the reader is busy they
// gather, and when it is too slow the sender waits: nothing is lost, and memory stays
// flat. Values that JSON cannot carry, and outputs over the limit, are errors, and no
// part of them is sent. After any other failed send the reader is gone, and every
// later send fails too.
//
// A keep-alive is sent when the command is silent for a while, see
// [WithKeepAlive].
type Writer struct{ core writer }

// A writer is a [Writer]. Its methods are apart, since every [Stream] would have a copy
// of each of them.
type writer struct {
	ctx     context.Context
	command Command // for messages
	options writerOptions
	sink    func([]byte) error

	mu      sync.Mutex
	changed sync.Cond // pending, err or ended have changed
	pending []byte
	room    int    // how many bytes may be pending
	taken   int    // bytes that have left, until batches grow
	outputs int    // how many have been sent
	state   []byte // saved, to be sent if the command succeeds; nil when there is none
	ended   bool
	err     error
	fields  Fields
	done    chan struct{} // closed when the sender goroutine is through; nil before the first line, and where attended
	unwatch func() bool   // stops watching ctx; nil before a sender has waited
	hooking sync.Mutex    // held while a hook has an output
	spoiled error         // of a hook after the command: it fails, and sends no more
	idle    time.Time     // since when the reader has had all lines; zero while it takes some
	alive   *time.Timer   // sends keep-alives; nil without them

	attended bool                    // a call of attend hands lines to the sink, and no goroutine of the writer's own
	prompt   bool                    // the command ends at once after its result
	held     bool                    // pending lines may leave when the command ends, together
	outcome  error                   // why the command that has ended failed, except for its sink
	cancel   context.CancelCauseFunc // ends ctx when the sink fails; may be nil

	failed  int   // how many sends failed because of the value to be sent
	first   error // the first error of those
	refused error // why a send of a valid line failed: ctx has ended
	gone    bool  // nobody read the lines when the command ended
	late    bool  // something was sent after the command

	lateUnsaid atomic.Bool // the log does not say so yet

	over <-chan struct{} // closed when ctx ends; nil before the first line
}

// writerOptions are what a [Connector] sets for the writers of its commands. The
// zero value has neither keep-alives nor a limit.
type writerOptions struct {
	keepAlive   time.Duration         // silence after which a keep-alive leaves; 0 means never
	outputLimit int                   // bytes of an output's line; 0 means any
	javaScript  bool                  // the reader is a bundle, which rounds large whole numbers
	flush       func(last bool) error // makes the lines leave that the sink has got; last says that no more come; may be nil
}

func newWriter(ctx context.Context, command Command, options writerOptions, sink func([]byte) error) *Writer {
	w := &Writer{writer{ctx: ctx, command: command, options: options, sink: sink, room: fewPending, fields: Fields{secrets: secretFields}}}
	w.core.changed.L = &w.core.mu
	w.core.startKeepAlive()
	return w
}

// Send sends one output of any kind that JSON can carry. One that is too large,
// see [WithOutputLimit], is an error; the next one can still be sent.
func (w *Writer) Send(output any) error {
	return w.core.line("output", func(b []byte) ([]byte, error) { return appendValue(b, output) })
}

// A Stream has the methods of a Writer too. Those that the compiler would inline there, with what they
// call, for each type of outputs are not inlined.

// KeepAlive tells ISC, which gives up after three silent minutes, that the
// command is still running. The writer does so itself, see [WithKeepAlive].
//
//go:noinline
func (w *Writer) KeepAlive() error {
	return w.core.line("keepAlive", appendNothing)
}

// PatchConfig changes the source's config in ISC.
//
//go:noinline
func (w *Writer) PatchConfig(patches ...ConfigPatch) error {
	return w.core.line("config", func(b []byte) ([]byte, error) { return appendPatches(b, patches) })
}

// PatchConfig changes the source's config in ISC like [Writer.PatchConfig], for code that has
// the context of a command but not its Writer. It fails outside a command, and after the
// command has ended.
func PatchConfig(ctx context.Context, patches ...ConfigPatch) error {
	w, ok := ctx.Value(writerKey{}).(*Writer)
	if !ok {
		return errors.New("the config can only be changed in a command, and the context is not from one")
	}
	return w.PatchConfig(patches...)
}

// line sends {"data":…,"type":kind} as soon as there is room for it.
func (w *writer) line(kind string, data func([]byte) ([]byte, error)) error {
	defer w.reportLate()
	return w.quietLine(kind, data)
}

// quietLine is [writer.line] without the log line of a late one, for a caller that holds a lock.
func (w *writer) quietLine(kind string, data func([]byte) ([]byte, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) >= w.room && w.failure() == nil {
		w.wait()
	}
	if err := w.failure(); err != nil {
		return w.refuse(err)
	}
	return w.note(w.add(kind, data))
}

// result sends the one output of a command. It waits for nothing: there is little before it.
func (w *writer) result(data func([]byte) ([]byte, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.broken(); err != nil {
		return w.refuse(err)
	}
	w.held = w.prompt
	return w.note(w.add("output", data))
}

// note remembers the error of a value that cannot be sent. The command should return it.
func (w *writer) note(err error) error {
	if err != nil {
		w.failed++
		w.first = cmp.Or(w.first, err)
	}
	return err
}

// dropped is [writer.note] for an output that fails before it reaches the writer.
func (w *writer) dropped(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.note(err)
}

// refuse remembers why nothing can be sent any more. A send after the command has ended is a
// mistake in the connector, unless the reader had already disconnected.
func (w *writer) refuse(err error) error {
	switch {
	case !w.ended && w.err == nil && w.spoiled == nil:
		w.refused = err
	case errors.Is(err, errEnded) && !w.gone && !w.late:
		w.late = true
		w.lateUnsaid.Store(true)
	}
	return err
}

// reportLate logs that something was sent after the command. It must not run under a lock: the
// log is the author's, and may block or send.
func (w *writer) reportLate() {
	if w.lateUnsaid.Load() && w.lateUnsaid.CompareAndSwap(true, false) {
		Logger(w.ctx).WarnContext(w.ctx, "something sent after the command ended is lost: a method must wait for its goroutines")
	}
}

// add adds a line to the pending ones. The data are written straight after them and
// taken back if they cannot be sent.
func (w *writer) add(kind string, data func([]byte) ([]byte, error)) error {
	start := len(w.pending)
	b, err := data(append(w.pending, dataStart...))
	if err != nil {
		return err
	}
	end := len(b)
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	b = append(b, "\"}\n"...)
	if w.options.javaScript {
		if err := checkRounding(w.command, kind, b[start+len(dataStart):end]); err != nil {
			return err
		}
	}
	if size, limit := len(b)-start, w.options.outputLimit; limit > 0 && size > limit && kind == "output" {
		return tooLarge(w.command, b[start+len(dataStart):end], size, limit)
	}
	if kind == "output" {
		w.outputs++
	}
	w.pending = b
	w.wake()
	return nil
}

// wait waits for a change, the end of the context included: a client that disconnects
// never reads again.
func (w *writer) wait() {
	if w.unwatch == nil {
		w.unwatch = context.AfterFunc(w.ctx, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.changed.Broadcast()
		})
	}
	w.changed.Wait()
}

// failure returns why nothing more can be sent. A look at a channel that is open takes no lock of the
// context's, which the cause of its end would.
func (w *writer) failure() error {
	if err := w.broken(); err != nil {
		return err
	}
	if w.over == nil {
		w.over = w.ctx.Done()
	}
	select {
	case <-w.over:
		return context.Cause(w.ctx)
	default:
		return nil
	}
}

// broken is [writer.failure] without the end of the context.
func (w *writer) broken() error {
	switch {
	case w.err != nil:
		return w.err
	case w.spoiled != nil:
		return w.spoiled
	case w.ended:
		return errEnded
	}
	return nil
}

// reason returns why the command's context ended. The sink's error comes first, because a server
// also ends the context when it cannot write.
func (w *writer) reason(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	return context.Cause(ctx)
}

// spoil makes the command fail with an error of a hook's.
func (w *writer) spoil(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.spoiled == nil {
		w.spoiled = err
	}
}

// wake starts or alerts the goroutine that hands lines to the sink.
func (w *writer) wake() {
	switch {
	case w.held:
	case w.done == nil && !w.attended:
		w.done = make(chan struct{})
		go func() {
			defer close(w.done)
			w.drain()
		}()
	default:
		w.changed.Broadcast()
	}
}

// drain hands whatever is pending to the sink until the command has ended.
// Lines that come in while the sink is busy leave together.
func (w *writer) drain() {
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
		if w.taken += len(batch); w.taken > growAfter {
			w.room = maxPending
		}
		if !w.ended {
			w.idle = time.Now()
		}
		if err != nil {
			w.err = err
			w.changed.Broadcast()
		}
	}
}

// deliver hands lines to the sink. A panic in it must not end the program, which it would in a
// goroutine of its own.
func (w *writer) deliver(lines []byte) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
		if err != nil && w.cancel != nil {
			w.cancel(err)
		}
	}()
	if err := w.sink(lines); err != nil || w.options.flush == nil {
		return err
	}
	return w.options.flush(w.isThrough())
}

// isThrough reports whether the command has ended, no lines are pending, and nothing comes before the
// end of its answer: a failure, or values that could not be sent, may be logged, and the log may be slow.
func (w *writer) isThrough() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended && len(w.pending) == 0 && w.outcome == nil && w.failed == 0
}

// sent returns how many outputs the command has sent.
func (w *writer) sent() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.outputs
}

// end is [writer.finish] where nobody attends the writer: it waits until all lines have left, and
// returns why the command failed.
func (w *writer) end(failure error) error {
	w.finish(failure)
	w.mu.Lock()
	done := w.done
	w.mu.Unlock()
	if done != nil {
		<-done
	}
	return w.verdict()
}

// attend hands lines to the sink until the command has ended, and returns why it failed.
func (w *writer) attend() error {
	w.drain()
	w.mu.Lock()
	for !w.ended { // the sink has failed
		w.changed.Wait()
	}
	w.mu.Unlock()
	return w.verdict()
}

// finish refuses further lines, and sends the saved state if the command has succeeded.
func (w *writer) finish(failure error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.spoiled != nil {
		failure = w.spoiled
	}
	if failure == nil {
		failure = w.refused // the method ignored the error: lines are missing
	}
	if failure == nil {
		w.sendState()
	}
	w.ended, w.gone, w.outcome = true, w.err != nil || w.ctx.Err() != nil, failure
	w.changed.Broadcast()
	if w.unwatch != nil {
		w.unwatch()
	}
	w.stopKeepAlive()
}

// verdict returns why the command failed, once all lines have left: its own failure, else the cause
// of its context's end if that kept lines from being sent, else the sink's error.
func (w *writer) verdict() error {
	w.mu.Lock()
	failed, first, err, failure := w.failed, w.first, w.err, w.outcome
	w.mu.Unlock() // before the author's log
	if failure != nil {
		return failure
	}
	if err == nil && failed > 0 {
		Logger(w.ctx).WarnContext(w.ctx, "the command succeeded although some values could not be sent: a method must return the errors of Send", "count", failed, "err", first)
	}
	return err
}
