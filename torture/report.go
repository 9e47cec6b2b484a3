//go:build linux

package main

import (
	"fmt"
	"io"
	"sync"
)

// A report prints figures and counts those out of bounds. It is safe for concurrent use.
type report struct {
	figures, details io.Writer

	mu     sync.Mutex
	broken int
	shown  map[string]int // details of each figure
}

func newReport(figures, details io.Writer) *report {
	return &report{figures: figures, details: details, shown: make(map[string]int)}
}

// figure prints a figure without a bound.
func (r *report) figure(name string, value any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintln(r.figures, name, value)
}

// atMost prints a figure that must not be larger than a limit.
func (r *report) atMost(name string, value, limit int) {
	r.bounded(name, value, value <= limit, "at most", limit)
}

// atLeast prints a figure that must not be smaller than a limit.
func (r *report) atLeast(name string, value, limit int) {
	r.bounded(name, value, value >= limit, "at least", limit)
}

func (r *report) bounded(name string, value int, kept bool, bound string, limit int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if kept {
		fmt.Fprintln(r.figures, name, value)
		return
	}
	r.broken++
	fmt.Fprintf(r.figures, "%s %d broken: %s %d\n", name, value, bound, limit)
}

// skipped says why a figure is missing.
func (r *report) skipped(name, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.figures, "%s skipped: %s\n", name, why)
}

// maxDetails is how many details of a figure are shown; the others are similar.
const maxDetails = 5

// detail prints an event that counted towards a figure.
func (r *report) detail(name, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shown[name]++; r.shown[name] <= maxDetails {
		fmt.Fprintf(r.details, "%s: %s\n", name, fmt.Sprintf(format, args...))
	}
}
