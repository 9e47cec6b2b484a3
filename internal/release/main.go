// Command release does the parts of a release that goreleaser does not: it finds the notes of a version
// in CHANGELOG.md, by default the newest, and checks what goreleaser has made. It is run in the root of
// the repository.
//
//	go run ./internal/release notes [VERSION]
//	go run ./internal/release check FOLDER
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "notes":
		return printNotes(os.Stdout, "CHANGELOG.md", "")
	case len(args) == 2 && args[0] == "notes":
		return printNotes(os.Stdout, "CHANGELOG.md", args[1])
	case len(args) == 2 && args[0] == "check":
		return check(os.Stdout, ".", args[1])
	}
	return errors.New("usage: go run ./internal/release notes [VERSION] | check FOLDER")
}
