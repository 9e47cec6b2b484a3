// Package cut shortens the texts of a request that logs, errors and answers repeat. Without it,
// each copy of a name of nine megabytes would cost as much memory as the request.
package cut

import (
	"strconv"
	"unicode/utf8"
)

// How many bytes are repeated at most.
const (
	Name    = 100      // of a name or value inside a message
	Message = 16 << 10 // of a message as a whole
)

// mark ends a text that was cut.
const mark = "…"

// To cuts a text to at most max bytes; max must be at least three. A text that was cut ends with
// "…".
func To[T ~string | ~[]byte](text T, max int) string {
	if len(text) <= max {
		return string(text)
	}
	end := max - len(mark)
	for i := end; i > end-utf8.UTFMax && i > 0; i-- { // never inside a character
		if utf8.RuneStart(text[i]) {
			end = i
			break
		}
	}
	return string(text[:end]) + mark
}

// Quote cuts a name or value to [Name] bytes and quotes it.
func Quote(text string) string { return strconv.Quote(To(text, Name)) }
