package config

import "container/heap"

// An agenda is a set of numbers that are taken from the smallest one up.
type agenda struct {
	numbers smallest
	has     map[int]bool
}

func newAgenda() *agenda { return &agenda{has: make(map[int]bool)} }

func (a *agenda) empty() bool { return len(a.numbers) == 0 }

func (a *agenda) add(n int) {
	if !a.has[n] {
		a.has[n] = true
		heap.Push(&a.numbers, n)
	}
}

func (a *agenda) take() int {
	n := heap.Pop(&a.numbers).(int)
	delete(a.has, n)
	return n
}

// smallest is a heap with the smallest number on top.
type smallest []int

func (s smallest) Len() int           { return len(s) }
func (s smallest) Less(i, j int) bool { return s[i] < s[j] }
func (s smallest) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *smallest) Push(n any)        { *s = append(*s, n.(int)) }

func (s *smallest) Pop() any {
	last := len(*s) - 1
	n := (*s)[last]
	*s = (*s)[:last]
	return n
}
