// Package goname makes Go identifiers of the names that a spec gives: attribute
// names, config keys, commands, option values.
package goname

import (
	"strings"
	"unicode"
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

// Name makes an exported Go identifier of any text: its words, each with a
// capital first letter. fallback begins the names that would not be exported
// identifiers; "" comes back when there is neither letter nor digit.
func Name(text, fallback string) string {
	words := Words(text)
	if len(words) == 0 {
		return ""
	}
	shout := isShout(text, words)
	var b strings.Builder
	for _, w := range words {
		b.WriteString(capitalise(w, shout))
	}
	name := b.String()
	if first, _ := firstRune(name); !unicode.IsUpper(first) {
		return fallback + name
	}
	return name
}

// isShout reports whether a name is written in capitals throughout, so that they
// say nothing: JOB_TITLE, USERNAME. A single short word is an acronym.
func isShout(text string, words []string) bool {
	const longestAcronym = 4
	return strings.ToUpper(text) == text && (len(words) > 1 || len(words[0]) > longestAcronym)
}

func capitalise(word string, shout bool) string {
	lower := strings.ToLower(word)
	if initialisms[lower] {
		return strings.ToUpper(word)
	}
	if singular, ok := strings.CutSuffix(lower, "s"); ok && initialisms[singular] {
		return strings.ToUpper(singular) + "s"
	}
	if shout {
		word = lower
	}
	first, rest := firstRune(word)
	return string(unicode.ToUpper(first)) + rest
}

func firstRune(s string) (first rune, rest string) {
	for _, r := range s {
		return r, s[len(string(r)):]
	}
	return 0, ""
}

// Unexported makes an unexported identifier of an exported one.
func Unexported(name string) string {
	first, rest := firstRune(name)
	return string(unicode.ToLower(first)) + rest
}

// Words splits at all that is neither letter nor digit, where lower case
// turns to upper, and before the last capital of an acronym: userID, HTTPServer.
func Words(text string) []string {
	var words []string
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

// isPluralEnd reports whether a plural s ends a word of capitals at i: userIDs.
func isPluralEnd(runes []rune, i int) bool {
	return runes[i] == 's' && (i+1 == len(runes) || !unicode.IsLower(runes[i+1]))
}
