package sdktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A node is a JSON value. It keeps the order of members and the spelling of numbers.
type node struct {
	kind    byte     // of an object '{', of a list '[', of a text '"', else 0
	names   []string // of the members of an object
	values  []*node  // of an object or a list
	text    string   // of a text
	literal string   // a number, true, false or null
}

// readTree reads text that is one JSON value, and nothing else.
func readTree(text string) (*node, bool) {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return readNode(d), true
}

// readNode reads a value of valid JSON.
func readNode(d *json.Decoder) *node {
	token, _ := d.Token()
	switch token := token.(type) {
	case json.Delim:
		return readNested(d, byte(token))
	case string:
		return &node{kind: '"', text: token}
	case nil:
		return &node{literal: "null"}
	}
	return &node{literal: fmt.Sprint(token)}
}

func readNested(d *json.Decoder, kind byte) *node {
	n := &node{kind: kind}
	for d.More() {
		if kind == '{' {
			name, _ := d.Token()
			n.names = append(n.names, fmt.Sprint(name))
		}
		n.values = append(n.values, readNode(d))
	}
	_, _ = d.Token() // its end
	return n
}

// readTrees reads text that is one JSON value, or one on each line.
func readTrees(text string) ([]*node, bool) {
	if n, ok := readTree(text); ok {
		return []*node{n}, true
	}
	var all []*node
	for line := range strings.Lines(text) {
		n, ok := readTree(line)
		if !ok || n.kind != '{' && n.kind != '[' {
			return nil, false
		}
		all = append(all, n)
	}
	return all, len(all) > 0
}

// treesText is the reverse of readTrees: it writes a single value over several lines, and
// several values on one line each.
func treesText(all []*node) string {
	if len(all) == 1 {
		return all[0].pretty()
	}
	var b []byte
	for _, n := range all {
		b = append(n.append(b, false), '\n')
	}
	return string(b)
}

// append appends the value without white space. If sorted, members are in the order of their
// names.
func (n *node) append(b []byte, sorted bool) []byte {
	switch n.kind {
	case '"':
		return jsontext.AppendString(b, n.text)
	case 0:
		return append(b, n.literal...)
	}
	order := make([]int, len(n.values))
	for i := range order {
		order[i] = i
	}
	if sorted && n.kind == '{' {
		slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(n.names[i], n.names[j]) })
	}
	b = append(b, n.kind)
	for at, i := range order {
		if at > 0 {
			b = append(b, ',')
		}
		if n.kind == '{' {
			b = append(jsontext.AppendString(b, n.names[i]), ':')
		}
		b = n.values[i].append(b, sorted)
	}
	return append(b, n.kind+2) // } follows | after {, and ] follows \ after [
}

// pretty writes the value over several lines.
func (n *node) pretty() string {
	var b bytes.Buffer
	_ = json.Indent(&b, n.append(nil, false), "", "  ") // always valid
	return b.String()
}

// canonical returns a text that is the same for equal values.
func (n *node) canonical() string { return string(n.append(nil, true)) }

// set makes the value a text.
func (n *node) set(text string) { *n = node{kind: '"', text: text} }

// member returns the first member with a name, or nil.
func (n *node) member(name string) *node {
	if i := slices.Index(n.names, name); i >= 0 {
		return n.values[i]
	}
	return nil
}

// scalar returns the text of a text or a number.
func (n *node) scalar() (string, bool) {
	isNumber := n.kind == 0 && (n.literal[0] == '-' || n.literal[0] >= '0' && n.literal[0] <= '9')
	if isNumber {
		return n.literal, true
	}
	return n.text, n.kind == '"'
}

// A place is the place of a value.
type place struct {
	name   string // of the member that has the value or its list
	object *node  // that has the member; nil for none
	parent string // name of the member that has the object
}

// each visits the texts, numbers and literals in the value, also within texts that are JSON.
func (n *node) each(visit func(at place, leaf *node)) { n.eachIn(place{}, visit) }

func (n *node) eachIn(at place, visit func(place, *node)) {
	switch n.kind {
	case '{':
		for i, v := range n.values {
			v.eachIn(place{n.names[i], n, at.name}, visit)
		}
	case '[':
		for _, v := range n.values {
			v.eachIn(at, visit)
		}
	default:
		visit(at, n)
		n.within(func(inner *node) { inner.eachIn(at, visit) })
	}
}

// within changes the JSON object or list in a text: {"payload": "{\"a\": 1}"}.
func (n *node) within(change func(*node)) {
	if !strings.HasPrefix(n.text, "{") && !strings.HasPrefix(n.text, "[") {
		return
	}
	inner, ok := readTree(n.text)
	if !ok {
		return
	}
	before := string(inner.append(nil, false))
	change(inner)
	if after := string(inner.append(nil, false)); after != before {
		n.text = after
	}
}

// readStream reads consecutive JSON values and their offsets. After an error, the last offset
// is that of the error.
func readStream(text string) (all []*node, offsets []int, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	for {
		start := int(d.InputOffset())
		start += len(text[start:]) - len(strings.TrimLeft(text[start:], " \t\r\n"))
		var raw json.RawMessage
		err := d.Decode(&raw)
		if err == io.EOF {
			return all, offsets, nil
		}
		offsets = append(offsets, start)
		n, ok := readTree(string(raw))
		switch {
		case err != nil:
			return all, offsets, err
		case !ok:
			return all, offsets, errNotUTF8
		}
		all = append(all, n)
	}
}
