package loop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/conngen/conngen/internal/child"
	"github.com/conngen/conngen/internal/found"
)

// A GoBuilder builds programs with the go command, in the environment of its user.
type GoBuilder struct {
	Dir     string   // of the project
	Package string   // of the program, a folder relative to Dir
	Temp    string   // folder for the programs
	Lock    *os.File // keeps the folder while the go command runs, nil for none

	count int
}

// Build implements [Builder].
func (b *GoBuilder) Build(ctx context.Context) (string, []Problem, error) {
	if err := os.MkdirAll(b.Temp, 0o700); err != nil { // the user's cache may have been emptied
		return "", nil, found.Failure(b.Temp, "cannot be made", err)
	}
	b.count++
	path := filepath.Join(b.Temp, "program-"+strconv.Itoa(b.count)+programExtension())
	command := exec.CommandContext(ctx, "go", b.arguments(path)...)
	command.Dir = b.Dir
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	child.Inherit(command, b.Lock)
	child.OwnGroup(command)
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		b.Remove(path) // it may be incomplete
		return "", nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return "", nil, errors.New("the go command is not on the PATH")
	case errors.As(err, &exit):
		return "", buildProblems(b.Dir, output.String()), nil
	case err != nil:
		return "", nil, fmt.Errorf("the go command cannot run: %w", err)
	case !isProgram(path):
		b.Remove(path)
		return "", nil, fmt.Errorf("%s is not a main package: name the folder of the main package with --go-package", b.folder())
	}
	return path, nil, nil
}

// arguments are those of the go command. Without debug information, linking takes two thirds of the
// time; the user's own linker flags take precedence. Without stamping, the go command does not ask
// git about changes.
func (b *GoBuilder) arguments(path string) []string {
	arguments := []string{"build", "-buildvcs=false", "-o", path}
	if !found.HasGoFlag("ldflags") {
		arguments = append(arguments, "-ldflags=-s")
	}
	for _, name := range talkative {
		if found.HasGoFlag(name) {
			arguments = append(arguments, "-"+name+"=false")
		}
	}
	if filepath.IsAbs(b.Package) {
		return append(arguments, b.Package)
	}
	return append(arguments, "./"+filepath.ToSlash(b.Package))
}

// talkative are flags with which the go command prints more than errors in their usual form.
var talkative = []string{"json", "n", "v", "work", "x"}

func (b *GoBuilder) folder() string {
	if filepath.Clean(b.Package) == "." {
		return "the folder of the spec"
	}
	return b.Package
}

func programExtension() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// archiveMark begins the go command's output for a package that is not a program.
const archiveMark = "!<arch>\n"

func isProgram(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, len(archiveMark))
	_, err = io.ReadFull(f, begin)
	return err == nil && string(begin) != archiveMark
}

// Remove implements [Builder]. The end of the run removes what cannot be removed now.
func (b *GoBuilder) Remove(program string) { _ = os.Remove(program) }
