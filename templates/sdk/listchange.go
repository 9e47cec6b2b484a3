package sdk

import "fmt"

// A listChange is a [ListChange] without its type. What it does is not in the methods of ListChange,
// which are compiled anew with each generated package.
type listChange interface {
	apply(list any)             // changes the list that list points to
	diff(list, add, remove any) // compares a list with what apply makes of it; all are pointers
}

// listChangeOf returns the change that a pointer points to.
func listChangeOf(change any) listChange {
	switch c := change.(type) {
	case *ListChange[string]:
		return changeOf[string]{c}
	case *ListChange[bool]:
		return changeOf[bool]{c}
	case *ListChange[int64]:
		return changeOf[int64]{c}
	}
	panic(fmt.Sprintf("sdk: %T: lists hold values of type string, bool or int64", change))
}

// A changeOf is the listChange of values of one type.
type changeOf[T comparable] struct{ *ListChange[T] }

func (c changeOf[T]) apply(list any) {
	p := list.(*[]T)
	*p = c.applied(*p)
}

func (c changeOf[T]) diff(list, add, remove any) {
	before := *list.(*[]T)
	after := c.applied(before)
	*add.(*[]T), *remove.(*[]T) = missing(after, before), missing(before, after)
}

func (c changeOf[T]) applied(list []T) []T {
	switch {
	case c.Set != nil || c.Cleared:
		list = c.Set
	case list == nil && len(c.Added) == 0:
		return nil // taking values out of no list gives no list
	}
	next := gather(list)
	for _, v := range c.Removed {
		next.remove(v)
	}
	for _, v := range c.Added {
		next.add(v, v)
	}
	return next.list()
}

// missing returns the values of a list that another one does not have, once each.
func missing[T comparable](list, other []T) []T {
	seen := make(map[T]bool, len(other))
	for _, v := range other {
		seen[v] = true
	}
	var found []T
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			found = append(found, v)
		}
	}
	return found
}
