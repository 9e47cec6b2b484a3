package sdktest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBody is the maximum size of the body of a request or an answer.
const maxBody = 16 << 20

// An exchange is a request with its answer, or with the error in place of one.
type exchange struct {
	request *http.Request
	body    []byte

	status  int
	header  http.Header
	answer  []byte
	failure error
}

// readBody reads a body to its end and closes it.
func readBody(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	err = errors.Join(err, body.Close())
	if len(text) > maxBody {
		return nil, fmt.Errorf("the body has more than %d bytes", maxBody)
	}
	return text, err
}

// newBody returns a body with a text.
func newBody(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// decoded returns a body without its compression.
func decoded(body []byte, encoding string) ([]byte, error) {
	if len(body) == 0 {
		return body, nil
	}
	var r io.ReadCloser
	var err error
	switch strings.ToLower(encoding) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(body))
	default:
		err = fmt.Errorf("the body is encoded as %q, which sdktest cannot read", encoding)
	}
	if err != nil {
		return nil, err
	}
	return readBody(r)
}

// request returns the message of a request. Equal requests give equal messages.
func (m *mask) request(req *http.Request, body []byte) message {
	u := *req.URL
	u.User = nil // net/http has made it a header
	if u.Host == "" {
		u.Host = req.Host
	}
	head := []string{req.Method + " " + rewriteURL(&u, m.plain, m.form)}
	for _, name := range headerNames(req.Header) {
		if text, ok := m.requestHeader(name, strings.Join(req.Header[name], ", ")); ok {
			head = append(head, name+": "+text)
		}
	}
	return message{head, m.requestBody(string(body), req.Header.Get("Content-Type"))}
}

func headerNames(header http.Header) []string {
	var names []string
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// requestHeader returns a header of a request, and whether it is recorded: Authorization,
// headers that the author names, and headers that carry a secret are.
func (m *mask) requestHeader(name, value string) (string, bool) {
	value = strings.NewReplacer("\r", " ", "\n", " ").Replace(value)
	switch named := contains(m.headers, name); {
	case name == "Authorization" || name == "Proxy-Authorization":
		return m.authorization(value), true
	case name == "Cookie":
		return "", false
	case m.isSecret(name):
		text := m.secretValue(name, value)
		return text, named || m.hasStandIn(text)
	default:
		text := m.plain(value)
		return text, named || m.hasStandIn(text)
	}
}

func (m *mask) requestBody(body, contentType string) string {
	mediaType, params, _ := mime.ParseMediaType(contentType)
	if boundary := params["boundary"]; boundary != "" {
		body = strings.ReplaceAll(body, boundary, "boundary") // it differs in each request
	}
	trees, isJSON := readTrees(body)
	switch {
	case mediaType == "application/x-www-form-urlencoded":
		return rewriteForm(body, m.form)
	case isJSON:
		for _, n := range trees {
			m.learn(n, m.secretValue)
			m.tree(n)
		}
		return treesText(trees)
	case isMarkup(body):
		body = m.markup(body, m.secretValue)
	}
	return m.text(body)
}

// answerHeaders are recorded with an answer, besides headers that hold secrets.
var answerHeaders = []string{"Content-Type", "Etag", "Link", "Location", "Retry-After", "Set-Cookie", "Www-Authenticate"}

// learnAnswer learns the secrets of an answer, and returns the JSON values in it.
func (m *mask) learnAnswer(x *exchange) []*node {
	x.header = x.header.Clone()
	if cookies := m.cookies(x.header); cookies != nil {
		x.header["Set-Cookie"] = cookies
	}
	for _, name := range headerNames(x.header) {
		for i, value := range x.header[name] {
			switch {
			case m.isSecret(name):
				x.header[name][i] = m.secrets.find(name, value)
			case name != "Set-Cookie":
				m.learnText(value, m.secrets.find)
			}
		}
	}
	trees, isJSON := readTrees(strings.TrimPrefix(string(x.answer), "\ufeff"))
	mediaType, _, _ := mime.ParseMediaType(x.header.Get("Content-Type"))
	switch {
	case isJSON:
		for _, n := range trees {
			m.learn(n, m.secrets.find)
		}
		return trees
	case mediaType == "application/x-www-form-urlencoded":
		x.answer = []byte(rewriteForm(string(x.answer), func(name, value string) string {
			if name != "" && value != "" && m.isSecret(name) {
				return m.secrets.find(name, value)
			}
			return value
		}))
	case isMarkup(string(x.answer)):
		x.answer = []byte(m.markup(string(x.answer), m.secrets.find))
	}
	m.learnText(string(x.answer), m.secrets.find)
	return nil
}

// answer returns the message of an answer; trees are the JSON values in it.
func (m *mask) answer(x *exchange, trees []*node) message {
	if x.failure != nil {
		return message{[]string{noAnswer}, m.text(x.failure.Error())}
	}
	head := []string{strings.TrimSpace(strconv.Itoa(x.status) + " " + http.StatusText(x.status))}
	for _, name := range headerNames(x.header) {
		if !contains(answerHeaders, name) && !contains(m.headers, name) && !m.isSecret(name) {
			continue
		}
		for _, value := range x.header[name] {
			head = append(head, name+": "+m.answerHeader(name, value))
		}
	}
	if trees == nil {
		return message{head, m.text(string(x.answer))}
	}
	for _, n := range trees {
		m.tree(n)
	}
	return message{head, treesText(trees)}
}

func (m *mask) answerHeader(name, value string) string {
	switch {
	case name == "Set-Cookie":
		return value
	case name == "Link":
		for _, link := range strings.Split(value, "<")[1:] {
			target, _, _ := strings.Cut(link, ">")
			value = strings.Replace(value, "<"+target+">", "<"+m.text(target)+">", 1)
		}
		return value
	}
	return m.text(value)
}

// isMarkup reports whether a text is XML or HTML, regardless of its Content-Type.
func isMarkup(text string) bool {
	return strings.HasPrefix(strings.TrimLeft(text, "\ufeff \t\r\n"), "<")
}

// noAnswer is the first line in place of a missing answer; the body has the error.
const noAnswer = "no answer"

// response returns a recorded answer for net/http.
func response(answer message, req *http.Request) (*http.Response, error) {
	if answer.head[0] == noAnswer {
		return nil, errors.New(answer.body)
	}
	status, _ := statusOf(answer.head[0])
	header := make(http.Header)
	for _, line := range answer.head[1:] {
		name, value, _ := strings.Cut(line, ":")
		header.Add(name, strings.TrimSpace(value))
	}
	body := answer.body
	if req.Method == http.MethodHead {
		body = ""
	}
	return &http.Response{
		Status: answer.head[0], StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: newBody(body), ContentLength: int64(len(body)), Request: req,
	}, nil
}

// statusOf reads the first line of an answer.
func statusOf(line string) (int, bool) {
	number, _, _ := strings.Cut(line, " ")
	status, err := strconv.Atoi(number)
	return status, err == nil && status >= 200 && status <= 999
}

// key returns a text that is the same for equal requests: members of JSON and parameters of the
// URL may be in any order.
func (m message) key() string {
	method, address, _ := strings.Cut(m.head[0], " ")
	headers := slices.Clone(m.head[1:])
	slices.Sort(headers)
	body := m.body
	if trees, ok := readTrees(body); ok {
		body = ""
		for _, n := range trees {
			body += n.canonical() + "\n"
		}
	}
	return method + " " + canonicalURL(address) + "\n" + strings.Join(headers, "\n") + "\n\n" + body
}

func xmlText(escaped string) string { return html.UnescapeString(escaped) }

func xmlEscaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder never fails
	return b.String()
}
