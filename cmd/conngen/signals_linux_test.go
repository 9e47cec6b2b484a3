package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
)

// TestLateSignal: a signal that arrives as a command returns ends the program too. It is
// not parallel, since a signal is the whole process's.
func TestLateSignal(t *testing.T) {
	runtime.LockOSThread() // so that the signal arrives before the call returns
	defer runtime.UnlockOSThread()
	for range 200 {
		err := interruptible(t.Context(), func(context.Context) error {
			return syscall.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGHUP)
		})
		var got interruption
		if !errors.As(err, &got) || got.signal != syscall.SIGHUP || !got.done {
			t.Fatalf("error is %v", err)
		}
	}
}
