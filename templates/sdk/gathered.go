package sdk

// A gathered is a list to which values are added, and from which they are removed, in a time that
// does not depend on its length: requests can contain long lists. Values with equal keys are equal.
type gathered[K comparable, V any] struct {
	keys   []K
	values []V
	has    map[K]bool // keys that the list has
	out    map[K]int  // where the values of a key begin that have not been taken out
}

// gather returns the list of some values that are their own keys.
func gather[T comparable](list []T) *gathered[T, T] {
	g := &gathered[T, T]{keys: make([]T, 0, len(list)), values: make([]T, 0, len(list))}
	for _, v := range list {
		g.push(v, v)
	}
	return g
}

// push appends a value, even one that the list has.
func (g *gathered[K, V]) push(key K, v V) {
	if g.has == nil {
		g.has = make(map[K]bool, cap(g.keys))
	}
	g.has[key] = true
	g.keys, g.values = append(g.keys, key), append(g.values, v)
}

// add appends a value that the list does not have.
func (g *gathered[K, V]) add(key K, v V) {
	if !g.has[key] {
		g.push(key, v)
	}
}

// remove takes all values with a key out.
func (g *gathered[K, V]) remove(key K) {
	if !g.has[key] {
		return
	}
	if g.out == nil {
		g.out = make(map[K]int)
	}
	delete(g.has, key)
	g.out[key] = len(g.keys)
}

// list returns the values in the order in which they came. It is never nil.
func (g *gathered[K, V]) list() []V {
	list := make([]V, 0, len(g.values))
	for i, v := range g.values {
		if i >= g.out[g.keys[i]] {
			list = append(list, v)
		}
	}
	return list
}
