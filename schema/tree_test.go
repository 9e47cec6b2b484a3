package schema

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tailscale/hujson"
)

// TestTree: the tree equals hujson's, for specs and for random JSON.
func TestTree(t *testing.T) {
	t.Parallel()
	texts := goldenTexts(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var b strings.Builder
		randomJSON(&b, r, 3)
		texts = append(texts, []byte(b.String()))
	}
	for _, text := range texts {
		s := &scanner{text: text}
		if err := s.scan(); err != nil {
			t.Fatalf("%s: %s", text, err.message)
		}
		want, err := hujson.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, _ := newTree(text)
		if problem := differs(got, &want); problem != "" {
			t.Fatalf("%s: %s", text, problem)
		}
	}
}

func goldenTexts(t *testing.T) [][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "golden", "*", "connector-spec.json"))
	if err != nil || len(names) < 5 {
		t.Fatalf("%d golden specs, %v", len(names), err)
	}
	texts := make([][]byte, len(names))
	for i, name := range names {
		if texts[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// randomJSON writes a value with random space around its tokens.
func randomJSON(b *strings.Builder, r *rand.Rand, depth int) {
	space := func() { b.WriteString([]string{"", "", " ", "\n\t", "\r\n"}[r.IntN(5)]) }
	texts := []string{`""`, `"a"`, `"é\u00e9\\\""`, `"\ud83d\ude00\ud800 x"`, `"\\"`, `"{,}[]:"`}
	scalars := slices.Concat(texts, []string{"0", "-1.50e+2", "true", "false", "null"})
	space()
	defer space()
	if depth == 0 || r.IntN(3) == 0 {
		b.WriteString(scalars[r.IntN(len(scalars))])
		return
	}
	object := r.IntN(2) == 0
	b.WriteString(map[bool]string{true: "{", false: "["}[object])
	n := r.IntN(5) * (1 + 3*r.IntN(2)) // up to one with an index
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		if object {
			space()
			b.WriteString([]string{texts[r.IntN(len(texts))], fmt.Sprintf(`"name%d"`, i)}[r.IntN(2)])
			space()
			b.WriteByte(':')
		}
		randomJSON(b, r, depth-1)
	}
	if n == 0 {
		space()
	}
	b.WriteString(map[bool]string{true: "}", false: "]"}[object])
}

// differs says how a node differs from hujson's value.
func differs(n *node, v *hujson.Value) string {
	if n.kind != v.Value.Kind() || n.start != v.StartOffset || n.end != v.EndOffset {
		return fmt.Sprintf("%c from %d to %d, want %c from %d to %d", n.kind, n.start, n.end, v.Value.Kind(), v.StartOffset, v.EndOffset)
	}
	switch value := v.Value.(type) {
	case hujson.Literal:
		if want := value.String(); n.text != want {
			return fmt.Sprintf("text %q, want %q", n.text, want)
		}
	case *hujson.Array:
		if len(n.elements) != len(value.Elements) {
			return fmt.Sprintf("%d elements, want %d", len(n.elements), len(value.Elements))
		}
		for i, e := range n.elements {
			if problem := differs(e, &value.Elements[i]); problem != "" {
				return problem
			}
		}
	case *hujson.Object:
		last := make(map[string]*hujson.ObjectMember) // the one that counts
		for i := range value.Members {
			last[value.Members[i].Name.Value.(hujson.Literal).String()] = &value.Members[i]
		}
		if len(n.members) != len(last) {
			return fmt.Sprintf("%d members, want %d", len(n.members), len(last))
		}
		for _, m := range n.members {
			want := last[m.name]
			if want == nil || m.nameStart != want.Name.StartOffset || m.nameEnd != want.Name.EndOffset {
				return fmt.Sprintf("member %q at %d", m.name, m.nameStart)
			}
			if problem := differs(m.value, &want.Value); problem != "" {
				return problem
			}
		}
	}
	return ""
}
