package calls

import (
	"cmp"
	"context"
	"encoding/json"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/tidwall/gjson"
)

// A Comparison has the differences between the objects of two calls.
type Comparison struct {
	OnlyA     int          `json:"onlyA"`
	OnlyB     int          `json:"onlyB"`
	Changed   int          `json:"changed"`
	Same      int          `json:"same"`
	Rows      []Difference `json:"rows"`
	Truncated bool         `json:"truncated"` // there are more differences than rows
}

// A Difference is an object that is in only one call, or that differs.
type Difference struct {
	Identity string   `json:"identity"`
	A        *int     `json:"a"` // its line in the first call, counted from 1
	B        *int     `json:"b"`
	Changes  []Change `json:"changes"`
}

// A Change is an attribute with a different value. Names are those of columns.
type Change struct {
	Attribute string          `json:"attribute"`
	Before    json.RawMessage `json:"before"` // null for none
	After     json.RawMessage `json:"after"`
}

// maxDifferences is how many differences a comparison lists.
const maxDifferences = 1000

// A digest represents an object: two hashes and its line.
type digest struct {
	id, content uint64
	row         uint32
}

// Compare compares the objects of two calls by their identities. If an object occurs twice, the
// first counts; objects without an ID are ignored, and so is the order of lists.
func (r *Recorder) Compare(ctx context.Context, a, b int) (Comparison, error) {
	first, err := r.find(a)
	if err != nil {
		return Comparison{}, err
	}
	second, err := r.find(b)
	if err != nil {
		return Comparison{}, err
	}
	seed := maphash.MakeSeed()
	var before, after []digest
	var x, y index
	var other error
	var both sync.WaitGroup
	both.Go(func() { after, y, other = second.digests(ctx, seed) })
	before, x, err = first.digests(ctx, seed)
	both.Wait()
	if err = cmp.Or(err, other); err != nil {
		return Comparison{}, err
	}
	c := comparison{Comparison: Comparison{Rows: []Difference{}}, a: side{first, x}, b: side{second, y}}
	err = c.merge(before, after)
	return c.Comparison, err
}

// digests returns the digests of a call's objects, sorted by ID.
func (c *recording) digests(ctx context.Context, seed maphash.Seed) ([]digest, index, error) {
	x := c.index()
	all := make([]digest, 0, len(x.rows))
	var o object
	err := c.scan(ctx, x, 0, func(row int, data string) bool {
		o.read(data)
		if id := cmp.Or(o.identity, o.unique); id != "" {
			all = append(all, digest{maphash.String(seed, id), o.hash(seed), uint32(row)})
		}
		return true
	})
	if err != nil && ctx.Err() == nil {
		err = errGone
	}
	slices.SortFunc(all, func(a, b digest) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.row, b.row)) })
	return slices.CompactFunc(all, func(a, b digest) bool { return a.id == b.id }), x, err
}

// hash returns a hash of an object without its identity.
func (o *object) hash(seed maphash.Seed) uint64 {
	sum := maphash.String(seed, o.unique)
	for _, p := range o.attributes {
		sum += memberHash(seed, p.name, p.value)
	}
	sum *= 0xBF58476D1CE4E5B9 // an attribute differs from a member with the same name
	for _, p := range o.members {
		sum += memberHash(seed, p.name, p.value)
	}
	return sum
}

// memberHash returns a hash of a member. Null counts as absent.
func memberHash(seed maphash.Seed, name string, value gjson.Result) uint64 {
	if value.Type == gjson.Null {
		return 0
	}
	h := (contentHash(seed, value) ^ maphash.String(seed, name)) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// contentHash returns a hash of a value that ignores the order of members and elements.
func contentHash(seed maphash.Seed, v gjson.Result) uint64 {
	if !v.IsObject() && !v.IsArray() {
		return maphash.String(seed, v.String()) + uint64(v.Type)
	}
	sum := uint64(v.Raw[0])
	v.ForEach(func(key, value gjson.Result) bool {
		if v.IsObject() {
			sum += memberHash(seed, key.String(), value)
			return true
		}
		h := contentHash(seed, value)
		sum += h ^ h>>29
		return true
	})
	return sum * 0xBF58476D1CE4E5B9
}

// A side is one of the compared calls.
type side struct {
	c *recording
	x index
}

func (s side) data(d digest) (line int, data string, err error) {
	line = int(s.x.rows[d.row])
	text, err := s.c.line(s.x, line)
	if err != nil {
		return 0, "", errGone
	}
	return line, s.x.data(line, text), nil
}

type comparison struct {
	Comparison
	a, b side
}

// merge walks two sorted lists in parallel.
func (c *comparison) merge(before, after []digest) error {
	for len(before) > 0 || len(after) > 0 {
		var err error
		switch {
		case len(after) == 0 || len(before) > 0 && before[0].id < after[0].id:
			c.OnlyA++
			err = c.add(&before[0], nil)
			before = before[1:]
		case len(before) == 0 || after[0].id < before[0].id:
			c.OnlyB++
			err = c.add(nil, &after[0])
			after = after[1:]
		default:
			if before[0].content == after[0].content {
				c.Same++
			} else {
				c.Changed++
				err = c.add(&before[0], &after[0])
			}
			before, after = before[1:], after[1:]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add lists a difference, if there is room.
func (c *comparison) add(before, after *digest) error {
	if len(c.Rows) == maxDifferences {
		c.Truncated = true
		return nil
	}
	d := Difference{Changes: []Change{}}
	var old, current string
	if before != nil {
		line, data, err := c.a.data(*before)
		if err != nil {
			return err
		}
		line++
		d.A, old = &line, data
	}
	if after != nil {
		line, data, err := c.b.data(*after)
		if err != nil {
			return err
		}
		line++
		d.B, current = &line, data
	}
	o := readObject(cmp.Or(old, current))
	d.Identity = cmp.Or(o.identity, o.unique)
	if before != nil && after != nil {
		d.Changes = changes(gjson.Parse(old), gjson.Parse(current))
	}
	c.Rows = append(c.Rows, d)
	return nil
}

// keyPath is the path of an object's key.
var keyPath = []string{"key"}

// changes lists the differing members of two objects.
func changes(before, after gjson.Result) []Change {
	columns := newColumns(&shape{})
	columns.add(readObject(before.Raw))
	columns.add(readObject(after.Raw))
	seed := maphash.MakeSeed()
	all := []Change{}
	if old, current := at(before, keyPath), at(after, keyPath); !isNone(old) && !isNone(current) && contentHash(seed, old) != contentHash(seed, current) {
		all = append(all, Change{"/key", rawOf(old.Raw), rawOf(current.Raw)}) // no column has it
	}
	for _, column := range columns.list {
		old, current := at(before, column.Path), at(after, column.Path)
		if isNone(old) && isNone(current) || !isNone(old) && !isNone(current) && contentHash(seed, old) == contentHash(seed, current) {
			continue
		}
		all = append(all, Change{column.Name, rawOf(old.Raw), rawOf(current.Raw)})
	}
	return all
}

func isNone(v gjson.Result) bool { return v.Type == gjson.Null }
