//go:build !unix

package found

// withoutWaiting is no flag where folders have no named pipes.
const withoutWaiting = 0
