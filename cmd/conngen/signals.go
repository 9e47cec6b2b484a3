package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// An interruption is the signal that interrupted a command.
type interruption struct {
	signal syscall.Signal
	done   bool // everything had been written
}

func (i interruption) Error() string {
	if i.done {
		return "interrupted after everything was written"
	}
	return "interrupted; nothing was changed"
}

// exitCode is the exit code that shells report for a program ended by the signal.
func (i interruption) exitCode() int { return exitSignal + int(i.signal) }

// interruptible calls do, which would leave files behind if a signal ended the program. The first
// signal ends do's context, and the second one ends the program. Before and after do, when there is
// nothing to clean up, the first signal ends the program.
func interruptible(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	received := make(chan os.Signal, 1)
	notifyInterrupts(received)
	context.AfterFunc(ctx, func() { signal.Stop(received) })
	interrupt := func(s os.Signal) {
		number, _ := s.(syscall.Signal)
		cancel(interruption{signal: number})
	}
	over, waited := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(waited)
		select {
		case s := <-received:
			interrupt(s)
		case <-over:
		}
	}()
	err := do(ctx)
	signal.Stop(received)
	close(over)
	<-waited
	select {
	case s := <-received: // that came as do returned
		interrupt(s)
	default:
	}
	var i interruption
	switch {
	case !errors.As(context.Cause(ctx), &i):
		return err
	case err == nil:
		i.done = true
		return i
	case errors.Is(err, i):
		return i
	}
	return errors.Join(err, i)
}

// notifyInterrupts makes a channel get the signals that interrupt a command.
func notifyInterrupts(received chan<- os.Signal) {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as by nohup, or for a background job of a shell
			signal.Notify(received, s)
		}
	}
}

// endBySignal ends the program by the signal that interrupted a command, instead of with an exit
// code, so a shell ends its script too. The first process of a container does not get such a signal,
// and Windows has none; there the program ends with the exit code.
func endBySignal(code int) {
	if code <= exitSignal || os.Getpid() == 1 {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Signal(syscall.Signal(code-exitSignal)) != nil {
		return
	}
	time.Sleep(time.Second) // the signal takes a moment to arrive
}
