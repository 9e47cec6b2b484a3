package calls

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"sync"
	"time"

	"github.com/conngen/conngen/console/mask"
)

// A LineKind is the kind of a line in an answer.
type LineKind uint8

// The kinds of lines.
const (
	OutputLine LineKind = iota
	StateLine
	KeepAliveLine
	ConfigLine
	ErrorLine
	TextLine // neither a line of the protocol nor its error text
)

var lineKindNames = [...]string{"output", "state", "keepAlive", "config", "error", "text"}

func (k LineKind) String() string { return lineKindNames[k] }

// MarshalText returns the kind's name.
func (k LineKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// A recording is one call with its lines. The index has a few bytes per line; the lines themselves
// are in the spool.
type recording struct {
	id     int
	cancel context.CancelFunc
	spool  *spool
	shape  *shape

	remarks sync.Mutex // held while the marks of all rows are recomputed

	mu        sync.Mutex
	call      Call
	over      bool
	overAt    time.Time
	requestID string
	unread    bool // the request could not be read, so its secrets are unknown
	changed   bool // since the last report of a change

	// The index. Elements never change once added, so a copy of a slice can be read without the
	// lock.
	ends  []int64 // of the lines in the spool
	times []uint32
	kinds []LineKind
	rows  []uint32  // the lines that are outputs
	marks []markSet // of the rows
	bare  int       // the first line from which outputs have no envelope
	ids   idTable
	known columns

	// Only the recording goroutine uses these.
	object object // the last row
	whole  bool   // the answer is complete

	logs []LogLine
}

// noLine is a line number that no answer has.
const noLine = 1<<31 - 1

func newRecording(call Call, s *spool, cancel context.CancelFunc, shape *shape) *recording {
	call.Marks = make(map[MarkKind]int)
	c := &recording{id: call.ID, call: call, spool: s, cancel: cancel, shape: shape, bare: noLine}
	c.known = newColumns(shape)
	return c
}

// summary returns the current state of the call.
func (c *recording) summary() Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.copyCall()
}

func (c *recording) copyCall() Call {
	call := c.call
	call.Marks = maps.Clone(call.Marks)
	if call.State == Running {
		call.Ms = time.Since(call.Started).Milliseconds()
	}
	return call
}

func (c *recording) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over
}

func (c *recording) isUnread() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unread
}

// change changes the call.
func (c *recording) change(do func(*Call)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do(&c.call)
	c.changed = true
}

// takeChange returns the call if it has changed since the last time.
func (c *recording) takeChange() (Call, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := c.changed
	c.changed = false
	return c.copyCall(), changed
}

// An index is a copy of a recording's index, which does not change while the recording grows.
type index struct {
	ends    []int64
	times   []uint32
	kinds   []LineKind
	rows    []uint32
	marks   []markSet
	bare    int
	running bool
}

func (c *recording) index() index {
	c.mu.Lock()
	defer c.mu.Unlock()
	return index{c.ends, c.times, c.kinds, c.rows, c.marks, c.bare, c.call.State == Running}
}

// start returns where a line begins.
func (x index) start(line int) int64 {
	if line == 0 {
		return 0
	}
	return x.ends[line-1]
}

func (x index) size(line int) int { return int(x.ends[line] - x.start(line)) }

// line reads one line, without its end.
func (c *recording) line(x index, n int) ([]byte, error) { return c.beginning(x, n, x.size(n)) }

// beginning reads the beginning of a line, without its end.
func (c *recording) beginning(x index, n, most int) ([]byte, error) {
	r, err := c.spool.reader()
	if err != nil {
		return nil, err
	}
	text := make([]byte, min(x.size(n)-1, most))
	_, err = r.ReadAt(text, x.start(n))
	return text, err
}

// scan calls each with the rows from one on and their data, until it returns false. It reads the
// spool sequentially.
func (c *recording) scan(ctx context.Context, x index, from int, each func(row int, data string) bool) error {
	if from >= len(x.rows) {
		return nil
	}
	file, err := c.spool.reader()
	if err != nil {
		return err
	}
	at := x.start(int(x.rows[from]))
	r := bufio.NewReaderSize(io.NewSectionReader(file, at, x.ends[len(x.ends)-1]-at), 256<<10)
	var text []byte
	for row := from; row < len(x.rows); row++ {
		line := int(x.rows[row])
		if _, err := r.Discard(int(x.start(line) - at)); err != nil {
			return err
		}
		size := x.size(line)
		if cap(text) < size {
			text = make([]byte, size, 2*size)
		}
		text = text[:size]
		if _, err := io.ReadFull(r, text); err != nil {
			return err
		}
		at = x.ends[line]
		if row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !each(row, x.data(line, text[:size-1])) {
			return nil
		}
	}
	return nil
}

// data returns the data of an output's line.
func (x index) data(line int, text []byte) string {
	if line >= x.bare {
		return string(text)
	}
	return dataOf(text)
}

// A Line is one line of an answer.
type Line struct {
	N     int      `json:"n"`  // counted from 1
	At    uint32   `json:"at"` // milliseconds since the start
	Kind  LineKind `json:"kind"`
	Bytes int      `json:"bytes"`
	Text  string   `json:"text"`
}

// maxShown is how much of a line a window contains.
const maxShown = 4 << 10

// Lines returns a window of the lines of a call, and their total number.
func (r *Recorder) Lines(id, from, count int) (total int, lines []Line, err error) {
	c, err := r.find(id)
	if err != nil {
		return 0, nil, err
	}
	x := c.index()
	from, to := window(from, count, len(x.ends))
	lines = make([]Line, 0, to-from)
	for n := from; n < to; n++ {
		text, err := c.beginning(x, n, maxShown+1)
		if err != nil {
			return 0, nil, errGone
		}
		lines = append(lines, Line{N: n + 1, At: x.times[n], Kind: x.kinds[n], Bytes: x.size(n) - 1, Text: shortened(text, maxShown)})
	}
	return len(x.ends), lines, nil
}

// A SavedState is the state in an answer to save for the next run.
type SavedState struct {
	N      int             `json:"n"` // its line, counted from 1; 0 for none
	State  json.RawMessage `json:"state"`
	Masked bool            `json:"masked"` // secrets in it are masked, so no run can continue from it
}

// State returns the state that a call saved: of one line, or the last one if line is 0. It returns
// none for a line without a state, and for a call that saved none.
func (r *Recorder) State(id, line int) (SavedState, error) {
	c, err := r.find(id)
	if err != nil {
		return SavedState{}, err
	}
	x := c.index()
	n := line - 1
	if line == 0 {
		for n = len(x.kinds) - 1; n >= 0 && x.kinds[n] != StateLine; n-- {
		}
	}
	if n < 0 || n >= len(x.kinds) || x.kinds[n] != StateLine {
		return SavedState{State: rawOf("")}, nil
	}
	text, err := c.line(x, n)
	if err != nil {
		return SavedState{}, errGone
	}
	return SavedState{N: n + 1, State: rawOf(dataOf(text)), Masked: bytes.Contains(text, []byte(mask.Text))}, nil
}

// window returns the requested part of a list.
func window(from, count, total int) (start, end int) {
	start = min(max(from, 0), total)
	return start, start + min(max(count, 0), maxWindow, total-start)
}

// maxWindow is the maximum number of rows or lines in one answer.
const maxWindow = 1000

// rawOf returns JSON that is always valid.
func rawOf(data string) json.RawMessage {
	if data == "" {
		return json.RawMessage("null")
	}
	return json.RawMessage(data)
}
