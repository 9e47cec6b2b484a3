package bundle

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/child"
)

// A Build is a Go program for WebAssembly, and what JavaScript needs to run it.
type Build struct {
	WASM    []byte
	Runtime []byte // wasm_exec.js of the Go distribution that built it
}

// BuildProgram builds a program's package, named as in a go command in the folder dir, for
// WebAssembly. The same sources produce the same bytes in any folder. The error is the compiler's
// output. All temporary files are in the workspace.
func BuildProgram(ctx context.Context, dir, pkg string, w *generator.Workspace) (Build, error) {
	file := filepath.Join(w.Path(), "connector.wasm")
	_, err := goCommand(ctx, dir, w, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", file, pkg)
	if err != nil {
		if strings.Contains(err.Error(), "function main is undeclared in the main package") {
			return Build{}, &NotProgramError{folderOf(dir, pkg), "has no func main"}
		}
		if buildsHere(ctx, dir, pkg, w) {
			err = &PlatformError{err}
		}
		return Build{}, err
	}
	var b Build
	if b.WASM, err = os.ReadFile(file); err != nil {
		return Build{}, err
	}
	if !bytes.HasPrefix(b.WASM, []byte("\x00asm")) {
		return Build{}, &NotProgramError{folderOf(dir, pkg), "is not a main package"}
	}
	root, err := goCommand(ctx, dir, w, "env", "GOROOT")
	if err != nil {
		return Build{}, err
	}
	b.Runtime, err = os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	return b, err
}

// buildsHere reports whether a package compiles for the user's own platform. The compiler's
// messages do not tell: a function that WebAssembly lacks is undefined, like a misspelt one.
func buildsHere(ctx context.Context, dir, pkg string, w *generator.Workspace) bool {
	_, err := runGo(ctx, dir, w, nil, "list", "-export", "-buildvcs=false", "-trimpath", "-f", "", pkg) // which does not link
	return err == nil
}

// A PlatformError is about a program that only fails to build for WebAssembly.
type PlatformError struct{ err error }

func (e *PlatformError) Error() string { return e.err.Error() }

func (e *PlatformError) Unwrap() error { return e.err }

// A NotProgramError is about a package that is not a program.
type NotProgramError struct{ Package, Reason string }

func (e *NotProgramError) Error() string {
	folder := filepath.Clean(e.Package)
	if folder == "." {
		folder = "the working folder"
	}
	return fmt.Sprintf("%s %s: name the folder of the main package with --go-package", folder, e.Reason)
}

// goCommand is runGo for WebAssembly.
func goCommand(ctx context.Context, dir string, w *generator.Workspace, args ...string) ([]byte, error) {
	return runGo(ctx, dir, w, []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"}, args...)
}

// runGo runs the go command with additional environment variables, and returns its output. Its
// error is the command's output. Temporary files are in the workspace, which is nil for a command
// that builds nothing. When the context ends, so do the command and its child processes.
func runGo(ctx context.Context, dir string, w *generator.Workspace, env []string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	if w != nil {
		command.Env = append(command.Env, "GOTMPDIR="+w.Path())
		child.Inherit(command, w.Lock())
	}
	child.OwnGroup(command)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("the go command (go %s for %s) fails:\n%s", args[0], platform, strings.TrimSpace(stderr.String()))
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("the go command is not on the PATH")
	}
	return out, err
}

// Program returns the index.js that contains and runs a program.
func Program(info Info, b Build) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed) // the best level takes three times as long for one percent of the bytes
	if _, err := w.Write(b.WASM); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	hash := sha256.New()
	hash.Write(b.WASM)
	hash.Write(b.Runtime)
	settings := struct {
		Name string `json:"name"`
		Hash string `json:"hash"` // distinguishes programs in one process
	}{clean(info.Name, "connector"), hex.EncodeToString(hash.Sum(nil)[:16])}
	// JavaScript parses a function twice, when it loads the file and when it calls the function,
	// unless the function is in parentheses.
	tail := fmt.Sprintf("\n// What Go programs need of JavaScript, from the Go distribution that built this one.\n"+
		"function goRuntime(globalThis, fs, crypto) {\n%s\nreturn globalThis.Go\n}\n\n"+
		"// The program, compressed.\nconst programText = (function () {\n\treturn '%s'\n})\n",
		bytes.TrimSpace(b.Runtime), base64.StdEncoding.EncodeToString(packed.Bytes()))
	return script(info, ModeProgram, settings, []string{"connector.js", "program.js"}, tail)
}

// What Identity Security Cloud gives a connector at run time, and what a program takes of
// it before it has any data. The second figure is a rule of thumb: a Node process, the
// program in its three forms (text, machine code, data).
const (
	MemoryLimit    = 512 << 20
	nodeMemory     = 64 << 20
	memoryPerByte  = 6
	memoryForWorry = MemoryLimit / 2
)

// Memory returns about how many bytes the program needs at run time, and whether
// that leaves too little of [MemoryLimit] for its data.
func (b Build) Memory() (bytes int, worry bool) {
	bytes = nodeMemory + memoryPerByte*len(b.WASM)
	return bytes, bytes > memoryForWorry
}
