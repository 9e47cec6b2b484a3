package generator

import (
	"strconv"
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

// goName makes an exported Go identifier of any text: its words, each with a
// capital first letter. fallback begins the names that would not be exported
// identifiers; "" comes back when there is neither letter nor digit.
func goName(text, fallback string) string {
	words := splitWords(text)
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

// splitWords splits at all that is neither letter nor digit, where lower case
// turns to upper, and before the last capital of an acronym: userID, HTTPServer.
func splitWords(text string) []string {
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

// lowerFirst makes an unexported identifier of an exported one.
func lowerFirst(name string) string {
	first, rest := firstRune(name)
	return string(unicode.ToLower(first)) + rest
}

// A scope is a set of identifiers that are taken.
type scope map[string]bool

// newScope returns a scope in which names are taken.
func newScope(names ...string) scope {
	s := make(scope)
	for _, n := range names {
		s[n] = true
	}
	return s
}

// take takes name, or the first free one of name2, name3 and so on.
func (s scope) take(name string) string {
	return s.takeFamily(name, func(n string) []string { return []string{n} })
}

// takeFamily takes all members of the family of name, or of name2 and so on.
func (s scope) takeFamily(name string, family func(string) []string) string {
	free := name
	for n := 2; s.anyTaken(family(free)); n++ {
		free = name + strconv.Itoa(n)
	}
	for _, member := range family(free) {
		s[member] = true
	}
	return free
}

func (s scope) anyTaken(names []string) bool {
	for _, n := range names {
		if s[n] {
			return true
		}
	}
	return false
}
