package main

import (
	"context"
	"errors"
	"testing"

	"github.com/conngen/conngen/console/loop"
)

// TestRunLoop: what the connector does is ended before the loop.
func TestRunLoop(t *testing.T) {
	t.Parallel()
	f := newDevFolder(t)
	p := f.project()
	silence := func(context.Context, string) error { return errors.New("nothing listens there") }
	l := loop.New(loop.Options{Project: p, Files: loop.NewDisk(p.scope, nil), Remote: "http://127.0.0.1:1", Health: silence})
	a, _ := testApp()
	ctx, cancel := context.WithCancel(t.Context())
	events := l.Subscribe(t.Context())
	var phase loop.Phase
	over := make(chan error)
	go func() {
		over <- a.runLoop(ctx, l, func() { phase = l.Snapshot().Phase }, func() { t.Error("nobody has sent a second signal") })
	}()
	for e := range events {
		if e.Kind == loop.EventRound {
			break
		}
	}
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
	if phase != loop.PhaseWaiting {
		t.Errorf("the calls end when the loop is %q", phase)
	}
	if now := l.Snapshot().Phase; now != loop.PhaseStopped {
		t.Errorf("in the end the loop is %s", now)
	}
}
