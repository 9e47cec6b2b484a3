// Package plural puts numbers of things into words.
package plural

import "strconv"

// Count says a number of things: "1 spec", "2 specs". The thing is a noun that takes an s.
func Count(n int, thing string) string { return strconv.Itoa(n) + " " + Of(n, thing) }

// Of returns the form of a noun for a number of things: "method", "methods".
func Of(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}
