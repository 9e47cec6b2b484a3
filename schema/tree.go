package schema

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"
)

// A node is one JSON value of the file, with what hujson's tree leaves open:
// texts are unescaped once, and each name of an object occurs once.
type node struct {
	kind       hujson.Kind
	start, end int    // byte offsets
	text       string // of strings unescaped, of other scalars as written
	members    []member
	elements   []*node
	index      map[string]int // position in members; nil for small objects
}

// A member is one name and value of an object. Where the object repeats the
// name, it is the last one: the one that counts for JSON parsers.
type member struct {
	name               string
	nameStart, nameEnd int
	value              *node
	repeated           bool // the object has had the name before
}

// A duplicate is a member whose name its object has had before.
type duplicate struct {
	object *node
	name   string
	start  int // of the name
	end    int
	first  span // of the name where it stood first

	before, last member // the one that it takes the place of, and itself
}

// smallObject is the number of members up to which searching beats hashing.
const smallObject = 12

type treeBuilder struct {
	duplicates []duplicate
}

func (b *treeBuilder) node(v *hujson.Value) *node {
	n := &node{kind: v.Value.Kind(), start: v.StartOffset, end: v.EndOffset}
	switch value := v.Value.(type) {
	case hujson.Literal:
		n.text = literalText(value)
	case *hujson.Array:
		n.elements = make([]*node, len(value.Elements))
		for i := range value.Elements {
			n.elements[i] = b.node(&value.Elements[i])
		}
	case *hujson.Object:
		b.members(n, value)
	}
	return n
}

func (b *treeBuilder) members(n *node, object *hujson.Object) {
	n.members = make([]member, 0, len(object.Members))
	if len(object.Members) > smallObject {
		n.index = make(map[string]int, len(object.Members))
	}
	var firsts map[string]span // where repeated names stood first
	for i := range object.Members {
		name, value := &object.Members[i].Name, &object.Members[i].Value
		m := member{
			name:      literalText(name.Value.(hujson.Literal)),
			nameStart: name.StartOffset,
			nameEnd:   name.EndOffset,
			value:     b.node(value),
		}
		at, repeated := n.find(m.name)
		if !repeated {
			if n.index != nil {
				n.index[m.name] = len(n.members)
			}
			n.members = append(n.members, m)
			continue
		}
		if firsts == nil {
			firsts = make(map[string]span)
		}
		if _, ok := firsts[m.name]; !ok {
			firsts[m.name] = span{n.members[at].nameStart, n.members[at].nameEnd}
		}
		b.duplicates = append(b.duplicates, duplicate{n, m.name, m.nameStart, m.nameEnd, firsts[m.name], n.members[at], m})
		m.repeated = true
		n.members[at] = m
	}
}

// literalText avoids the JSON decoder for strings that stand as they are, which
// is nearly all of them.
func literalText(l hujson.Literal) string {
	if l.Kind() != '"' {
		return string(l)
	}
	for _, c := range l {
		if c == '\\' {
			return l.String()
		}
	}
	return string(l[1 : len(l)-1])
}

func (n *node) find(name string) (int, bool) {
	if n.index != nil {
		i, ok := n.index[name]
		return i, ok
	}
	for i := range n.members {
		if n.members[i].name == name {
			return i, true
		}
	}
	return 0, false
}

// member returns the value of the named member, nil when n has none. It may be
// asked of any node, nil included.
func (n *node) member(name string) *node {
	if n == nil {
		return nil
	}
	i, ok := n.find(name)
	if !ok {
		return nil
	}
	return n.members[i].value
}

// child returns the member or element that one token of a JSON Pointer names,
// and the member itself where n is an object.
func (n *node) child(token string) (*node, *member) {
	switch n.kind {
	case '{':
		if i, ok := n.find(token); ok {
			return n.members[i].value, &n.members[i]
		}
	case '[':
		i, err := strconv.Atoi(token)
		if err == nil && i >= 0 && i < len(n.elements) && strconv.Itoa(i) == token {
			return n.elements[i], nil
		}
	}
	return nil, nil
}

// descend follows p as far as the tree goes. It returns the last node on the
// way, the member that holds it (nil for elements and the root), and whether p
// was followed to its end.
func (n *node) descend(p Pointer) (last *node, holder *member, complete bool) {
	last = n
	for rest := string(p); rest != ""; {
		var token string
		token, rest = nextToken(rest)
		next, m := last.child(token)
		if next == nil {
			return last, holder, false
		}
		last, holder = next, m
	}
	return last, holder, true
}

var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")

// nextToken splits the first token off the pointer p, which is not empty.
func nextToken(p string) (token, rest string) {
	p = strings.TrimPrefix(p, "/")
	if i := strings.IndexByte(p, '/'); i >= 0 {
		p, rest = p[:i], p[i:]
	}
	if strings.IndexByte(p, '~') >= 0 {
		p = pointerUnescaper.Replace(p)
	}
	return p, rest
}

// instance gives the value in the form that the JSON Schema validator takes,
// without the members that names does not have. No constraint looks at the size
// of a number, and the validator does not survive numbers such as 1e9999999; so
// every number is 0.
func (n *node) instance(names map[string]bool) any {
	switch n.kind {
	case '{':
		object := make(map[string]any, len(n.members))
		for i := range n.members {
			if m := &n.members[i]; names[m.name] {
				object[m.name] = m.value.instance(names)
			}
		}
		return object
	case '[':
		array := make([]any, len(n.elements))
		for i, e := range n.elements {
			array[i] = e.instance(names)
		}
		return array
	case '"':
		return n.text
	case 't', 'f':
		return n.kind == 't'
	case '0':
		return json.Number("0")
	}
	return nil
}
