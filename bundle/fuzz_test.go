package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/conngen/conngen/templates"
)

// fuzzLineLimit is low, so lines that are too long are found.
const fuzzLineLimit = 200

// A lineReader is a node process with the bundle code that reads lines.
type lineReader struct {
	mu   sync.Mutex
	to   *json.Encoder
	from *bufio.Reader
}

// taken is what the runtime receives from an answer.
type taken struct {
	Lines []json.RawMessage `json:"lines"`
	Error *struct {
		Type    *string  `json:"type"`
		Message string   `json:"message"`
		Name    string   `json:"name"`
		Marks   []string `json:"marks"`
	} `json:"error"`
}

// newLineReader starts testdata/lines.js with a file of the bundle.
func newLineReader(tb testing.TB, mode string) *lineReader {
	tb.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		tb.Skip("node is not installed: how bundles read lines is not tested")
	}
	var script []byte
	for _, name := range []string{"connector.js", mode + ".js"} {
		text, err := fs.ReadFile(templates.Bundle(), name)
		if err != nil {
			tb.Fatal(err)
		}
		script = append(script, text...)
	}
	file := filepath.Join(tb.TempDir(), "script.js")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		tb.Fatal(err)
	}
	command := exec.Command(node, filepath.Join("testdata", "lines.js"), file, mode, strconv.Itoa(fuzzLineLimit))
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := command.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = stdin.Close()
		_ = command.Wait()
	})
	return &lineReader{to: json.NewEncoder(stdin), from: bufio.NewReader(stdout)}
}

// take returns what the bundle makes of an answer that arrives in chunks.
func (r *lineReader) take(t *testing.T, chunks [][]byte) taken {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.to.Encode(map[string]any{"chunks": chunks}); err != nil {
		t.Fatal(err)
	}
	text, err := r.from.ReadBytes('\n')
	var got taken
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil {
		t.Fatalf("node has ended, or says %q: %v", text, err)
	}
	return got
}

// expected is the meaning of an answer, read in the simplest way.
type expected struct {
	lines   []map[string]any
	kind    any // of the error in the closing line; nil for none
	failed  bool
	failure string
	broken  bool // the answer is faulty, and failure says why; "" if its end is missing
}

// expect reads an answer in Go.
func expect(data []byte, limit int) expected {
	var want expected
	var closing map[string]any
	fault := func(text string) expected {
		want.failure, want.failed, want.broken = text, true, true
		return want
	}
	for len(data) > 0 {
		text, rest, whole := bytes.Cut(data, []byte("\n"))
		switch {
		case closing != nil:
			return fault("continued after its closing line")
		case len(text) > limit:
			return fault(fmt.Sprintf("sent a line of more than %d bytes", limit))
		case !whole:
			return fault("")
		}
		line, ok := readLine(text)
		if !ok {
			return fault("sent something that is not a line of the protocol")
		}
		if line["type"] == "end" || line["type"] == "error" {
			closing = line
		} else {
			want.lines = append(want.lines, line)
		}
		data = rest
	}
	switch {
	case closing == nil:
		return fault("")
	case closing["type"] == "error":
		members := closing["data"].(map[string]any)
		want.kind, want.failure, want.failed = members["type"], members["message"].(string), true
	}
	return want
}

// readLine reads a line of the protocol.
func readLine(text []byte) (line map[string]any, ok bool) {
	var all map[string]any
	if !utf8.Valid(text) || json.Unmarshal(text, &all) != nil || all == nil {
		return nil, false
	}
	data, ok := all["data"]
	kind, _ := all["type"].(string)
	if !ok || !slices.Contains([]string{"output", "state", "config", "keepAlive", "end", "error"}, kind) {
		return nil, false
	}
	if kind == "error" {
		members, _ := data.(map[string]any)
		kind, typed := members["type"]
		_, isText := kind.(string)
		if _, ok := members["message"].(string); !ok || typed && !isText {
			return nil, false
		}
	}
	return map[string]any{"data": data, "type": all["type"]}, true
}

// readAlike reports whether Go and JavaScript read JSON identically: they do not for numbers beyond
// floats, halves of characters and thousands of brackets.
func readAlike(data []byte) bool {
	text := strings.ToLower(string(data))
	if strings.Contains(text, `\ud`) || strings.Count(text, "[")+strings.Count(text, "{") > 1000 {
		return false
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		var v any
		if json.Valid([]byte(line)) && json.Unmarshal([]byte(line), &v) != nil {
			return false
		}
	}
	return true
}

// check compares what the runtime receives with the meaning of an answer.
func (want expected) check(t *testing.T, got taken, who, broken string) {
	t.Helper()
	if len(got.Lines) != len(want.lines) {
		t.Fatalf("%d lines: %s, want %v", len(got.Lines), got.Lines, want.lines)
	}
	for i, text := range got.Lines {
		var line map[string]any
		if err := json.Unmarshal(text, &line); err != nil || !reflect.DeepEqual(line, want.lines[i]) {
			t.Errorf("line %d is %s, want %v", i, text, want.lines[i])
		}
	}
	switch {
	case want.failed != (got.Error != nil):
		t.Fatalf("the error is %+v, want %q", got.Error, want.failure)
	case !want.failed:
		return
	case len(got.Error.Marks) > 0:
		t.Errorf("the error has the members %q", got.Error.Marks)
	}
	message := want.failure
	switch {
	case want.broken && message == "":
		message = broken
	case want.broken:
		message = who + " " + message
	}
	kind, typed := want.kind.(string)
	if got.Error.Message != message || typed != (got.Error.Type != nil) || typed && *got.Error.Type != kind || typed != (got.Error.Name == "ConnectorError") {
		t.Errorf("the error is %+v, want %q of type %v", got.Error, message, want.kind)
	}
}

// FuzzServiceAnswer: what a forwarding bundle reads from an answer does not depend on its chunks,
// and equals the result of a simple line reader. Errors repeat none of it.
func FuzzServiceAnswer(f *testing.F) {
	r := newLineReader(f, "service")
	f.Fuzz(func(t *testing.T, data, cuts []byte) {
		if !readAlike(data) {
			return
		}
		want := expect(data, fuzzLineLimit)
		const who = "the connector's service at http://localhost"
		broken := fmt.Sprintf("%s broke off its answer to a:b after %d lines: it did not say that it was done", who, len(want.lines))
		want.check(t, r.take(t, chunksOf(data, cuts)), who, broken)
	})
}

// chunksOf splits an answer into pieces of given lengths.
func chunksOf(data, cuts []byte) [][]byte {
	chunks := [][]byte{}
	for _, n := range cuts {
		end := min(int(n), len(data))
		chunks = append(chunks, data[:end])
		data = data[end:]
	}
	return append(chunks, data)
}

// FuzzProgramLines: the host in a bundle receives whole lines in the memory of its program, and
// reads the same as a simple line reader.
func FuzzProgramLines(f *testing.F) {
	r := newLineReader(f, "program")
	f.Fuzz(func(t *testing.T, data, cuts []byte) {
		if !readAlike(data) || len(data) > 1<<16 {
			return
		}
		chunks, given := batchesOf(data, cuts)
		want := expect(given, len(given))
		if n := bytes.LastIndexByte(given, '\n'); want.broken && want.failure == "" && n+1 < len(given) {
			want.failure = "sent an incomplete line"
		}
		want.check(t, r.take(t, chunks), "the connector's program", "the program has ended")
	})
}

// batchesOf cuts lines to batches that end where a line does, the last one perhaps not. It also
// returns everything that the host reads: no more than the batch with the closing line.
func batchesOf(data, cuts []byte) (batches [][]byte, read []byte) {
	rest, closed := data, false
	for _, n := range append(slices.Clone(cuts), 255) {
		end := len(rest)
		if i := bytes.IndexByte(rest[min(int(n), end):], '\n'); n < 255 && i >= 0 {
			end = min(int(n), end) + i + 1
		}
		batch := rest[:end]
		rest = rest[end:]
		batches = append(batches, batch)
		if !closed {
			read = data[:len(data)-len(rest)]
		}
		for text := range bytes.Lines(batch) {
			line, ok := readLine(bytes.TrimSuffix(text, []byte("\n")))
			closed = closed || ok && (line["type"] == "end" || line["type"] == "error")
		}
	}
	return batches, read
}
