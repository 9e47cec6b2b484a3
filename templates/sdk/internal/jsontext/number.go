package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// NumberText returns the text of a JSON number: what JavaScript prints, which is what a
// connector on the original makes of it. A whole number that is written with digits alone
// keeps them all, so an ID of twenty digits stays that ID.
func NumberText(literal string) string {
	if isInteger(literal) && literal != "-0" {
		return literal
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return literal // a json.Number can hold any text
	}
	return string(AppendFloat(nil, f))
}

// isInteger reports whether a number is written with digits alone.
func isInteger(literal string) bool {
	digits := strings.TrimPrefix(literal, "-")
	return digits != "" && isDigits(digits)
}

// isDigits reports whether a text has nothing but digits in it.
func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// AppendFloat appends a number as JavaScript prints it: all its digits from 1e-6 up to
// 1e21, an exponent elsewhere, and 0 for -0.
func AppendFloat(b []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case f == 0:
		return append(b, '0')
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	case math.IsNaN(f) || abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	if n := len(b); b[n-4] == 'e' && b[n-2] == '0' { // Go has two digits at least: 1e-07
		b = append(b[:n-2], b[n-1])
	}
	return b
}

// Why ReadInt refuses a number.
var (
	errNoNumber = errors.New("is not a number")
	ErrFraction = errors.New("must be a whole number, not a fraction")
	ErrRange    = errors.New("is out of range for a 64-bit whole number")
)

// ReadFloat reads numbers and their texts, in decimal digits. One beyond 64-bit floats is
// an error.
func ReadFloat(raw json.RawMessage) (float64, error) {
	text, err := ReadText(raw)
	if KindOf(raw) == "a number" {
		text = string(bytes.TrimSpace(raw))
	}
	text = strings.TrimSpace(text)
	if err == nil && strings.Trim(text, "0123456789+-.eE") == "" { // Go's numbers have more: 0x1p4, 1_000, Inf
		n, err := strconv.ParseFloat(text, 64)
		switch {
		case err == nil:
			return n, nil
		case errors.Is(err, strconv.ErrRange):
			return 0, errors.New("is out of range")
		}
	}
	return 0, fmt.Errorf("must be a number, not %s", Describe(raw))
}

// parseInt reads a whole number, exact to 64 bits. 42.0 and 1e3 are whole numbers too.
func parseInt(text string) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	unsigned, sign := strings.TrimPrefix(text, "+"), ""
	if strings.HasPrefix(text, "-") {
		unsigned, sign = text[1:], "-"
	}
	mantissa, power, hasPower := cutAny(unsigned, "eE")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || !isDigits(whole+fraction) || hasPower && !isInteger(strings.TrimPrefix(power, "+")) {
		return 0, errNoNumber
	}
	// digits followed by as many zeros as shift says; as many of them are a fraction, if it is negative.
	digits := strings.TrimRight(whole+fraction, "0")
	shift := len(whole) - len(digits) + exponent(power)
	digits = strings.TrimLeft(digits, "0")
	switch {
	case digits == "":
		return 0, nil
	case shift < 0:
		return 0, ErrFraction
	case len(digits)+shift > maxDigits:
		return 0, ErrRange
	}
	n, err := strconv.ParseInt(sign+digits+strings.Repeat("0", shift), 10, 64)
	if err != nil {
		return 0, ErrRange
	}
	return n, nil
}

// maxDigits is how many digits a 64-bit whole number has at most.
const maxDigits = 19

// exponent reads the power of ten of a number; one beyond all that texts have digits for
// is cut short.
func exponent(power string) int {
	const most = 1 << 30
	n, err := strconv.Atoi(power)
	switch {
	case power == "":
		return 0
	case err != nil && strings.HasPrefix(power, "-"):
		return -most
	case err != nil:
		return most
	}
	return min(max(n, -most), most)
}

// cutAny cuts a text around the first of some characters.
func cutAny(text, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}
