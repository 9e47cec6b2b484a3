//go:build unix

package found

import "syscall"

// withoutWaiting is the flag to open a named pipe at once, without waiting for a writer.
const withoutWaiting = syscall.O_NONBLOCK
