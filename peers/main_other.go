//go:build !unix

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "peers needs Unix, where the system says what a process took")
	os.Exit(2)
}
