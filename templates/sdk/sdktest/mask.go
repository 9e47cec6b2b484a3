package sdktest

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/redact"
	"github.com/conngen/conngen/templates/sdk/internal/words"
)

// A mask replaces secrets and people by stand-ins. It first learns them from the config, the
// command and the answers.
type mask struct {
	*options
	secrets *secrets
	people  *people        // nil if the scenario already has stand-ins
	about   map[*node]bool // whether objects are about people

	collections map[*node]string // of JSON values, by the paths of their requests
	collection  string           // of the current value
}

func newMask(o *options) *mask {
	return &mask{options: o, secrets: newSecrets(), people: newPeople(), about: make(map[*node]bool), collections: make(map[*node]string)}
}

// text returns a text with stand-ins.
func (m *mask) text(text string) string {
	u, ok := asURL(text)
	if !ok {
		return m.plain(text)
	}
	rewritten := rewriteURL(u, m.plain, func(_, value string) string { return m.plain(value) })
	if rewritten == canonicalURL(text) {
		return text // with its escapes unchanged
	}
	return rewritten
}

func (m *mask) plain(text string) string {
	text = m.secrets.replace(text)
	if m.people != nil {
		text = m.people.replace(text)
	}
	return text
}

// asURL reads a complete URL, or the path and parameters of one.
func asURL(text string) (*url.URL, bool) {
	isPath := strings.HasPrefix(text, "/") && strings.ContainsAny(text, "?%")
	if !isPath && !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return nil, false
	}
	u, err := url.Parse(text)
	return u, err == nil
}

// tree puts stand-ins into a JSON value. It keeps the names of members, which the connector
// needs, except email addresses.
func (m *mask) tree(n *node) {
	for i, name := range n.names {
		if m.people != nil && strings.Contains(name, "@") {
			n.names[i] = m.people.replace(name)
		}
	}
	for _, v := range n.values {
		m.tree(v)
	}
	switch value, ok := n.scalar(); {
	case n.kind == '"':
		n.within(m.tree)
		n.text = m.text(n.text)
	case ok:
		if standIn, is := m.secrets.whole(value); is {
			n.set(standIn)
		}
	}
}

// config learns the secrets of a config and replaces them by stand-ins: the values of secret
// items and of keys that the spec does not have, where ISC and connectors keep tokens, and the
// user info of URLs.
func (m *mask) config(n *node) {
	m.configIn(n, "", false)
}

func (m *mask) configIn(n *node, name string, secret bool) {
	switch n.kind {
	case '{':
		for i, v := range n.values {
			key := n.names[i]
			isSecret := slices.Contains(m.secretKeys, key) || secret && !m.keys.Pair[key] || !m.keys.Known[key] && m.isSecret(key)
			m.configIn(v, configName(name, key, secret), isSecret)
		}
		return
	case '[':
		for _, v := range n.values {
			m.configIn(v, name, secret)
		}
		return
	}
	value, ok := n.scalar()
	_, notText := strconv.ParseBool(value)
	switch {
	case !ok || value == "" || notText == nil:
	case secret:
		n.set(m.secrets.give(name, value))
	case n.kind == '"' && !m.keys.Known[name] && !isOwnKey(name) && len(value) >= shortestFound:
		n.set(m.secrets.give(name, value))
	case n.kind == '"':
		n.text = m.userInfo(name, value)
	}
}

// configName is the name of a secret in a config: the item's name if the secret is in a pair or
// a list.
func configName(item, key string, secret bool) string {
	if secret {
		return item
	}
	return key
}

// isOwnKey reports whether a key of a config is a setting of ISC.
func isOwnKey(key string) bool {
	return strings.HasPrefix(key, "spConn") || strings.HasSuffix(key, "ilterString")
}

// userInfo learns the user info of a URL.
func (m *mask) userInfo(name, text string) string {
	if len(redact.UserInfoParts(text)) == 0 {
		return text
	}
	start, end := redact.UserInfo(text)
	user, password, hasPassword := strings.Cut(text[start:end], ":")
	part := func(text string) string {
		if text == "" {
			return ""
		}
		plain, err := url.PathUnescape(text)
		if err != nil {
			plain = text
		}
		return m.secrets.give(name, plain)
	}
	info := part(user)
	if hasPassword {
		info += ":" + part(password)
	}
	return text[:start] + info + text[end:]
}

// input learns the passwords in a command's input.
func (m *mask) input(n *node) { m.learn(n, m.secrets.give) }

// learn replaces the values of a JSON value whose names say that they are secret; found adds a
// secret and returns its stand-in.
func (m *mask) learn(n *node, found func(name, text string) string) {
	n.each(func(at place, leaf *node) {
		value, ok := leaf.scalar()
		switch {
		case !ok || value == "":
		case m.isSecretPlace(at, leaf):
			leaf.set(found(at.name, value))
		default:
			m.learnText(value, found)
		}
		if m.people != nil {
			m.people.reserve(value)
		}
	})
}

// isSecretPlace reports whether a value is secret by the name of its member, of the member that
// has its object, or of its attribute.
func (m *mask) isSecretPlace(at place, leaf *node) bool {
	if leaf.kind != '"' { // a number named token is a count of tokens
		return contains(m.secret, at.name) || contains(m.passwords, at.name)
	}
	if contains(m.public, at.name) {
		return false
	}
	return slices.ContainsFunc(append(at.meanings(), at.parent+" "+at.name), m.isSecret)
}

// Secrets that are recognizable in any text.
var (
	webToken      = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}`) // a JSON Web Token
	privateKey    = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----`)
	passwordInIt  = regexp.MustCompile(`://[^\s/:@]*:([^\s/@]{4,})@`)         // of a URL
	named         = regexp.MustCompile(`([\w.-]+)\\*["']?\s*[=:]\s*\\*["']?`) // before a value
	unquotedValue = regexp.MustCompile(`^[^\s"'&;,<>\\(){}\[\]]{8,}`)
)

// learnText learns the secrets that are recognizable in any text: by their form, or by a name
// before them, as in parameters of URLs.
func (m *mask) learnText(text string, found func(name, text string) string) {
	for name, form := range map[string]*regexp.Regexp{"jwt": webToken, "privateKey": privateKey} {
		for _, secret := range form.FindAllString(text, -1) {
			found(name, secret)
		}
	}
	for _, parts := range passwordInIt.FindAllStringSubmatch(text, -1) {
		found("password", parts[1])
	}
	if !strings.ContainsAny(text, "=:") {
		return
	}
	for _, at := range named.FindAllStringSubmatchIndex(text, -1) {
		name, value := text[at[2]:at[3]], unquotedValue.FindString(text[at[1]:])
		if !strings.ContainsAny(value, "0123456789") || !m.isSecret(name) { // "token: required"
			continue
		}
		found(name, value)
		if plain, err := url.QueryUnescape(value); err == nil && plain != value {
			found(name, plain)
		}
	}
}

// learnPeople learns the personal values in JSON values. Names that consist of other names come
// last.
func (m *mask) learnPeople(all []*node) {
	parts := func(at place, _ *node) kind {
		if k := m.kindOf(at); k != fullName {
			return k
		}
		return notPersonal
	}
	rest := func(at place, leaf *node) kind {
		if m.kindOf(at) == fullName {
			return fullName
		}
		return m.kindIn(at, leaf)
	}
	for _, kindAt := range []func(place, *node) kind{parts, rest} {
		for _, n := range all {
			m.collection = m.collections[n]
			n.each(func(at place, leaf *node) {
				if k := kindAt(at, leaf); k != notPersonal {
					m.learnPersonal(k, leaf)
				}
			})
		}
	}
}

func (m *mask) learnPersonal(k kind, leaf *node) {
	value, ok := leaf.scalar()
	switch {
	case !ok || value == "" || k == address && !isPostal(value):
	case leaf.kind == '"' && !m.secrets.issued[value]:
		leaf.set(m.people.learn(k, value))
	case k == phone:
		if number := strings.TrimLeft(m.people.learn(k, value), "0"); number != "" {
			leaf.literal = number
		}
	}
}

// isPostal reports whether an address is a postal one, not one of a network.
func isPostal(value string) bool {
	return !strings.ContainsAny(value, "@:") || strings.Contains(value, " ")
}

// secretValue returns the stand-in of a secret value in a request. A value that is not known
// from elsewhere was computed by the connector.
func (m *mask) secretValue(name, value string) string {
	if value == "" {
		return ""
	}
	if standIn, ok := m.secrets.standIns[value]; ok {
		return standIn
	}
	replaced := m.plain(value)
	if m.hasStandIn(replaced) {
		return replaced
	}
	return m.secrets.compute(name, value)
}

// hasStandIn reports whether a text consists of stand-ins of secrets and little else.
func (m *mask) hasStandIn(text string) bool {
	const most = 20 // other characters: a signature has more
	found := false
	rest := standInForm.ReplaceAllStringFunc(text, func(standIn string) string {
		if !m.secrets.issued[standIn] {
			return standIn
		}
		found = true
		return ""
	})
	return found && len(rest) <= most
}

// form puts stand-ins into a form or query.
func (m *mask) form(name, value string) string {
	if name != "" && m.isSecret(name) {
		return m.secretValue(name, value)
	}
	text := m.text(value)
	if k := m.kindOf(place{name: name}); m.people != nil && k != notPersonal && text == value {
		return m.people.learn(k, value)
	}
	return text
}

// authorization puts stand-ins into an Authorization header.
func (m *mask) authorization(header string) string {
	scheme, credentials, ok := strings.Cut(header, " ")
	if !ok {
		return m.secretValue("authorization", header)
	}
	if strings.EqualFold(scheme, "Basic") {
		if _, plain, ok := decodeBase64(credentials); ok {
			user, password, _ := strings.Cut(plain, ":")
			standIn, known := m.secrets.standIns[user]
			if !known {
				standIn = m.text(user)
			}
			return scheme + " " + standIn + ":" + m.secretValue("password", password)
		}
	}
	return scheme + " " + m.secretValue("authorization", credentials)
}

// cookies replaces the cookies of an answer by stand-ins, which never expire.
func (m *mask) cookies(header http.Header) []string {
	var all []string
	for _, cookie := range (&http.Response{Header: header}).Cookies() {
		if len(cookie.Value) >= shortestFound {
			cookie.Value = m.secrets.find(cookie.Name, cookie.Value)
		}
		kept := http.Cookie{Name: cookie.Name, Value: cookie.Value, Path: cookie.Path, Domain: cookie.Domain, Secure: cookie.Secure, HttpOnly: cookie.HttpOnly}
		all = append(all, kept.String())
	}
	return all
}

// The named values of XML and HTML: elements with nothing but text, and attributes.
var (
	xmlElement   = regexp.MustCompile(`<((?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?)>(?:([^<>]+)|\s*<!\[CDATA\[((?s:.*?))\]\]>\s*)</`)
	xmlTag       = regexp.MustCompile(`<[\w:.-]+\s[^<>]*>`)
	xmlAttribute = regexp.MustCompile(`([\w.-]+)\s*=\s*(?:"([^"<>]+)"|'([^'<>]+)'|([^\s"'<>=]+))`)
)

// markup learns the secrets and people in XML, and replaces them by stand-ins; secret returns
// the stand-in of a secret.
func (m *mask) markup(text string, secret func(name, value string) string) string {
	about := slices.ContainsFunc(xmlElement.FindAllStringSubmatch(text, -1), func(parts []string) bool {
		k := m.kindOf(place{name: parts[2]})
		return k >= givenName && k <= phone || words.End(parts[2], emailEndings)
	})
	standIn := func(escaped string, names ...string) (string, bool) {
		value := strings.TrimSpace(xmlText(escaped))
		for _, name := range names {
			k := m.kindOf(place{name: name})
			if k == notPersonal && about && words.End(name, fullNameEndings) {
				k = fullName
			}
			switch {
			case value == "":
			case m.isSecret(name):
				return xmlEscaped(secret(name, value)), true
			case m.people != nil && k != notPersonal && !m.secrets.issued[value]:
				return xmlEscaped(m.people.learn(k, value)), true
			}
		}
		return "", false
	}
	text = xmlElement.ReplaceAllStringFunc(text, func(element string) string {
		parts := xmlElement.FindStringSubmatch(element)
		if value, changed := standIn(cmp.Or(parts[3], xmlEscaped(parts[4])), parts[2], nameIn(parts[1])); changed {
			return "<" + parts[1] + ">" + value + "</"
		}
		return element
	})
	return xmlTag.ReplaceAllStringFunc(text, func(tag string) string {
		return xmlAttribute.ReplaceAllStringFunc(tag, func(attribute string) string {
			parts := xmlAttribute.FindStringSubmatch(attribute)
			names := []string{parts[1]}
			if parts[1] == "value" {
				names = append(names, nameIn(tag)) // <input name="token" value="…">
			}
			if value, changed := standIn(parts[2]+parts[3]+parts[4], names...); changed {
				return parts[1] + `="` + value + `"`
			}
			return attribute
		})
	})
}

// nameIn returns the name that an attribute of a tag gives to its content; "" for none.
func nameIn(tag string) string {
	for _, parts := range xmlAttribute.FindAllStringSubmatch(tag, -1) {
		if name := strings.ToLower(parts[1]); name == "name" || name == "key" {
			return parts[2] + parts[3] + parts[4]
		}
	}
	return ""
}
