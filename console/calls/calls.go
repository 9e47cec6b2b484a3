// Package calls sends commands to a connector and records each answer line by line in a file, with
// an index in memory. A page requests windows of rows; a call with a million accounts costs it no
// more than one with a hundred.
//
// Everything that is kept is masked first, and no recording has the config.
package calls

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/conngen/conngen/console/mask"
	"github.com/conngen/conngen/schema"
)

// The limits of recordings.
const (
	defaultLimit = 2 << 30 // bytes of all recordings
	maxCalls     = 1000
	maxOpen      = 64       // complete recordings whose files are open
	maxLine      = 32 << 20 // bytes of one line; the rest of a longer one is not recorded
	maxText      = 1 << 20  // bytes of an error text or page
	maxInput     = 1 << 20  // bytes of an input that is kept
)

// An Origin says who sent a command.
type Origin string

// The origins.
const (
	FromPage     Origin = "page"
	FromClient   Origin = "client"
	FromReplay   Origin = "replay"
	FromSelfTest Origin = "selftest"
)

// A State says how far a call has progressed.
type State string

// The states of a call.
const (
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// A Call is the summary of a recorded call.
type Call struct {
	ID          int              `json:"id"`
	Command     string           `json:"command"`
	Origin      Origin           `json:"origin"`
	Started     time.Time        `json:"started"`
	State       State            `json:"state"`
	Status      int              `json:"status"` // of HTTP; 0 before the answer begins
	Outputs     int              `json:"outputs"`
	States      int              `json:"states"`
	KeepAlives  int              `json:"keepAlives"`
	Bytes       int64            `json:"bytes"`
	FirstByteMs *int64           `json:"firstByteMs"`
	Ms          int64            `json:"ms"`
	Error       *CallError       `json:"error"`
	Marks       map[MarkKind]int `json:"marks"`
	Build       int              `json:"build"`          // of the connector that answered
	Cut         bool             `json:"cut,omitempty"`  // lines are missing: the recording has reached its limit
	Replayable  bool             `json:"replayable"`     // the recording has the whole input
	EntityType  string           `json:"type,omitempty"` // the entitlement type in the input
	request     json.RawMessage  // the masked input
	delta       bool             // only changes were requested
}

// A CallError says why a call failed.
type CallError struct {
	Type    string `json:"type"` // the connector's type: "generic", "notFound"; otherwise "http" or "connection"
	Message string `json:"message"`
}

// A Detail is a call with its input.
type Detail struct {
	Call
	Request json.RawMessage `json:"request"`
}

// A Target is the connector that currently answers.
type Target struct {
	URL   string // "" if none does
	Build int
}

// Options are the settings of a [Recorder].
type Options struct {
	Target  func() Target
	Spec    func() *schema.Spec                   // nil if there is none
	Secrets func(config json.RawMessage) []string // the secrets of a client's config
	Masker  *mask.Masker
	// LooksSecret reports whether a member with a name is secret in the input of a command outside
	// the protocol; nil for none.
	LooksSecret func(name string) bool
	Dir         string       // where the folder of the recordings is made; "" for the folder of temporary files
	Changed     func(Call)   // called for each call that begins, progresses or ends; may be nil
	Header      http.Header  // of requests that the page sends, such as Authorization
	Limit       int64        // bytes of all recordings; 0 for 2 GiB
	Client      *http.Client // nil for one without a timeout
}

// A Recorder sends commands and records them. It is safe for concurrent use.
type Recorder struct {
	options Options
	dir     string
	name    string // prefix of this run's request IDs
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	last   int
	calls  []*recording     // by ID
	lists  map[string]*list // the entitlements of the last complete lists, by type
	views  views
	closed bool
}

// ErrUnknownCall is the error for a call that is not recorded, or no longer is.
var ErrUnknownCall = errors.New("there is no such call: only the newest are kept")

// errClosed is the error of a closed recorder.
var errClosed = errors.New("conngen dev is stopping")

// New returns a recorder that keeps its recordings in its own temporary folder.
func New(opts Options) (*Recorder, error) {
	if opts.Limit == 0 {
		opts.Limit = defaultLimit
	}
	if opts.Client == nil {
		opts.Client = newClient()
	}
	if opts.Changed == nil {
		opts.Changed = func(Call) {}
	}
	dir, err := os.MkdirTemp(opts.Dir, "conngen-dev-") // 0700
	if err != nil {
		return nil, errors.New("cannot make a temporary folder for recordings: " + plainCause(err))
	}
	r := &Recorder{options: opts, dir: dir, name: randomText(), lists: make(map[string]*list)}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r, nil
}

// CancelAll cancels the running calls, and prevents new ones.
func (r *Recorder) CancelAll() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
}

// Close cancels the running calls and removes all recordings.
func (r *Recorder) Close() error {
	r.CancelAll()
	r.running.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		c.spool.remove()
	}
	r.calls, r.lists = nil, make(map[string]*list)
	return os.RemoveAll(r.dir)
}

// Calls returns all calls, the newest first.
func (r *Recorder) Calls() []Call {
	r.mu.Lock()
	all := slices.Clone(r.calls)
	r.mu.Unlock()
	calls := make([]Call, 0, len(all))
	for _, c := range slices.Backward(all) {
		calls = append(calls, c.summary())
	}
	return calls
}

// Count returns how many calls there are.
func (r *Recorder) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

// Call returns a call with its input.
func (r *Recorder) Call(id int) (Detail, error) {
	c, err := r.find(id)
	if err != nil {
		return Detail{}, err
	}
	call := c.summary()
	return Detail{Call: call, Request: call.request}, nil
}

// Cancel ends a running call: the connector sees that its caller has gone. A call that has ended
// stays unchanged.
func (r *Recorder) Cancel(id int) error {
	c, err := r.find(id)
	if err == nil {
		c.cancel()
	}
	return err
}

func (r *Recorder) find(id int) (*recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := slices.BinarySearchFunc(r.calls, id, func(c *recording, id int) int { return c.id - id })
	if !ok {
		return nil, ErrUnknownCall
	}
	return r.calls[i], nil
}

// add makes a recording, and room for it.
func (r *Recorder) add(call Call, cancel context.CancelFunc) (*recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	r.last++
	call.ID, call.Started, call.State = r.last, time.Now(), Running
	s, err := newSpool(r.dir, call.ID)
	if err != nil {
		return nil, err
	}
	c := newRecording(call, s, cancel, r.shapeOf(call))
	r.calls = append(r.calls, c)
	if len(r.calls) > maxCalls {
		r.dropOldest(c)
	}
	r.running.Add(1)
	return c, nil
}

// dropOldest removes the oldest finished call other than the one to keep, and reports whether there
// was one. The recorder is locked.
func (r *Recorder) dropOldest(keep *recording) bool {
	i := slices.IndexFunc(r.calls, func(c *recording) bool { return c != keep && c.ended() })
	if i < 0 {
		return false
	}
	c := r.calls[i]
	r.calls = slices.Delete(r.calls, i, i+1)
	r.views.drop(c)
	for name, list := range r.lists {
		if list.from == c {
			delete(r.lists, name)
		}
	}
	c.spool.remove()
	return true
}

// closeOld closes the files of all but the newest recordings, which people look at.
func (r *Recorder) closeOld() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls[:max(0, len(r.calls)-maxOpen)] {
		c.spool.rest()
	}
}

// makeRoom removes the oldest recordings while their total exceeds the limit, and reports
// whether there is room for the recording that grows.
func (r *Recorder) makeRoom(grows *recording) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		var sum int64
		for _, c := range r.calls {
			sum += c.spool.size()
		}
		if sum <= r.options.Limit {
			return true
		}
		if !r.dropOldest(grows) {
			return false
		}
	}
}
