package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// member is an account as generated code has it, with a field of every kind.
type member struct {
	Key         Key
	Disabled    *bool
	Deleted     bool
	Attributes  memberAttributes
	Permissions []Permission
	Results     []Result
}

func (m member) ID() string { return m.Key.ID() }

func (m *member) Bind(b *Binder) {
	b.Key("key", KeyTypeSimple, &m.Key)
	b.Bool("disabled", &m.Disabled)
	b.Flag("deleted", &m.Deleted)
	b.Object("attributes", &m.Attributes)
	b.Permissions("permissions", &m.Permissions)
	b.Results("results", &m.Results)
}

func (m member) MarshalJSON() ([]byte, error) { return Marshal(&m) }

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

func (a *memberAttributes) Bind(b *Binder) {
	b.Required().String("id", &a.ID)
	b.Required().String("email", &a.Email)
	b.String("title", &a.Title)
	b.Bool("active", &a.Active)
	b.Int("age", &a.Age)
	b.Required().Strings("groups", &a.Groups)
	b.Bools("flags", &a.Flags)
	b.Ints("levels", &a.Levels)
	b.Extra(&a.Extra)
}

func (a memberAttributes) MarshalJSON() ([]byte, error) { return Marshal(&a) }

// team is an entitlement as generated code has it.
type team struct {
	Key        Key
	Attributes teamAttributes
}

func (e team) ID() string { return e.Key.ID() }

func (e *team) Bind(b *Binder) {
	b.Key("key", KeyTypeCompound, &e.Key)
	b.Constant("type", "group")
	b.Object("attributes", &e.Attributes)
}

type teamAttributes struct {
	ID     string
	Name   string
	Parent string
}

func (a *teamAttributes) Bind(b *Binder) {
	b.Required().String("id", &a.ID)
	b.String("name", &a.Name)
	b.String("parent", &a.Parent)
}

// createInput is the input of a create command as generated code has it.
type createInput struct {
	Identity   string
	Attributes memberAttributes
	Metadata   []AttributeMetadata
	Schema     *AccountSchema
}

func (in *createInput) Bind(b *Binder) {
	b.String("identity", &in.Identity)
	b.Object("attributes", &in.Attributes)
	b.Metadata("attributesWithMetadata", &in.Metadata)
	b.Schema("schema", &in.Schema)
}

var testSpec = Spec{
	Name:    "tester",
	KeyType: KeyTypeSimple,
	JSON:    "{\n  \"name\": \"tester\"\n}\n",
	Account: &AccountSchema{
		IdentityAttribute: "id",
		DisplayAttribute:  "email",
		GroupAttribute:    "groups",
		Attributes: []SchemaAttribute{
			{Name: "id", Type: "string"},
			{Name: "email", Type: "string"},
			{Name: "title", Type: "string"},
			{Name: "active", Type: "boolean"},
			{Name: "age", Type: "int"},
			{Name: "groups", Type: "string", Multi: true, Entitlement: true},
			{Name: "levels", Type: "long", Multi: true},
		},
	},
	Entitlements: []EntitlementSchema{{
		Type:               "group",
		IdentityAttribute:  "id",
		DisplayAttribute:   "name",
		HierarchyAttribute: "parent",
		Attributes: []SchemaAttribute{
			{Name: "id", Type: "string"},
			{Name: "name", Type: "string"},
			{Name: "parent", Type: "string"},
		},
	}},
}

// nothing is a client for handlers that need none.
type nothing struct{}

func openNothing(context.Context, json.RawMessage) (nothing, error) { return nothing{}, nil }

func silent() Option { return WithLogger(slog.New(slog.DiscardHandler)) }

// newTester returns a registry whose commands all have handlers without a client.
func newTester(handlers Handlers[nothing], opts ...Option) *Registry[nothing] {
	return NewRegistry(testSpec, openNothing, handlers, append([]Option{silent()}, opts...)...)
}

// run runs a command and returns its lines.
func run[C any](ctx context.Context, r *Registry[C], command Command, input string) (string, error) {
	var out strings.Builder
	err := r.Run(ctx, Request{Type: command, Input: json.RawMessage(input)}, func(b []byte) error {
		_, err := out.Write(b)
		return err
	})
	return out.String(), err
}

// mentions reports each text that an error should have and has not.
func mentions(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("there is no error, want one with %q", texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
}

func marshal(t *testing.T, v Binding) string {
	t.Helper()
	text, err := Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMain looks for goroutines that commands have left behind, once all tests
// have ended.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if left := leftGoroutines(); left != "" {
			fmt.Fprintf(os.Stderr, "goroutines are left:\n%s\n", left)
			code = 1
		}
	}
	os.Exit(code)
}

// leftGoroutines returns the stacks of the package's goroutines but this one. It
// gives those that are about to end much more time than they need.
func leftGoroutines() string {
	left := ""
	for range 1000 {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		left = ""
		for _, stack := range strings.Split(string(stacks), "\n\n")[1:] {
			if strings.Contains(stack, "templates/sdk.") {
				left += stack + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
		time.Sleep(5 * time.Millisecond)
	}
	return left
}

var _ io.Closer = (*closer)(nil)

// closer is a client that counts how often it is closed.
type closer struct {
	closed int
	err    error
}

func (c *closer) Close() error {
	c.closed++
	return c.err
}
