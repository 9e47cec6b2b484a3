// Package plural formats numbers of things.
package plural

import "strconv"

// Count formats a number of things: "1 spec", "2 specs". The noun must take an s.
func Count(n int, thing string) string { return strconv.Itoa(n) + " " + Of(n, thing) }

// Of returns the form of a noun for a number of things: "method", "methods".
func Of(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}
