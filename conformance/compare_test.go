//go:build conformance && unix

package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// An aspect is a part in which two answers may differ.
type aspect string

const (
	status      aspect = "status"
	contentType aspect = "content type"
	lines       aspect = "lines"   // their number, or their JSON
	spelling    aspect = "bytes"   // of lines with the same JSON
	failure     aspect = "failure" // the text of the error after the lines
	ending      aspect = "ending"  // one answer is cut off
)

// An answer is the answer to a request.
type answer struct {
	status      int
	contentType string
	lines       []string
	failure     string // the error's text, with <stack> for stack lines
	cutOff      bool
}

var client = &http.Client{
	Transport: &http.Transport{DisableCompression: true},
	Timeout:   time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// send sends a request to a server.
func send(t *testing.T, url string, r request) answer {
	t.Helper()
	req, err := http.NewRequest(r.method, url+r.servedPath(), strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range r.headers {
		req.Header.Set(name, value)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	a := answer{status: res.StatusCode, contentType: res.Header.Get("Content-Type"), cutOff: err != nil}
	if strings.HasPrefix(a.contentType, "text/html") {
		return a // the page comes from the web framework
	}
	a.lines, a.failure = split(string(body))
	return a
}

// split separates the lines of a body from the error text after them.
func split(body string) (lines []string, failure string) {
	if end := strings.Index(body, " error: \n + "); end >= 0 {
		start := strings.LastIndexByte(body[:end], '\n') + 1
		body, failure = body[:start], withoutStack(body[start:])
	}
	for line := range strings.Lines(body) {
		lines = append(lines, line)
	}
	return lines, failure
}

// withoutStack replaces stack lines with <stack>, and keeps the brace after them.
func withoutStack(text string) string {
	var b strings.Builder
	stack := false
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "    at ") {
			b.WriteString(line)
			stack = false
			continue
		}
		if !stack {
			b.WriteString("<stack>")
			stack = true
		}
		if strings.HasSuffix(line, " {\n") {
			b.WriteString(" {\n")
		}
	}
	return b.String()
}

// compare returns the aspects in which two answers differ.
func compare(original, ours answer) []aspect {
	var differ []aspect
	note := func(a aspect, same bool) {
		if !same {
			differ = append(differ, a)
		}
	}
	note(status, original.status == ours.status)
	note(contentType, original.contentType == ours.contentType)
	sameJSON := len(original.lines) == len(ours.lines)
	sameBytes := true
	for i := 0; sameJSON && i < len(ours.lines); i++ {
		if original.lines[i] != ours.lines[i] {
			sameBytes = false
			sameJSON = equalJSON(original.lines[i], ours.lines[i])
		}
	}
	note(lines, sameJSON)
	note(spelling, !sameJSON || sameBytes)
	note(failure, original.failure == ours.failure)
	note(ending, original.cutOff == ours.cutOff)
	return differ
}

func equalJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func (a answer) String() string {
	body := strings.Join(a.lines, "") + a.failure
	if len(body) > 3000 {
		body = body[:1500] + " … " + body[len(body)-1500:]
	}
	cut := ""
	if a.cutOff {
		cut = ", cut off"
	}
	return fmt.Sprintf("%d %s%s\n%s", a.status, a.contentType, cut, body)
}
