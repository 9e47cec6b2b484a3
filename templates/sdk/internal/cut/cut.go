// Package cut shortens what logs, errors and answers repeat of a request. Nobody reads a name of
// nine megabytes, and each copy of it costs as much as the request.
package cut

import (
	"strconv"
	"unicode/utf8"
)

// The most bytes that are repeated.
const (
	Name    = 100      // of a name or value inside a message
	Message = 16 << 10 // of a message as a whole
)

// mark ends what was cut.
const mark = "…"

// To returns a text of at most max bytes, which are no fewer than three. One that was longer
// ends with "…".
func To[T ~string | ~[]byte](text T, max int) string {
	if len(text) <= max {
		return string(text)
	}
	end := max - len(mark)
	for i := end; i > end-utf8.UTFMax && i > 0; i-- { // not in the middle of a character
		if utf8.RuneStart(text[i]) {
			end = i
			break
		}
	}
	return string(text[:end]) + mark
}

// Quote returns a name or value in quotes.
func Quote(text string) string { return strconv.Quote(To(text, Name)) }
