package calls

import "hash/maphash"

// An idTable finds lines by ID: a hash table with eight bytes per entry. It stores the hash and the
// line; the caller compares the ID of the line.
type idTable struct {
	seed  maphash.Seed
	slots []idSlot
	used  int
}

type idSlot struct {
	hash uint32
	line uint32 // from 1 on; 0 for an empty slot
}

// An idKind says which ID of an object is meant: the same text as an identity and as a unique ID is
// not a duplicate.
type idKind byte

const (
	identityID idKind = 'i'
	uniqueID   idKind = 'u'
)

func (t *idTable) hash(kind idKind, id string) uint32 {
	var h maphash.Hash
	h.SetSeed(t.seed)
	_ = h.WriteByte(byte(kind))
	_, _ = h.WriteString(id)
	return uint32(h.Sum64())
}

// find returns the line of an ID.
func (t *idTable) find(kind idKind, id string, is func(line int) bool) (line int, ok bool) {
	if t.used == 0 {
		return 0, false
	}
	hash := t.hash(kind, id)
	for i := t.slot(hash); t.slots[i].line != 0; i = t.next(i) {
		if s := t.slots[i]; s.hash == hash && is(int(s.line-1)) {
			return int(s.line - 1), true
		}
	}
	return 0, false
}

// add adds an ID that is not in the table.
func (t *idTable) add(kind idKind, id string, line int) {
	if t.slots == nil {
		t.seed = maphash.MakeSeed()
	}
	if t.used*5 >= len(t.slots)*4 {
		t.grow()
	}
	t.put(idSlot{t.hash(kind, id), uint32(line + 1)})
}

func (t *idTable) put(s idSlot) {
	i := t.slot(s.hash)
	for t.slots[i].line != 0 {
		i = t.next(i)
	}
	t.slots[i] = s
	t.used++
}

func (t *idTable) grow() {
	old := t.slots
	t.slots, t.used = make([]idSlot, max(64, len(old)*3/2)), 0
	for _, s := range old {
		if s.line != 0 {
			t.put(s)
		}
	}
}

// slot returns the first slot for a hash.
func (t *idTable) slot(hash uint32) int { return int(uint64(hash) * uint64(len(t.slots)) >> 32) }

func (t *idTable) next(i int) int {
	if i++; i == len(t.slots) {
		return 0
	}
	return i
}
