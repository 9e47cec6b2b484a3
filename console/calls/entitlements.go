package calls

import (
	"context"
	"hash/maphash"
	"slices"
)

// A list is the last complete list of entitlements of one type: sorted hashes of their IDs.
type list struct {
	from *recording
	seed maphash.Seed
	ids  []uint64
}

func (l *list) has(id string) bool {
	_, found := slices.BinarySearch(l.ids, maphash.String(l.seed, id))
	return found
}

// noteEntitlements stores the entitlements of a complete list, and checks the accounts of earlier
// calls again.
func (r *Recorder) noteEntitlements(c *recording) {
	l := &list{from: c, seed: maphash.MakeSeed()}
	err := c.scan(r.ctx, c.index(), 0, func(_ int, data string) bool {
		if o := readObject(data); o.identity != "" && !o.deleted {
			l.ids = append(l.ids, maphash.String(l.seed, o.identity))
		}
		return true
	})
	if err != nil {
		return // the recording was already removed
	}
	slices.Sort(l.ids)
	r.mu.Lock()
	r.lists[c.shape.entity] = l
	others := slices.Clone(r.calls)
	r.mu.Unlock()
	r.running.Go(func() { // the call does not wait for the marks of others
		for _, other := range others {
			if r.remark(r.ctx, other, c.shape.entity) {
				r.options.Changed(other.summary())
			}
		}
	})
}

// hasEntitlement reports whether an entitlement of a type exists, and whether that is known, which
// requires a complete list.
func (r *Recorder) hasEntitlement(entitlementType, id string) (known, complete bool) {
	r.mu.Lock()
	l := r.lists[entitlementType]
	r.mu.Unlock()
	if l == nil {
		return false, false
	}
	return l.has(id), true
}

// remark searches the rows of a call again for unknown entitlements of a type, and reports whether
// there was anything to check.
func (r *Recorder) remark(ctx context.Context, c *recording, entitlementType string) bool {
	c.remarks.Lock() // marks of a newer list must not be replaced with those of an older one
	defer c.remarks.Unlock()
	holds := false
	for _, of := range c.shape.known {
		holds = holds || of == entitlementType
	}
	if !holds {
		return false
	}
	x := c.index()
	fresh := slices.Clone(x.marks)
	err := c.scan(ctx, x, 0, func(row int, data string) bool {
		fresh[row].remove(UnknownEntitlement)
		c.shape.check(readObject(data), 0, func(m Mark) {
			if m.Kind == UnknownEntitlement {
				fresh[row].add(UnknownEntitlement)
			}
		})
		return true
	})
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	marks := append(fresh, c.marks[len(fresh):]...) // rows that arrived meanwhile saw the list
	for row := range fresh {
		c.count(c.marks[row], marks[row])
	}
	c.marks = marks
	return true
}
