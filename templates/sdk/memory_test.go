package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func newMember(a memberAttributes) member { return member{Key: SimpleKey(a.ID), Attributes: a} }

// memoryClient is what is generated as Memory.
type memoryClient struct{ members *Table[member] }

func (c memoryClient) list(_ context.Context, _ AccountListInput, out *Stream[member]) error {
	return c.members.List(out)
}

func (c memoryClient) create(_ context.Context, in createInput) (member, error) {
	a, err := NewAttributes[memberAttributes](testSpec, in.Identity, &in.Attributes, c.members.Len())
	if err != nil {
		return member{}, err
	}
	return c.members.Create(newMember(a))
}

func (c memoryClient) update(_ context.Context, in AccountUpdateInput) (member, error) {
	return c.members.Update(in.ID(), func(m *member) error { return Apply(&m.Attributes, in.Changes) })
}

// TestMemoryRound creates, reads, changes and deletes through a registry.
func TestMemoryRound(t *testing.T) {
	t.Parallel()
	client := memoryClient{NewTable(newMember, Samples[memberAttributes](testSpec, "", 3))}
	r := NewRegistry(testSpec, func(context.Context, json.RawMessage) (memoryClient, error) { return client, nil }, Handlers[memoryClient]{
		"list":   Streaming(memoryClient.list),
		"create": Unary(memoryClient.create),
		"update": Unary(memoryClient.update),
		"read": Unary(func(c memoryClient, _ context.Context, in AccountReadInput) (member, error) {
			return c.members.Read(in.ID())
		}),
		"delete": Action(func(c memoryClient, _ context.Context, in AccountDeleteInput) error { return c.members.Delete(in.ID()) }),
	}, silent())
	answer := func(command Command, input string) string {
		t.Helper()
		lines, err := run(t.Context(), r, command, input)
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		return lines
	}
	fails := func(kind string, command Command, input, problem string) {
		t.Helper()
		_, err := run(t.Context(), r, command, input)
		mentions(t, err, problem)
		var typed *Error
		if !errors.As(err, &typed) || typed.Type != kind {
			t.Errorf("%s: %v is of another type than %s", command, err, kind)
		}
	}
	created := answer("create", `{"identity":"new","attributes":{"email":"n@example.com","groups":"1"}}`)
	if want := `{"data":{"key":{"simple":{"id":"new"}},"attributes":{"id":"new","email":"n@example.com","groups":["1"]}},"type":"output"}` + "\n"; created != want {
		t.Errorf("created %s, want %s", created, want)
	}
	const id = `"key":{"simple":{"id":"new"}}`
	if read := answer("read", `{`+id+`}`); read != created {
		t.Errorf("read %s, created %s", read, created)
	}
	if list := answer("list", `{}`); strings.Count(list, "\n") != 4 || !strings.HasSuffix(list, created) {
		t.Errorf("listed %s", list)
	}
	fails(GenericError, "create", `{"identity":"new"}`, `"new" exists already`)
	fails(GenericError, "create", `{"attributes":{"id":"1"}}`, `"1" exists already`)
	updated := answer("update", `{`+id+`,"changes":[{"op":"Add","attribute":"groups","value":["2"]},{"op":"Set","attribute":"title","value":"T"}]}`)
	if want := `"title":"T","groups":["1","2"]`; !strings.Contains(updated, want) {
		t.Errorf("updated %s, want %s", updated, want)
	}
	fails(GenericError, "update", `{`+id+`,"changes":[{"op":"Remove","attribute":"groups"},{"op":"Set","attribute":"age","value":"x"}]}`, "age")
	if read := answer("read", `{"identity":"new"}`); read != updated {
		t.Errorf("read %s, updated %s", read, updated)
	}
	answer("delete", `{`+id+`}`)
	for _, command := range []Command{"read", "update", "delete"} {
		fails(NotFoundError, command, `{`+id+`}`, `"new" is not in the source`)
	}
	if list := answer("list", `{}`); strings.Count(list, "\n") != 3 {
		t.Errorf("listed %s", list)
	}
}

// TestMemoryMakesNewIdentities deletes in between, so that the number of accounts
// comes back to what it was.
func TestMemoryMakesNewIdentities(t *testing.T) {
	t.Parallel()
	client := memoryClient{NewTable(newMember, Samples[memberAttributes](testSpec, "", 10))}
	seen := make(map[string]bool)
	for i := range 50 {
		m, err := client.create(t.Context(), createInput{Attributes: memberAttributes{Email: fmt.Sprint(i)}})
		if err != nil {
			t.Fatal(err)
		}
		if m.ID() == "" || seen[m.ID()] {
			t.Errorf("identity %q", m.ID())
		}
		seen[m.ID()] = true
		if i < 10 {
			if err := client.members.Delete(strconv.Itoa(i + 1)); err != nil {
				t.Error(err)
			}
		}
	}
	if client.members.Len() != 50 {
		t.Errorf("%d accounts", client.members.Len())
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := NewTable(newMember, []memberAttributes{{ID: "a"}, {ID: "b"}, {ID: "a", Title: "second"}, {}})
	if table.Len() != 2 {
		t.Errorf("%d objects", table.Len())
	}
	_, err := table.Create(member{})
	mentions(t, err, "an object must have an ID")
	_, err = table.Update("a", func(m *member) error { m.Key = SimpleKey("b"); return nil })
	mentions(t, err, `"b" exists already`)
	refused := errors.New("refused")
	if _, err = table.Update("a", func(m *member) error { m.Attributes.Title = "T"; return refused }); !errors.Is(err, refused) {
		t.Errorf("an update that fails gives %v", err)
	}
	if m, err := table.Read("a"); err != nil || m.Attributes.Title != "" {
		t.Errorf("an update that fails leaves %+v, %v", m, err)
	}
	if m, err := table.Update("a", func(m *member) error { m.Key = SimpleKey("c"); return nil }); err != nil || m.ID() != "c" {
		t.Errorf("a new ID gives %+v, %v", m, err)
	}
	if _, err := table.Read("a"); err == nil {
		t.Error("the old ID is still there")
	}
}

func TestTableConcurrency(t *testing.T) {
	t.Parallel()
	table := NewTable(newMember, nil)
	w := newWriter(t.Context(), "test", writerOptions{}, func([]byte) error { return nil })
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 50 {
				id := fmt.Sprintf("%d-%d", i, j)
				_, createErr := table.Create(newMember(memberAttributes{ID: id}))
				_, updateErr := table.Update(id, func(m *member) error {
					return Apply(&m.Attributes, []AttributeChange{change(ChangeAdd, "groups", `"g"`)})
				})
				m, readErr := table.Read(id)
				if err := errors.Join(createErr, updateErr, readErr, table.List(NewStream[member](w))); err != nil || len(m.Attributes.Groups) != 1 {
					t.Errorf("%+v, %v", m, err)
				}
				if j%2 == 0 {
					if err := table.Delete(id); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	if err := w.end(nil); err != nil {
		t.Error(err)
	}
	if table.Len() != 8*25 {
		t.Errorf("%d objects", table.Len())
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	accounts := Samples[memberAttributes](testSpec, "", 25)
	groups := Samples[teamAttributes](testSpec, "group", sampleCount)
	if again := Samples[memberAttributes](testSpec, "", 25); !reflect.DeepEqual(again, accounts) {
		t.Error("the samples differ from call to call")
	}
	teams := make(map[string]bool)
	for i, g := range groups {
		if g.ID == "" || g.Name == "" || teams[g.ID] {
			t.Errorf("group %+v", g)
		}
		teams[g.ID] = true
		if want := map[bool]string{true: "", false: groups[0].ID}[i == 0]; g.Parent != want {
			t.Errorf("the parent of %s is %q, want %q", g.ID, g.Parent, want)
		}
	}
	ids, emails, active := make(map[string]bool), make(map[string]bool), make(map[bool]bool)
	email := regexp.MustCompile(`^[a-z0-9.]+@example\.com$`)
	for _, a := range accounts {
		if ids[a.ID] || emails[a.Email] || !email.MatchString(a.Email) {
			t.Errorf("account %+v", a)
		}
		ids[a.ID], emails[a.Email], active[*a.Active] = true, true, true
		if a.Age == nil || len(a.Levels) != 2 || len(a.Groups) != 2 || a.Groups[0] == a.Groups[1] {
			t.Errorf("account %+v", a)
		}
		for _, g := range a.Groups {
			if !teams[g] {
				t.Errorf("group %q does not exist", g)
			}
		}
	}
	if len(active) != 2 {
		t.Errorf("active is only %v", active)
	}
	open := Samples[memberAttributes](Spec{}, "", 2)
	if open[0].ID == open[1].ID || !email.MatchString(open[0].Email) || open[0].Extra["name"] == nil {
		t.Errorf("without a schema: %+v", open)
	}
}

// TestSampleIdentities has identities of all sorts and types.
func TestSampleIdentities(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"string", "int", "long"} {
		for _, name := range []string{"id", "uuid", "email", "login", "displayName", "first name", "phone", "created", "url", "city", "status", "level", "größe", "ID"} {
			spec := Spec{
				Account: &AccountSchema{IdentityAttribute: name, Attributes: []SchemaAttribute{
					{Name: name, Type: typ, Entitlement: true},
					{Name: "memberOf", Type: typ, Multi: true, Entitlement: true, SchemaObjectType: "role"},
				}},
				Entitlements: []EntitlementSchema{{Type: "role", IdentityAttribute: name, HierarchyAttribute: "up", Attributes: []SchemaAttribute{
					{Name: name, Type: typ}, {Name: "up", Type: typ},
				}}},
			}
			type object struct{ memberAttributes }
			text := func(a object, name string) string {
				v := a.Extra[name]
				if name == "id" {
					v = a.ID
				}
				if name == "email" {
					v = a.Email
				}
				return fmt.Sprint(v)
			}
			roles := make(map[string]bool)
			root := ""
			for i, r := range Samples[object](spec, "role", sampleCount) {
				id := text(r, name)
				if roles[id] {
					t.Errorf("%s %s: role %q twice", typ, name, id)
				}
				roles[id] = true
				if i == 0 {
					root = id
				} else if up := text(r, "up"); up != root {
					t.Errorf("%s %s: parent %q, want %q", typ, name, up, root)
				}
			}
			accounts := make(map[string]bool)
			for _, a := range Samples[object](spec, "", 10) {
				id := text(a, name)
				if id == "" || accounts[id] {
					t.Errorf("%s %s: account %q twice", typ, name, id)
				}
				accounts[id] = true
				for _, role := range a.Extra["memberOf"].([]any) {
					if !roles[fmt.Sprint(role)] {
						t.Errorf("%s %s: role %q does not exist", typ, name, role)
					}
				}
			}
		}
	}
}

func TestNewAttributes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, identity string
		from           memberAttributes
		want           memberAttributes
	}{
		{"identity of the input", "x", memberAttributes{Email: "e"}, memberAttributes{ID: "x", Email: "e", Groups: []string{}}},
		{"identity of the attributes", "x", memberAttributes{ID: "y", Groups: []string{"g"}}, memberAttributes{ID: "y", Groups: []string{"g"}}},
		{"what the schema lacks", "x", memberAttributes{Flags: []bool{true}, Extra: map[string]any{"password": "p"}}, memberAttributes{ID: "x", Groups: []string{}}},
	} {
		got, err := NewAttributes[memberAttributes](testSpec, tt.identity, &tt.from, 3)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v, want %+v", tt.name, got, err, tt.want)
		}
	}
	one, err := NewAttributes[memberAttributes](testSpec, "", &memberAttributes{Email: "e"}, 3)
	two, err2 := NewAttributes[memberAttributes](testSpec, "", &memberAttributes{Email: "e"}, 3)
	other, err3 := NewAttributes[memberAttributes](testSpec, "", &memberAttributes{Email: "f"}, 3)
	if err := errors.Join(err, err2, err3); err != nil || one.ID == "" || one.ID != two.ID || one.ID == other.ID {
		t.Errorf("made the identities %q, %q and %q, %v", one.ID, two.ID, other.ID, err)
	}
	open, err := NewAttributes[memberAttributes](Spec{}, "x", &memberAttributes{Extra: map[string]any{"k": "v"}}, 0)
	if err != nil || open.ID != "x" || open.Extra["k"] != "v" {
		t.Errorf("without a schema: %+v, %v", open, err)
	}
	_, err = NewAttributes[memberAttributes](testSpec, "", &memberAttributes{Extra: map[string]any{"f": func() {}}}, 0)
	mentions(t, err, "f: ")
}

func TestSampleUUID(t *testing.T) {
	t.Parallel()
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if a, b := SampleUUID("a"), SampleUUID("b"); !uuid.MatchString(a) || a == b || a != SampleUUID("a") {
		t.Errorf("%s and %s", a, b)
	}
}

func TestSplitWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"id": "id", "userId": "user id", "privateData.secondaryEmail": "private data secondary email",
		"First Name": "first name", "last_login-at": "last login at", "": "", "größeID": "größe id", "a1B": "a1b",
	} {
		if got := strings.Join(splitWords(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
