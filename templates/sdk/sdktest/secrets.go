package sdktest

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The shortest secrets that are replaced within other texts, in bytes. Those of the config and
// the command are certainly secret. A secret in an answer may be a common word.
const (
	shortestGiven = 4
	shortestFound = 8
)

// Secrets below this length may be parts of other words, which do not count.
const boundedBelow = 8

// shortestWhole is the length of the shortest given secret that is replaced as a whole value.
const shortestWhole = 3

// standInForm matches the stand-ins of secrets. Their characters need no escapes anywhere.
var standInForm = regexp.MustCompile(`\b` + standInPattern)

// standInAnywhere matches what may be a stand-in after other letters too, as after %3A.
var standInAnywhere = regexp.MustCompile(standInPattern)

const standInPattern = `(?:secret|computed)-[A-Za-z0-9_]+(?:-[0-9]+)?\b`

// secrets are the known secrets with their stand-ins.
type secrets struct {
	standIns map[string]string // by secret
	given    map[string]bool   // those of the config and the command
	issued   map[string]bool   // the stand-ins
	numbers  map[string]int    // the last number in the stand-ins of a name
	needles  map[start][]needle
	lines    []needle // needles of several lines
}

// A start is the beginning of a needle, to find one among thousands.
type start [shortestGiven]byte

// A needle is one form in which a secret may occur.
type needle struct {
	text, standIn string
}

func newSecrets() *secrets {
	return &secrets{
		standIns: make(map[string]string), given: make(map[string]bool), issued: make(map[string]bool),
		numbers: make(map[string]int), needles: make(map[start][]needle),
	}
}

// give adds a secret of the config or the command, and returns its stand-in, which has the name
// of the secret's member.
func (s *secrets) give(name, text string) string {
	s.given[text] = true
	return s.add(name, text, shortestGiven)
}

// giveAs adds a secret of the config or the command that has a stand-in already.
func (s *secrets) giveAs(text, standIn string) {
	s.given[text] = true
	s.set(text, standIn, shortestGiven)
}

// find adds a secret of an answer or a request.
func (s *secrets) find(name, text string) string { return s.add(name, text, shortestFoundOf(text)) }

// plainWord matches values under a secret's name that may be a state: {"password": "disabled"}.
var plainWord = regexp.MustCompile(`^(?:[A-Z]?[a-z]+|[A-Z]+(?:_[A-Z]+)*)$`)

func shortestFoundOf(text string) int {
	const shortestWord = 24
	if plainWord.MatchString(text) {
		return shortestWord
	}
	return shortestFound
}

func (s *secrets) add(name, text string, shortest int) string {
	if known, ok := s.standIns[text]; ok {
		return known
	}
	if s.issued[text] {
		return text
	}
	base := "secret-" + plainName(name)
	standIn := base
	for s.issued[standIn] {
		s.numbers[base]++
		standIn = base + "-" + strconv.Itoa(s.numbers[base]+1)
	}
	s.set(text, standIn, shortest)
	return standIn
}

// compute adds a secret that the connector computes in each run, so all of one name share a
// stand-in.
func (s *secrets) compute(name, text string) string {
	standIn := "computed-" + plainName(name)
	if _, known := s.standIns[text]; !known {
		s.set(text, standIn, shortestFoundOf(text))
	}
	return standIn
}

// set adds a secret with a stand-in.
func (s *secrets) set(text, standIn string, shortest int) {
	s.standIns[text] = standIn
	s.issued[standIn] = true
	if text == standIn {
		return
	}
	for _, part := range secretParts(text) {
		if len(part) >= shortest {
			spellings := []string{part}
			if len(part) >= boundedBelow {
				spellings = append(spellings, strings.ToLower(part), strings.ToUpper(part)) // APIs may change the case of a GUID
			}
			slices.Sort(spellings)
			for _, spelling := range slices.Compact(spellings) {
				s.seek(needle{spelling, standIn})
			}
			for _, n := range encodedNeedles(part, standIn) {
				s.seek(n)
			}
		}
	}
}

func (s *secrets) seek(n needle) {
	key := start([]byte(n.text[:shortestGiven]))
	s.needles[key] = append(s.needles[key], n)
	if strings.Contains(n.text, "\n") {
		s.lines = append(s.lines, n)
	}
}

// secretParts returns a secret and the parts that reveal it: the secret without surrounding
// white space, the lines of a key, and the texts of a JSON object.
func secretParts(text string) []string {
	const shortestLine = 16
	parts := []string{text}
	if trimmed := strings.TrimSpace(text); trimmed != text {
		parts = append(parts, trimmed)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= shortestLine && !strings.HasPrefix(line, "-----") {
			parts = append(parts, line)
		}
	}
	if n, ok := readTree(text); ok && n.kind == '{' {
		n.each(func(_ place, leaf *node) {
			if len(leaf.text) >= shortestFound {
				parts = append(parts, leaf.text)
			}
		})
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// encodedNeedles returns the base64 forms of a secret, at each offset in an encoded text.
func encodedNeedles(text, standIn string) []needle {
	if len(text) < boundedBelow {
		return nil // so few characters occur in any text
	}
	all := []needle{{hex.EncodeToString([]byte(text)), standIn}, {strings.ToUpper(hex.EncodeToString([]byte(text))), standIn}}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			encoded := encoding.EncodeToString(append(make([]byte, before), text...))
			start, end := (before*8+5)/6, (before+len(text))*8/6 // the part that does not depend on the bytes around it
			all = append(all, needle{encoded[start:end], standIn})
		}
	}
	return all
}

// plainName returns a name in the form used in stand-ins.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '_'
	}, name)
	return cmp.Or(name, "value")
}

// whole returns the stand-in of a value that is a given secret.
func (s *secrets) whole(value string) (string, bool) {
	if !s.given[value] || len(value) < shortestWhole {
		return "", false
	}
	return s.standIns[value], true
}

// replace returns a text without secrets, plain or encoded.
func (s *secrets) replace(text string) string {
	if standIn, ok := s.whole(text); ok {
		return standIn
	}
	for range deepest { // what is around a stand-in may read in another way than before: the rest of base64
		replaced := s.replaceWithin(text, deepest)
		if replaced == text {
			break
		}
		text = replaced
	}
	return text
}

// longText is the size from which a text is searched line by line: each view of a text takes
// nine times its size.
const longText = 1 << 18

func (s *secrets) replaceWithin(text string, depth int) string {
	if len(s.needles) == 0 {
		return text
	}
	if len(text) > longText && strings.Contains(strings.TrimSuffix(text, "\n"), "\n") {
		var b strings.Builder
		for line := range strings.Lines(replaceSpans(text, s.spansOver(text))) {
			b.WriteString(s.replaceWithin(line, depth))
		}
		return b.String()
	}
	if depth > 0 {
		text = s.replaceBase64(text, depth-1)
	}
	return replaceSpans(text, s.spans(text))
}

// base64Run matches text that may be base64.
var base64Run = regexp.MustCompile(`[A-Za-z0-9+/_-]{6,}={0,2}`)

// replaceBase64 replaces secrets in base64, as in that of "user:password".
func (s *secrets) replaceBase64(text string, depth int) string {
	return base64Run.ReplaceAllStringFunc(text, func(run string) string {
		encoding, plain, ok := decodeBase64(run)
		if !ok {
			return run
		}
		if replaced := s.replaceWithin(plain, depth); replaced != plain {
			return encoding.EncodeToString([]byte(replaced))
		}
		return run
	})
}

// decodeBase64 decodes text in any form of base64, and returns the form.
func decodeBase64(text string) (*base64.Encoding, string, bool) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if plain, err := encoding.DecodeString(text); err == nil {
			return encoding, string(plain), true
		}
	}
	return nil, "", false
}

// spans returns the secrets in a text, the longest first, outside of stand-ins.
func (s *secrets) spans(text string) []span {
	var found []span
	for _, v := range viewsOf(text) {
		found = s.appendSpans(found, v)
	}
	if found == nil {
		return nil
	}
	shown := standInAnywhere.FindAllStringIndex(text, -1)
	found = slices.DeleteFunc(found, func(f span) bool {
		return slices.ContainsFunc(shown, func(at []int) bool {
			return at[0] <= f.start && f.end <= at[1] && s.issued[text[at[0]:at[1]]]
		})
	})
	slices.SortStableFunc(found, func(a, b span) int { return (b.end - b.start) - (a.end - a.start) })
	return found
}

func (s *secrets) appendSpans(found []span, v view) []span {
	for i := 0; i+shortestGiven <= len(v.text); i++ {
		for _, n := range s.needles[start([]byte(v.text[i:i+shortestGiven]))] {
			end := i + len(n.text)
			if strings.HasPrefix(v.text[i:], n.text) && countsAt(v.text, i, end) {
				first, last := v.origin(i, end)
				found = append(found, span{first, last, n.standIn})
			}
		}
	}
	return found
}

// spansOver returns the secrets of several lines in a text.
func (s *secrets) spansOver(text string) []span {
	var found []span
	for _, n := range s.lines {
		for from := 0; ; {
			i := strings.Index(text[from:], n.text)
			if i < 0 {
				break
			}
			start := from + i
			from = start + len(n.text)
			if countsAt(text, start, from) {
				found = append(found, span{start, from, n.standIn})
			}
		}
	}
	return found
}

// countsAt reports whether a part of a text that reads like a secret is one.
func countsAt(text string, start, end int) bool {
	return end-start >= boundedBelow || isBounded(text, start, end)
}

// isBounded reports whether a part of a text ends where its words do.
func isBounded(text string, start, end int) bool {
	return !isInWord(text, start) && !isInWord(text, end)
}

// isInWord reports whether there are characters of one word on both sides of an offset.
func isInWord(text string, offset int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:offset])
	after, _ := utf8.DecodeRuneInString(text[offset:])
	return isWord(before) && isWord(after)
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// check returns an error if the text of a file still contains a secret. The error has the
// stand-in of the secret.
func (s *secrets) check(text string) error {
	if found := s.spansOver(text); found != nil {
		return occurrence(text, found[0].start, found[0].standIn)
	}
	offset := 0
	for line := range strings.Lines(text) {
		found := s.spans(line)
		for _, at := range base64Run.FindAllStringIndex(line, -1) {
			if run := line[at[0]:at[1]]; s.replaceBase64(run, deepest-1) != run {
				found = append(found, span{at[0], at[1], s.hidden(run)})
			}
		}
		if len(found) > 0 {
			return occurrence(text, offset, found[0].standIn)
		}
		offset += len(line)
	}
	return nil
}

// occurrence returns an error with the place of a replaced value in a file.
func occurrence(text string, offset int, standIn string) error {
	_, sections := readArchive(text)
	line := 1 + strings.Count(text[:offset], "\n")
	where := "the comment"
	for _, s := range sections {
		if s.line <= line {
			where = "the section " + s.name
		}
	}
	return fmt.Errorf("line %d, in %s, contains the value of %s", line, where, standIn)
}

// hidden returns the stand-in of a secret in a base64 text.
func (s *secrets) hidden(run string) string {
	_, plain, _ := decodeBase64(run)
	if found := s.spans(plain); len(found) > 0 {
		return found[0].standIn
	}
	return "another secret"
}
