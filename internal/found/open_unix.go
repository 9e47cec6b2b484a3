//go:build unix

package found

import "syscall"

// withoutWaiting is the flag with which a named pipe is opened at once, and not when
// somebody writes to it.
const withoutWaiting = syscall.O_NONBLOCK
