//go:build !unix

package found

// withoutWaiting is zero: on this system, folders have no named pipes.
const withoutWaiting = 0
