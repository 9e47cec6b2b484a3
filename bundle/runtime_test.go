package bundle

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A runtime is testdata/runtime.js running a bundle.
type runtime struct {
	t     *testing.T
	stdin io.WriteCloser
	ended chan struct{} // closed when the process has ended

	mu       sync.Mutex
	lastID   int
	running  map[int]chan message
	logLines []string // output of the bundle
}

// A message is one line from the stand-in.
type message struct {
	ID     int             `json:"id"`
	Line   json.RawMessage `json:"line"`
	Count  int             `json:"count"`
	Memory int             `json:"memory"`
	Error  *failure        `json:"error"`

	Crossings int `json:"crossings"` // between JavaScript and the program, during the command
	Parses    int `json:"parses"`    // calls of JSON.parse
}

// A failure is an error thrown by the bundle.
type failure struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Message string `json:"message"`
}

// A call is a command for the stand-in.
type call struct {
	ID         int               `json:"id"`
	Request    map[string]any    `json:"request"` // type, input, config
	Context    map[string]any    `json:"context,omitempty"`
	Customizer map[string][2]any `json:"customizer,omitempty"`
	Reader     string            `json:"reader,omitempty"`
}

// A reply is the outcome of a command.
type reply struct {
	lines  []string
	count  int
	memory int
	err    failure // the zero failure if it succeeds

	crossings, parses int
}

const keepAlive = `{"data":{},"type":"keepAlive"}`

// outputs returns the lines as text, without keep-alives, whose number depends on the machine.
func (r reply) outputs() string {
	return strings.Join(slices.DeleteFunc(slices.Clone(r.lines), func(line string) bool { return line == keepAlive }), "\n")
}

// nodeOrSkip returns the path of node.
func nodeOrSkip(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: what bundles do at run time is not tested")
	}
	return node
}

// load starts the stand-in with an index.js, and optional files next to it.
func load(t *testing.T, index string, env ...string) *runtime {
	t.Helper()
	node := nodeOrSkip(t)
	file := filepath.Join(t.TempDir(), "index.js")
	if err := os.WriteFile(file, []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadFile(t, node, file, env...)
}

func loadFile(t *testing.T, node, file string, env ...string) *runtime {
	t.Helper()
	// the optimizing compiler of WebAssembly takes longer than it saves in a test
	command := exec.Command(node, "--liftoff-only", filepath.Join("testdata", "runtime.js"), file)
	command.Env = append(os.Environ(), env...)
	command.Stderr = os.Stderr
	r := &runtime{t: t, ended: make(chan struct{}), running: make(map[int]chan message)}
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	r.stdin = stdin
	go func() {
		defer close(r.ended)
		r.read(stdout)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-r.ended
		_ = command.Wait()
	})
	return r
}

// read passes messages to the waiting commands. When the process ends, it releases them all.
func (r *runtime) read(stdout io.Reader) {
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadBytes('\n')
		var m message
		if json.Unmarshal(line, &m) == nil && m.ID > 0 {
			r.mu.Lock()
			waiting := r.running[m.ID]
			r.mu.Unlock()
			waiting <- m
		} else if len(line) > 0 {
			r.mu.Lock()
			r.logLines = append(r.logLines, string(line))
			r.mu.Unlock()
		}
		if err != nil {
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, waiting := range r.running {
		close(waiting)
	}
	r.running = nil
}

// start sends a command and returns the channel of its messages.
func (r *runtime) start(c call) <-chan message {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastID++
	c.ID = r.lastID
	messages := make(chan message, 16)
	if r.running == nil {
		close(messages)
		return messages
	}
	r.running[c.ID] = messages
	text, err := json.Marshal(c)
	if err != nil {
		r.t.Error(err)
	}
	if _, err := r.stdin.Write(append(text, '\n')); err != nil {
		r.t.Error(err)
	}
	return messages
}

// wait returns the outcome of a command.
func (r *runtime) wait(messages <-chan message) reply {
	var out reply
	for m := range messages {
		switch {
		case m.Line != nil:
			out.lines = append(out.lines, string(m.Line))
		case m.Count > 0:
			out.count, out.memory, out.crossings, out.parses = m.Count, m.Memory, m.Crossings, m.Parses
		default:
			if m.Error != nil {
				out.err = *m.Error
			}
			return out
		}
	}
	r.t.Error("the runtime has ended")
	return out
}

// run runs a command of a type with an input.
func (r *runtime) run(command string, input any) reply {
	return r.wait(r.start(call{Request: map[string]any{"type": command, "input": input}}))
}

// leave sends no more commands, and reports whether the process then ends by itself.
func (r *runtime) leave() bool {
	_ = r.stdin.Close()
	select {
	case <-r.ended:
		return true
	case <-time.After(30 * time.Second):
		return false
	}
}

// log returns the bundle's output so far.
func (r *runtime) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.logLines, "")
}
