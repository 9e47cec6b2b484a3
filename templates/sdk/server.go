//go:build !js

package sdk

import (
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"html"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// ServeHTTP answers POST requests at any path: {"type","input","config"} comes
// in, newline-delimited JSON goes out, each line as soon as it is sent. A command
// that fails before its first line is answered with status 500 and the error's
// text; after a line, the text follows the lines. The command's context ends when the
// client disconnects. A client that sends the header Connector-Closing-Line, as bundles
// do, gets status 200 and one more line, which says how the command ended, and no whole
// numbers that JavaScript would round.
//
// A body over the limit of [WithBodyLimit] is refused, and so is one that would take those of
// all running commands over eight times that limit. A server that embeds the connector must do
// everything else that [Connector.Main] does: require a token, or check the headers Host and Origin,
// because web pages can send commands too; limit how many commands run at once; and set write
// deadlines, because stuck readers block their commands.
func (c *Connector) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	c.embedded.once.Do(func() { c.embedded.service = newService(c, 0) })
	c.embedded.service.ServeHTTP(w, req)
}

// embedded is the service of a connector that is a handler in another server. All requests share its
// limits.
type embedded struct {
	once    sync.Once
	service http.Handler // a *service; the type would make the compiler read those of net/http, see typeAt
}

// An answer writes lines to a client, each batch at once.
type answer struct {
	w       http.ResponseWriter
	req     *http.Request
	closing bool         // the client wants a closing line
	delays  bool         // what ends the answer can leave in one piece with the last lines
	conn    *patientConn // gathers the parts in which the server writes lines; nil if the server is not ours
	started bool
	unsent  bool // lines are in a buffer of the server's
}

func newAnswer(w http.ResponseWriter, req *http.Request) *answer {
	conn := connOf(req)
	return &answer{
		w:       w,
		req:     req,
		conn:    conn,
		closing: req.Header.Get(closingHeader) != "",
		delays:  conn != nil && req.ProtoAtLeast(1, 1),
	}
}

// Values of headers. Each answer would allocate its own.
var ndjson, chunked = []string{"application/x-ndjson"}, []string{"chunked"}

// start begins the answer, which has a body if it has anything to say.
func (a *answer) start(status int, body bool) {
	if a.started {
		return
	}
	a.started = true
	h := a.w.Header()
	h["Content-Type"] = ndjson
	if a.closing {
		h.Set(closingHeader, "true")
		h.Set("X-Accel-Buffering", "no") // an nginx in front would hold keep-alives back, and the bundle give up
	}
	if a.delays && body {
		h["Transfer-Encoding"] = chunked // else the server would give a length where it can
	}
	a.w.WriteHeader(status)
}

// write writes lines, which leave with flush.
func (a *answer) write(b []byte) error {
	a.start(http.StatusOK, true)
	a.unsent = true
	if a.conn == nil {
		_, err := a.w.Write(b)
		return err
	}
	a.conn.gather()
	_, err := a.w.Write(b)
	if err != nil {
		return cmp.Or(err, a.conn.release())
	}
	return nil
}

// flush makes what has been written leave. The last lines may stay, to leave in one piece with what
// ends the answer, unless the client seems to be gone: then flush says so.
func (a *answer) flush(last bool) error {
	if !a.unsent {
		return nil
	}
	var err error
	if !last || !a.delays || a.req.Context().Err() != nil {
		a.unsent = false
		err = http.NewResponseController(a.w).Flush()
	}
	if errors.Is(err, http.ErrNotSupported) {
		err = nil // middleware that holds the answer back still delivers it
	}
	if a.conn == nil {
		return err
	}
	return cmp.Or(err, a.conn.release())
}

// end says how the command ended; err is nil if it succeeded.
func (a *answer) end(command Command, err error) error {
	if err := a.last(command, err); err != nil {
		return err
	}
	return a.flush(true)
}

// last writes the last lines.
func (a *answer) last(command Command, err error) error {
	switch {
	case a.closing:
		return a.write(closingLine(err))
	case err != nil:
		a.start(http.StatusInternalServerError, true)
		return a.write([]byte(errorText(command, err)))
	}
	a.start(http.StatusOK, false)
	return nil
}

// errNoBody is the failure of a request whose body is not read, since its
// content type is not JSON. It is answered as a command's failure is.
var errNoBody = errors.New("the request has no JSON body: send it with Content-Type: application/json")

// readRequest reads the command that a request carries, under the rules of the
// original server.
func readRequest(w http.ResponseWriter, req *http.Request, limit int64, held *share) (Request, error) {
	contentType, params, err := mediaType(req.Header.Get("Content-Type"))
	// curl -d says form of JSON too; web pages, which can send that anywhere, say where they come from.
	form := contentType == "application/x-www-form-urlencoded" && req.Header.Get("Origin") == ""
	none := req.Body == nil || req.Body == http.NoBody && req.Header.Get("Content-Length") == ""
	if err != nil || contentType != "application/json" && !form || none {
		return Request{}, errNoBody
	}
	charset := strings.ToLower(params["charset"])
	switch charset {
	case "", "utf-8", "utf-16", "utf-16le", "utf-16be":
	default:
		return Request{}, &statusError{http.StatusUnsupportedMediaType, "unsupported charset " + cut.Quote(strings.ToUpper(charset))}
	}
	raw := io.Reader(req.Body)
	if req.ContentLength < 0 || req.ContentLength > limit {
		raw = http.MaxBytesReader(w, req.Body, limit) // which closes the connection
	}
	body, err := readBody(raw, req, limit, held)
	if err != nil {
		return Request{}, err
	}
	if strings.HasPrefix(charset, "utf-16") {
		if err := held.set(utf16Cost * int64(len(body))); err != nil {
			return Request{}, err
		}
	}
	body = toUTF8(body, charset)
	if err := held.set(int64(len(body))); err != nil {
		return Request{}, err
	}
	if form && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return Request{}, errNoBody
	}
	return parseRequest(body)
}

// mediaType is [mime.ParseMediaType], and fast for what nearly all requests have.
func mediaType(header string) (mediaType string, params map[string]string, err error) {
	if header == "application/json" {
		return header, nil, nil
	}
	return mime.ParseMediaType(header)
}

// readBody reads and decompresses a body of at most limit bytes, and counts them in held.
func readBody(raw io.Reader, req *http.Request, limit int64, held *share) ([]byte, error) {
	encoding := req.Header.Get("Content-Encoding")
	body, err := raw, error(nil)
	switch strings.ToLower(encoding) {
	case "", "identity":
	case "gzip":
		body, err = gzip.NewReader(raw)
	case "deflate":
		body, err = zlib.NewReader(raw)
	default:
		return nil, &statusError{http.StatusUnsupportedMediaType, "unsupported content encoding " + cut.Quote(encoding)}
	}
	if err != nil {
		return nil, unreadable(err, encoding)
	}
	text, err := readHeld(io.LimitReader(body, limit+1), req.ContentLength, held)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || int64(len(text)) > limit {
		return nil, &statusError{http.StatusRequestEntityTooLarge, "request entity too large: the limit is " + strconv.FormatInt(limit, 10) + " bytes"}
	}
	if err == nil && body != raw {
		_, err = io.Copy(io.Discard, raw) // what follows the compressed text: a server that has read all of it notices when the client goes away
	}
	if err != nil {
		return nil, unreadable(err, encoding)
	}
	return text, nil
}

// unreadable returns the error for a body that cannot be read: status 400, unless err has a
// status of its own or says that the server is stopping. It never shows the text of err, which names
// Go's packages and addresses.
func unreadable(err error, encoding string) error {
	var status *statusError
	if errors.As(err, &status) || errors.Is(err, errStopping) {
		return err
	}
	var corrupt flate.CorruptInputError
	problem := "the body cannot be read"
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		problem = "the body ends too early"
	case isAnyOf(err, gzip.ErrHeader, gzip.ErrChecksum, zlib.ErrHeader, zlib.ErrChecksum, zlib.ErrDictionary), errors.As(err, &corrupt):
		problem = "the body does not match its Content-Encoding: " + strings.ToLower(encoding)
	}
	return &statusError{http.StatusBadRequest, problem}
}

// isAnyOf reports whether an error is one of several.
func isAnyOf(err error, all ...error) bool {
	return slices.ContainsFunc(all, func(one error) bool { return errors.Is(err, one) })
}

// utf16Cost is how many times its size a text in UTF-16 takes at most while it becomes one in
// UTF-8, where a unit of two bytes has up to three.
const utf16Cost = 3

// toUTF8 returns text in UTF-8 without a byte order mark, with U+FFFD for what
// cannot be read.
func toUTF8(text []byte, charset string) []byte {
	if strings.HasPrefix(charset, "utf-16") {
		if charset == "utf-16" && bytes.HasPrefix(text, []byte("\xFE\xFF")) {
			charset = "utf-16be"
		}
		text = fromUTF16(text, charset == "utf-16be")
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if utf8.Valid(text) {
		return text // the common case: a copy would double the memory of a large text
	}
	return jsontext.AppendValid(nil, text)
}

// fromUTF16 returns text in UTF-8. It goes without the copies that a decoder of whole slices
// makes, up to six times the text's size.
func fromUTF16(text []byte, bigEndian bool) []byte {
	unit := func(i int) rune {
		switch {
		case i+1 >= len(text):
			return 0
		case bigEndian:
			return rune(text[i])<<8 | rune(text[i+1])
		}
		return rune(text[i+1])<<8 | rune(text[i])
	}
	out := make([]byte, 0, len(text)/2) // enough for ASCII
	for i := 0; i+1 < len(text); i += 2 {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			if r = utf16.DecodeRune(r, unit(i+2)); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// errorPage answers with the web page that the original's framework gives.
func errorPage(w http.ResponseWriter, status int, message string) {
	page := "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>" +
		html.EscapeString(cut.To(message, cut.Message)) + "</pre>\n</body>\n</html>\n"
	h := w.Header()
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", retryAfter)
	}
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, page)
}
