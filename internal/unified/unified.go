// Package unified makes unified diffs.
package unified

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// Diff returns the lines in which two texts differ, with three lines of context; "" if the texts
// are equal.
func Diff(oldName, newName, old, now string) string {
	return renumbered(udiff.Unified(oldName, newName, old, now))
}

var header = lazyregexp.New(`^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@`)

// renumbered corrects the line numbers of hunks in the new text. udiff does not count the lines
// between two changes that share a hunk, so the numbers of later hunks are too low.
func renumbered(diff string) string {
	lines := strings.SplitAfter(diff, "\n")
	added := 0                        // lines, in the hunks before
	for i := 2; i < len(lines); i++ { // after the names
		line := lines[i]
		switch m := header().FindStringSubmatch(line); {
		case m != nil && m[2] != ",0" && m[4] != ",0":
			from, _ := strconv.Atoi(m[1]) // digits
			lines[i] = fmt.Sprintf("@@ -%s%s +%d%s @@", m[1], m[2], from+added, m[4]) + line[len(m[0]):]
		case strings.HasPrefix(line, "+"):
			added++
		case strings.HasPrefix(line, "-"):
			added--
		}
	}
	return strings.Join(lines, "")
}
