package sdk

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"syscall/js"
	"unsafe"
)

// hostName is the global object of the JavaScript that runs the program: what
// "conngen pack" puts around it. It has two functions:
//
//	start({run, resume, cancel}) // the program takes commands from now on
//	write(id, address, length)   // lines of a command are in the program's memory
//
// and calls these in turn:
//
//	run(id, request) // a command: {"type","input","config",…}, a Uint8Array of JSON
//	resume(id)       // the lines have been taken, more may come
//	cancel(id)       // nobody reads the command's lines any more
//
// The last line of a command is its closing line.
const hostName = "connectorHost"

// embedded has nothing here: a bundle has no server.
type embedded struct{}

// errReaderGone is why a command's context ends when nobody reads its lines.
var errReaderGone = errors.New("the reader of the answer is gone")

// Main answers the commands that the program's host hands to it. Without a host it ends the
// process: a bundle would carry the whole command line for the sake of that case, an eighth of
// its size.
func (c *Connector) Main() {
	object := js.Global().Get(hostName)
	if object.IsUndefined() {
		fmt.Fprintln(os.Stderr, "this program runs inside a bundle, which conngen pack makes; to run it here, build it for this machine")
		os.Exit(exitUsage)
	}
	h := &host{connector: c, write: object.Get("write"), running: make(map[int]*hosted)}
	object.Call("start", map[string]any{
		"run":    js.FuncOf(h.run),
		"resume": js.FuncOf(h.resume),
		"cancel": js.FuncOf(h.cancel),
	})
	select {} // until the host drops the program
}

// A host is the JavaScript around the program, and the commands that it waits for.
type host struct {
	connector *Connector
	write     js.Value

	mu      sync.Mutex
	running map[int]*hosted
}

// A hosted command is one that the host waits for.
type hosted struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	resumed chan struct{} // has an element when the host has taken lines
}

// run starts a command. It must not block, as all functions that the host calls.
func (h *host) run(_ js.Value, args []js.Value) any {
	id, request := args[0].Int(), make([]byte, args[1].Length())
	js.CopyBytesToGo(request, args[1])
	c := &hosted{resumed: make(chan struct{}, 1)}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	h.mu.Lock()
	h.running[id] = c
	h.mu.Unlock()
	go h.answer(id, c, request)
	return nil
}

func (h *host) resume(_ js.Value, args []js.Value) any {
	if c := h.command(args); c != nil {
		select {
		case c.resumed <- struct{}{}:
		default: // already signalled; the host must not wait for the command
		}
	}
	return nil
}

func (h *host) cancel(_ js.Value, args []js.Value) any {
	if c := h.command(args); c != nil {
		c.cancel(errReaderGone)
	}
	return nil
}

// command returns the running command that the host means; nil when it has ended.
func (h *host) command(args []js.Value) *hosted {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.running[args[0].Int()]
}

// answer runs a command and hands all of its lines to the host.
func (h *host) answer(id int, c *hosted, request []byte) {
	defer c.cancel(nil)
	var end ending
	req, err := parseRequest(request)
	if err != nil {
		end.err = err
	} else {
		end = h.connector.run(c.ctx, req, h.connector.writerOptions(true), func(lines []byte) error { return h.deliver(id, c, lines) }, inBackground)
	}
	h.connector.logEnding(c.ctx, req, end) // before the answer ends: the host may then suspend the program
	h.mu.Lock()
	delete(h.running, id)
	h.mu.Unlock()
	h.hand(id, closingLine(end.err))
}

// deliver hands lines to the host and waits until it wants more.
func (h *host) deliver(id int, c *hosted, lines []byte) error {
	h.hand(id, lines)
	select {
	case <-c.resumed:
		return nil
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
}

// hand tells the host where lines are. It takes them before the call returns.
// Numbers alone go over: a text would live on in the host until Go's collector
// runs, which with a heap as small as a connector's may be never.
func (h *host) hand(id int, lines []byte) {
	h.write.Invoke(id, uintptr(unsafe.Pointer(unsafe.SliceData(lines))), len(lines))
}

// noServer is why a bundle has no server.
const noServer = "serve is not available here, since the program was built for JavaScript"

const serveText = noServer + ".\n"

// serveExamples has nothing: no arguments make serve work.
var serveExamples []string

// serve is not available: the host hands the commands over.
func (c *Connector) serve(*flag.FlagSet) func(context.Context, program) error {
	return func(context.Context, program) error {
		return unusable(errors.New(noServer + "; run invoke or spec"))
	}
}

// Remote is not available: the program has no HTTP of its own.
func Remote(string) func(context.Context, Request, func([]byte) error) error {
	return func(context.Context, Request, func([]byte) error) error {
		return errors.New("another server is not available here, since the program was built for JavaScript")
	}
}
