// Package series lists things in words.
package series

import "strings"

// And joins several things: "a", "a and b", "a, b and c".
func And(things []string) string { return join(things, " and ") }

// Or joins alternatives: "a", "a or b", "a, b or c".
func Or(things []string) string { return join(things, " or ") }

func join(things []string, last string) string {
	n := len(things) - 1
	if n < 1 {
		return strings.Join(things, "")
	}
	return strings.Join(things[:n], ", ") + last + things[n]
}
