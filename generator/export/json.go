package export

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// A node is JSON that may contain variables.
type node interface {
	// inline writes the node on one line.
	inline(b *strings.Builder)
}

type (
	// text is a text of the spec, in which nothing refers to a variable.
	text string

	// filled is a text made of texts and variables.
	filled []node

	// variable is the value of a variable: JSON of any type, or, in a filled text, a part of it.
	variable string

	// raw is JSON without variables.
	raw json.RawMessage

	object []member
	list   []node
)

// A member is a member of an object.
type member struct {
	name  string
	value node
}

func (t text) inline(b *strings.Builder) { b.WriteString(quoted(string(t))) }

func (f filled) inline(b *strings.Builder) {
	b.WriteByte('"')
	for _, part := range f {
		if t, ok := part.(text); ok {
			q := quoted(string(t))
			b.WriteString(q[1 : len(q)-1])
			continue
		}
		part.inline(b)
	}
	b.WriteByte('"')
}

func (v variable) inline(b *strings.Builder) { b.WriteString(reference(string(v))) }

func (r raw) inline(b *strings.Builder) { b.WriteString(escapeBraces(string(r))) }

func (o object) inline(b *strings.Builder) {
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoted(m.name) + ": ")
		m.value.inline(b)
	}
	b.WriteByte('}')
}

func (l list) inline(b *strings.Builder) {
	b.WriteByte('[')
	for i, n := range l {
		if i > 0 {
			b.WriteString(", ")
		}
		n.inline(b)
	}
	b.WriteByte(']')
}

// reference is how a request refers to a variable.
func reference(name string) string { return "{{" + name + "}}" }

// quoted is a text as JSON, without anything that looks like a variable.
func quoted(t string) string {
	return escapeInvisible(escapeBraces(string(jsonOf(t))))
}

// escapeInvisible escapes invisible characters that JSON allows in a text.
func escapeInvisible(t string) string {
	var b strings.Builder
	for _, r := range t {
		switch {
		case unicode.IsPrint(r) || r == '\n':
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// escapeBraces escapes text that looks like a variable in JSON. Two braces in a row only occur in
// texts: members of objects begin with a quote.
func escapeBraces(t string) string { return strings.ReplaceAll(t, "{{", `{\u007b`) }

// lineWidth is the maximum length of a JSON line with more than one value.
const lineWidth = 88

// body returns the body of a request, with a line for each member.
func body(r *request, config node) string {
	var b strings.Builder
	for i, m := range []member{{"type", text(r.command)}, {"input", r.input}, {"config", config}} {
		b.WriteString(separator(i))
		name := "  " + quoted(m.name) + ": "
		b.WriteString(name)
		writeLines(&b, m.value, "  ", len(name))
	}
	return "{" + b.String() + "\n}"
}

func writeLines(b *strings.Builder, n node, indent string, before int) {
	var one strings.Builder
	n.inline(&one)
	if before+one.Len() <= lineWidth {
		b.WriteString(one.String())
		return
	}
	below := indent + "  "
	switch n := n.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range n {
			name := quoted(m.name) + ": "
			b.WriteString(separator(i) + below + name)
			writeLines(b, m.value, below, len(below)+len(name))
		}
		b.WriteString("\n" + indent + "}")
	case list:
		b.WriteByte('[')
		for i, element := range n {
			b.WriteString(separator(i) + below)
			writeLines(b, element, below, len(below))
		}
		b.WriteString("\n" + indent + "]")
	default:
		b.WriteString(one.String())
	}
}

func separator(i int) string {
	if i == 0 {
		return "\n"
	}
	return ",\n"
}
