package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A row compares one figure.
type row struct {
	what  string // generate, 12 attributes
	kind  kind
	ours  float64
	peer  string // go-jsonschema; empty if there is nothing to compare with
	other float64
}

// A kind is what a figure measures.
type kind int

const (
	wall   kind = iota // wall-clock seconds
	cpu                // processor seconds, in the program and in the system
	user               // processor seconds, in the program only
	memory             // bytes at the peak
	size               // bytes on disk
	rate               // per second
)

// String returns the kind's name in the table.
func (k kind) String() string {
	return [...]string{"time", "CPU time", "user CPU time", "peak memory", "size", "per second"}[k]
}

// text formats a value with its unit.
func (k kind) text(value float64) string {
	switch k {
	case wall, cpu, user:
		return duration(value)
	case memory:
		return significant(value/(1<<20)) + " MiB"
	case size:
		return significant(value/1e6) + " MB"
	default:
		return thousands(value)
	}
}

// duration formats seconds.
func duration(seconds float64) string {
	switch {
	case seconds < time.Millisecond.Seconds():
		return significant(seconds*1e6) + " µs"
	case seconds < time.Second.Seconds():
		return significant(seconds*1e3) + " ms"
	default:
		return significant(seconds) + " s"
	}
}

// significant formats a number with three digits, or with all those before the point.
func significant(x float64) string {
	switch {
	case x < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case x < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	default:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
}

// thousands formats a rate, rounded to three digits, with commas.
func thousands(x float64) string {
	unit := 1.0
	for x/unit >= 1000 {
		unit *= 10
	}
	text := strconv.FormatInt(int64(x/unit+0.5)*int64(unit), 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// markdown formats rows as a table. Consecutive rows about the same thing name it once.
func markdown(rows []row) string {
	var b strings.Builder
	b.WriteString("| What | Figure | conngen | the other | | ratio |\n|---|---|---:|---:|---|---:|\n")
	last := ""
	for _, r := range rows {
		what := r.what
		if what == last {
			what = ""
		}
		last = r.what
		peer, other, ratio := r.peer, "", ""
		if r.peer != "" && r.other > 0 {
			other, ratio = r.kind.text(r.other), significant(r.ours/r.other)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", what, r.kind, r.kind.text(r.ours), other, peer, ratio)
	}
	return b.String()
}
