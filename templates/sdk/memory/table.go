// Package memory is for generated code. It holds a source in memory: sample accounts and
// entitlements, made from the spec, that can be listed, read, changed and deleted. A new
// project starts with an in-memory client on top of it.
package memory

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strconv"
	"sync"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// An Identified object knows its ID in the source.
type Identified interface {
	ID() string // native identity
}

// A Table holds objects in memory, in the order in which they came. It is safe for
// concurrent use.
type Table[T Identified] struct{ core table }

// NewTable returns a table of the objects that build makes of attributes. An object
// without an ID, or with that of an earlier one, is left out. Both functions are called when
// the table is first used: most commands of a bundle that has just started never do.
func NewTable[A any, T Identified](build func(A) T, attributes func() []A) *Table[T] {
	t := &Table[T]{}
	t.core.fill = func() {
		for _, a := range attributes() {
			_ = t.core.add(build(a))
		}
	}
	return t
}

// Len returns the number of objects.
func (t *Table[T]) Len() int {
	t.core.begin()
	t.core.mu.RLock()
	defer t.core.mu.RUnlock()
	return len(t.core.rows)
}

// List sends all objects. In a stateful run it saves a state, and where it gets one of its
// own it sends only what has changed since: new and changed objects, then the deleted
// ones, marked as such. The state of another table, such as that of the program's last
// run, is ignored, and everything is sent.
func (t *Table[T]) List(out *sdk.Stream[T], stateful bool, state json.RawMessage) error {
	if !stateful {
		state = nil
	}
	rows, next := t.core.since(state)
	for _, r := range rows {
		object := r.object.(T)
		if r.deleted {
			markDeleted(&object)
		}
		if err := out.Send(object); err != nil {
			return err
		}
	}
	if !stateful {
		return nil
	}
	return out.SaveState(next)
}

// markDeleted sets the member that says that an object is deleted.
func markDeleted(object any) {
	if object, ok := object.(sdk.Wired); ok {
		_ = sdk.Unmarshal([]byte(`{"deleted":true}`), object) // objects have the member
	}
}

// Read returns the object with an ID, or the not-found error.
func (t *Table[T]) Read(id string) (T, error) {
	object, err := t.core.read(id)
	typed, _ := object.(T)
	return typed, err
}

// Create adds the object that build makes, which must have an ID that no other has: taken
// reports whether one does.
func (t *Table[T]) Create(build func(taken func(id string) bool) (T, error)) (T, error) {
	object, err := t.core.create(func(taken func(string) bool) (Identified, error) { return build(taken) })
	typed, _ := object.(T)
	return typed, err
}

// Update changes the object with an ID and returns it. When change fails, nothing has
// changed.
func (t *Table[T]) Update(id string, change func(*T) error) (T, error) {
	object, err := t.core.update(id, func(object Identified) (Identified, error) {
		next := object.(T)
		err := change(&next)
		return next, err
	})
	typed, _ := object.(T)
	return typed, err
}

// Delete removes the object with an ID.
func (t *Table[T]) Delete(id string) error { return t.core.delete(id) }

// A table is a [Table] without its type.
type table struct {
	begun sync.Once
	fill  func() // adds the first objects
	name  string // of this table alone, in the states that it saves

	mu      sync.RWMutex
	rows    []row
	deleted []row // the last of each ID
	changes int   // so far
}

// A row is an object that is there, or was.
type row struct {
	object  Identified
	unique  string // the ID that stays when the other changes; "" for objects that have none
	change  int    // the number of its last change
	deleted bool
}

// A tableState is what a stateful run saves, as strings, which ISC prefers.
type tableState struct {
	Table  string `json:"table"`
	Change string `json:"change"`
}

// begin gives the table its name and its first objects, once. All methods but add need them.
func (t *table) begin() {
	t.begun.Do(func() {
		t.name = rand.Text()
		t.fill()
	})
}

// since returns what has changed since a state was saved, or all objects where the state
// is not one of this table, and the state of now.
func (t *table) since(raw json.RawMessage) ([]row, tableState) {
	t.begin()
	t.mu.RLock()
	defer t.mu.RUnlock()
	now := tableState{t.name, strconv.Itoa(t.changes)}
	state, err := sdk.DecodeState[tableState](raw)
	if err != nil || state.Table != t.name {
		return slices.Clone(t.rows), now
	}
	seen, err := strconv.Atoi(state.Change)
	if err != nil {
		return slices.Clone(t.rows), now
	}
	old := func(r row) bool { return r.change <= seen }
	return slices.DeleteFunc(slices.Concat(t.rows, t.deleted), old), now
}

func (t *table) read(id string) (Identified, error) {
	t.begin()
	t.mu.RLock()
	defer t.mu.RUnlock()
	if i := t.index(id); i >= 0 {
		return t.rows[i].object, nil
	}
	return nil, notHere(id)
}

func (t *table) create(build func(taken func(string) bool) (Identified, error)) (Identified, error) {
	t.begin()
	t.mu.Lock()
	defer t.mu.Unlock()
	object, err := build(func(id string) bool { return t.index(id) >= 0 })
	if err != nil {
		return nil, err
	}
	if err := t.add(object); err != nil {
		return nil, err
	}
	return object, nil
}

// add adds an object. The caller has the lock, or the table to itself.
func (t *table) add(object Identified) error {
	r := row{object: object, unique: uniqueID(object), change: t.changes + 1}
	if err := t.check(r, -1); err != nil {
		return err
	}
	t.changes++
	t.rows = append(t.rows, r)
	t.dropGone(r)
	return nil
}

// check refuses a row for the place i, or for the end, without an ID or with that of
// another one.
func (t *table) check(r row, i int) error {
	id := r.object.ID()
	if id == "" {
		return sdk.Errorf("an object must have an ID")
	}
	for n, other := range t.rows {
		switch {
		case n == i:
		case other.object.ID() == id:
			return sdk.Errorf("%s already exists", cut.Quote(id))
		case r.unique != "" && r.unique == other.unique:
			return sdk.Errorf("%s already exists, as %s", cut.Quote(id), cut.Quote(other.object.ID()))
		}
	}
	return nil
}

func (t *table) update(id string, change func(Identified) (Identified, error)) (Identified, error) {
	t.begin()
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.index(id)
	if i < 0 {
		return nil, notHere(id)
	}
	next, err := change(t.rows[i].object)
	if err != nil {
		return nil, err
	}
	r := row{object: next, unique: uniqueID(next), change: t.changes + 1}
	if err := t.check(r, i); err != nil {
		return nil, err
	}
	t.changes++
	if next.ID() != id && r.unique == "" {
		t.markGone(t.rows[i]) // nothing tells that it is the same object
	}
	t.rows[i] = r
	t.dropGone(r)
	return next, nil
}

func (t *table) delete(id string) error {
	t.begin()
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.index(id)
	if i < 0 {
		return notHere(id)
	}
	t.changes++
	t.markGone(t.rows[i])
	t.rows = slices.Delete(t.rows, i, i+1)
	return nil
}

// markGone notes that a row is no longer there.
func (t *table) markGone(r row) {
	r.change, r.deleted = t.changes, true
	t.deleted = append(t.deleted, r)
}

// dropGone drops the deleted rows in whose place one has come.
func (t *table) dropGone(r row) {
	t.deleted = slices.DeleteFunc(t.deleted, func(d row) bool {
		return cmp.Or(d.unique, d.object.ID()) == cmp.Or(r.unique, r.object.ID())
	})
}

func (t *table) index(id string) int {
	return slices.IndexFunc(t.rows, func(r row) bool { return r.object.ID() == id })
}

// uniqueID returns the ID of an object that never changes, or "" if it has none besides
// its native identity.
func uniqueID(object Identified) string {
	text, err := json.Marshal(object)
	if err != nil {
		return ""
	}
	var wire struct {
		UUID string  `json:"uuid"`
		Key  sdk.Key `json:"key"`
	}
	_ = json.Unmarshal(text, &wire) // what cannot be read has none
	return cmp.Or(wire.Key.UniqueID, wire.UUID)
}

// notHere says that no object has an ID. A login may have a user name in its place.
func notHere(id string) error {
	if id == "" {
		return sdk.NotFound("the request has neither identity nor key, and sample data is found only by these")
	}
	return sdk.NotFound("%s is not in the source", cut.Quote(id))
}
