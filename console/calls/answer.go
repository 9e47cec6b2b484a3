package calls

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// An answer is the body of an answer, split into lines.
type answer struct {
	r      *bufio.Reader
	maxLen int
}

func newAnswer(body io.Reader) *answer {
	return &answer{r: bufio.NewReaderSize(body, 64<<10), maxLen: maxLine}
}

// line returns the next line with its end, if it has one, and its length in bytes. It returns only
// the beginning of a line that is too long. The slice is valid until the next call.
func (a *answer) line(buffer []byte) (line []byte, size int, err error) {
	line = buffer[:0]
	for {
		part, err := a.r.ReadSlice('\n')
		size += len(part)
		line = append(line, part[:min(len(part), a.maxLen-len(line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// rest returns the rest of the answer after the beginning of an error text or a page, its length in
// bytes, and whether the text is truncated.
func (a *answer) rest(beginning []byte) (text []byte, size int, cut bool, err error) {
	text = bytes.Clone(beginning[:min(len(beginning), maxText)])
	more, err := io.ReadAll(io.LimitReader(a.r, int64(maxText-len(text))))
	text = append(text, more...)
	if err != nil {
		return text, len(more), false, err
	}
	dropped, err := io.Copy(io.Discard, a.r)
	return text, len(more) + int(dropped), dropped > 0 || len(beginning) > maxText, err
}

// An envelope is a line of the protocol.
type envelope struct {
	kind  LineKind
	data  string // JSON
	exact bool   // the line has nothing else
	bare  bool   // the line is an output without an envelope, as in an older protocol
}

// shallow is the length of lines too short for problematic nesting.
const shallow = 64 << 10

// isJSON reports whether a text is one JSON value without excessive nesting.
func isJSON(text []byte) bool {
	if len(text) > shallow {
		return json.Valid(text)
	}
	return gjson.ValidBytes(text)
}

// readEnvelope reads a line. It returns false if the line is not JSON.
func readEnvelope(line []byte) (envelope, bool) {
	if !isJSON(line) {
		return envelope{}, false
	}
	kind, data, members := "", "", 0
	if line[0] == '{' {
		gjson.ParseBytes(line).ForEach(func(key, value gjson.Result) bool {
			members++
			switch key.String() {
			case "type":
				kind = ""
				if value.Type == gjson.String {
					kind = value.String()
				}
			case "data":
				data = value.Raw
			}
			return true
		})
	}
	if kind == "" || data == "" {
		return envelope{kind: OutputLine, data: string(line), bare: true}, true
	}
	e := envelope{kind: TextLine, data: data, exact: members == 2} // readers ignore other types
	for i, name := range lineKindNames[:ErrorLine] {
		if name == kind {
			e.kind = LineKind(i)
		}
	}
	return e, true
}

// dataOf returns the data of a line with an envelope.
func dataOf(line []byte) string {
	if rest, ok := bytes.CutPrefix(line, []byte(`{"data":`)); ok {
		if data, ok := bytes.CutSuffix(rest, []byte(`,"type":"output"}`)); ok && !bytes.Contains(data, []byte(`,"type":"output"}`)) {
			return string(data)
		}
	}
	return gjson.GetBytes(line, "data").Raw
}

// values splits a text that is a sequence of JSON values, each perhaps on several lines. Readers
// accept such an answer.
func values(text []byte) ([][]byte, bool) {
	var all [][]byte
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var value json.RawMessage
		err := d.Decode(&value)
		if errors.Is(err, io.EOF) {
			return all, len(all) > 0
		}
		if err != nil {
			return nil, false
		}
		var compact bytes.Buffer
		if json.Compact(&compact, value) != nil {
			return nil, false
		}
		all = append(all, compact.Bytes())
	}
}

// errorStart begins the text of an error: its type, and JavaScript's representation.
var errorStart = lazyregexp.New(`^(\S*) error: \n \+ `)

// The parts around the message of an error.
var (
	errorStack   = lazyregexp.New(`(?s)\n    at .*`)
	errorMembers = lazyregexp.New(`(?s) \{\n  .*\n\}$`)
	errorClass   = lazyregexp.New(`^[A-Za-z_$][\w$]*(?: \[[^\]\n]*\])?(?:: |$)`)
	pageText     = lazyregexp.New(`(?s)<pre>(.*?)(?:<br>.*)?</pre>`)
	pageTitle    = lazyregexp.New(`(?is)<title>(.*?)</title>`)
)

// readError reads the error text of the protocol.
func readError(text string) (CallError, bool) {
	start := errorStart().FindStringSubmatch(text)
	if start == nil {
		return CallError{}, false
	}
	message := errorStack().ReplaceAllString(text[len(start[0]):], "")
	message = errorMembers().ReplaceAllString(message, "")
	if class := errorClass().FindString(message); strings.Contains(class, "Err") {
		message = message[len(class):]
	} else if n := len(message); n > 1 && message[0] == message[n-1] && strings.IndexByte(`'"`, message[0]) >= 0 {
		message = message[1 : n-1]
	}
	if message == "" {
		message = "the connector gave no message"
	}
	return CallError{Type: start[1], Message: message}, true
}

// readPage returns the message in the answer of a server that does not speak the protocol.
func readPage(text string) string {
	for _, form := range []*regexp.Regexp{pageText(), pageTitle()} {
		if found := form.FindStringSubmatch(text); found != nil {
			return strings.TrimSpace(html.UnescapeString(found[1]))
		}
	}
	if gjson.Valid(text) {
		for _, name := range []string{"error", "message", "error.message", "detail"} {
			if found := gjson.Get(text, name); found.Type == gjson.String && found.Str != "" {
				return found.Str
			}
		}
	}
	return shortened([]byte(strings.TrimSpace(text)), 500)
}

// shortened returns the beginning of a text.
func shortened(text []byte, most int) string {
	if len(text) <= most {
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
}
