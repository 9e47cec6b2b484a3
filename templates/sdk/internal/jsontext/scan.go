package jsontext

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Texts are scanned eight bytes at a time, as words whose lowest byte is the first one.
const (
	each    = 0x0101010101010101 // times a byte: a word of it
	highest = 0x80 * each
)

// plainLen returns how many bytes a text begins with that are in a JSON string as they are: ASCII
// without quotes, backslashes and control characters.
func plainLen(s string) int {
	n := len(s)
	switch {
	case n >= 8:
		for i := 0; i < n-8; i += 8 {
			if found := odd(wordAt(s, i)); found != 0 {
				return i + first(found)
			}
		}
		if found := odd(wordAt(s, n-8)); found != 0 { // which may overlap the one before
			return n - 8 + first(found)
		}
		return n
	case n >= 4 && odd(halfAt(s, 0)|halfAt(s, n-4)<<32) == 0:
		return n
	}
	for i := range n {
		if !isPlain(s[i]) {
			return i
		}
	}
	return n
}

// isPlain reports whether a byte is in a JSON string as it is, and is ASCII.
func isPlain(c byte) bool { return c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf }

// commonSize returns how many bytes the character takes that a text begins with, if it is one of
// most that are not ASCII: those of two bytes, and those of three whose first byte alone says that
// the others may be any that continue a character. It is 0 for all others, and for what is not UTF-8.
func commonSize(s string) int {
	switch c := s[0]; {
	case 0xC2 <= c && c <= 0xDF && len(s) >= 2 && s[1]&0xC0 == 0x80:
		return 2
	case 0xE1 <= c && c <= 0xEC && len(s) >= 3 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80:
		return 3
	}
	return 0
}

// odd sets the highest bit of the first byte of a word that is not plain; those of the bytes after
// it mean nothing, since subtractions borrow from them.
func odd(word uint64) uint64 {
	return (word | (word - ' '*each) | ((word ^ '"'*each) - each) | ((word ^ '\\'*each) - each)) & highest
}

// first returns the index of the byte that [odd] has found.
func first(found uint64) int { return bits.TrailingZeros64(found) / 8 }

// wordAt returns the word at an offset of a text.
func wordAt(s string, i int) uint64 { return binary.LittleEndian.Uint64([]byte(s[i : i+8])) }

// halfAt returns half a word.
func halfAt(s string, i int) uint64 { return uint64(binary.LittleEndian.Uint32([]byte(s[i : i+4]))) }
