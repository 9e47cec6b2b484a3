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

func (m *member) WireFields(w *Fields) {
	w.Key("key", KeyTypeSimple, &m.Key)
	w.Bool("disabled", &m.Disabled)
	w.Flag("deleted", &m.Deleted)
	w.Object("attributes", &m.Attributes)
	w.Permissions("permissions", &m.Permissions)
	w.Results("results", &m.Results)
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

func (a *memberAttributes) WireFields(w *Fields) {
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

func (a memberAttributes) MarshalJSON() ([]byte, error) { return Marshal(&a) }

// team is an entitlement as generated code has it.
type team struct {
	Key        Key
	Attributes teamAttributes
}

func (e team) ID() string { return e.Key.ID() }

func (e *team) WireFields(w *Fields) {
	w.Key("key", KeyTypeCompound, &e.Key)
	w.Constant("type", "group")
	w.Object("attributes", &e.Attributes)
}

type teamAttributes struct {
	ID     string
	Name   string
	Parent string
}

func (a *teamAttributes) WireFields(w *Fields) {
	w.Required().String("id", &a.ID)
	w.String("name", &a.Name)
	w.String("parent", &a.Parent)
}

// createInput is the input of a create command as generated code has it.
type createInput struct {
	Identity   string
	Attributes createAttributes
	Metadata   []AttributeMetadata
	Schema     *AccountSchema
}

func (in *createInput) WireFields(w *Fields) {
	w.String("identity", &in.Identity)
	w.Object("attributes", &in.Attributes)
	w.Metadata("attributesWithMetadata", &in.Metadata)
	w.Schema("schema", &in.Schema)
}

// createAttributes are a member's attributes, none of which a create requires.
type createAttributes struct{ memberAttributes }

func (a *createAttributes) WireFields(w *Fields) {
	w.String("id", &a.ID)
	w.String("email", &a.Email)
	w.Int("age", &a.Age)
	w.Strings("groups", &a.Groups)
	w.Extra(&a.Extra)
}

func (a createAttributes) MarshalJSON() ([]byte, error) { return Marshal(&a) }

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

// rawConfig is for connectors that take the config as it is.
func rawConfig(raw json.RawMessage) (json.RawMessage, error) { return raw, nil }

// unary is [Unary] for a method that no other code names.
func unary[C, In, Out any](command Command, method func(C, context.Context, In) (Out, error)) Handler[C] {
	return Unary(NewMethod[In, Out](command), method)
}

func action[C, In any](command Command, method func(C, context.Context, In) error) Handler[C] {
	return Action(NewMethod[In, None](command), method)
}

func streaming[C, In, Out any](command Command, method func(C, context.Context, In, *Stream[Out]) error) Handler[C] {
	return Streaming(NewMethod[In, Out](command), method)
}

func partitioned[C, In, Out, P any](
	command Command,
	partitions func(C, context.Context, In) ([]P, error),
	list func(C, context.Context, In, *Stream[Out], *P) error,
) Handler[C] {
	return Partitioned(NewMethod[In, Out](command), partitions, list)
}

func byDataset[C any](command Command, method func(C, context.Context, DatasetInput, *Stream[DatasetObject]) error) Handler[C] {
	return ByDataset(NewMethod[DatasetInput, DatasetObject](command), method)
}

// raw returns a handler that sends what it likes.
func raw[C any](command Command, method func(context.Context, C, json.RawMessage, *Writer) error) Handler[C] {
	return streaming(command, func(client C, ctx context.Context, input json.RawMessage, out *Stream[any]) error {
		return method(ctx, client, input, out.Writer)
	})
}

// at returns the handler for another command.
func at[C any](command Command, h Handler[C]) Handler[C] {
	h.at.command = command
	return h
}

// forType returns the handler for an entitlement type.
func forType[C any](command Command, entitlementType string, h Handler[C]) Handler[C] {
	h.at = point{command, entitlementType}
	return h
}

// newTester returns a connector whose commands all have handlers without a client.
func newTester(handlers []Handler[nothing], opts ...Option) *Connector {
	return New(testSpec, rawConfig, openNothing, handlers, append([]Option{silent()}, opts...)...)
}

// run runs a command and returns its lines.
func run(ctx context.Context, r *Connector, command Command, input string) (string, error) {
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

func marshal(t *testing.T, v Wired) string {
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
