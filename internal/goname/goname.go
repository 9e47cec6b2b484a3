// Package goname makes Go identifiers from the names in a spec: attribute names, config
// keys, commands, option values.
package goname

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are written in capitals, as Go does.
var initialisms = map[string]bool{
	"acl": true, "api": true, "ascii": true, "cpu": true, "css": true, "csv": true, "dns": true,
	"eof": true, "guid": true, "html": true, "http": true, "https": true, "id": true, "ip": true,
	"json": true, "jwt": true, "ldap": true, "mfa": true, "otp": true, "pdf": true,
	"ram": true, "rpc": true, "saml": true, "scim": true, "sla": true, "smtp": true, "sql": true,
	"ssf": true, "ssh": true, "sso": true, "tcp": true, "tls": true, "ttl": true, "udp": true,
	"ui": true, "uid": true, "upn": true, "uri": true, "url": true, "utf8": true, "uuid": true,
	"vm": true, "xml": true, "xmpp": true, "xsrf": true, "xss": true,
}

// A Namer makes identifiers. The zero Namer knows the initialisms of Go and of the domain.
type Namer struct {
	extra map[string]bool // in lower case
}

// NewNamer returns a Namer that also capitalizes other words.
func NewNamer(words []string) *Namer {
	n := &Namer{extra: make(map[string]bool)}
	for _, word := range words {
		if lower := strings.ToLower(word); !initialisms[lower] {
			n.extra[lower] = true
		}
	}
	return n
}

// Extra returns the words of a text, in lower case, that are capitalized only because the Namer was
// told so.
func (n *Namer) Extra(text string) []string {
	if len(n.extra) == 0 {
		return nil
	}
	var extra []string
	for _, word := range Words(text) {
		lower := strings.ToLower(word)
		for _, w := range []string{lower, strings.TrimSuffix(lower, "s")} {
			if n.extra[w] {
				extra = append(extra, w)
				break
			}
		}
	}
	return extra
}

// Name makes an exported Go identifier from any text: its words, each with a capital first letter.
// The signs of a text with nothing else are spelt out. fallback begins the names that would not be
// exported identifiers otherwise. A text without letters, digits or signs with names yields "".
func (n *Namer) Name(text, fallback string) string {
	var space [8]string
	words := appendWords(space[:0], text)
	if len(words) == 0 {
		return spelt(text)
	}
	shout := isShout(text, words)
	var room [64]byte
	name := room[:0]
	for _, w := range words {
		name = n.appendCapitalised(name, w, shout)
	}
	if first, _ := utf8.DecodeRune(name); !unicode.IsUpper(first) {
		return fallback + string(name)
	}
	return string(name)
}

// isShout reports whether a name is written in capitals throughout, so they say nothing:
// JOB_TITLE, USERNAME. A single short word is an acronym.
func isShout(text string, words []string) bool {
	const longestAcronym = 4
	if len(words) == 1 && len(words[0]) <= longestAcronym || strings.ContainsFunc(text, func(r rune) bool { return 'a' <= r && r <= 'z' }) {
		return false
	}
	return strings.ToUpper(text) == text
}

func (n *Namer) capitalise(word string, shout bool) string {
	lower := strings.ToLower(word)
	if n.isInitialism(lower) {
		return strings.ToUpper(word)
	}
	if singular, ok := strings.CutSuffix(lower, "s"); ok && n.isInitialism(singular) {
		return strings.ToUpper(singular) + "s"
	}
	if shout {
		word = lower
	}
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

func (n *Namer) isInitialism(lower string) bool { return initialisms[lower] || n.extra[lower] }

// appendCapitalised appends capitalise's result. Most words are ASCII, and need no memory of their own.
func (n *Namer) appendCapitalised(dst []byte, word string, shout bool) []byte {
	if !isASCII(word) {
		return append(dst, n.capitalise(word, shout)...)
	}
	dst = append(dst, word...)
	own := dst[len(dst)-len(word):]
	mapASCII(own, 'A', 'Z')
	capitals := own[:1]
	last := len(own) - 1
	switch {
	case n.isInitialism(string(own)):
		capitals = own
	case own[last] == 's' && n.isInitialism(string(own[:last])):
		capitals = own[:last]
	case !shout:
		copy(own, word)
	}
	mapASCII(capitals, 'a', 'z')
	return dst
}

// mapASCII converts the letters of a range to the other case.
func mapASCII(text []byte, first, last byte) {
	for i, c := range text {
		if first <= c && c <= last {
			text[i] = c ^ 0x20
		}
	}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Unexported makes an unexported identifier from an exported one.
func Unexported(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// Singular makes the name of one thing from the name of several, by English plural
// endings. A name that does not look like a plural stays as it is.
func Singular(name string) string {
	cut := func(suffix, instead string) (string, bool) {
		stem, ok := strings.CutSuffix(name, suffix)
		return stem + instead, ok && stem != ""
	}
	for _, end := range []struct{ suffix, instead string }{
		{"ies", "y"},
		{"ses", "s"},
		{"xes", "x"},
		{"ches", "ch"},
		{"shes", "sh"},
		{"ss", "ss"},
		{"us", "us"},
		{"is", "is"},
		{"s", ""},
	} {
		if singular, ok := cut(end.suffix, end.instead); ok {
			return singular
		}
	}
	return name
}

// Words splits at everything that is neither letter nor digit, where lower case turns to
// upper, and before the last capital of an acronym: userID, HTTPServer.
func Words(text string) []string { return appendWords(nil, text) }

func appendWords(words []string, text string) []string {
	if isASCII(text) {
		return appendASCIIWords(words, text)
	}
	runes := []rune(text)
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, string(runes[start:end]))
		}
		start = end
	}
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush(i)
			start = i + 1
			continue
		}
		if i == start || !unicode.IsUpper(r) {
			continue
		}
		nextLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if !unicode.IsUpper(runes[i-1]) || nextLower && !isPluralEnd(runes, i+1) {
			flush(i)
		}
	}
	flush(len(runes))
	return words
}

// appendASCIIWords is appendWords for ASCII texts.
func appendASCIIWords(words []string, text string) []string {
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, text[start:end])
		}
		start = end
	}
	for i := range len(text) {
		c := text[i]
		if !isUpper(c) && !isLower(c) && (c < '0' || c > '9') {
			flush(i)
			start = i + 1
			continue
		}
		if i == start || !isUpper(c) {
			continue
		}
		nextLower := i+1 < len(text) && isLower(text[i+1])
		pluralEnd := nextLower && text[i+1] == 's' && (i+2 == len(text) || !isLower(text[i+2]))
		if !isUpper(text[i-1]) || nextLower && !pluralEnd {
			flush(i)
		}
	}
	flush(len(text))
	return words
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// isPluralEnd reports whether a plural s ends a word of capitals at i: userIDs.
func isPluralEnd(runes []rune, i int) bool {
	return runes[i] == 's' && (i+1 == len(runes) || !unicode.IsLower(runes[i+1]))
}
