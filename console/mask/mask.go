// Package mask removes secrets from everything that the console keeps or shows.
//
// There are two ways to recognise a secret. One is its value: the secrets of configs and the
// passwords of inputs are learned, and every occurrence is replaced, plain or escaped as in JSON,
// URLs, HTML, hexadecimal digits or base64. The other is its name: the value of a member that is
// secret in the plan of the spec is replaced, whatever it is. A secret of fewer than [Shortest]
// characters is masked only by its name, since such short texts occur everywhere.
package mask

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// Text replaces a secret.
const Text = "••••••"

// Shortest is the length, in characters, from which a secret is recognised by its value.
const Shortest = 4

// shortestLine is the length from which a line of a multi-line secret is itself a secret: logs
// print a private key line by line.
const shortestLine = 8

// A Masker knows secrets. It is safe for concurrent use.
type Masker struct {
	mu      sync.RWMutex
	names   map[string]bool
	known   map[string]bool
	needles map[uint32][]needle  // by first bytes
	starts  [1 << 16 / 64]uint64 // a bit per hash of first bytes
	secrets ranking              // the needles that are secrets
	all     ranking              // the needles that are also names
	endings map[uint32]bool      // all four-byte substrings of secrets
	spaces  bool                 // a secret has a space, which a URL may write as a plus
}

// A needle is one way to write a secret, or a quoted name.
type needle struct {
	text string
	kind needleKind
}

type needleKind uint8

const (
	plain needleKind = iota
	encoded
	quotedName
)

// New returns a masker that only knows the protocol's own password.
func New() *Masker {
	m := &Masker{names: make(map[string]bool), known: make(map[string]bool), needles: make(map[uint32][]needle), endings: make(map[uint32]bool)}
	m.Names("password")
	return m
}

// Names adds names of members whose values are secret.
func (m *Masker) Names(names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range names {
		if name != "" && !m.names[name] {
			m.names[name] = true
			m.add(needle{quote(name), quotedName})
			pointed := quote("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
			m.add(needle{pointed[1:], quotedName}) // the end of a JSON Pointer
		}
	}
}

// IsSecret reports whether values with a name are secret.
func (m *Masker) IsSecret(name string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.names[name]
}

// Learn adds secret values. They stay known: a recording may contain the secrets of an earlier
// config.
func (m *Masker) Learn(secrets ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, secret := range secrets {
		for _, part := range parts(secret) {
			m.learn(part)
		}
	}
}

// parts returns a secret, and the parts that reveal it.
func parts(secret string) []string {
	all := []string{secret, strings.TrimSpace(secret)}
	if strings.ContainsAny(secret, "\n\r") {
		for line := range strings.FieldsFuncSeq(secret, func(r rune) bool { return r == '\n' || r == '\r' }) {
			if line = strings.TrimSpace(line); len(line) >= shortestLine && !strings.HasPrefix(line, "-----") {
				all = append(all, line)
			}
		}
	}
	return append(all, credentials(secret)...)
}

// credentials returns the password in a URL, and the whole user info.
func credentials(text string) []string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User == nil {
		return nil
	}
	password, ok := u.User.Password()
	if !ok {
		return []string{u.User.Username()}
	}
	return []string{password, u.User.String()}
}

// LearnURL adds the user info of a URL that is itself not secret.
func (m *Masker) LearnURL(text string) { m.Learn(credentials(text)...) }

// LearnHeader adds the credentials in a request's header.
func (m *Masker) LearnHeader(header http.Header) {
	for _, name := range []string{"Authorization", "Proxy-Authorization", "X-Api-Key"} {
		for _, value := range header.Values(name) {
			scheme, secret, ok := strings.Cut(value, " ")
			if !ok {
				secret = value
			}
			m.Learn(secret)
			if plain, err := base64.StdEncoding.DecodeString(secret); strings.EqualFold(scheme, "Basic") && err == nil {
				_, password, _ := strings.Cut(string(plain), ":")
				m.Learn(password)
			}
		}
	}
}

func (m *Masker) learn(secret string) {
	if m.known[secret] || utf8.RuneCountInString(secret) < Shortest || strings.TrimSpace(secret) == "" || strings.Contains(Text, secret) {
		return
	}
	m.known[secret] = true
	m.spaces = m.spaces || strings.Contains(secret, " ")
	all := spellings(secret)
	for _, form := range all {
		m.add(needle{form, plain})
	}
	wide := wideText(secret)
	for _, form := range append(all, string(wide)) {
		m.addBase64(form)
	}
	for _, bytes := range [][]byte{[]byte(secret), wide} {
		inHex := hex.EncodeToString(bytes)
		m.add(needle{inHex, plain})
		m.add(needle{strings.ToUpper(inHex), plain})
	}
}

func (m *Masker) addBase64(secret string) {
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 { // offset of the secret in a group of three bytes
			text := encoding.EncodeToString(append(make([]byte, before), secret...))
			start, end := (before*8+5)/6, (before+len(secret))*8/6 // the part that does not depend on adjacent bytes
			m.add(needle{text[start:end], encoded})
		}
	}
}

// wideText returns a text in UTF-16, which Active Directory and PowerShell use in base64.
func wideText(text string) []byte {
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	return wide
}

// longEnough is the length from which a secret is also recognised in upper or lower case: shorter ones
// could be words.
const longEnough = 12

// spellings returns the usual ways to write a secret. The views of a text cover others, except if
// adjacent text reads like the beginning of an escaped character.
func spellings(secret string) []string {
	inJSON := func(text string) string {
		quoted := quote(text)
		return quoted[1 : len(quoted)-1]
	}
	inHTML, inQuery := html.EscapeString(secret), url.QueryEscape(secret)
	all := []string{
		secret, inJSON(secret), inJSON(inJSON(secret)),
		inHTML, strings.ReplaceAll(inHTML, "&#34;", "&quot;"),
		inQuery, url.PathEscape(secret), url.QueryEscape(inQuery),
	}
	if len(secret) >= longEnough {
		all = append(all, strings.ToLower(secret), strings.ToUpper(secret))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (m *Masker) add(n needle) {
	key := head(n.text)
	if slices.Contains(m.needles[key], n) {
		return
	}
	m.needles[key] = append(m.needles[key], n)
	h := hash(key)
	m.starts[h/64] |= 1 << (h % 64)
	m.all.add(n.text)
	if n.kind == quotedName {
		return
	}
	m.secrets.add(n.text)
	for i := range len(n.text) - Shortest + 1 {
		m.endings[binary.LittleEndian.Uint32([]byte(n.text[i:i+Shortest]))] = true
	}
}

// head returns the first bytes of a text, which has at least three: the shortest needle is a
// one-letter name with its quotes.
func head(text string) uint32 {
	return uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16
}

// hash spreads first bytes over the bits of a table.
func hash(head uint32) uint16 { return uint16(head * 0x9E3779B1 >> 16) }

// A span is a part of a text that contains a secret.
type span struct{ start, end int }

// find calls each with the needles in a text, in the order of their starts, until it returns false.
func (m *Masker) find(text string, each func(n needle, s span) bool) {
	cuts := cutsIn(text)
	for i := 0; i+2 < len(text); i++ {
		key := head(text[i:])
		h := hash(key)
		if m.starts[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, n := range m.needles[key] {
			s := span{i, i + len(n.text)}
			if !strings.HasPrefix(text[i:], n.text) {
				s.end = cuts.beginning(text, i, n)
			}
			if s.end > 0 && !each(n, s) {
				return
			}
		}
	}
	for _, c := range cuts {
		if n, s, ok := m.ending(text, c.end); ok && !each(n, s) {
			return
		}
	}
}

// has reports whether a text contains a secret, or perhaps the quoted name of one.
func (m *Masker) has(text string, orName bool) bool {
	found, sought := false, &m.secrets
	if orName {
		sought = &m.all
	}
	look := func(text string) {
		m.find(text, func(n needle, _ span) bool {
			found = orName || n.kind != quotedName
			return !found
		})
	}
	if look(text); found || !m.hasMarks(text) || !m.suspects(sought, text) {
		return found
	}
	for _, v := range m.views(text)[1:] {
		if look(v.text); found {
			break
		}
	}
	return found
}

// spans returns the parts of a text that contain secrets, in order and without overlap.
func (m *Masker) spans(text string) []span {
	if m.hasMarks(text) && !m.suspects(&m.secrets, text) {
		return nil
	}
	var found []span
	for _, v := range m.views(text) {
		m.find(v.text, func(n needle, s span) bool {
			if n.kind != quotedName {
				s = v.origin(s.start, s.end)
				if n.kind == encoded {
					s = aroundBase64(text, s)
				}
				found = append(found, s)
			}
			return true
		})
	}
	return merge(found)
}

func merge(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var merged []span
	for _, s := range spans {
		if n := len(merged); n > 0 && s.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// aroundBase64 extends a part to the whole base64 text: its ends contain bits of the secret.
func aroundBase64(text string, s span) span {
	for s.start > 0 && isBase64(text[s.start-1]) {
		s.start--
	}
	for s.end < len(text) && isBase64(text[s.end]) {
		s.end++
	}
	return s
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("+/_-=", c) >= 0
}

// rounds is how often a text is searched again: what surrounds a mask may read differently than
// before.
const rounds = 4

// Text masks a text.
func (m *Masker) Text(text string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.text(text)
}

func (m *Masker) text(text string) string {
	for range rounds {
		found := m.spans(text)
		if found == nil {
			return text
		}
		var b strings.Builder
		kept := 0
		for _, s := range found {
			b.WriteString(text[kept:s.start] + Text)
			kept = s.end
		}
		b.WriteString(text[kept:])
		text = b.String()
	}
	if m.spans(text) != nil {
		return Text
	}
	return text
}

// Longest returns the length of a secret's longest form, in base64 or plain. The end of a truncated
// text may contain that many bytes of a secret.
func (m *Masker) Longest() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	longest := 0
	for secret := range m.known {
		longest = max(longest, len(secret))
	}
	return 3 * 3 * longest // a URL in a URL has three times three bytes for each
}
