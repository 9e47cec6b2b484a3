package schema

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/tailscale/hujson"
)

// The functions below make the edits of fixes. They return none if the file has no such value, or
// if its text is not strict JSON: comments and trailing commas must be removed first.

// Replace replaces the value at p.
func (f *File) Replace(p Pointer, value string) []Edit {
	n := f.strictValue(p)
	if n == nil {
		return nil
	}
	if m := f.strictMember(p); m != nil {
		value = f.layout(value, f.separator(m.nameStart))
	}
	return []Edit{f.edit(n.start, n.end, value)}
}

// ReplaceWithin puts a text in place of a part of the value at p, whose offsets are relative to its
// beginning.
func (f *File) ReplaceWithin(p Pointer, start, end int, text string) []Edit {
	n := f.strictValue(p)
	if n == nil {
		return nil
	}
	return []Edit{f.edit(n.start+start, n.start+end, text)}
}

// Swap exchanges two values. Neither may contain the other.
func (f *File) Swap(p, q Pointer) []Edit {
	a, b := f.strictValue(p), f.strictValue(q)
	if a == nil || b == nil {
		return nil
	}
	if a.start > b.start {
		a, b = b, a
	}
	return []Edit{f.edit(a.start, a.end, string(f.raw(b))), f.edit(b.start, b.end, string(f.raw(a)))}
}

// Rename changes the name of the member at p. It returns nothing for a name that occurs twice in
// the object: the other member would count from then on.
func (f *File) Rename(p Pointer, name string) []Edit {
	m := f.strictMember(p)
	if m == nil || m.repeated {
		return nil
	}
	return []Edit{f.edit(m.nameStart, m.nameEnd, literal(name))}
}

// Quote turns the number or boolean at p into a string.
func (f *File) Quote(p Pointer) []Edit {
	n := f.strictValue(p)
	if n == nil || n.kind != '0' && n.kind != 't' && n.kind != 'f' {
		return nil
	}
	return []Edit{f.edit(n.start, n.start, `"`), f.edit(n.end, n.end, `"`)}
}

// Unquote makes a number or boolean of the string at p, which reads as one except for white
// space around it.
func (f *File) Unquote(p Pointer) []Edit {
	n := f.strictValue(p)
	if n == nil || n.kind != '"' {
		return nil
	}
	inner := f.strict[n.start+1 : n.end-1]
	begin := n.start + 1 + len(inner) - len(bytes.TrimLeft(inner, " "))
	end := begin + len(bytes.Trim(inner, " "))
	if word := f.strict[begin:end]; string(word) != strings.TrimSpace(n.text) || !json.Valid(word) {
		return nil
	}
	return []Edit{f.edit(n.start, begin, ""), f.edit(end, n.end, "")}
}

// Enlist wraps the value at p in a list.
func (f *File) Enlist(p Pointer) []Edit {
	n := f.strictValue(p)
	if n == nil {
		return nil
	}
	return []Edit{f.edit(n.start, n.start, "["), f.edit(n.end, n.end, "]")}
}

// Remove removes the member or element at p. Like Rename, it returns nothing for a name that occurs
// twice.
func (f *File) Remove(p Pointer) []Edit {
	n, m := f.strictValue(p), f.strictMember(p)
	switch {
	case n == nil || p == "" || m != nil && m.repeated:
		return nil
	case m != nil:
		return f.removal(m.nameStart, m.value.end)
	}
	return f.removal(n.start, n.end)
}

// removal removes the text between commas or brackets, with one comma.
func (f *File) removal(start, end int) []Edit {
	before, next := f.skipSpaceBack(start), f.skipSpace(end)
	isLast, isFirst := f.strict[next] != ',', f.strict[before-1] != ','
	switch {
	case isLast && isFirst:
		return []Edit{f.edit(before, next, "")}
	case isLast, !isFirst && f.isLine(next+1, f.skipSpace(next+1)) && !f.isLine(before, start):
		return []Edit{f.edit(before-1, end, "")} // the line ends after it
	}
	return []Edit{f.edit(start, f.skipSpace(next+1), "")}
}

// AddAfter adds a member after the one at p. The value is JSON on one line.
func (f *File) AddAfter(p Pointer, name, value string) []Edit {
	m := f.strictMember(p)
	if m == nil {
		return nil
	}
	separator := f.separator(m.nameStart)
	return []Edit{f.edit(m.value.end, m.value.end, ","+separator+literal(name)+f.colon()+f.layout(value, separator))}
}

// Append adds a last element to the array at p. The value is JSON on one line.
func (f *File) Append(p Pointer, value string) []Edit {
	n := f.strictValue(p)
	switch {
	case n == nil || n.kind != '[':
		return nil
	case len(n.elements) > 0:
		last := n.elements[len(n.elements)-1]
		separator := f.separator(last.start)
		layout := separator
		if !bytes.Contains(f.raw(last), []byte("\n")) {
			layout = "" // as its sibling
		}
		return []Edit{f.edit(last.end, last.end, ","+separator+f.layout(value, layout))}
	case strings.HasPrefix(value, "{") && f.isIndented():
		outer := f.eol() + f.indentOf(n.start)
		return []Edit{f.edit(n.start+1, n.end-1, outer+f.unit()+f.layout(value, outer+f.unit())+outer)}
	}
	return []Edit{f.edit(n.start+1, n.end-1, f.layout(value, ""))}
}

// separator returns the text between a comma and a sibling of the value at an offset.
func (f *File) separator(start int) string {
	space := string(f.strict[f.skipSpaceBack(start):start])
	if i := strings.LastIndexByte(space, '\n'); i >= 0 {
		return f.eol() + space[i+1:]
	}
	if strings.HasSuffix(f.colon(), " ") {
		return " "
	}
	return ""
}

// layout formats a value as the file does: on separate lines after a line end.
func (f *File) layout(value, separator string) string {
	switch {
	case strings.Contains(separator, "\n") && strings.HasPrefix(value, "{"):
		return f.indented(value, strings.TrimLeft(separator, "\r\n"))
	case f.colon() == ":":
		return compact(value)
	}
	return value
}

// Wrap moves adjacent elements of an array into the items of an entry, or of several nested ones.
// Each entry is given by its members other than the items.
func (f *File) Wrap(first, last Pointer, entries ...[]Member) []Edit {
	from, to := f.strictValue(first), f.strictValue(last)
	if from == nil || to == nil {
		return nil
	}
	separator := f.separator(from.start)
	if !strings.Contains(separator, "\n") {
		var open, closing string
		for _, members := range entries {
			open += "{"
			for _, m := range members {
				open += f.member(m) + "," + separator
			}
			open += literal("items") + f.colon() + "["
			closing += "]}"
		}
		return []Edit{f.edit(from.start, from.start, open), f.edit(to.end, to.end, closing)}
	}
	indent, open, closing := separator, "", ""
	for _, members := range entries {
		open += "{"
		for _, m := range members {
			open += indent + f.unit() + f.member(m) + ","
		}
		open += indent + f.unit() + literal("items") + f.colon() + "["
		closing = indent + f.unit() + "]" + indent + "}" + closing
		indent += f.unit() + f.unit()
		open += indent
	}
	deeper := strings.Repeat(f.unit(), 2*len(entries))
	edits := []Edit{f.edit(from.start, from.start, open)}
	for at := from.start; ; {
		i := bytes.IndexByte(f.strict[at:to.end], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if c := f.strict[at]; c != '\n' && c != '\r' {
			edits = append(edits, f.edit(at, at, deeper))
		}
	}
	return append(edits, f.edit(to.end, to.end, closing))
}

// maxMoved is how many bytes an edit repeats at most, and how many are compared: values are
// nested, so together they may have many times the size of the file.
const maxMoved = 64 << 10

// Hoist moves the element at p out of an entry around it, to before or after that: the entry is
// removed if its array has nothing else.
func (f *File) Hoist(p, entry Pointer) []Edit {
	n, around, list := f.strictValue(p), f.strictValue(entry), f.strictValue(p.Parent())
	if n == nil || around == nil || list == nil || list.kind != '[' || n.end-n.start > maxMoved {
		return nil
	}
	text := f.moved(n, around)
	if p.Parent().Parent() == entry && len(list.elements) == 1 {
		return []Edit{f.edit(around.start, around.end, text)}
	}
	separator := f.separator(around.start)
	if list.elements[0] == n {
		return append([]Edit{f.edit(around.start, around.start, text+","+separator)}, f.Remove(p)...)
	}
	return append(f.Remove(p), f.edit(around.end, around.end, ","+separator+text))
}

// moved returns the text of a value, indented like another one.
func (f *File) moved(n, like *node) string {
	from, to := f.indentOf(n.start), f.indentOf(like.start)
	lines := strings.Split(string(f.strict[n.start:n.end]), "\n")
	for i := range lines[1:] {
		if rest, ok := strings.CutPrefix(lines[i+1], from); ok {
			lines[i+1] = to + rest
		}
	}
	return strings.Join(lines, "\n")
}

func (f *File) edit(start, end int, text string) Edit {
	return Edit{f.mark + start, f.mark + end, text}
}

// strictValue is value for a text that is strict JSON.
func (f *File) strictValue(p Pointer) *node {
	if f.loose {
		return nil
	}
	return f.value(p)
}

// strictMember returns the member at p.
func (f *File) strictMember(p Pointer) *member {
	if f.loose || f.root == nil {
		return nil
	}
	if _, m, ok := f.root.descend(p); ok {
		return m
	}
	return nil
}

const space = " \t\r\n"

// isLine reports whether a line ends between two offsets.
func (f *File) isLine(start, end int) bool { return bytes.IndexByte(f.strict[start:end], '\n') >= 0 }

func (f *File) skipSpace(at int) int {
	return len(f.strict) - len(bytes.TrimLeft(f.strict[at:], space))
}

func (f *File) skipSpaceBack(at int) int {
	return len(bytes.TrimRight(f.strict[:at], space))
}

// member formats a member as the file does on one line.
func (f *File) member(m Member) string { return literal(m.Name) + f.colon() + string(m.Value) }

// literal is a text as a JSON string.
func literal(text string) string { return string(hujson.String(text)) }

// compact is JSON without white space, and indented is JSON on several lines.
func compact(value string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(value)) != nil {
		return value
	}
	return b.String()
}

func (f *File) indented(value, indent string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(value), indent, f.unit()) != nil {
		return value
	}
	return strings.ReplaceAll(b.String(), "\n", f.eol())
}

// colon is the text between names and values in the file.
func (f *File) colon() string {
	if len(f.root.members) == 0 {
		return ": "
	}
	m := f.root.members[0]
	colon := string(f.strict[m.nameEnd:m.value.start])
	if strings.ContainsAny(colon, "\n\t") || len(colon) > 3 {
		return ": "
	}
	return colon
}

// isIndented reports whether the file has members on separate lines.
func (f *File) isIndented() bool {
	return len(f.root.members) > 0 && bytes.IndexByte(f.strict[f.root.start:f.root.members[0].nameStart], '\n') >= 0
}

// unit is the indentation step of the file.
func (f *File) unit() string {
	if f.isIndented() {
		if unit := f.indentOf(f.root.members[0].nameStart); unit != "" {
			return unit
		}
	}
	return "  "
}

// eol is the line end of the file.
func (f *File) eol() string {
	if i := bytes.IndexByte(f.text, '\n'); i > 0 && f.text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// indentOf returns the white space at the beginning of the line of an offset.
func (f *File) indentOf(offset int) string {
	line := f.strict[bytes.LastIndexByte(f.strict[:offset], '\n')+1 : offset]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// commentRemoval removes a comment: with its lines if they have nothing else, else with the
// space before it, or after it if there is none before.
func (f *File) commentRemoval(c span) Edit {
	begin := bytes.LastIndexByte(f.text[:c.start], '\n') + 1
	end := len(f.text)
	if i := bytes.IndexByte(f.text[c.end:], '\n'); i >= 0 {
		end = c.end + i + 1
	}
	before, after := f.text[begin:c.start], f.text[c.end:end]
	switch {
	case len(bytes.TrimSpace(before))+len(bytes.TrimSpace(after)) == 0:
		return f.edit(begin, end, "")
	case len(bytes.TrimSpace(before)) == 0:
		return f.edit(c.start, c.end+len(after)-len(bytes.TrimLeft(after, " \t")), "")
	}
	return f.edit(begin+len(bytes.TrimRight(before, " \t")), c.end, "")
}

// duplicateFix removes one of two members of one name: the later one, or the one that does not
// count if they have different values.
func (f *File) duplicateFix(d duplicate) *Fix {
	switch {
	case f.loose || !isReadable(f.strict[d.start:d.end]) || !isReadable(f.strict[d.before.nameStart:d.before.nameEnd]):
		return nil // possibly two names
	case EqualJSON(f.raw(d.before.value), f.raw(d.last.value)):
		return &Fix{Safe: true, Text: "remove the second, which is the same", Edits: f.removal(d.last.nameStart, d.last.value.end)}
	}
	return &Fix{Text: "remove the first, which does not count", Edits: f.removal(d.before.nameStart, d.before.value.end)}
}

// isReadable reports whether nothing is lost when JSON is read: half of a surrogate pair is read as a
// replacement character, whichever half it is.
func isReadable(raw []byte) bool {
	_, lone := loneSurrogate(raw)
	return !lone
}

// EqualJSON reports whether two values are the same, ignoring the order of members. Values that are
// too large to compare, or unreadable, count as different.
func EqualJSON(a, b json.RawMessage) bool {
	if max(len(a), len(b)) > maxMoved || !isReadable(a) || !isReadable(b) {
		return false
	}
	var values [2]any
	for i, raw := range []json.RawMessage{a, b} {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if decoder.Decode(&values[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
