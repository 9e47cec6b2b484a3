package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
)

// A Line is one exported declaration of a generated package's API.
type Line struct {
	Name string         // qualified Go name: "AccountAttributes.UserID", "Client.GroupList", "ConfigRegionEurope"
	Text string         // the whole line, wire names included: `field AccountAttributes.UserID string "userId"`
	Keys []string       // its wire names, in the form of the setting "names"; none for what every package has
	At   schema.Pointer // its position in the spec; "" for what every package has
}

// NewLine returns the line `KIND NAME TYPE "WIRE"...`. The type may be "", and may not contain a
// double quote.
func NewLine(kind, name, typ string, wire ...string) Line {
	text := []string{kind, name}
	if typ != "" {
		text = append(text, typ)
	}
	for _, w := range wire {
		text = append(text, strconv.Quote(w))
	}
	return Line{Name: name, Text: strings.Join(text, " ")}
}

// comparableLine says that a struct can be compared with == and used as a map key, which code may
// rely on.
func comparableLine(typeName string) Line { return NewLine("comparable", typeName+".==", "") }

// Label names the subject of the line as messages do.
func (l Line) Label() string {
	if typeName, ok := strings.CutSuffix(l.Name, ".=="); ok {
		return "== for " + typeName
	}
	return l.Name
}

// Kind returns the first word of the line: field, method, type, const, var, func,
// comparable.
func (l Line) Kind() string {
	kind, _, _ := strings.Cut(l.Text, " ")
	return kind
}

// Owner returns the name of the type that a field or method belongs to, "" for
// names of the package.
func (l Line) Owner() string {
	owner, _, ok := strings.Cut(l.Name, ".")
	if !ok {
		return ""
	}
	return owner
}

// Type returns the line's Go type, "" if it has none.
func (l Line) Type() string {
	typ, _ := l.split()
	return typ
}

// Wire returns the line's wire names.
func (l Line) Wire() []string {
	_, quoted := l.split()
	var wire []string
	for quoted != "" {
		text, err := strconv.QuotedPrefix(quoted)
		if err != nil {
			break
		}
		if name, err := strconv.Unquote(text); err == nil {
			wire = append(wire, name)
		}
		quoted = strings.TrimPrefix(quoted[len(text):], " ")
	}
	return wire
}

// split splits the text after the name into the type and the quoted wire names.
func (l Line) split() (typ, wire string) {
	rest := strings.TrimPrefix(l.Text, l.Kind()+" "+l.Name)
	if i := strings.IndexByte(rest, '"'); i >= 0 {
		rest, wire = rest[:i], rest[i:]
	}
	return strings.TrimSpace(rest), wire
}

// IsClientMethod reports whether the line is a method that clients implement.
func (l Line) IsClientMethod() bool { return strings.HasPrefix(l.Name, "Client.") }

// Compare returns the lines that only the old API has, and those that only the current one has, in
// the order of the lists. A changed line is in both.
func Compare(old, current []Line) (gone, added []Line) {
	gone, added = without(old, current), without(current, old)
	explainComparable(gone, added)
	explainComparable(added, gone)
	return gone, added
}

// explainComparable gives lines about == the wire names of the fields on the other side that caused
// their change.
func explainComparable(lines, other []Line) {
	for i, l := range lines {
		if l.Kind() != "comparable" {
			continue
		}
		var keys []string
		for _, field := range other {
			if field.Kind() == "field" && field.Owner() == l.Owner() {
				keys = append(keys, field.Keys...)
			}
		}
		if len(keys) > 0 {
			lines[i].Keys = keys
		}
	}
}

func without(list, other []Line) []Line {
	has := make(map[string]bool, len(other))
	for _, l := range other {
		has[l.Text] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(l Line) bool { return has[l.Text] })
}

// Impact says what the difference between two APIs does to code written against the old one.
// Impacts are ordered.
type Impact int

// The impacts.
const (
	None     Impact = iota // the APIs are identical
	Additive               // there are more names
	Breaking               // code may no longer compile, or a name has a new meaning
)

func (i Impact) String() string { return [...]string{"none", "additive", "breaking"}[i] }

// Verdict returns the impact of the result of [Compare]. Code that implements Client breaks when it
// needs another method; no other addition breaks code.
func Verdict(gone, added []Line) Impact {
	switch {
	case len(gone) > 0 || slices.ContainsFunc(added, Line.IsClientMethod):
		return Breaking
	case len(added) > 0:
		return Additive
	}
	return None
}
