package jsontext

import (
	"bytes"
	"strconv"
)

// maxSafe is the largest whole number up to which JavaScript represents every integer
// exactly.
const maxSafe = 1<<53 - 1

// FindRounded looks in valid JSON for a whole number that JavaScript would round when it
// parses it: one beyond ±(2^53-1). It returns the names of the members that lead to the first
// one. Numbers beyond 64 bits, where Go has floats alone, and those with a fraction or an
// exponent pass where JavaScript prints the number that they are.
func FindRounded(text []byte) (path []string, found bool) {
	if !hasLongNumber(text) {
		return nil, false
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			i = stringEnd(text, i)
		case c == '-' || '0' <= c && c <= '9':
			end := numberEnd(text, i)
			if end-i >= longNumber && isRounded(string(text[i:end])) {
				return pathTo(text, i), true
			}
			i = end
		default:
			i++
		}
	}
	return nil, false
}

// longNumber is how many characters a number has at least that JavaScript may round.
const longNumber = len("9007199254740992")

// ofNumbers are the characters that numbers consist of.
var ofNumbers = [256]bool{
	'+': true, '-': true, '.': true, 'e': true, 'E': true,
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
}

// hasLongNumber reports whether JSON has a long number, or a text that contains the like. It
// looks at a fraction of the bytes: a long number covers one of those that are longNumber apart.
func hasLongNumber(text []byte) bool {
	for i := longNumber - 1; i < len(text); i += longNumber {
		if !ofNumbers[text[i]] {
			continue
		}
		start := i
		for start > 0 && ofNumbers[text[start-1]] {
			start--
		}
		if numberEnd(text, i)-start >= longNumber {
			return true
		}
	}
	return false
}

// numberEnd returns the offset after the number that starts at i.
func numberEnd(text []byte, i int) int {
	for i < len(text) && ofNumbers[text[i]] {
		i++
	}
	return i
}

func isRounded(literal string) bool {
	if !isInteger(literal) { // 9007199254740993.0 is a whole number too
		n, err := parseInt(literal)
		return err == nil && (n > maxSafe || n < -maxSafe) && string(AppendFloat(nil, float64(n))) != strconv.FormatInt(n, 10)
	}
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return n > maxSafe || n < -maxSafe
	}
	if _, err := strconv.ParseUint(literal, 10, 64); err == nil {
		return true
	}
	f, _ := strconv.ParseFloat(literal, 64) // infinite where it is out of range
	return string(AppendFloat(nil, f)) != literal
}

// pathTo returns the names of the members that lead to an offset in JSON.
func pathTo(text []byte, offset int) []string {
	var open [][]byte // the name last seen in each object and list around, quoted
	for i := 0; i < offset; {
		switch text[i] {
		case '{', '[':
			open = append(open, nil)
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := stringEnd(text, i)
			if bytes.HasPrefix(bytes.TrimSpace(text[end:]), []byte(":")) {
				open[len(open)-1] = text[i:end]
			}
			i = end
			continue
		}
		i++
	}
	var path []string
	for _, quoted := range open {
		if quoted != nil {
			name, _ := ReadText(quoted) // a string
			path = append(path, name)
		}
	}
	return path
}
