package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// collect returns a writer and what it has sent, to be read after end.
func collect(t *testing.T) (*Writer, *bytes.Buffer) {
	var out bytes.Buffer
	return newWriter(t.Context(), "test", writerOptions{}, func(b []byte) error {
		_, err := out.Write(b)
		return err
	}), &out
}

func TestWriterLines(t *testing.T) {
	t.Parallel()
	w, out := collect(t)
	stream := NewStream[member](w)
	for _, err := range []error{
		stream.Send(member{Key: SimpleKey("1"), Attributes: memberAttributes{ID: "1"}}),
		w.Send(map[string]any{"b": 1, "a": "<"}),
		w.KeepAlive(),
		stream.SaveState(map[string]string{"since": "1"}),
		stream.SaveState(nil),
		stream.PatchConfig(ConfigPatch{"add", "/a", "x"}, ConfigPatch{"replace", "/b", false}, ConfigPatch{Op: "remove", Path: "/c"}),
		stream.PatchConfig(),
		NewStream[json.RawMessage](w).Send(nil),
		NewStream[json.RawMessage](w).Send(json.RawMessage(`{"z": 1, "a": "\u003c"}`)),
		NewStream[*memberAttributes](w).Send(&memberAttributes{ID: "2"}),
		NewStream[[]SourceDataItem](w).Send([]SourceDataItem{}),
		NewStream[struct{}](w).Send(struct{}{}),
		w.core.end(nil),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	want := `{"data":{"key":{"simple":{"id":"1"}},"attributes":{"id":"1","email":""}},"type":"output"}
{"data":{"a":"<","b":1},"type":"output"}
{"data":{},"type":"keepAlive"}
{"data":[{"op":"add","path":"/a","value":"x"},{"op":"replace","path":"/b","value":false},{"op":"remove","path":"/c"}],"type":"config"}
{"data":[],"type":"config"}
{"data":null,"type":"output"}
{"data":{"z":1,"a":"<"},"type":"output"}
{"data":{"id":"2","email":""},"type":"output"}
{"data":[],"type":"output"}
{"data":{},"type":"output"}
{"data":null,"type":"state"}
`
	if got := out.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestWriterTakesBack sees that what cannot be sent leaves no trace.
func TestWriterTakesBack(t *testing.T) {
	t.Parallel()
	w, out := collect(t)
	stream := NewStream[member](w)
	good := member{Key: SimpleKey("1")}
	for _, send := range []func() error{
		func() error { return stream.Send(member{Key: CompoundKey("a", "b")}) },
		func() error {
			return stream.Send(member{Attributes: memberAttributes{Extra: map[string]any{"f": func() {}}}})
		},
		func() error { return w.Send(map[string]any{"a": 1, "f": func() {}}) },
		func() error { return w.SaveState(func() {}) },
		func() error { return w.Send(json.RawMessage(`{"a"`)) },
	} {
		if err := send(); err == nil {
			t.Error("there is no error")
		}
		if err := stream.Send(good); err != nil {
			t.Error(err)
		}
	}
	if err := w.core.end(nil); err != nil {
		t.Error(err)
	}
	const line = `{"data":{"key":{"simple":{"id":"1"}},"attributes":{"id":"","email":""}},"type":"output"}` + "\n"
	if got, want := out.String(), strings.Repeat(line, 5); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestWriterPanics sees that a panic while an output is written leaves the writer
// as it was.
func TestWriterPanics(t *testing.T) {
	t.Parallel()
	w, out := collect(t)
	stream := NewStream[*memberAttributes](w)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("there is no panic")
			}
		}()
		_ = stream.Send(nil)
	}()
	if err := errors.Join(stream.Send(&memberAttributes{ID: "1"}), w.core.end(nil)); err != nil {
		t.Error(err)
	}
	if got, want := out.String(), `{"data":{"id":"1","email":""},"type":"output"}`+"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWriterConcurrency(t *testing.T) {
	t.Parallel()
	const senders, each = 8, 500
	w, out := collect(t)
	var group sync.WaitGroup
	for s := range senders {
		group.Go(func() {
			stream := NewStream[memberAttributes](w)
			for i := range each {
				if err := stream.Send(memberAttributes{ID: strconv.Itoa(s), Age: Ptr(int64(i))}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	shared := NewStream[memberAttributes](w)
	for range senders {
		group.Go(func() {
			for range each {
				if err := errors.Join(shared.Send(memberAttributes{ID: "shared"}), shared.KeepAlive()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if err := w.core.end(nil); err != nil {
		t.Error(err)
	}
	next, sharedLines, alive := make([]int64, senders), 0, 0
	for _, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		var got struct {
			Type string
			Data struct {
				ID  string
				Age int64
			}
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		switch s, err := strconv.Atoi(got.Data.ID); {
		case got.Type == "keepAlive":
			alive++
		case err != nil:
			sharedLines++
		case got.Data.Age != next[s]:
			t.Fatalf("sender %d: line %d, want %d", s, got.Data.Age, next[s])
		default:
			next[s]++
		}
	}
	for s, n := range next {
		if n != each {
			t.Errorf("sender %d: %d lines", s, n)
		}
	}
	if sharedLines != senders*each || alive != senders*each {
		t.Errorf("%d shared lines and %d keep-alives, want %d of each", sharedLines, alive, senders*each)
	}
}

// TestWriterBackPressure has a sink that is much slower than the sender.
func TestWriterBackPressure(t *testing.T) {
	t.Parallel()
	const lines, line = 20_000, len(`{"data":{"id":"12345","email":""},"type":"output"}` + "\n")
	got, largest := 0, 0
	w := newWriter(t.Context(), "test", writerOptions{}, func(b []byte) error {
		for range 100 {
			runtime.Gosched() // the sender is at work meanwhile
		}
		largest = max(largest, len(b))
		for _, l := range bytes.SplitAfter(b, []byte("\n")) {
			if len(l) == 0 {
				continue
			}
			if want := fmt.Sprintf(`{"data":{"id":"%d","email":""},"type":"output"}`+"\n", got); string(l) != want {
				return fmt.Errorf("got %q, want %q", l, want)
			}
			got++
		}
		return nil
	})
	stream := NewStream[memberAttributes](w)
	for i := range lines {
		if err := stream.Send(memberAttributes{ID: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.core.end(nil); err != nil {
		t.Error(err)
	}
	if got != lines {
		t.Errorf("%d lines, want %d", got, lines)
	}
	if largest > maxPending+line {
		t.Errorf("%d bytes were pending, the limit is %d", largest, maxPending)
	}
}

// TestBatchesGrow: batches are small until the reader has taken more than fits between it and the
// server, and bounded afterwards.
func TestBatchesGrow(t *testing.T) {
	t.Parallel()
	line := `{"data":"` + strings.Repeat("x", 100) + `","type":"output"}` + "\n"
	const lines = 4 * growAfter / 100
	var w *Writer
	var taken, before int // before the batch that the sender filled in the meantime
	var ended atomic.Bool
	w = newWriter(t.Context(), "test", writerOptions{}, func(b []byte) error {
		want := fewPending
		if before > growAfter {
			want = maxPending
		}
		if n := len(b); taken > len(line) && !ended.Load() && (n < want || n > want+len(line)) {
			t.Errorf("after %d bytes a batch has %d", taken, n)
		}
		waitUntil(t, func() bool { // the sender waits
			w.core.mu.Lock()
			defer w.core.mu.Unlock()
			return len(w.core.pending) >= w.core.room || ended.Load()
		})
		before = taken
		taken += len(b)
		return nil
	})
	for range lines {
		if err := w.Send(strings.Repeat("x", 100)); err != nil {
			t.Fatal(err)
		}
	}
	ended.Store(true)
	if err := w.core.end(nil); err != nil || taken != lines*len(line) {
		t.Errorf("%d bytes, %v", taken, err)
	}
}

// TestWriterBlocks has a sink that takes nothing until the sender has had to wait.
func TestWriterBlocks(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var out bytes.Buffer
	w := newWriter(t.Context(), "test", writerOptions{}, func(b []byte) error {
		<-release
		_, err := out.Write(b)
		return err
	})
	const lines = 4
	text := strings.Repeat("x", maxPending)
	var sent atomic.Int32
	done := make(chan error)
	go func() {
		for range lines {
			if err := w.Send(text); err != nil {
				done <- err
				return
			}
			sent.Add(1)
		}
		done <- nil
	}()
	// One is in the sink's hands, and one is pending.
	waitUntil(t, func() bool {
		w.core.mu.Lock()
		defer w.core.mu.Unlock()
		return sent.Load() == 2 && w.core.unwatch != nil
	})
	close(release)
	if err := errors.Join(<-done, w.core.end(nil)); err != nil {
		t.Error(err)
	}
	if got, want := out.Len(), lines*(maxPending+len(`{"data":"","type":"output"}`)+1); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

// waitUntil waits for what other goroutines bring about.
func waitUntil(t *testing.T, holds func() bool) {
	t.Helper()
	for !holds() {
		if t.Context().Err() != nil {
			t.Fatal("the test has ended")
		}
		runtime.Gosched()
	}
}

// TestWriterStopsWaiting ends the context of a sender that waits for a sink that
// never takes anything.
func TestWriterStopsWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	w := newWriter(ctx, "test", writerOptions{}, func([]byte) error { <-release; return nil })
	done := make(chan error)
	go func() {
		for {
			if err := w.Send(strings.Repeat("x", maxPending)); err != nil {
				done <- err
				return
			}
		}
	}()
	waitUntil(t, func() bool {
		w.core.mu.Lock()
		defer w.core.mu.Unlock()
		return w.core.unwatch != nil
	})
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the sender got %v", err)
	}
	close(release)
	if err := w.core.end(nil); !errors.Is(err, context.Canceled) { // a line is missing
		t.Errorf("the command got %v", err)
	}
}

func TestWriterSinkFails(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for name, sink := range map[string]func([]byte) error{
		"error": func([]byte) error { return gone },
		"panic": func([]byte) error { panic(gone) },
	} {
		w := newWriter(t.Context(), "test", writerOptions{}, sink)
		var err error
		for err == nil {
			err = w.Send("x")
		}
		mentions(t, err, "gone")
		mentions(t, w.KeepAlive(), "gone")
		mentions(t, w.core.end(nil), "gone")
		mentions(t, w.Send("x"), "gone")
		if name == "error" && !errors.Is(err, gone) {
			t.Errorf("the sender got %v", err)
		}
	}
}

func TestWriterEnds(t *testing.T) {
	t.Parallel()
	w, out := collect(t)
	if err := errors.Join(w.core.end(nil), w.core.end(nil)); err != nil {
		t.Error(err)
	}
	for _, err := range []error{w.Send(1), w.KeepAlive(), w.SaveState(1), w.PatchConfig(), NewStream[int](w).Send(1)} {
		if !errors.Is(err, errEnded) {
			t.Errorf("a send after the end got %v", err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("a send after the end left %s", out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newWriter(ctx, "test", writerOptions{}, nil).Send(1); !errors.Is(err, context.Canceled) {
		t.Errorf("a send without a context got %v", err)
	}
}

// discarded returns a stream to nowhere and a function that ends it.
func discarded(ctx context.Context) (*Stream[member], func() error) {
	w := newWriter(ctx, "test", writerOptions{}, func([]byte) error { return nil })
	return NewStream[member](w), func() error { return w.core.end(nil) }
}

func benchMember() member {
	return member{
		Key:      SimpleKey("1234567"),
		Disabled: Ptr(false),
		Attributes: memberAttributes{
			ID: "1234567", Email: "ada.lovelace@example.com", Title: "Engineer \"first class\"", Active: Ptr(true), Age: Ptr(int64(36)),
			Groups: []string{"Administrators", "Engineers", "größer"}, Levels: []int64{1, 2, 3},
		},
	}
}

// TestSendAllocatesNothing is not parallel, since it counts what the whole
// program allocates.
func TestSendAllocatesNothing(t *testing.T) {
	stream, end := discarded(t.Context())
	m := benchMember()
	send := func() {
		if err := stream.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	for range 10_000 {
		send() // the buffers grow to their size
	}
	if n := testing.AllocsPerRun(5_000, send); n != 0 {
		t.Errorf("a send allocates %v times", n)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

var listAccounts = NewMethod[AccountListInput, member]("std:account:list")

// listing returns a connector that lists n accounts, each the same.
func listing(n *int, opts ...Option) *Connector {
	m := benchMember()
	return newTester([]Handler[nothing]{
		Streaming(listAccounts, func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
			for range *n {
				if err := out.Send(m); err != nil {
					return err
				}
			}
			return nil
		}),
	}, opts...)
}

// mappedListing is [listing] of a sequence of accounts that are mapped.
func mappedListing(n *int) *Connector {
	m := benchMember()
	source := func(yield func(int, error) bool) {
		for i := range *n {
			if !yield(i, nil) {
				return
			}
		}
	}
	return newTester([]Handler[nothing]{
		Streaming(listAccounts, func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
			return out.SendAll(MapAll(source, func(int) member { return m }))
		}),
	})
}

// retitled is a hook that changes each account.
func retitled() Option {
	return After(listAccounts, func(_ context.Context, m member) (member, error) {
		m.Attributes.Title = "Engineer"
		return m, nil
	})
}

// listings returns connectors that list n accounts, by how they do it.
func listings(n *int) map[string]*Connector {
	return map[string]*Connector{"plain": listing(n), "hook": listing(n, retitled()), "mapped": mappedListing(n)}
}

// TestListAllocatesNothing: a list allocates as often for many accounts as for a few,
// however it is sent. It is not parallel, since it counts what the whole program
// allocates.
func TestListAllocatesNothing(t *testing.T) {
	var n int
	for name, c := range listings(&n) {
		allocations := func(accounts int) float64 {
			n = accounts
			return testing.AllocsPerRun(3, func() {
				req := Request{Type: "std:account:list", Input: json.RawMessage(`{}`)}
				if err := c.Run(t.Context(), req, func([]byte) error { return nil }); err != nil {
					t.Fatal(err)
				}
			})
		}
		few, many := allocations(1_000), allocations(11_000)
		if more := many - few; more > 100 {
			t.Errorf("%s: 10,000 accounts more allocate %v times more", name, more)
		}
	}
}

func BenchmarkAccountList(b *testing.B) {
	m := benchMember()
	text, err := Marshal(&m)
	if err != nil {
		b.Fatal(err)
	}
	var n int
	for name, c := range listings(&n) {
		b.Run(name, func(b *testing.B) {
			n = b.N
			b.SetBytes(int64(len(text) + len(`{"data":,"type":"output"}`) + 1))
			b.ReportAllocs()
			b.ResetTimer()
			req := Request{Type: "std:account:list", Input: json.RawMessage(`{}`)}
			if err := c.Run(b.Context(), req, func([]byte) error { return nil }); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accounts/s")
		})
	}
}
