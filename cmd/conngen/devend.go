package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/conngen/conngen/console/loop"
)

// leavePatience is how long the connector may take to end before dev says that it waits.
const leavePatience = 500 * time.Millisecond

// runLoop runs the loop until the context ends. endCalls ends what the connector does for this run, so
// the connector can end at once. A signal that comes while it ends kills it, and ends this process.
func (a app) runLoop(ctx context.Context, l *loop.Loop, endCalls, kill func()) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var aside sync.WaitGroup
	over := make(chan struct{})
	aside.Go(func() {
		select {
		case <-ctx.Done():
			endCalls()
			stop()
		case <-over:
		}
	})
	aside.Go(func() {
		select {
		case <-ctx.Done():
			a.awaitSignal(over, kill)
		case <-over:
		}
	})
	err := l.Run(running)
	close(over)
	aside.Wait()
	return err
}

// awaitSignal ends this process by the next signal, after kill.
func (a app) awaitSignal(over <-chan struct{}, kill func()) {
	received := make(chan os.Signal, 1)
	notifyInterrupts(received)
	defer signal.Stop(received)
	slow := time.NewTimer(leavePatience)
	defer slow.Stop()
	for {
		select {
		case <-over:
			return
		case <-slow.C:
			a.note("the connector is stopping; Ctrl-C kills it")
		case s := <-received:
			kill()
			signal.Stop(received)
			number, _ := s.(syscall.Signal)
			code := interruption{signal: number}.exitCode()
			endBySignal(code)
			os.Exit(code)
		}
	}
}
