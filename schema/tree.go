package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"
)

// A node is one JSON value of the file. It resolves what hujson's tree leaves open: texts are
// unescaped once, and each name of an object occurs once.
type node struct {
	kind       hujson.Kind
	start, end int    // byte offsets
	text       string // of strings unescaped, of other scalars as written
	members    []member
	elements   []*node
	index      map[string]int // position in members; nil for small objects
}

// A member is one name and value of an object. For a repeated name, it is the last one, which
// counts for JSON parsers.
type member struct {
	name               string
	nameStart, nameEnd int
	value              *node
	repeated           bool // the object already has the name
}

// A duplicate is a member whose name its object already has.
type duplicate struct {
	object *node
	name   string
	start  int // of the name
	end    int
	first  span // of the name's first occurrence

	before, last member // the replaced member, and this one
}

// smallObject is the number of members up to which searching beats hashing.
const smallObject = 12

// A treeBuilder makes the tree of a text that the scanner has found to be JSON. All texts of the tree that have
// no escapes are parts of one string.
type treeBuilder struct {
	text string
	pos  int

	duplicates []duplicate

	nodes    []node   // preallocated, to save allocations
	members  []member // of the open objects
	elements []*node  // of the open arrays
}

func newTree(text []byte) (root *node, duplicates []duplicate) {
	b := treeBuilder{text: string(text)}
	b.space()
	root = b.value()
	return root, b.duplicates
}

// space skips white space.
func (b *treeBuilder) space() {
	for b.pos < len(b.text) && isSpace(b.text[b.pos]) {
		b.pos++
	}
}

// next skips a token of one byte and the white space around it.
func (b *treeBuilder) next() {
	b.space()
	b.pos++
	b.space()
}

// slab is the number of nodes allocated at once.
const slab = 128

func (b *treeBuilder) newNode(kind hujson.Kind) *node {
	if len(b.nodes) == 0 {
		b.nodes = make([]node, slab)
	}
	n := &b.nodes[0]
	b.nodes = b.nodes[1:]
	n.kind, n.start = kind, b.pos
	return n
}

// value reads the value that begins at pos.
func (b *treeBuilder) value() *node {
	kind := hujson.Kind(b.text[b.pos])
	if kind == '-' || '0' <= kind && kind <= '9' {
		kind = '0'
	}
	n := b.newNode(kind)
	switch n.kind {
	case '{':
		b.object(n)
	case '[':
		b.array(n)
	case '"':
		n.text = b.quoted()
	default:
		for b.pos < len(b.text) && isWordByte(b.text[b.pos]) {
			b.pos++
		}
		n.text = b.text[n.start:b.pos]
	}
	n.end = b.pos
	return n
}

// quoted reads the string that begins at pos. It avoids the JSON decoder for strings without escapes, which is
// nearly all of them.
func (b *treeBuilder) quoted() string {
	start := b.pos
	for b.pos++; b.text[b.pos] != '"'; b.pos++ {
		if b.text[b.pos] == '\\' {
			return b.escaped(start)
		}
	}
	b.pos++
	return b.text[start+1 : b.pos-1]
}

// escaped reads the rest of a string with escapes.
func (b *treeBuilder) escaped(start int) string {
	for ; b.text[b.pos] != '"'; b.pos++ {
		if b.text[b.pos] == '\\' {
			b.pos++
		}
	}
	b.pos++
	return hujson.Literal(b.text[start:b.pos]).String()
}

func (b *treeBuilder) array(n *node) {
	first := len(b.elements)
	for b.next(); b.text[b.pos] != ']'; {
		e := b.value()
		b.elements = append(b.elements, e)
		if b.space(); b.text[b.pos] == ',' {
			b.next()
		}
	}
	b.pos++
	n.elements = slices.Clone(b.elements[first:])
	b.elements = b.elements[:first]
}

func (b *treeBuilder) object(n *node) {
	first := len(b.members)
	for b.next(); b.text[b.pos] != '}'; {
		m := member{nameStart: b.pos}
		m.name = b.quoted()
		m.nameEnd = b.pos
		b.next()
		m.value = b.value()
		b.members = append(b.members, m)
		if b.space(); b.text[b.pos] == ',' {
			b.next()
		}
	}
	b.pos++
	b.take(n, b.members[first:])
	b.members = b.members[:first]
}

// take sets the members of an object.
func (b *treeBuilder) take(n *node, members []member) {
	n.members = make([]member, 0, len(members))
	if len(members) > smallObject {
		n.index = make(map[string]int, len(members))
	}
	var firsts map[string]span // first occurrences of repeated names
	for _, m := range members {
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

// member returns the value of the named member, nil if n has none. n may be any node, including
// nil.
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

// child returns the member or element named by one token of a JSON Pointer, and the member itself
// if n is an object.
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

// descend follows p as far as possible. It returns the last node on the way, the member that holds
// it (nil for elements and the root), and whether it reached the end of p.
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

// nextToken splits the first token off the non-empty pointer p.
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
