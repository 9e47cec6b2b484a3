package sdktest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The formats of stand-ins for people's values.
var standInFormats = map[kind]string{
	givenName: "Given%d", familyName: "Family%d", fullName: "Person %d", login: "person%d", address: "Address %d", otherPersonal: "Value %d",
}

// standInAddress is the format of stand-ins for email addresses.
const standInAddress = "person%d@example.com"

// emailAddresses is the kind of values that are found without a member's name.
const emailAddresses = notPersonal

// An emailAddress is found in any text, under any name.
var emailAddress = regexp.MustCompile(`[\p{L}\p{N}._%+'#-]+?(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)

// opaqueID matches IDs that no person chooses as a login.
var opaqueID = regexp.MustCompile(`(?i)^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$`)

// exampleDomain matches the end of addresses that belong to nobody.
var exampleDomain = regexp.MustCompile(`(?i)(?:[@.]|%40)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$`)

// people are the known personal values with their stand-ins. A value has the same stand-in in
// all texts.
type people struct {
	values  map[kind]map[string]string // stand-ins
	used    map[string]bool            // stand-ins of all kinds, in lower case
	numbers map[string]int             // of the parts of email addresses before the @, and of logins
	last    map[kind]int               // the last number of each kind
	whole   map[string]string          // stand-ins of values that are replaced only as whole values
	phrases map[string][]phrase        // values that are replaced within texts too, by their first word in lower case
}

// A phrase is a value from its first to its last letter or digit.
type phrase struct {
	text, standIn string
	isName        bool // it may also be in lower or upper case
}

func newPeople() *people {
	return &people{
		values: make(map[kind]map[string]string), used: make(map[string]bool), numbers: make(map[string]int), last: make(map[kind]int),
		whole: make(map[string]string), phrases: make(map[string][]phrase),
	}
}

// learn adds a value, unless it is a stand-in itself, and returns its stand-in.
func (p *people) learn(k kind, value string) string {
	key := value
	if k == login {
		key = strings.ToLower(value)
	}
	if standIn, ok := p.values[k][key]; ok {
		return standIn
	}
	standIn := value
	switch {
	case !counts(k, value):
		return value
	case isStandIn(k, value):
	case k == fullName && p.values[givenName][value] != "":
		return p.values[givenName][value]
	case k == fullName && p.isComposed(value):
		return p.replace(value)
	default:
		standIn = p.next(k, value)
	}
	if p.values[k] == nil {
		p.values[k] = make(map[string]string)
	}
	p.values[k][key], p.used[strings.ToLower(standIn)] = standIn, true
	if standIn != value {
		p.add(k, value, standIn)
	}
	return standIn
}

// counts reports whether a value can be of a kind: {"phone": "none"} is not.
func counts(k kind, value string) bool {
	const fewestDigits = 5
	digits, letters := count(value, unicode.IsDigit), count(value, unicode.IsLetter)
	switch k {
	case phone:
		return digits >= fewestDigits
	case address, otherPersonal:
		return digits+letters > 0
	case givenName, familyName, login:
		if contains(notNames, value) || opaqueID.MatchString(value) {
			return false
		}
	}
	return letters > 0 && !emailAddress.MatchString(value)
}

func count(text string, is func(rune) bool) int {
	n := 0
	for _, r := range text {
		if is(r) {
			n++
		}
	}
	return n
}

// isStandIn reports whether a value looks like a stand-in of its kind: the scenario may have
// been recorded before.
func isStandIn(k kind, value string) bool {
	if k == phone {
		const zeros, rest = 4, 4
		left := strings.TrimLeft(value, "0 ()+-./")
		return len(left) <= rest && strings.Count(value[:len(value)-len(left)], "0") >= zeros
	}
	return hasForm(value, standInFormats[k])
}

// hasForm reports whether a text has the form of a stand-in with a number.
func hasForm(text, form string) bool {
	before, after, _ := strings.Cut(form, "%d")
	rest, starts := strings.CutPrefix(strings.ToLower(text), strings.ToLower(before))
	rest, ends := strings.CutSuffix(rest, after)
	n, err := strconv.Atoi(rest)
	return starts && ends && err == nil && n > 0
}

// next returns an unused stand-in.
func (p *people) next(k kind, value string) string {
	if k == login {
		return p.numbered(k, standInFormats[k], value)
	}
	for {
		p.last[k]++
		standIn := renumbered(value, p.last[k])
		if k != phone {
			standIn = fmt.Sprintf(standInFormats[k], p.last[k])
		}
		if !p.used[strings.ToLower(standIn)] {
			return standIn
		}
	}
}

// numbered returns a stand-in for a login, or for the email address that begins with a name.
// An address and a login of the same name get the same number, if it is free.
func (p *people) numbered(k kind, form, name string) string {
	name = strings.ToLower(name)
	if n, known := p.numbers[name]; known && !p.used[fmt.Sprintf(form, n)] {
		return fmt.Sprintf(form, n)
	}
	for {
		p.last[k]++
		if standIn := fmt.Sprintf(form, p.last[k]); !p.used[standIn] {
			p.numbers[name] = p.last[k]
			return standIn
		}
	}
}

// renumbered returns a phone number with other digits, in the same form.
func renumbered(value string, n int) string {
	b := []byte(value)
	digits := strconv.Itoa(n)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < '0' || b[i] > '9' {
			continue
		}
		b[i] = '0'
		if digits != "" {
			b[i], digits = digits[len(digits)-1], digits[:len(digits)-1]
		}
	}
	return string(b)
}

// isComposed reports whether a name consists of known names.
func (p *people) isComposed(value string) bool {
	const initial = 1
	known := 0
	for _, w := range wordsOf(value) {
		word := value[w[0]:w[1]]
		switch {
		case p.isName(word):
			known++
		case utf8.RuneCountInString(word) > initial:
			return false
		}
	}
	return known > 0
}

func (p *people) isName(word string) bool {
	return p.values[givenName][word] != "" || p.values[familyName][word] != "" || slices.ContainsFunc(p.phrases[strings.ToLower(word)], func(f phrase) bool { return strings.EqualFold(f.text, word) })
}

// add adds a value that is replaced wherever it occurs: as a whole value, and within texts if
// it is too long to occur there by accident.
func (p *people) add(k kind, value, standIn string) {
	const shortestName, shortestLogin, shortestPhone = 3, 6, 7
	text := strings.TrimFunc(value, func(r rune) bool { return !isWord(r) })
	within := false
	switch k {
	case givenName, familyName:
		within = utf8.RuneCountInString(text) >= shortestName
	case fullName, address, otherPersonal:
		within = len(wordsOf(text)) > 1 || k == fullName && strings.ContainsFunc(text, hasNoSpaces)
	case login:
		within = utf8.RuneCountInString(text) >= shortestLogin || strings.ContainsAny(text, "0123456789._-")
	case phone:
		within = count(text, unicode.IsDigit) >= shortestPhone
	}
	if !within {
		if k != address && k != fullName { // "Berlin", "Sales": words with other uses
			p.whole[value] = standIn
		}
		return
	}
	if digits := onlyDigits(text); k == phone && digits != text {
		p.add(k, digits, onlyDigits(standIn))
	}
	first := wordsOf(text)[0]
	key := strings.ToLower(text[first[0]:first[1]])
	standIn = strings.TrimFunc(standIn, func(r rune) bool { return !isWord(r) })
	list := append(p.phrases[key], phrase{text, standIn, k == givenName || k == familyName || k == fullName || k == login})
	slices.SortStableFunc(list, func(a, b phrase) int { return len(b.text) - len(a.text) })
	p.phrases[key] = list
}

// hasNoSpaces reports whether a letter's script writes full names without spaces.
func hasNoSpaces(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

// wordsOf returns the positions of the words in a text.
func wordsOf(text string) [][2]int {
	var all [][2]int
	start := -1
	for i, r := range text {
		switch {
		case isWord(r) && start < 0:
			start = i
		case !isWord(r) && start >= 0:
			all = append(all, [2]int{start, i})
			start = -1
		}
	}
	if start >= 0 {
		all = append(all, [2]int{start, len(text)})
	}
	return all
}

// address returns the stand-in of an email address, which may be escaped as in a URL.
func (p *people) address(text string) string {
	value := strings.ToLower(strings.Replace(text, "%40", "@", 1))
	standIn, known := p.values[emailAddresses][value]
	if !known {
		name, domain, _ := strings.Cut(value, "@")
		p.whole[domain], p.whole["@"+domain] = "example.com", "@example.com"
		standIn = p.numbered(emailAddresses, standInAddress, name)
		if p.values[emailAddresses] == nil {
			p.values[emailAddresses] = make(map[string]string)
		}
		p.values[emailAddresses][value], p.used[standIn] = standIn, true
	}
	if !strings.Contains(text, "@") {
		return strings.Replace(standIn, "@", "%40", 1)
	}
	return standIn
}

// check returns an error if the text of a file still contains an email address that has a
// stand-in: a connector may have kept it since the recording.
func (p *people) check(text string) error {
	for _, at := range emailAddress.FindAllStringIndex(text, -1) {
		value := strings.ToLower(strings.Replace(text[at[0]:at[1]], "%40", "@", 1))
		if standIn := p.values[emailAddresses][value]; standIn != "" {
			return fmt.Errorf("an email address still occurs: %w", occurrence(text, at[0], standIn))
		}
	}
	return nil
}

// reserve marks the stand-ins of email addresses in a text as used: they may come from an
// earlier recording.
func (p *people) reserve(text string) {
	for _, value := range emailAddress.FindAllString(text, -1) {
		if hasForm(value, standInAddress) {
			p.used[strings.ToLower(value)] = true
		}
	}
}

// replace returns a text with stand-ins for known personal values and for all email addresses.
func (p *people) replace(text string) string {
	if standIn, ok := p.whole[text]; ok {
		return standIn
	}
	var spans []span
	for _, at := range standInForm.FindAllStringIndex(text, -1) {
		spans = append(spans, span{at[0], at[1], text[at[0]:at[1]]}) // of a secret
	}
	if strings.Contains(text, "@") || strings.Contains(text, "%40") {
		for _, at := range emailAddress.FindAllStringIndex(text, -1) {
			if value := text[at[0]:at[1]]; !exampleDomain.MatchString(value) {
				spans = append(spans, span{at[0], at[1], p.address(value)})
			}
		}
	}
	if len(p.phrases) > 0 {
		spans = append(spans, p.spans(text)...)
	}
	return replaceSpans(text, spans)
}

// spans returns the known values in a text.
func (p *people) spans(text string) []span {
	var found []span
	for _, w := range wordsOf(text) {
		for _, f := range p.phrases[strings.ToLower(text[w[0]:w[1]])] {
			end := w[0] + len(f.text)
			if end <= len(text) && strings.EqualFold(text[w[0]:end], f.text) && isBounded(text, w[0], end) {
				found = append(found, span{w[0], end, f.as(text[w[0]:end])})
				break
			}
		}
	}
	return found
}

// as returns the stand-in of a phrase, in lower or upper case if the text is.
func (f phrase) as(text string) string {
	letters := count(text, unicode.IsLetter)
	switch {
	case !f.isName || text == f.text || letters == 0:
	case text == strings.ToLower(text):
		return strings.ToLower(f.standIn)
	case text == strings.ToUpper(text):
		return strings.ToUpper(f.standIn)
	}
	return f.standIn
}
