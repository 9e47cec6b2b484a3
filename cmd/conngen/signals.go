package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// An interruption is the signal that ended a command.
type interruption struct {
	signal syscall.Signal
	done   bool // when all was written
}

func (i interruption) Error() string {
	if i.done {
		return "interrupted after everything was written"
	}
	return "interrupted; nothing was changed"
}

// exitCode is what shells report of a program that ends by the signal.
func (i interruption) exitCode() int { return exitSignal + int(i.signal) }

// interruptible does what leaves something behind when it is cut short. The first signal
// to end the program ends the context, and the second one the program. Before and after,
// where there is nothing to clean up, each signal ends the program.
func interruptible(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	received := make(chan os.Signal, 1)
	defer signal.Stop(received)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // by nohup, or by a shell that starts a job in the background
			signal.Notify(received, s)
		}
	}
	context.AfterFunc(ctx, func() { signal.Stop(received) })
	go func() {
		select {
		case s := <-received:
			number, _ := s.(syscall.Signal)
			cancel(interruption{signal: number})
		case <-ctx.Done():
		}
	}()
	err := do(ctx)
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

// endBySignal ends the program by the signal that a command was interrupted by, and not
// with an exit code: a shell then ends its script, too. The first process of a container
// gets no such signal, and Windows has none: there the exit code must do.
func endBySignal(code int) {
	if code <= exitSignal || os.Getpid() == 1 {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Signal(syscall.Signal(code-exitSignal)) != nil {
		return
	}
	time.Sleep(time.Second) // it takes a moment to arrive
}
