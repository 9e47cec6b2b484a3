// Package memory is for generated code. It holds a source in memory: sample accounts and
// entitlements, made from the spec, that can be listed, read, changed and deleted. A new
// project starts with the in-memory client that is made of it.
package memory

import (
	"slices"
	"sync"

	"github.com/conngen/conngen/templates/sdk"
)

// An Identified object knows its ID in the source.
type Identified interface {
	ID() string // native identity
}

// A Table holds objects in memory, in the order in which they came. It is safe for
// concurrent use.
type Table[T Identified] struct{ core table }

// NewTable returns a table of the objects that build makes of attributes. An object
// without an ID, or with that of an earlier one, is left out.
func NewTable[A any, T Identified](build func(A) T, attributes []A) *Table[T] {
	t := new(Table[T])
	for _, a := range attributes {
		_ = t.core.create(build(a))
	}
	return t
}

// Len returns the number of objects.
func (t *Table[T]) Len() int { return len(t.core.all()) }

// List sends all objects.
func (t *Table[T]) List(out *sdk.Stream[T]) error {
	for _, row := range t.core.all() {
		if err := out.Send(row.(T)); err != nil {
			return err
		}
	}
	return nil
}

// Read returns the object with an ID, or the not-found error.
func (t *Table[T]) Read(id string) (T, error) {
	row, err := t.core.read(id)
	object, _ := row.(T)
	return object, err
}

// Create adds an object. It must have an ID that no other has.
func (t *Table[T]) Create(row T) (T, error) {
	if err := t.core.create(row); err != nil {
		return *new(T), err
	}
	return row, nil
}

// Update changes the object with an ID and returns it. When change fails, nothing has
// changed.
func (t *Table[T]) Update(id string, change func(*T) error) (T, error) {
	row, err := t.core.update(id, func(row Identified) (Identified, error) {
		next := row.(T)
		err := change(&next)
		return next, err
	})
	object, _ := row.(T)
	return object, err
}

// Delete removes the object with an ID.
func (t *Table[T]) Delete(id string) error { return t.core.delete(id) }

// A table is a [Table] without its type.
type table struct {
	mu   sync.RWMutex
	rows []Identified
}

func (t *table) all() []Identified {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.rows)
}

func (t *table) read(id string) (Identified, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if i := t.index(id); i >= 0 {
		return t.rows[i], nil
	}
	return nil, notHere(id)
}

func (t *table) create(row Identified) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if row.ID() == "" {
		return sdk.Errorf("an object must have an ID")
	}
	if t.index(row.ID()) >= 0 {
		return exists(row.ID())
	}
	t.rows = append(t.rows, row)
	return nil
}

func (t *table) update(id string, change func(Identified) (Identified, error)) (Identified, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.index(id)
	if i < 0 {
		return nil, notHere(id)
	}
	next, err := change(t.rows[i])
	if err != nil {
		return nil, err
	}
	if other := t.index(next.ID()); other >= 0 && other != i {
		return nil, exists(next.ID())
	}
	t.rows[i] = next
	return next, nil
}

func (t *table) delete(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.index(id)
	if i < 0 {
		return notHere(id)
	}
	t.rows = slices.Delete(t.rows, i, i+1)
	return nil
}

func (t *table) index(id string) int {
	return slices.IndexFunc(t.rows, func(row Identified) bool { return row.ID() == id })
}

func exists(id string) error { return sdk.Errorf("%q exists already", id) }

func notHere(id string) error { return sdk.NotFound("%q is not in the source", id) }
