package plan

import (
	"slices"
	"testing"
)

func TestNewLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line              Line
		text, kind, owner string
		typ               string
		wire              []string
	}{
		{NewLine("field", "AccountAttributes.UserID", "string", "userId"), `field AccountAttributes.UserID string "userId"`, "field", "AccountAttributes", "string", []string{"userId"}},
		{
			NewLine("method", "Client.GroupList", "func(context.Context) error", "std:entitlement:list", `a "b"`),
			`method Client.GroupList func(context.Context) error "std:entitlement:list" "a \"b\""`, "method", "Client", "func(context.Context) error",
			[]string{"std:entitlement:list", `a "b"`},
		},
		{NewLine("type", "Account", "struct"), "type Account struct", "type", "", "struct", nil},
		{NewLine("const", "ConfigModeNone", "", ""), `const ConfigModeNone ""`, "const", "", "", []string{""}},
		{Line{Name: "New", Text: "func New"}, "func New", "func", "", "", nil},
	} {
		l := c.line
		if l.Text != c.text || l.Kind() != c.kind || l.Owner() != c.owner || l.Type() != c.typ || !slices.Equal(l.Wire(), c.wire) {
			t.Errorf("got %q: kind %q, owner %q, type %q, wire %q", l.Text, l.Kind(), l.Owner(), l.Type(), l.Wire())
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	old := []Line{NewLine("type", "Account", "struct"), NewLine("field", "Account.ID", "string", "id"), NewLine("field", "Account.Mail", "string", "mail")}
	method := NewLine("method", "Client.AccountList", "func()", "std:account:list")
	phone := NewLine("field", "Account.Phone", "string", "phone")
	for _, c := range []struct {
		name         string
		old, current []Line
		gone, added  []string
		want         Impact
	}{
		{"same", old, []Line{old[2], old[0], old[1]}, nil, nil, None},
		{"added field", old, append([]Line{phone}, old...), nil, []string{"Account.Phone"}, Additive},
		{"added method of the client", old, append([]Line{method}, old...), nil, []string{"Client.AccountList"}, Breaking},
		{"added method of another type", old, append(slices.Clone(old), NewLine("method", "ClientBase.AccountList", "func()")), nil, []string{"ClientBase.AccountList"}, Additive},
		{"gone", old, old[:2], []string{"Account.Mail"}, nil, Breaking},
		{"other wire name", old, append(slices.Clone(old[:2]), NewLine("field", "Account.Mail", "string", "e-mail")), []string{"Account.Mail"}, []string{"Account.Mail"}, Breaking},
	} {
		gone, added := Compare(c.old, c.current)
		if !slices.Equal(names(gone), c.gone) || !slices.Equal(names(added), c.added) || Verdict(gone, added) != c.want {
			t.Errorf("%s: gone %q, added %q, %v", c.name, names(gone), names(added), Verdict(gone, added))
		}
	}
}

func names(lines []Line) []string {
	var names []string
	for _, l := range lines {
		names = append(names, l.Name)
	}
	return names
}
