package mask

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// JSON masks a JSON value. It returns the same slice if there are no secrets, and valid JSON if the
// value is.
func (m *Masker) JSON(value []byte) []byte {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.has(string(value), true) {
		return value
	}
	masked := m.value(gjson.ParseBytes(value), false)
	if m.has(masked, false) { // one that spans several values
		masked = quote(Text)
	}
	return []byte(masked)
}

// value masks the text of a JSON value. A hidden one is secret by its name.
func (m *Masker) value(v gjson.Result, hidden bool) string {
	switch {
	case v.IsObject():
		return m.object(v, hidden)
	case v.IsArray():
		var all []string
		for item := range v.Values() {
			all = append(all, m.value(item, hidden))
		}
		return "[" + strings.Join(all, ",") + "]"
	case v.Type == gjson.String:
		return m.quoted(v, hidden)
	case v.Type == gjson.Number && hidden, m.text(v.Raw) != v.Raw:
		return quote(Text)
	}
	return v.Raw
}

// quoted masks a JSON text, which may itself contain a JSON value.
func (m *Masker) quoted(v gjson.Result, hidden bool) string {
	text := v.String()
	if hidden && text != "" {
		return quote(Text)
	}
	masked := text
	if inner := strings.TrimSpace(text); isContainer(inner) {
		masked = m.value(gjson.Parse(inner), false)
	}
	if masked = m.text(masked); masked == text {
		return v.Raw
	}
	return quote(masked)
}

// isContainer reports whether a text is a JSON object or array.
func isContainer(text string) bool {
	return text != "" && (text[0] == '{' || text[0] == '[') && json.Valid([]byte(text))
}

// object masks a JSON object. A member named value is secret if another member says so: in a change
// of a password, in a pair, or in a patch of the config.
func (m *Masker) object(v gjson.Result, hidden bool) string {
	hiddenValue := namesSecret(v, func(name string) bool { return m.names[name] })
	var b strings.Builder
	b.WriteByte('{')
	v.ForEach(func(key, value gjson.Result) bool {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name := key.String()
		if masked := m.text(name); masked != name {
			b.WriteString(quote(masked))
		} else {
			b.WriteString(key.Raw)
		}
		b.WriteByte(':')
		b.WriteString(m.value(value, hidden || m.names[name] || hiddenValue && name == "value"))
		return true
	})
	b.WriteByte('}')
	return b.String()
}

// namingMembers are the members of an object that name its member value.
var namingMembers = []string{"attribute", "name", "key", "path"}

// lastOfPath returns the last element of a JSON Pointer.
func lastOfPath(path string) string {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(last)
}

// Passwords returns the texts of a JSON value that are secret by their names, for a masker to
// learn.
func (m *Masker) Passwords(value []byte) []string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return Named(value, func(name string) bool { return m.names[name] })
}

// Named returns the texts of a JSON value that belong to members with secret names.
func Named(value []byte, isSecret func(name string) bool) []string {
	if !json.Valid(value) {
		return nil
	}
	var found []string
	collect(gjson.ParseBytes(value), isSecret, false, &found)
	return found
}

func collect(v gjson.Result, isSecret func(name string) bool, hidden bool, found *[]string) {
	switch {
	case v.IsObject():
		hiddenValue := namesSecret(v, isSecret)
		v.ForEach(func(key, value gjson.Result) bool {
			name := key.String()
			collect(value, isSecret, hidden || isSecret(name) || hiddenValue && name == "value", found)
			return true
		})
	case v.IsArray():
		for item := range v.Values() {
			collect(item, isSecret, hidden, found)
		}
	case hidden && (v.Type == gjson.String || v.Type == gjson.Number):
		*found = append(*found, v.String())
	}
}

// namesSecret reports whether an object says about its member named value that it is
// secret.
func namesSecret(object gjson.Result, isSecret func(name string) bool) bool {
	named := false
	object.ForEach(func(key, value gjson.Result) bool {
		if value.Type == gjson.String && slices.Contains(namingMembers, key.String()) {
			name := value.String()
			named = named || isSecret(name) || isSecret(lastOfPath(name))
		}
		return true
	})
	return named
}

// quote returns a text as JSON.
func quote(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text always has a JSON form
	return strings.TrimSuffix(b.String(), "\n")
}
