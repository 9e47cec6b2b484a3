package sdk

import "time"

// defaultWriterOptions keep clear of ISC's limits: three minutes of silence, and
// 256 KiB for an output with its envelope.
var defaultWriterOptions = writerOptions{keepAlive: time.Minute, outputLimit: 256 << 10}

// WithKeepAlive sets how long a command may be silent before the SDK sends a
// keep-alive, counted from its last line, or its start; the default is one
// minute, and 0 switches keep-alives off. They stop when the handler returns, so
// none comes after the last output.
//
// A keep-alive is a line: a command that fails after its first one is answered
// with status 200, and the error's text follows the lines, as after an output.
func WithKeepAlive(interval time.Duration) Option {
	return func(o *options) { o.writer.keepAlive = interval }
}

func (w *writer) startKeepAlive() {
	if w.options.keepAlive <= 0 {
		return
	}
	w.mu.Lock() // the timer may fire before it is kept
	defer w.mu.Unlock()
	w.idle = time.Now()
	w.alive = time.AfterFunc(w.options.keepAlive, w.checkSilence)
}

// checkSilence sends a keep-alive if the command has been silent for the whole
// interval, and comes back when it may have been again. Lines do not set the
// timer back, which would cost each of them more than its bytes do.
func (w *writer) checkSilence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.alive == nil || w.failure() != nil {
		return
	}
	next := w.options.keepAlive
	if !w.idle.IsZero() && len(w.pending) == 0 { // else lines are on their way
		if left := next - time.Since(w.idle); left > 0 {
			next = left
		} else {
			_ = w.add("keepAlive", appendNothing) // has nothing that could not be sent
		}
	}
	w.alive.Reset(next)
}

func appendNothing(b []byte) ([]byte, error) { return append(b, "{}"...), nil }

// quiet ends the keep-alives: the handler has returned.
func (w *writer) quiet() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopKeepAlive()
}

func (w *writer) stopKeepAlive() {
	if w.alive != nil {
		w.alive.Stop()
		w.alive = nil
	}
}
