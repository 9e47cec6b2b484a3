package schema

import (
	"strconv"
	"strings"
)

// ParseNumber reads a number as JSON and people write it: in decimal digits, with a point
// and an exponent. A number beyond 64-bit floats is infinite, with the error
// [strconv.ErrRange].
func ParseNumber(text string) (float64, error) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789+-.eE") != "" { // Go accepts more forms: 0x1p4, 1_000, Inf
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, 64)
}
