// Command release does the parts of a release that goreleaser does not. It extracts the notes of a
// version from CHANGELOG.md, by default the newest, prints the licences of third-party works in the
// program, and checks goreleaser's output. Run it in the root of the repository.
//
//	go run ./internal/release notes [VERSION]
//	go run ./internal/release licenses
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
	c, err := readConfig(".")
	switch {
	case err != nil:
		return err
	case len(args) == 1 && args[0] == "notes":
		return printNotes(os.Stdout, "CHANGELOG.md", "")
	case len(args) == 2 && args[0] == "notes":
		return printNotes(os.Stdout, "CHANGELOG.md", args[1])
	case len(args) == 1 && args[0] == "licenses":
		return printLicenses(os.Stdout, ".", c.Builds[0].Main, c.platforms())
	case len(args) == 2 && args[0] == "check":
		return check(os.Stdout, ".", args[1], c)
	}
	return errors.New("usage: go run ./internal/release notes [VERSION] | licenses | check FOLDER")
}
