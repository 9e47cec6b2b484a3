package diff_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
)

// TestExamples: the examples of each kind differ by a change of that kind, with its impacts. The
// reverse names the same subjects.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(diff.Kinds()) {
		t.Errorf("%d kinds have %d examples", len(diff.Kinds()), len(files))
	}
	for _, k := range diff.Kinds() {
		t.Run(k.ID, func(t *testing.T) {
			t.Parallel()
			oldText, currentText := k.Examples()
			old, current := valid(t, oldText), valid(t, currentText)
			changes := diff.Specs(old, current).Changes
			if !slices.ContainsFunc(changes, func(c diff.Change) bool { return c.ID == k.ID && c.Source == k.Source }) && k.ID != diff.GoAPIChanged {
				t.Errorf("not found, but %v", changes)
			}
			checkProperties(t, old, current)
		})
	}
}

func valid(t *testing.T, text string) *schema.Spec {
	t.Helper()
	spec, found := schema.Parse("spec.json", []byte(text))
	if found.HasErrors() {
		t.Fatal(found)
	}
	return spec
}

// checkProperties checks what holds for all pairs of specs.
func checkProperties(t *testing.T, old, current *schema.Spec) {
	t.Helper()
	for _, s := range []*schema.Spec{old, current} {
		if self := diff.Specs(s, s); len(self.Changes) > 0 || self.Source != diff.SourceSafe {
			t.Errorf("a spec differs from itself: %v", self)
		}
	}
	forth, back := diff.Specs(old, current), diff.Specs(current, old)
	if a, b := subjects(forth), subjects(back); !slices.Equal(a, b) {
		t.Errorf("only there %q, only back %q", without(a, b), without(b, a))
	}
	for _, c := range forth.Changes {
		checkPlace(t, old, c, c.Old)
		checkPlace(t, current, c, c.New)
		if c.Old == (schema.Place{}) && c.New == (schema.Place{}) {
			t.Errorf("%v is nowhere", c)
		}
		if c.Source > forth.Source {
			t.Errorf("%v is worse than all", c)
		}
	}
}

// without returns the texts of one list that another lacks.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return slices.Contains(other, text) })
}

func checkPlace(t *testing.T, s *schema.Spec, c diff.Change, at schema.Place) {
	t.Helper()
	if at == (schema.Place{}) {
		return
	}
	lines := strings.Split(string(s.File.Text()), "\n")
	if at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len([]rune(lines[at.Line-1]))+1 {
		t.Errorf("%v is not in the file", c)
	}
}

// subjects returns what changed, in either direction: both names of a renaming, and no types.
func subjects(r diff.Result) []string {
	var all []string
	for _, c := range r.Changes {
		subject := c.Subject
		if strings.HasPrefix(c.ID, "config-") && strings.HasSuffix(c.ID, "type-changed") {
			subject = strings.Join(c.Keys, " ") // the subject ends with both types, which can be any text
		}
		all = append(all, strings.Split(subject, "->")...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestGoldenPairs: the properties hold between unrelated specs.
func TestGoldenPairs(t *testing.T) {
	t.Parallel()
	specs := goldenSpecs(t)
	for _, a := range specs {
		for _, b := range specs {
			t.Run(filepath.Base(filepath.Dir(a.File.Name))+"-"+filepath.Base(filepath.Dir(b.File.Name)), func(t *testing.T) {
				t.Parallel()
				checkProperties(t, a, b)
			})
		}
	}
}

func goldenSpecs(tb testing.TB) []*schema.Spec {
	tb.Helper()
	paths, err := filepath.Glob("../../golden/*/connector-spec.json")
	nested, _ := filepath.Glob("../../golden/*/*/connector-spec.json") // the pattern is the same kind
	paths = append(paths, nested...)
	if err != nil || len(paths) == 0 {
		tb.Fatal("no golden specs", err)
	}
	var specs []*schema.Spec
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		spec, _ := schema.Parse(p, text)
		specs = append(specs, spec)
	}
	return specs
}

// TestKeys: changes name their subjects by wire names.
func TestKeys(t *testing.T) {
	t.Parallel()
	old := valid(t, `{"name": "A", "description": "old", "commands": ["std:account:list"], "sourceConfig": [
		{"type": "radio", "key": "mode", "label": "m", "options": [{"label": "E", "value": "=="}]},
		{"type": "number", "key": "limit", "label": "l"},
		{"type": "text", "key": "name", "label": "n"},
		{"type": "cardList", "key": "a/b", "label": "c", "subMenus": [{"label": "s", "items": [{"type": "text", "key": "user", "label": "u"}, {"type": "text", "key": "x", "label": "x"}]}]}],
		"accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [
			{"name": "id", "type": "string"}, {"name": "mail", "type": "string"}, {"name": "a/b~c", "type": "string"}, {"name": "userName", "type": "string"}]},
		"entitlementSchemas": [{"type": "group", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}],
		"accountCreateTemplate": {"fields": [{"key": "login", "label": "l", "type": "string"}]}}`)
	current := valid(t, `{"name": "B", "description": "new", "keyType": "simple", "commands": ["std:account:read"], "sourceConfig": [
		{"type": "radio", "key": "mode", "label": "m", "options": [{"label": "E", "value": "=="}, {"label": "N", "value": "!="}]},
		{"type": "number", "key": "limit", "label": "l", "required": true},
		{"type": "secret", "key": "name", "label": "n", "required": true},
		{"type": "cardList", "key": "a/b", "label": "c", "subMenus": [{"label": "s", "items": [{"type": "text", "key": "userName", "label": "u"}, {"type": "list", "key": "x", "label": "x"}]}]}],
		"sourceConfigInitialValues": {"limit": 0.5, "name": "n"},
		"accountSchema": {"identityAttribute": "id", "displayAttribute": "user_name", "attributes": [
			{"name": "id", "type": "string", "managed": true}, {"name": "mail", "type": "string", "multi": true}, {"name": "user_name", "type": "string"}]},
		"entitlementSchemas": [
			{"type": "group", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "int"}]},
			{"type": "role", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}],
		"accountCreateTemplate": {"fields": [{"key": "login", "label": "l", "type": "int"}]}}`)
	var got []string
	for _, c := range diff.Specs(old, current).Changes {
		got = append(got, strings.Join(append([]string{c.ID}, c.Keys...), " "))
	}
	slices.Sort(got)
	want := []string{
		"account-attribute-managed-set",
		"account-attribute-multi-changed account/mail create/mail",
		"account-attribute-removed account/a~1b~0c create/a~1b~0c",
		"account-attribute-renamed account/userName create/userName account/user_name create/user_name",
		"account-display-attribute-changed",
		"command-added command/std:account:read",
		"command-removed command/std:account:list",
		"config-go-type-changed config/a~1b/x option/a~1b/x",
		"config-key-renamed config/a~1b/user option/a~1b/user config/a~1b/userName option/a~1b/userName",
		"config-made-required config/limit",
		"config-made-required",
		"config-option-added option/mode/!=",
		"config-text-changed",
		"config-type-changed config/name option/name",
		"create-field-type-changed create/login",
		"description-changed",
		"entitlement-attribute-type-changed entitlement/group/id",
		"entitlement-type-added entitlement/role",
		"initial-value-added config/limit",
		"initial-value-added",
		"key-type-made-explicit keyType",
		"name-changed",
	}
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestKeptField: a change of an account attribute says if the create template still has its name.
func TestKeptField(t *testing.T) {
	t.Parallel()
	spec := func(attribute, field string) *schema.Spec {
		return valid(t, `{"name": "A", "commands": ["std:account:create"], "sourceConfig": [],
			"accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}`+attribute+`]},
			"entitlementSchemas": [{"type": "group", "identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}`+attribute+`]}],
			"accountCreateTemplate": {"fields": [{"key": "`+field+`", "label": "l", "type": "string"}]}}`)
	}
	const mail, email = `, {"name": "mail", "type": "string"}`, `, {"name": "email", "type": "string"}`
	for _, tt := range []struct {
		old, current *schema.Spec
		want         []string // kinds of the changes that say so
	}{
		{spec(mail, "mail"), spec(email, "mail"), []string{"account-attribute-renamed"}},
		{spec(mail, "mail"), spec("", "mail"), []string{"account-attribute-removed"}},
		{spec(mail, "id"), spec("", "mail"), []string{"account-attribute-removed"}},
		{spec(mail, "mail"), spec(email, "email"), nil},
		{spec(mail, "mail"), spec("", "id"), nil},
		{spec(email, "mail"), spec(email, "mail"), nil},
	} {
		var got []string
		for _, c := range diff.Specs(tt.old, tt.current).Changes {
			if strings.HasSuffix(c.Message, `; the create template still has the field "mail"`) {
				got = append(got, c.ID)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// FuzzSpecs: any two readable texts can be compared.
func FuzzSpecs(f *testing.F) {
	for _, k := range diff.Kinds() {
		old, current := k.Examples()
		f.Add([]byte(old), []byte(current))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		old, _ := schema.Parse("old.json", a)
		current, _ := schema.Parse("new.json", b)
		if old != nil && current != nil {
			checkProperties(t, old, current)
		}
	})
}
