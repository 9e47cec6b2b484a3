package sdk

import (
	"slices"
	"sync"
)

// An Identified object says what it is called in the source.
type Identified interface {
	ID() string // native identity
}

// A Table holds objects in memory, in the order in which they came. It is safe
// for concurrent use.
type Table[T Identified] struct {
	mu   sync.RWMutex
	rows []T
}

// NewTable returns a table of the objects that build makes of attributes. An
// object without an ID, or with that of an earlier one, is left out.
func NewTable[A any, T Identified](build func(A) T, attributes []A) *Table[T] {
	t := new(Table[T])
	for _, a := range attributes {
		_, _ = t.Create(build(a))
	}
	return t
}

// Len returns the number of objects.
func (t *Table[T]) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.rows)
}

// List sends all objects.
func (t *Table[T]) List(out *Stream[T]) error {
	t.mu.RLock()
	rows := slices.Clone(t.rows)
	t.mu.RUnlock()
	for _, row := range rows {
		if err := out.Send(row); err != nil {
			return err
		}
	}
	return nil
}

// Read returns the object with an ID, or the not-found error.
func (t *Table[T]) Read(id string) (T, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if i := t.index(id); i >= 0 {
		return t.rows[i], nil
	}
	var none T
	return none, notHere(id)
}

// Create adds an object. It must have an ID that no other has.
func (t *Table[T]) Create(row T) (T, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var none T
	if row.ID() == "" {
		return none, Errorf("an object must have an ID")
	}
	if t.index(row.ID()) >= 0 {
		return none, exists(row.ID())
	}
	t.rows = append(t.rows, row)
	return row, nil
}

// Update changes the object with an ID and returns it. When change fails,
// nothing has changed.
func (t *Table[T]) Update(id string, change func(*T) error) (T, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var none T
	i := t.index(id)
	if i < 0 {
		return none, notHere(id)
	}
	next := t.rows[i]
	if err := change(&next); err != nil {
		return none, err
	}
	if other := t.index(next.ID()); other >= 0 && other != i {
		return none, exists(next.ID())
	}
	t.rows[i] = next
	return next, nil
}

// Delete removes the object with an ID.
func (t *Table[T]) Delete(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.index(id)
	if i < 0 {
		return notHere(id)
	}
	t.rows = slices.Delete(t.rows, i, i+1)
	return nil
}

func (t *Table[T]) index(id string) int {
	return slices.IndexFunc(t.rows, func(row T) bool { return row.ID() == id })
}

func exists(id string) error { return Errorf("%q exists already", id) }

func notHere(id string) error { return NotFound("%q is not in the source", id) }
