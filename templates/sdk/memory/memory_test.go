package memory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// member is an account as generated code has it, with a field of every kind.
type member struct {
	Key         sdk.Key
	Disabled    *bool
	Deleted     bool
	Attributes  memberAttributes
	Permissions []sdk.Permission
	Results     []sdk.Result
}

func (m member) ID() string { return m.Key.ID() }

func (m *member) WireFields(w *sdk.Fields) {
	w.Key("key", sdk.KeyTypeSimple, &m.Key)
	w.Bool("disabled", &m.Disabled)
	w.Flag("deleted", &m.Deleted)
	w.Object("attributes", &m.Attributes)
	w.Permissions("permissions", &m.Permissions)
	w.Results("results", &m.Results)
}

func (m member) MarshalJSON() ([]byte, error) { return sdk.Marshal(&m) }

type memberAttributes struct {
	ID     string
	Email  string
	Title  string
	Active *bool
	Age    *int64
	Groups []string
	Flags  []bool
	Levels []int64
	Extra  map[string]any
}

func (a *memberAttributes) WireFields(w *sdk.Fields) {
	w.Required().String("id", &a.ID)
	w.Required().String("email", &a.Email)
	w.String("title", &a.Title)
	w.Bool("active", &a.Active)
	w.Int("age", &a.Age)
	w.Required().Strings("groups", &a.Groups)
	w.Bools("flags", &a.Flags)
	w.Ints("levels", &a.Levels)
	w.OpenExtra(&a.Extra)
}

func (a memberAttributes) MarshalJSON() ([]byte, error) { return sdk.Marshal(&a) }

// teamAttributes are those of an entitlement.
type teamAttributes struct {
	ID     string
	Name   string
	Parent string
}

func (a *teamAttributes) WireFields(w *sdk.Fields) {
	w.Required().String("id", &a.ID)
	w.String("name", &a.Name)
	w.String("parent", &a.Parent)
}

// createInput is the input of a create command as generated code has it.
type createInput struct {
	Identity   string
	Attributes createAttributes
	Metadata   []sdk.AttributeMetadata
	Schema     *sdk.AccountSchema
}

func (in *createInput) WireFields(w *sdk.Fields) {
	w.String("identity", &in.Identity)
	w.Object("attributes", &in.Attributes)
	w.Metadata("attributesWithMetadata", &in.Metadata)
	w.Schema("schema", &in.Schema)
}

var testSpec = sdk.Spec{
	Name:    "tester",
	KeyType: sdk.KeyTypeSimple,
	JSON:    "{\n  \"name\": \"tester\"\n}\n",
	Account: &sdk.AccountSchema{
		IdentityAttribute: "id",
		DisplayAttribute:  "email",
		GroupAttribute:    "groups",
		Attributes: []sdk.SchemaAttribute{
			{Name: "id", Type: "string"},
			{Name: "email", Type: "string"},
			{Name: "title", Type: "string"},
			{Name: "active", Type: "boolean"},
			{Name: "age", Type: "int"},
			{Name: "groups", Type: "string", Multi: true, Entitlement: true},
			{Name: "levels", Type: "long", Multi: true},
		},
	},
	Entitlements: []sdk.EntitlementSchema{{
		Type:               "group",
		IdentityAttribute:  "id",
		DisplayAttribute:   "name",
		HierarchyAttribute: "parent",
		Attributes: []sdk.SchemaAttribute{
			{Name: "id", Type: "string"},
			{Name: "name", Type: "string"},
			{Name: "parent", Type: "string"},
		},
	}},
}

func newMember(a memberAttributes) member { return member{Key: sdk.SimpleKey(a.ID), Attributes: a} }

// memoryClient is what is generated as Memory.
type memoryClient struct{ members *Table[member] }

func (c memoryClient) list(_ context.Context, in sdk.AccountListInput, out *sdk.Stream[member]) error {
	return c.members.List(out, in.Stateful, in.State)
}

func (c memoryClient) create(_ context.Context, in createInput) (member, error) {
	return c.members.Create(func(taken func(string) bool) (member, error) {
		a, err := NewAttributes[memberAttributes](testSpec, in.Identity, &in.Attributes, taken)
		return newMember(a), err
	})
}

func (c memoryClient) update(_ context.Context, in updateInput) (member, error) {
	return c.members.Update(in.ID(), func(m *member) error {
		if err := in.Apply(&m.Attributes); err != nil {
			return err
		}
		m.Key = sdk.SimpleKey(m.Attributes.ID)
		return nil
	})
}

// ids returns the IDs of all objects of a table.
func ids[T Identified](t *Table[T]) []string {
	rows, _ := t.core.since(nil)
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.object.ID())
	}
	return ids
}

// as returns what makes an object for a table.
func as[T Identified](object T) func(func(string) bool) (T, error) {
	return func(func(string) bool) (T, error) { return object, nil }
}

// TestMemoryRound creates, reads, changes and deletes through a connector.
func TestMemoryRound(t *testing.T) {
	t.Parallel()
	client := memoryClient{NewTable(newMember, those(samples[memberAttributes](testSpec, "", 3)...))}
	c := sdk.New(testSpec, rawConfig, func(context.Context, json.RawMessage) (memoryClient, error) { return client, nil }, []sdk.Handler[memoryClient]{
		streaming("list", memoryClient.list),
		unary("create", memoryClient.create),
		unary("update", memoryClient.update),
		unary("read", func(c memoryClient, _ context.Context, in sdk.AccountReadInput) (member, error) {
			return c.members.Read(in.ID())
		}),
		unary("std:authenticate", func(c memoryClient, _ context.Context, in sdk.AuthenticateInput) (member, error) {
			return c.members.Read(in.ID())
		}),
		action("delete", func(c memoryClient, _ context.Context, in sdk.AccountDeleteInput) error {
			return c.members.Delete(in.ID())
		}),
	}, sdk.WithLogger(slog.New(slog.DiscardHandler)))
	answer := func(command sdk.Command, input string) string {
		t.Helper()
		lines, err := run(t.Context(), c, command, input)
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		return lines
	}
	fails := func(kind string, command sdk.Command, input, problem string) {
		t.Helper()
		_, err := run(t.Context(), c, command, input)
		mentions(t, err, problem)
		var typed *sdk.Error
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
	fails(sdk.GenericError, "create", `{"identity":"new"}`, `"new" already exists`)
	fails(sdk.GenericError, "create", `{"attributes":{"id":"1"}}`, `"1" already exists`)
	updated := answer("update", `{`+id+`,"changes":[{"op":"Add","attribute":"groups","value":["2"]},{"op":"Set","attribute":"title","value":"T"}]}`)
	if want := `"title":"T","groups":["1","2"]`; !strings.Contains(updated, want) {
		t.Errorf("updated %s, want %s", updated, want)
	}
	fails(sdk.GenericError, "update", `{`+id+`,"changes":[{"op":"Remove","attribute":"groups"},{"op":"Set","attribute":"age","value":"x"}]}`, "age")
	if read := answer("read", `{"identity":"new"}`); read != updated {
		t.Errorf("read %s, updated %s", read, updated)
	}
	answer("delete", `{`+id+`}`)
	for _, command := range []sdk.Command{"read", "update", "delete"} {
		fails(sdk.NotFoundError, command, `{`+id+`}`, `"new" is not in the source`)
	}
	fails(sdk.NotFoundError, "std:authenticate", `{"username":"ada","password":"x"}`, "the request has neither identity nor key, and sample data is found only by these")
	if list := answer("list", `{}`); strings.Count(list, "\n") != 3 {
		t.Errorf("listed %s", list)
	}
}

// TestMemoryMakesNewIdentities: they continue from those of the samples, past those that
// are taken.
func TestMemoryMakesNewIdentities(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		identity, typ string
		taken         []string
		want          []string
	}{
		{"id", "string", nil, []string{"11", "12", "13"}},
		{"id", "string", []string{"12", "x"}, []string{"11", "13", "14"}},
		{"number", "int", []string{"11"}, []string{"12", "13", "14"}},
		{"login", "string", nil, []string{"ada.lovelace2", "grace.hopper2", "alan.turing2"}},
		{"admin", "boolean", nil, []string{"true"}},
	} {
		spec := sdk.Spec{Account: &sdk.AccountSchema{IdentityAttribute: tt.identity, Attributes: []sdk.SchemaAttribute{{Name: tt.identity, Type: tt.typ}}}}
		build := func(a memberAttributes) member {
			return member{Key: sdk.SimpleKey(Text(&a, tt.identity)), Attributes: a}
		}
		table := NewTable(build, Samples[memberAttributes](spec, ""))
		create := func(identity string) (member, error) {
			return table.Create(func(taken func(string) bool) (member, error) {
				a, err := NewAttributes[memberAttributes](spec, identity, &memberAttributes{Email: "e"}, taken)
				return build(a), err
			})
		}
		for _, id := range tt.taken {
			if _, err := create(id); err != nil {
				t.Error(err)
			}
		}
		for _, id := range tt.want {
			if m, err := create(""); err != nil || m.ID() != id {
				t.Errorf("%s %s: made the identity %q, %v; want %q", tt.typ, tt.identity, m.ID(), err, id)
			}
		}
		if tt.typ == "boolean" {
			_, err := create("")
			mentions(t, err, `every value of "admin" is taken`)
		}
	}
}

// those returns a function that returns a list.
func those[A any](list ...A) func() []A { return func() []A { return list } }

// TestTableIsLazy: a table makes its objects once, when it is first used.
func TestTableIsLazy(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(*Table[member]){
		"Len":    func(table *Table[member]) { table.Len() },
		"List":   func(table *Table[member]) { table.core.since(nil) },
		"Read":   func(table *Table[member]) { _, _ = table.Read("b") },
		"Create": func(table *Table[member]) { _, _ = table.Create(as(newMember(memberAttributes{ID: "a"}))) },
		"Update": func(table *Table[member]) { _, _ = table.Update("b", func(*member) error { return nil }) },
		"Delete": func(table *Table[member]) { _ = table.Delete("b") },
	} {
		made := 0
		table := NewTable(newMember, func() []memberAttributes {
			made++
			return []memberAttributes{{ID: "a"}}
		})
		if made > 0 {
			t.Errorf("%s: the objects are made before the table is used", name)
		}
		use(table)
		use(table)
		if got := ids(table); made != 1 || !slices.Equal(got, []string{"a"}) {
			t.Errorf("%s: the objects are made %d times, and are %q", name, made, got)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := NewTable(newMember, those(memberAttributes{ID: "a"}, memberAttributes{ID: "b"}, memberAttributes{ID: "a", Title: "second"}, memberAttributes{}))
	if got := ids(table); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the objects are %q", got)
	}
	_, err := table.Create(as(member{}))
	mentions(t, err, "an object must have an ID")
	_, err = table.Create(as(newMember(memberAttributes{ID: "a"})))
	mentions(t, err, `"a" already exists`)
	_, err = table.Update("a", func(m *member) error { m.Key = sdk.SimpleKey("b"); return nil })
	mentions(t, err, `"b" already exists`)
	_, err = table.Update("a", func(m *member) error { m.Key = sdk.Key{}; return nil })
	mentions(t, err, "an object must have an ID")
	refused := errors.New("refused")
	_, err = table.Create(func(func(string) bool) (member, error) { return member{Key: sdk.SimpleKey("c")}, refused })
	if !errors.Is(err, refused) {
		t.Errorf("a new object that fails gives %v", err)
	}
	if _, err = table.Update("a", func(m *member) error { m.Attributes.Title = "T"; return refused }); !errors.Is(err, refused) {
		t.Errorf("an update that fails gives %v", err)
	}
	if m, err := table.Read("a"); err != nil || m.Attributes.Title != "" {
		t.Errorf("an update that fails leaves %+v, %v", m, err)
	}
	if m, err := table.Update("a", func(m *member) error { m.Key = sdk.SimpleKey("c"); return nil }); err != nil || m.ID() != "c" {
		t.Errorf("a new ID gives %+v, %v", m, err)
	}
	if _, err := table.Read("a"); err == nil {
		t.Error("the old ID is still there")
	}
	if got := ids(table); !slices.Equal(got, []string{"c", "b"}) {
		t.Errorf("the objects are %q", got)
	}
}

// TestDeltas: a run that has the state of an earlier one gets what has changed since.
func TestDeltas(t *testing.T) {
	t.Parallel()
	client := memoryClient{NewTable(newMember, those(memberAttributes{ID: "1"}, memberAttributes{ID: "2"}, memberAttributes{ID: "3"}))}
	c := sdk.New(testSpec, rawConfig, func(context.Context, json.RawMessage) (memoryClient, error) { return client, nil },
		[]sdk.Handler[memoryClient]{streaming("list", memoryClient.list)})
	list := func(in sdk.AccountListInput) (got string, state json.RawMessage) {
		t.Helper()
		result, err := sdk.Call(t.Context(), c, sdk.NewMethod[sdk.AccountListInput, member]("list"), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range result.Outputs {
			got += map[bool]string{true: " -", false: " "}[m.Deleted] + m.ID()
		}
		return strings.TrimSpace(got), result.State
	}
	change := func(id string, op func(*member)) {
		t.Helper()
		if _, err := client.members.Update(id, func(m *member) error { op(m); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	create := func(id string) {
		t.Helper()
		if _, err := client.members.Create(as(newMember(memberAttributes{ID: id}))); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(id string) {
		t.Helper()
		if err := client.members.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if got, state := list(sdk.AccountListInput{}); got != "1 2 3" || state != nil {
		t.Errorf("a plain run lists %s and saves %s", got, state)
	}
	got, state := list(sdk.AccountListInput{Stateful: true})
	if got != "1 2 3" {
		t.Errorf("the first run lists %s", got)
	}
	first := state
	for _, step := range []struct {
		about string
		do    func()
		want  string
	}{
		{"nothing", func() {}, ""},
		{"changes", func() { change("2", func(m *member) { m.Attributes.Title = "T" }) }, "2"},
		{"a new one and a deleted one", func() { create("4"); remove("1") }, "4 -1"},
		{"one deleted and made again", func() { remove("4"); create("4") }, "4"},
		{"another ID", func() { change("2", func(m *member) { m.Key = sdk.SimpleKey("5") }) }, "5 -2"},
		{"and back", func() { change("5", func(m *member) { m.Key = sdk.SimpleKey("2") }) }, "2 -5"},
		{"a short life", func() { create("6"); remove("6") }, "-6"},
	} {
		step.do()
		if got, state = list(sdk.AccountListInput{Stateful: true, State: state}); got != step.want {
			t.Errorf("after %s: %q, want %q", step.about, got, step.want)
		}
	}
	if got, _ := list(sdk.AccountListInput{Stateful: true, State: first}); got != "2 4 -1 -5 -6" {
		t.Errorf("since the first run: %s", got)
	}
	for _, state := range []string{`{}`, `[]`, `{"table":7}`, `{"table":"x","change":"1"}`, `{"table":"` + client.members.core.name + `","change":"x"}`} {
		if got, next := list(sdk.AccountListInput{Stateful: true, State: json.RawMessage(state)}); got != "2 3 4" || next == nil {
			t.Errorf("with the state %s: %s, state %s", state, got, next)
		}
	}
}

// renamed is an object with a unique ID.
type renamed struct {
	key     sdk.Key
	deleted bool
}

func (r renamed) ID() string { return r.key.ID() }

func (r *renamed) WireFields(w *sdk.Fields) {
	w.Key("key", sdk.KeyTypeCompound, &r.key)
	w.Flag("deleted", &r.deleted)
}

func (r renamed) MarshalJSON() ([]byte, error) { return sdk.Marshal(&r) }

// TestUniqueIDs: an object keeps its unique ID when its other one changes, and no other
// object gets it.
func TestUniqueIDs(t *testing.T) {
	t.Parallel()
	build := func(id string) renamed { return renamed{key: sdk.CompoundKey(id, "unique "+id)} }
	table := NewTable(build, those("a", "b"))
	_, state := table.core.since(nil)
	raw, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Update("a", func(r *renamed) error { r.key.LookupID = "c"; return nil }); err != nil {
		t.Fatal(err)
	}
	if rows, _ := table.core.since(raw); len(rows) != 1 || rows[0].deleted || rows[0].object.ID() != "c" {
		t.Errorf("a new ID changes %+v", rows)
	}
	_, err = table.Create(as(build("a")))
	mentions(t, err, `"a" already exists, as "c"`)
	if err := table.Delete("c"); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Create(as(build("a"))); err != nil {
		t.Fatal(err)
	}
	if rows, _ := table.core.since(raw); len(rows) != 1 || rows[0].deleted || rows[0].object.ID() != "a" {
		t.Errorf("one that comes back changes %+v", rows)
	}
}

func TestTableConcurrency(t *testing.T) {
	t.Parallel()
	table := NewTable(newMember, those[memberAttributes]())
	c := sdk.New(testSpec, rawConfig, func(context.Context, json.RawMessage) (memoryClient, error) { return memoryClient{table}, nil }, []sdk.Handler[memoryClient]{
		streaming("list", memoryClient.list),
	})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 50 {
				id := fmt.Sprintf("%d-%d", i, j)
				_, createErr := table.Create(as(newMember(memberAttributes{ID: id})))
				_, updateErr := table.Update(id, func(m *member) error {
					return updateInput{Changed: memberChanges{Groups: sdk.ListChange[string]{Added: []string{"g"}}}}.Apply(&m.Attributes)
				})
				m, readErr := table.Read(id)
				_, listErr := run(t.Context(), c, "list", "")
				if err := errors.Join(createErr, updateErr, readErr, listErr); err != nil || len(m.Attributes.Groups) != 1 {
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
	if table.Len() != 8*25 {
		t.Errorf("%d objects", table.Len())
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	accounts := samples[memberAttributes](testSpec, "", 25)
	groups := Samples[teamAttributes](testSpec, "group")()
	if again := samples[memberAttributes](testSpec, "", 25); !reflect.DeepEqual(again, accounts) {
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
	for i, a := range accounts {
		if ids[a.ID] || emails[a.Email] || !email.MatchString(a.Email) {
			t.Errorf("account %+v", a)
		}
		ids[a.ID], emails[a.Email], active[*a.Active] = true, true, true
		if a.Age == nil || len(a.Levels) != 2 {
			t.Errorf("account %+v", a)
		}
		if last := i%sampleAccounts == sampleAccounts-1; last && (a.Groups == nil || len(a.Groups) > 0) || !last && (len(a.Groups) != 2 || a.Groups[0] == a.Groups[1]) {
			t.Errorf("account %d has the groups %#v", i, a.Groups)
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
	open := samples[memberAttributes](sdk.Spec{}, "", 2)
	if open[0].ID == open[1].ID || !email.MatchString(open[0].Email) || open[0].Extra["name"] == nil {
		t.Errorf("without a schema: %+v", open)
	}
}

// TestSampleIdentities has identities of all sorts and types.
func TestSampleIdentities(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"string", "int", "long"} {
		for _, name := range []string{"id", "uuid", "email", "login", "displayName", "first name", "phone", "created", "url", "city", "status", "level", "größe", "ID"} {
			spec := sdk.Spec{
				Account: &sdk.AccountSchema{IdentityAttribute: name, Attributes: []sdk.SchemaAttribute{
					{Name: name, Type: typ, Entitlement: true},
					{Name: "memberOf", Type: typ, Multi: true, Entitlement: true, SchemaObjectType: "role"},
				}},
				Entitlements: []sdk.EntitlementSchema{{Type: "role", IdentityAttribute: name, HierarchyAttribute: "up", Attributes: []sdk.SchemaAttribute{
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
			for i, r := range Samples[object](spec, "role")() {
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
			for _, a := range Samples[object](spec, "")() {
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

// listed are attributes of a create template that has a list for an attribute of one value.
type listed struct{ Title []string }

func (l *listed) WireFields(w *sdk.Fields) { w.Strings("title", &l.Title) }

// free takes every identity for a new one.
func free(string) bool { return false }

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
		got, err := NewAttributes[memberAttributes](testSpec, tt.identity, &tt.from, free)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v, want %+v", tt.name, got, err, tt.want)
		}
	}
	one, err := NewAttributes[memberAttributes](testSpec, "x", &listed{[]string{"T"}}, free)
	if err != nil || one.Title != "T" {
		t.Errorf("a list of one for one value: %+v, %v", one, err)
	}
	_, err = NewAttributes[memberAttributes](testSpec, "x", &listed{[]string{"T", "U"}}, free)
	mentions(t, err, "title: must be a string, not a list")
	open, err := NewAttributes[memberAttributes](sdk.Spec{Open: true}, "x", &memberAttributes{Extra: map[string]any{"k": "v"}}, free)
	if err != nil || open.ID != "x" || open.Extra["k"] != "v" {
		t.Errorf("without a schema: %+v, %v", open, err)
	}
	_, err = NewAttributes[memberAttributes](testSpec, "", &memberAttributes{Extra: map[string]any{"f": func() {}}}, free)
	mentions(t, err, "f: ")
}

func TestUUID(t *testing.T) {
	t.Parallel()
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if a, b := UUID("a"), UUID("b"); !uuid.MatchString(a) || a == b || a != UUID("a") {
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

func TestText(t *testing.T) {
	t.Parallel()
	a := &memberAttributes{ID: "é", Age: sdk.Ptr(int64(7)), Active: sdk.Ptr(false), Groups: []string{"a", "b"}, Extra: map[string]any{"x": "y"}}
	for name, want := range map[string]string{"id": "é", "age": "7", "active": "false", "groups": `["a","b"]`, "x": "y", "title": "", "none": ""} {
		if got := Text(a, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := Text(&memberAttributes{Extra: map[string]any{"f": func() {}}}, "id"); got != "" {
		t.Errorf("of what cannot be sent: %q", got)
	}
}

// TestPasswords: no sample and no account has one, whatever it is called.
func TestPasswords(t *testing.T) {
	t.Parallel()
	spec := sdk.Spec{Passwords: []string{"pin", "title"}, Account: &sdk.AccountSchema{
		IdentityAttribute: "id",
		Attributes:        []sdk.SchemaAttribute{{Name: "id", Type: "string"}, {Name: "title", Type: "string"}},
	}}
	if got := samples[memberAttributes](spec, "", 1)[0]; got.ID == "" || got.Title != "" {
		t.Errorf("sample %+v", got)
	}
	from := memberAttributes{ID: "x", Title: "hush", Extra: map[string]any{"pin": "hush", "password_hint": "shown"}}
	if got, err := NewAttributes[memberAttributes](spec, "", &from, free); err != nil || got.Title != "" || got.Extra != nil {
		t.Errorf("%+v, %v", got, err)
	}
	spec.Account, spec.Open = nil, true // what the schema does not know is kept
	got, err := NewAttributes[memberAttributes](spec, "", &from, free)
	if want := map[string]any{"password_hint": "shown"}; err != nil || got.Title != "" || !reflect.DeepEqual(got.Extra, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestConfigOptions(t *testing.T) {
	t.Parallel()
	spec := sdk.Spec{JSON: `{"sourceConfig": [{"type": "menu", "items": [{"key": "a", "options": [{"label": "One", "value": 1}]},
		{"type": "cardList", "key": "b", "subMenus": [{"items": [{"key": "c", "options": [{"label": "L", "value": "v"}]}]}]}]}]}`}
	for key, want := range map[string]map[string]any{"a": {"One": 1.0}, "b": {}, "c": {"L": "v"}} {
		if got, err := ConfigOptions(spec, key); err != nil || !reflect.DeepEqual(got.Options, want) {
			t.Errorf("%s: %v, %v, want %v", key, got.Options, err, want)
		}
	}
	for _, key := range []string{"", "d"} {
		_, err := ConfigOptions(spec, key)
		mentions(t, err, fmt.Sprintf("the config has no item %q", key))
	}
	_, err := ConfigOptions(sdk.Spec{JSON: "{"}, "a")
	mentions(t, err, "the connector's spec unexpected end of JSON input")
}

func rawConfig(raw json.RawMessage) (json.RawMessage, error) { return raw, nil }

func unary[C, In, Out any](command sdk.Command, method func(C, context.Context, In) (Out, error)) sdk.Handler[C] {
	return sdk.Unary(sdk.NewMethod[In, Out](command), method)
}

func action[C, In any](command sdk.Command, method func(C, context.Context, In) error) sdk.Handler[C] {
	return sdk.Action(sdk.NewMethod[In, sdk.None](command), method)
}

func streaming[C, In, Out any](command sdk.Command, method func(C, context.Context, In, *sdk.Stream[Out]) error) sdk.Handler[C] {
	return sdk.Streaming(sdk.NewMethod[In, Out](command), method)
}

// run runs a command and returns its lines.
func run(ctx context.Context, c *sdk.Connector, command sdk.Command, input string) (string, error) {
	var out strings.Builder
	err := c.Run(ctx, sdk.Request{Type: command, Input: json.RawMessage(input)}, func(b []byte) error {
		_, err := out.Write(b)
		return err
	})
	return out.String(), err
}

// mentions reports a text that an error should have and has not.
func mentions(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %v, want one with %q", err, text)
	}
}
