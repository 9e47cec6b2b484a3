package calls

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/conngen/conngen/console/mask"
	"github.com/conngen/conngen/internal/plainnet"
	"github.com/tidwall/gjson"
)

// maxBody is the maximum size in bytes of a client's request.
const maxBody = 64 << 20

// newClient returns a client that does not alter answers. It follows no redirect, since a config
// must not go elsewhere.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A Request is a command of the page.
type Request struct {
	Command string
	Input   json.RawMessage // may be missing
	Config  json.RawMessage // may be missing
	Origin  Origin
}

// errNoTarget is the error of a command while no connector answers.
var errNoTarget = errors.New("no connector answers yet")

// Start sends a command and returns at once. The answer is recorded.
func (r *Recorder) Start(req Request) (Call, error) {
	target := r.options.Target()
	if target.URL == "" {
		return Call{}, errNoTarget
	}
	r.learnInput(req.Command, req.Input)
	ctx, cancel := context.WithCancel(r.ctx)
	c, err := r.add(r.newCall(req.Command, req.Origin, req.Input, target), cancel)
	if err != nil {
		cancel()
		return Call{}, err
	}
	id := r.requestID(c.id)
	body, err := json.Marshal(struct {
		Type    string            `json:"type"`
		Input   json.RawMessage   `json:"input,omitempty"`
		Config  json.RawMessage   `json:"config,omitempty"`
		Context map[string]string `json:"context"` // as in ISC
	}{req.Command, req.Input, req.Config, map[string]string{"requestId": id}})
	if err != nil {
		body = nil // the input was JSON, or the request from the page would have been refused
	}
	c.mu.Lock()
	c.requestID = id
	c.mu.Unlock()
	header := r.options.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	header.Set("Content-Type", "application/json")
	call := c.summary()
	go r.run(c, func() *CallError {
		return r.exchange(ctx, c, target.URL, header, body, func(got *http.Response) io.Reader { return got.Body })
	})
	return call, nil
}

// Replay sends the command of a call again, with the current config.
func (r *Recorder) Replay(id int, config json.RawMessage) (Call, error) {
	d, err := r.Call(id)
	switch {
	case err != nil:
		return Call{}, err
	case !d.Replayable && string(d.request) == "null":
		return Call{}, errors.New("the call cannot be sent again: its input has more than " + megabytes(maxInput) + ", and is not kept")
	case !d.Replayable:
		return Call{}, errors.New("the call cannot be sent again: the recording does not hold the secrets of its input")
	case d.Command == "":
		return Call{}, errors.New("the call cannot be sent again: its request could not be read")
	}
	return r.Start(Request{Command: d.Command, Input: d.request, Config: config, Origin: FromReplay})
}

// learnInput learns the secrets of an input. No spec says what the inputs of a connector's own commands
// mean, so the names decide there.
func (r *Recorder) learnInput(command string, input json.RawMessage) {
	m := r.options.Masker
	m.Learn(m.Passwords(input)...)
	if r.options.LooksSecret != nil && (!strings.HasPrefix(command, "std:") || r.options.Spec() == nil) {
		m.Learn(mask.Named(input, r.options.LooksSecret)...)
	}
}

func (r *Recorder) newCall(command string, origin Origin, input json.RawMessage, target Target) Call {
	kept, whole := r.inputOf(input)
	return Call{Command: r.options.Masker.Text(command), Origin: origin, Build: target.Build, EntityType: entityType(input), delta: isDelta(input), Replayable: whole, request: kept}
}

// requestID is the requestId of the page's calls, which the connector repeats in its log.
func (r *Recorder) requestID(id int) string { return fmt.Sprintf("%s-%d", r.name, id) }

// run runs a call to its end.
func (r *Recorder) run(c *recording, exchange func() *CallError) {
	defer r.running.Done()
	ended := make(chan struct{})
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		r.follow(c, ended)
	}()
	r.end(c, exchange())
	close(ended)
	<-followed
}

// exchange sends a request and records its answer. taken returns the body of the answer, perhaps with
// a copy for a client.
func (r *Recorder) exchange(ctx context.Context, c *recording, url string, header http.Header, body []byte, taken func(*http.Response) io.Reader) *CallError {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return &CallError{"connection", "the connector's address is not a URL"}
	}
	req.Header = header
	got, err := r.options.Client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return &CallError{"connection", "the connector does not answer: " + r.options.Masker.Text(plainnet.Why(err))}
	}
	defer got.Body.Close()
	if got.StatusCode == http.StatusSwitchingProtocols {
		return &CallError{"connection", "the connector answers with the status 101: it switches to another protocol, which no command asks for"}
	}
	if got.StatusCode < 200 || got.StatusCode > 599 {
		return &CallError{"connection", "the connector answers with the status " + strconv.Itoa(got.StatusCode) + ", which HTTP does not have"}
	}
	return r.record(ctx, c, got, taken(got))
}

// hopHeaders belong to a single connection.
var hopHeaders = []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func endToEnd(header http.Header) http.Header {
	header = header.Clone()
	for _, name := range header.Values("Connection") {
		for one := range strings.SplitSeq(name, ",") {
			header.Del(strings.TrimSpace(one))
		}
	}
	for _, name := range hopHeaders {
		header.Del(name)
	}
	return header
}

// ownHeaders control how a browser treats this origin, so only the console may set them. Otherwise
// a connector's would also affect the page's requests.
var ownHeaders = []string{"Alt-Svc", "Clear-Site-Data", "Refresh", "Set-Cookie", "Strict-Transport-Security"}

// copyHeader hands on the header of an answer, except for what the console itself has
// set.
func copyHeader(to, from http.Header) {
	from = endToEnd(from)
	for _, name := range ownHeaders {
		from.Del(name)
	}
	for name, values := range from {
		if _, own := to[name]; !own && !strings.HasPrefix(name, "Access-Control-") {
			to[name] = values
		}
	}
}

// ServeHTTP forwards the command of a client to the connector byte for byte, and streams back the
// answer. It ends when the client disconnects.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var body []byte
	var err error
	if req.ContentLength <= maxBody {
		body, err = io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	}
	var large *http.MaxBytesError
	switch {
	case req.ContentLength > maxBody || errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "the request has more than "+megabytes(maxBody))
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "the request broke off")
		return
	}
	target := r.options.Target()
	if target.URL == "" {
		refuse(w, http.StatusServiceUnavailable, errNoTarget.Error())
		return
	}
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	read := r.readRequest(req, body)
	c, err := r.add(r.newCall(read.command, read.origin, read.input, target), cancel)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	c.mu.Lock()
	c.requestID, c.unread = read.requestID, read.unread
	c.mu.Unlock()
	header := endToEnd(req.Header)
	header.Del("Accept-Encoding") // the answer is recorded
	out := &flusher{w: w, control: http.NewResponseController(w), failed: cancel}
	answered := false
	r.run(c, func() *CallError {
		return r.exchange(ctx, c, target.URL, header, body, func(got *http.Response) io.Reader {
			answered = true
			copyHeader(w.Header(), got.Header)
			w.WriteHeader(got.StatusCode)
			context.AfterFunc(ctx, func() {
				if !c.ended() {
					out.giveUp()
				}
			})
			return io.TeeReader(got.Body, out)
		})
	})
	switch call := c.summary(); {
	case answered && (call.State == Cancelled || call.Error != nil && call.Error.Type == "connection"):
		panic(http.ErrAbortHandler) // the client must see that the answer broke off
	case answered:
	case call.Error != nil:
		refuse(w, http.StatusBadGateway, call.Error.Message)
	default:
		refuse(w, http.StatusBadGateway, "the call was cancelled")
	}
}

// A clientRequest is the readable part of a client's request.
type clientRequest struct {
	command, requestID string
	origin             Origin
	input              json.RawMessage
	unread             bool // its secrets are unknown
}

// readRequest reads the request of a client, and learns its secrets. The last of several members
// with the same name counts, but the secrets of all are secret.
func (r *Recorder) readRequest(req *http.Request, body []byte) clientRequest {
	read := clientRequest{origin: FromClient}
	if req.URL.Path == SelfTestPath {
		read.origin = FromSelfTest
	}
	r.options.Spec() // its secrets must be known first
	r.options.Masker.LearnHeader(req.Header)
	body = bytes.TrimPrefix(plainBody(req.Header, body), []byte("\uFEFF"))
	if read.unread = !isJSON(body); read.unread {
		return read
	}
	var inputs []json.RawMessage
	gjson.ParseBytes(body).ForEach(func(key, value gjson.Result) bool {
		switch raw := json.RawMessage(value.Raw); key.String() {
		case "type":
			read.command = value.String()
		case "input":
			inputs = append(inputs, raw)
			read.input = raw
		case "config":
			r.options.Masker.Learn(r.options.Secrets(raw)...)
			r.options.Masker.Learn(r.options.Masker.Passwords(raw)...)
		case "context":
			read.requestID = value.Get("requestId").String()
		}
		return true
	})
	for _, input := range inputs {
		r.learnInput(read.command, input)
	}
	return read
}

// SelfTestPath is the path to which conngen dev's own self test sends its commands.
const SelfTestPath = "/selftest"

// plainBody returns a decompressed body, or nothing if its compression is unknown.
func plainBody(header http.Header, body []byte) []byte {
	r, ok := decompressed(header, bytes.NewReader(body))
	if !ok {
		return nil
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxBody))
	if err != nil {
		return nil
	}
	return plain
}

// decompressed returns a reader of a decompressed body, and false for an unknown compression.
func decompressed(header http.Header, body io.Reader) (io.Reader, bool) {
	var open func() (io.Reader, error)
	switch strings.ToLower(header.Get("Content-Encoding")) {
	case "", "identity":
		return body, true
	case "gzip", "x-gzip":
		open = func() (io.Reader, error) { return gzip.NewReader(body) }
	case "deflate":
		open = func() (io.Reader, error) { return zlib.NewReader(body) }
	default:
		return nil, false
	}
	return &lateReader{open: open}, true
}

// A lateReader is opened when it is first read, since opening it waits for a header.
type lateReader struct {
	open func() (io.Reader, error)
	r    io.Reader
}

func (l *lateReader) Read(b []byte) (n int, err error) {
	if l.r == nil {
		if l.r, err = l.open(); err != nil {
			return 0, err
		}
	}
	return l.r.Read(b)
}

// A flusher sends written data at once.
type flusher struct {
	w       io.Writer
	control *http.ResponseController
	failed  func() // called when the reader is gone
}

func (f *flusher) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		f.failed()
		return n, err
	}
	_ = f.control.Flush() // not all servers can
	return n, nil
}

// giveUp ends a write to a reader that does not read.
func (f *flusher) giveUp() { _ = f.control.SetWriteDeadline(time.Now()) }

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
}

func megabytes(n int) string { return fmt.Sprintf("%d MiB", n>>20) }

// randomText returns an unguessable text.
func randomText() string { return strings.ToLower(rand.Text()) }
