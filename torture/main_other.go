//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "torture needs Linux, for /proc, namespaces and small file systems")
	os.Exit(2)
}
