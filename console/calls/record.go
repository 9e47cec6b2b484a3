package calls

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/conngen/conngen/internal/plainnet"
)

// tick is how often changes of a running call are reported.
const tick = 200 * time.Millisecond

// roomEvery is the number of bytes after which a recording checks for room.
const roomEvery = 1 << 20

// A writer records one answer.
type writer struct {
	*Recorder
	c      *recording
	start  time.Time
	room   int64 // bytes until it checks for room again
	failed *CallError
	buffer []byte
}

// follow reports the progress of a call until it ends.
func (r *Recorder) follow(c *recording, ended <-chan struct{}) {
	r.options.Changed(c.summary())
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-ended:
			r.options.Changed(c.summary())
			return
		case <-t.C:
			if call, changed := c.takeChange(); changed {
				r.options.Changed(call)
			}
		}
	}
}

// record records an answer until it ends. body is that of the answer, perhaps copied to a client on
// the way.
func (r *Recorder) record(ctx context.Context, c *recording, got *http.Response, body io.Reader) *CallError {
	w := &writer{Recorder: r, c: c, start: c.call.Started}
	c.change(func(call *Call) { call.Status = got.StatusCode })
	body = &firstByte{Reader: body, c: c, start: w.start}
	err := w.take(got, body)
	if err == nil {
		_, err = io.Copy(io.Discard, body) // the data after a compressed answer
	}
	c.whole = err == nil
	failure := w.failed
	switch {
	case failure != nil:
	case err != nil && ctx.Err() == nil:
		failure = &CallError{"connection", "the answer broke off: " + plainnet.Why(err)}
	case err == nil && got.StatusCode != http.StatusOK:
		failure = &CallError{"http", "the server answered with status " + got.Status}
	default:
		return nil
	}
	return &CallError{r.options.Masker.Text(failure.Type), r.options.Masker.Text(failure.Message)}
}

// read records the lines of an answer, and what follows them.
func (w *writer) read(got *http.Response, body io.Reader) error {
	lines := newAnswer(body)
	protocol := strings.HasPrefix(got.Header.Get("Content-Type"), "application/x-ndjson") || got.StatusCode == http.StatusOK
	for {
		line, size, err := lines.line(w.buffer)
		w.buffer = line
		w.c.change(func(call *Call) { call.Bytes += int64(size) })
		if err != nil && !errors.Is(err, io.EOF) {
			return err // a partial line says nothing
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case size > lines.maxLen:
			w.failed = &CallError{"", "a line is longer than " + megabytes(lines.maxLen)}
			w.add(TextLine, w.text(line, true))
		case !protocol || !w.line(line, size):
			return w.rest(got, lines, bytes.Clone(w.buffer), err)
		}
		if err != nil {
			return nil
		}
	}
}

// take records an answer as far as it can be read.
func (w *writer) take(got *http.Response, body io.Reader) error {
	plain, known := decompressed(got.Header, body)
	switch {
	case w.c.isUnread(): // the answer may quote secrets of the request
		return w.pass(body, "the request is not JSON that conngen can read, so only the status of its answer is recorded: "+got.Status)
	case !known:
		return w.pass(body, "the answer is compressed in a way that conngen does not know: "+got.Header.Get("Content-Encoding"))
	}
	return w.read(got, plain)
}

// pass only counts the bytes.
func (w *writer) pass(body io.Reader, why string) error {
	size, err := io.Copy(io.Discard, body)
	w.c.change(func(call *Call) { call.Bytes = size })
	if err == nil {
		w.failed = &CallError{"http", why}
	}
	return err
}

// line records a line of the protocol, and reports whether it is one.
func (w *writer) line(line []byte, size int) bool {
	e, ok := readEnvelope(line)
	if !ok {
		return false
	}
	if e.kind == OutputLine && w.c.bare != noLine {
		e = envelope{kind: OutputLine, data: string(line), bare: true} // as readers treat it
	}
	masked := w.options.Masker.JSON(line)
	data := e.data
	switch {
	case len(masked) > 0 && &masked[0] == &line[0] && (e.exact || e.bare):
	case e.bare:
		line = w.options.Masker.JSON([]byte(e.data))
		data = string(line)
	default:
		data = string(w.options.Masker.JSON([]byte(e.data)))
		line = []byte(`{"data":` + data + `,"type":"` + e.kind.String() + `"}`)
	}
	if e.bare {
		w.c.startBare()
	}
	w.add(e.kind, line)
	switch e.kind {
	case OutputLine:
		w.c.addRow(e.data, data, size, w.options.Masker.Text)
	case StateLine:
		w.c.change(func(call *Call) { call.States++ })
	case KeepAliveLine:
		w.c.change(func(call *Call) { call.KeepAlives++ })
	}
	return true
}

// rest records what follows the lines of the protocol: the text of an error, the page of another
// server, or values on several lines.
func (w *writer) rest(got *http.Response, lines *answer, beginning []byte, ended error) error {
	text, size, cut, err := beginning, 0, false, error(nil)
	if ended == nil {
		text, size, cut, err = lines.rest(beginning)
	}
	w.c.change(func(call *Call) { call.Bytes += int64(size) })
	text = bytes.TrimRight(text, "\r\n")
	shown := w.text(text, cut)
	if failure, ok := readError(string(text)); ok {
		if masked, ok := readError(string(shown)); ok {
			failure = masked
		}
		w.failed = &failure
		w.add(ErrorLine, shown)
		return err
	}
	if all, ok := values(text); ok && !cut && got.StatusCode == http.StatusOK {
		for _, value := range all {
			w.line(value, len(value)+1)
		}
		return err
	}
	w.add(TextLine, shown)
	if got.StatusCode == http.StatusOK { // mask before truncating, otherwise half a secret could remain
		w.failed = &CallError{"", "the answer has a line that is not JSON: " + shortened(shown, 200)}
	} else {
		w.failed = &CallError{"http", "status " + got.Status + ": " + readPage(string(shown))}
	}
	return err
}

// text masks a text. The end of a truncated text may be part of a secret.
func (w *writer) text(text []byte, cut bool) []byte {
	if cut {
		text = text[:max(0, len(text)-w.options.Masker.Longest())]
	}
	return []byte(w.options.Masker.Text(strings.ToValidUTF8(string(text), "\uFFFD")))
}

// add appends a line to the recording.
func (w *writer) add(kind LineKind, line []byte) {
	w.room -= int64(len(line))
	if w.room < 0 {
		w.room = roomEvery
		if !w.makeRoom(w.c) {
			w.c.change(func(call *Call) { call.Cut = true })
		}
	}
	w.c.addLine(kind, line, time.Since(w.start))
}

// addLine appends a line to the spool and the index.
func (c *recording) addLine(kind LineKind, line []byte, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed = true
	if c.call.Cut {
		return
	}
	end, err := c.spool.append(line)
	if err != nil { // the disk is full
		c.call.Cut = true
		return
	}
	c.ends = append(c.ends, end)
	c.times = append(c.times, uint32(at.Milliseconds()))
	c.kinds = append(c.kinds, kind)
}

// startBare records that outputs have no envelope from the next line on.
func (c *recording) startBare() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bare = min(c.bare, len(c.ends))
}

// addRow adds the last line as a row. raw is its data before secrets were masked, and data after.
func (c *recording) addRow(raw, data string, size int, text func(string) string) {
	o := &c.object
	o.read(raw)
	var marks markSet
	c.shape.check(*o, size, func(m Mark) { marks.add(m.Kind) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.call.Outputs++
	if c.call.Cut {
		return
	}
	line := len(c.ends) - 1
	shown := func(id string) string {
		if raw == data {
			return id
		}
		return text(id)
	}
	known := c.addID(identityID, o.identity, shown, line)
	if o.unique != o.identity {
		known = c.addID(uniqueID, o.unique, shown, line) || known
	}
	if known && c.shape.listed && !o.deleted {
		marks.add(Duplicate)
	}
	c.rows = append(c.rows, uint32(line))
	c.marks = append(c.marks, marks)
	c.count(0, marks)
	if raw != data {
		o.read(data)
	}
	c.known.add(*o)
}

// count updates the counts of marks for a row whose marks have changed.
func (c *recording) count(before, after markSet) {
	for _, kind := range markKinds {
		if after.has(kind) {
			c.call.Marks[kind]++
		}
		if before.has(kind) {
			if c.call.Marks[kind]--; c.call.Marks[kind] == 0 {
				delete(c.call.Marks, kind)
			}
		}
	}
}

// addID records the ID of a row, and reports whether another row has it.
func (c *recording) addID(kind idKind, id string, shown func(string) string, line int) bool {
	if id == "" {
		return false
	}
	if _, ok := c.ids.find(kind, id, c.hasID(kind, shown(id))); ok {
		return true
	}
	c.ids.add(kind, id, line)
	return false
}

// hasID returns a function that reports whether a line has an ID. The recording is locked.
func (c *recording) hasID(kind idKind, id string) func(line int) bool {
	x := index{ends: c.ends, bare: c.bare}
	return func(line int) bool {
		text, err := c.line(x, line)
		if err != nil {
			return false
		}
		o := readObject(x.data(line, text))
		if kind == uniqueID {
			return o.unique == id
		}
		return o.identity == id
	}
}

// Find returns the line of an object by its ID, counted from 1.
func (r *Recorder) Find(id int, identity string) (line int, ok bool, err error) {
	c, err := r.find(id)
	if err != nil {
		return 0, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, kind := range []idKind{identityID, uniqueID} {
		if line, ok := c.ids.find(kind, identity, c.hasID(kind, identity)); ok {
			return line + 1, true, nil
		}
	}
	return 0, false, nil
}

// end ends a call.
func (r *Recorder) end(c *recording, failure *CallError) {
	c.mu.Lock()
	c.call.Ms = time.Since(c.call.Started).Milliseconds()
	switch {
	case failure == nil && !c.whole: // a client that disconnects after the last byte cancels nothing
		c.call.State = Cancelled
	case failure != nil:
		c.call.State, c.call.Error = Failed, failure
	default:
		c.call.State = Done
	}
	c.over, c.overAt, c.changed = true, time.Now(), true
	list := c.call.State == Done && c.shape.entity != "" && c.shape.listed && !c.call.Cut && !c.call.delta
	c.mu.Unlock()
	c.spool.complete()
	r.closeOld()
	c.cancel()
	if list {
		r.noteEntitlements(c)
	}
}

// A firstByte records when the first byte of an answer arrived.
type firstByte struct {
	io.Reader
	c     *recording
	start time.Time
	seen  bool
}

func (f *firstByte) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if n > 0 && !f.seen {
		f.seen = true
		ms := time.Since(f.start).Milliseconds()
		f.c.change(func(call *Call) { call.FirstByteMs = &ms })
	}
	return n, err
}

// inputOf returns the input of a request for the recording: masked and limited in length.
func (r *Recorder) inputOf(input json.RawMessage) (kept json.RawMessage, whole bool) {
	if len(input) == 0 {
		return json.RawMessage("null"), true
	}
	masked := r.options.Masker.JSON(input)
	if len(masked) > maxInput {
		return json.RawMessage("null"), false
	}
	return bytes.Clone(masked), bytes.Equal(masked, input)
}
