// Command conngen turns a SailPoint connector-spec.json into Go.
package main

import (
	"os"
	"time"
)

func main() {
	collectLate()
	a := app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, progressDelay: time.Second}
	code := a.Main(os.Args[1:])
	endBySignal(code)
	os.Exit(code)
}
