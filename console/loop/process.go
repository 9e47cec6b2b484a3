package loop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/internal/child"
	"github.com/conngen/conngen/internal/lazyregexp"
)

// How long a program may take, and how much of its output is kept.
const (
	startPatience = time.Minute      // to print its address
	stopPatience  = 15 * time.Second // to end, after the ten seconds for running commands
	hurryPatience = 2 * time.Second  // to end at the end of the run, with its commands cancelled
	tailLines     = 20
	maxLineSize   = 1 << 20 // bytes of a line; the rest of it is dropped
)

// A GoRunner starts connectors on a free port of this machine.
type GoRunner struct {
	Dir  string   // in which they run
	Lock *os.File // keeps the folder of the programs while they run, nil for none

	mu      sync.Mutex
	running map[*process]bool
	killed  bool
}

// Kill kills all programs and their child processes, and prevents new ones.
func (g *GoRunner) Kill() {
	g.mu.Lock()
	g.killed = true
	all := slices.Collect(maps.Keys(g.running))
	g.mu.Unlock()
	for _, p := range all {
		p.signalKill()
	}
	for _, p := range all {
		<-p.done
	}
}

// run starts a process, and ends any processes it leaves behind.
func (g *GoRunner) run(p *process) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.killed {
		return context.Canceled
	}
	output := &lineWriter{line: p.take}
	p.command.Stdout, p.command.Stderr = output, output
	ended, err := child.Start(p.command)
	if err != nil {
		return fmt.Errorf("the program cannot be started: %w", err)
	}
	if g.running == nil {
		g.running = make(map[*process]bool)
	}
	g.running[p] = true
	go func() {
		err := <-ended
		child.EndGroup(p.command)
		output.flush()
		g.mu.Lock()
		delete(g.running, p)
		g.mu.Unlock()
		p.end(err)
	}()
	return nil
}

// address matches the line with which a program prints its address.
var address = lazyregexp.New(`^.+ answers on (https?://[0-9A-Za-z.:%\[\]-]+)$`)

// ownVariables are environment variables that would make a connector require a token.
var ownVariables = []string{"CONNECTOR_AUTH_TOKEN"}

// Start implements [Runner].
func (g *GoRunner) Start(ctx context.Context, program string, line func(string)) (Process, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	command := exec.Command(program, "serve", "--addr", "127.0.0.1:0")
	command.Dir, command.Env = g.Dir, environment()
	command.WaitDelay = time.Second // its child processes may keep its output open
	child.Inherit(command, g.Lock)
	child.OwnGroup(command)
	command.Cancel = nil // which is for commands with a context
	p := &process{command: command, line: line, dir: g.Dir, found: make(chan string, 1), done: make(chan struct{})}
	if err := g.run(p); err != nil {
		return nil, err
	}
	select {
	case p.url = <-p.found:
		return p, nil
	case <-p.done:
		ending := p.Ending()
		return nil, &ending
	case <-ctx.Done():
		p.kill()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fmt.Errorf("the program does not say within %v where it answers", startPatience)
		}
		return nil, ctx.Err()
	}
}

func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(ownVariables, name)
	})
}

// A process is a running connector.
type process struct {
	command *exec.Cmd
	dir     string
	line    func(string)
	url     string
	found   chan string
	done    chan struct{}
	ending  Ending // after done

	mu   sync.Mutex
	tail []string
}

func (p *process) URL() string           { return p.url }
func (p *process) Done() <-chan struct{} { return p.done }
func (p *process) Ending() Ending        { return p.ending }

// take handles a line of the program's output.
func (p *process) take(text string) {
	if m := address().FindStringSubmatch(text); m != nil {
		select {
		case p.found <- m[1]:
			return // it is for this loop
		default: // it was reported before
		}
	}
	p.mu.Lock()
	p.tail = append(p.tail, text)
	p.tail = p.tail[max(0, len(p.tail)-tailLines):]
	p.mu.Unlock()
	p.line(text)
}

// end records how the program ended.
func (p *process) end(err error) {
	p.mu.Lock()
	p.ending = ending(p.dir, err, slices.Clone(p.tail))
	p.mu.Unlock()
	close(p.done)
}

// Stop implements [Process].
func (p *process) Stop(hurry <-chan struct{}) {
	_ = child.Terminate(p.command.Process) // otherwise it is killed
	patience := time.After(stopPatience)
	for {
		select {
		case <-p.done:
			return
		case <-hurry:
			hurry, patience = nil, time.After(hurryPatience)
		case <-patience:
			p.kill()
			return
		}
	}
}

func (p *process) kill() {
	p.signalKill()
	<-p.done
}

// signalKill kills the program and its child processes, which may keep its output open.
func (p *process) signalKill() {
	child.EndGroup(p.command)
	_ = p.command.Process.Kill()
}

// frame is a line of a stack trace with a place.
var frame = lazyregexp.New(`^\s+(\S.*\.go):(\d+)(?: \+0x[0-9a-f]+)?$`)

// ending says how a program in a folder ended, from the result of [exec.Cmd.Wait] and the last
// lines.
func ending(dir string, err error, tail []string) Ending {
	text := "the connector exited"
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		text += fmt.Sprintf(" with code %d", exit.ExitCode())
	case exit != nil && exit.String() == "signal: killed":
		text = "the connector was killed"
	case exit != nil: // by another signal
		text = "the connector was stopped by a signal: " + strings.TrimPrefix(exit.String(), "signal: ")
	case err != nil:
		text += ": " + err.Error()
	}
	problem := Problem{Severity: severityError, Message: text}
	for i, line := range tail {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			problem.Message = text + ", " + line
			problem.Path, problem.Line = firstFrame(dir, tail[i:])
			return Ending{Text: text, Problem: problem, Tail: tail}
		}
	}
	if len(tail) > 0 {
		problem.Message += ", " + tail[len(tail)-1]
	}
	return Ending{Text: text, Problem: problem, Tail: tail}
}

// firstFrame is the first place of a stack trace that is in the project.
func firstFrame(dir string, trace []string) (path string, line int) {
	for _, text := range trace {
		m := frame().FindStringSubmatch(text)
		if m == nil {
			continue
		}
		file := filepath.FromSlash(m[1])
		if !filepath.IsAbs(file) {
			file = inModule(dir, m[1])
		}
		if isBelow(dir, file) {
			line, _ := strconv.Atoi(m[2])
			return relativeTo(dir, file), line
		}
	}
	return "", 0
}

// inModule finds a file from its name in a program built with -trimpath, which begins with the
// module path. It returns "" if the file is not in the project's module.
func inModule(dir, name string) string {
	for root := dir; ; root = filepath.Dir(root) {
		text, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			below, ok := strings.CutPrefix(name, modfile.ModulePath(text)+"/")
			if !ok {
				return ""
			}
			return filepath.Join(root, filepath.FromSlash(below))
		}
		if root == filepath.Dir(root) {
			return ""
		}
	}
}

// A lineWriter calls line for each line written to it.
type lineWriter struct {
	line func(string)

	mu      sync.Mutex
	pending bytes.Buffer
}

func (w *lineWriter) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for part := range bytes.Lines(text) {
		line, isWhole := bytes.CutSuffix(part, []byte("\n"))
		w.append(line)
		if isWhole {
			w.emit()
		}
	}
	return len(text), nil
}

func (w *lineWriter) append(part []byte) {
	room := maxLineSize - w.pending.Len()
	w.pending.Write(part[:min(room, len(part))])
}

func (w *lineWriter) emit() {
	text := strings.TrimSuffix(w.pending.String(), "\r")
	w.pending.Reset()
	w.line(text)
}

// flush passes on a last line without an end.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pending.Len() > 0 {
		w.emit()
	}
}
