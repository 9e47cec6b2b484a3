package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

var (
	listGroups = NewTypeMethod[EntitlementListInput, string]("std:entitlement:list", "group")
	listRoles  = NewTypeMethod[EntitlementListInput, string]("std:entitlement:list", "role")
)

func TestHooks(t *testing.T) {
	t.Parallel()
	failed := errors.New("refused")
	for name, tt := range map[string]struct {
		hooks       []Option
		want, fails string
		seen        string
	}{
		"none": {nil, "ab", "", "list group"},
		"in their order": {[]Option{
			Before(listGroups, func(_ context.Context, in EntitlementListInput) (EntitlementListInput, error) {
				in.Type += "1"
				return in, nil
			}),
			Before(listGroups, func(_ context.Context, in EntitlementListInput) (EntitlementListInput, error) {
				in.Type += "2"
				return in, nil
			}),
			After(listGroups, func(_ context.Context, out string) (string, error) { return out + "1", nil }),
			After(listGroups, func(_ context.Context, out string) (string, error) { return out + "2", nil }),
		}, "a12b12", "", "list group12"},
		"of another type": {[]Option{
			Before(listRoles, func(context.Context, EntitlementListInput) (EntitlementListInput, error) {
				return EntitlementListInput{}, failed
			}),
			After(listRoles, func(context.Context, string) (string, error) { return "", failed }),
		}, "ab", "", "list group"},
		"before fails": {[]Option{
			Before(listGroups, func(_ context.Context, in EntitlementListInput) (EntitlementListInput, error) { return in, failed }),
		}, "", "refused", ""},
		"after fails": {[]Option{
			After(listGroups, func(_ context.Context, out string) (string, error) {
				if out == "b" {
					return out, failed
				}
				return out, nil
			}),
		}, "a", "refused", "list group"},
		"after panics": {[]Option{
			After(listGroups, func(context.Context, string) (string, error) { panic("oops") }),
		}, "", "panic: oops", "list group"},
	} {
		var seen []string
		list := func(_ nothing, _ context.Context, in EntitlementListInput, out *Stream[string]) error {
			seen = append(seen, "list "+in.Type)
			_ = out.Send("a") // a hook's error counts, whatever the method makes of it
			_ = out.Send("b")
			return nil
		}
		c := newTester([]Handler[nothing]{Streaming(listGroups, list), Streaming(listRoles, list)}, tt.hooks...)
		result, err := Call(t.Context(), c, listGroups, EntitlementListInput{}, nil)
		if got := strings.Join(result.Outputs, ""); got != tt.want {
			t.Errorf("%s: outputs %q, want %q", name, got, tt.want)
		}
		if tt.fails != "" {
			mentions(t, err, tt.fails)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.Join(seen, ", "); got != tt.seen {
			t.Errorf("%s: %s, want %s", name, got, tt.seen)
		}
	}
}

// TestHooksOfActions: an action has an output too, {}.
func TestHooksOfActions(t *testing.T) {
	t.Parallel()
	remove := NewMethod[AccountDeleteInput, None]("std:account:delete")
	var ran string
	c := newTester([]Handler[nothing]{Action(remove, func(nothing, context.Context, AccountDeleteInput) error { return nil })},
		Before(remove, func(_ context.Context, in AccountDeleteInput) (AccountDeleteInput, error) {
			ran = in.ID()
			return in, nil
		}),
		After(remove, func(ctx context.Context, out None) (None, error) {
			ran += string(Info(ctx).Command)
			return out, nil
		}))
	if _, err := Call(t.Context(), c, remove, AccountDeleteInput{Identity: "1"}, nil); err != nil || ran != "1std:account:delete" {
		t.Errorf("%v, ran %q", err, ran)
	}
}

// TestHooksOfDatasets: a hook sees the method's input, one dataset, and its outputs with
// their dataset.
func TestHooksOfDatasets(t *testing.T) {
	t.Parallel()
	machines := NewMethod[DatasetInput, DatasetObject]("std:machine-identity:list")
	c := newTester([]Handler[nothing]{ByDataset(machines, func(_ nothing, _ context.Context, in DatasetInput, out *Stream[DatasetObject]) error {
		return out.Send(DatasetObject{Identity: in.DatasetID})
	})}, Before(machines, func(_ context.Context, in DatasetInput) (DatasetInput, error) {
		in.DatasetID += "!"
		return in, nil
	}), After(machines, func(_ context.Context, out DatasetObject) (DatasetObject, error) {
		out.Identity += out.DatasetID
		return out, nil
	}))
	got, err := run(t.Context(), c, "std:machine-identity:list", `{"datasetIds":["a","b"]}`)
	want := `{"data":{"identity":"a!a","attributes":{},"datasetId":"a"},"type":"output"}` + "\n" +
		`{"data":{"identity":"b!b","attributes":{},"datasetId":"b"},"type":"output"}` + "\n"
	if err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

// TestHooksOfPartitions: outputs of all partitions pass the same hooks.
func TestHooksOfPartitions(t *testing.T) {
	t.Parallel()
	list := NewMethod[AccountListInput, int]("std:account:list")
	sum := 0 // hooks run one at a time
	c := newTester([]Handler[nothing]{Partitioned(list,
		func(nothing, context.Context, AccountListInput) ([]int, error) { return make([]int, 20), nil },
		func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[int], _ *int) error {
			return errors.Join(out.Send(1), out.Send(2))
		},
	)}, After(list, func(_ context.Context, n int) (int, error) {
		sum += n
		return n * 10, nil
	}))
	result, err := Call(t.Context(), c, list, AccountListInput{}, json.RawMessage(enabled))
	total := 0
	for _, n := range result.Outputs {
		total += n
	}
	if err != nil || sum != 60 || total != 600 {
		t.Errorf("%v, hooks saw %d, sent %d", err, sum, total)
	}
}

// TestInputErrors: an input of another type than the method's is the caller's mistake, in
// words that know nothing of Go, and neither hooks nor the method see it.
func TestInputErrors(t *testing.T) {
	t.Parallel()
	never := func() { t.Error("the method is called") }
	machines := NewMethod[DatasetInput, DatasetObject]("dataset")
	applications := NewMethod[ApplicationDiscoveryListInput, Application]("applications")
	read := NewMethod[AccountReadInput, string]("unary")
	c := newTester([]Handler[nothing]{
		Unary(read, func(nothing, context.Context, AccountReadInput) (string, error) { never(); return "", nil }),
		action("action", func(nothing, context.Context, AccountReadInput) error { never(); return nil }),
		streaming("streaming", func(nothing, context.Context, AccountReadInput, *Stream[string]) error { never(); return nil }),
		ByDataset(machines, func(nothing, context.Context, DatasetInput, *Stream[DatasetObject]) error { never(); return nil }),
		ByDatasetOrAll(applications, func(nothing, context.Context, ApplicationDiscoveryListInput, *Stream[Application]) error {
			never()
			return nil
		}),
		Streaming(listGroups, func(nothing, context.Context, EntitlementListInput, *Stream[string]) error { never(); return nil }),
	}, Before(read, func(_ context.Context, in AccountReadInput) (AccountReadInput, error) {
		never()
		return in, nil
	}))
	for _, tt := range []struct {
		command     Command
		input, want string
	}{
		{"unary", `7`, "unary: input: must be an object, not a number"},
		{"action", `"text"`, "action: input: must be an object, not a string"},
		{"streaming", `[]`, "streaming: input: must be an object, not a list"},
		{"dataset", `{"datasetIds":{}}`, "dataset: input: datasetIds: value 1 must be a string, not an object"},
		{"applications", `{"datasetIds":["a",[]]}`, "applications: input: datasetIds: value 2 must be a string, not a list"},
		{"std:entitlement:list", `{"type":{}}`, "std:entitlement:list: input: type: must be a string, not an object"},
		{"std:entitlement:list", `{"type":true}`, `unknown entitlement type "true"; the connector has "group"`},
	} {
		_, err := run(t.Context(), c, tt.command, tt.input)
		mentions(t, err, tt.want)
		var typed *Error
		if !errors.As(err, &typed) || typed.ErrorType() != GenericError {
			t.Errorf("%s: %#v", tt.command, err)
		}
	}
}

// custom is a client with a method of its own.
type custom struct{ name string }

func (c custom) Close() error { return nil }

func (c custom) greet(_ context.Context, in string) (string, error) { return in + " " + c.name, nil }

// TestStartPanics: what would fail later, or never run, is said at the start.
func TestStartPanics(t *testing.T) {
	t.Parallel()
	list := Streaming(listGroups, func(nothing, context.Context, EntitlementListInput, *Stream[string]) error { return nil })
	greet := NewMethod[string, string]("my:greet")
	for _, tt := range []struct {
		option Option
		want   string // nothing panics without it
	}{
		{After(listGroups, func(_ context.Context, s string) (string, error) { return s, nil }), ""},
		{
			After(NewTypeMethod[EntitlementListInput, int]("std:entitlement:list", "group"), func(_ context.Context, n int) (int, error) { return n, nil }),
			`sdk: the hook after std:entitlement:list of type "group" is for values of type int, and the handler's are of type string`,
		},
		{
			Before(NewTypeMethod[AccountListInput, string]("std:entitlement:list", "group"), func(_ context.Context, in AccountListInput) (AccountListInput, error) { return in, nil }),
			`sdk: the hook before std:entitlement:list of type "group" is for values of type sdk.AccountListInput, and the handler's are of type sdk.EntitlementListInput`,
		},
		{
			After(listRoles, func(_ context.Context, s string) (string, error) { return s, nil }),
			`sdk: the hook after std:entitlement:list of type "role" never runs: no handler answers that`,
		},
		{
			Before(greet, func(_ context.Context, s string) (string, error) { return s, nil }),
			`sdk: the hook before my:greet never runs: no handler answers that`,
		},
		{
			WithHandler(Unary(greet, custom.greet)),
			`sdk: the handler of my:greet is for clients of type sdk.custom, and the connector's are of type sdk.nothing`,
		},
		{
			WithHandler(Unary(greet, func(interface{ Close() error }, context.Context, string) (string, error) { return "", nil })),
			`sdk: the handler of my:greet is for clients of type interface { Close() error }, and the connector's are of type sdk.nothing`,
		},
		{WithHandler(Unary(greet, func(nothing, context.Context, string) (string, error) { return "", nil })), ""},
		{WithHandler(Unary(greet, func(any, context.Context, string) (string, error) { return "", nil })), ""},
	} {
		if got := panicOf(func() { newTester([]Handler[nothing]{list}, tt.option) }); got != tt.want {
			t.Errorf("panic %q, want %q", got, tt.want)
		}
	}
}

// panicOf returns what f panics with, "" when it does not.
func panicOf(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

// TestHandlersOfOtherClients: the connector's clients are of an interface, and a handler
// wants a type that implements it.
func TestHandlersOfOtherClients(t *testing.T) {
	t.Parallel()
	type client interface{ Close() error }
	greet := NewMethod[string, string]("my:greet")
	open := func(_ context.Context, config json.RawMessage) (client, error) {
		switch string(config) {
		case `"closer"`:
			return new(closer), nil
		case `"none"`:
			return nil, nil
		}
		return custom{"Ada"}, nil
	}
	c := New(testSpec, rawConfig, open, nil, silent(), WithHandler(Unary(greet, custom.greet)))
	result, err := Call(t.Context(), c, greet, "Hello", nil)
	if err != nil || !reflect.DeepEqual(result.Outputs, []string{"Hello Ada"}) {
		t.Errorf("%v, %v", result.Outputs, err)
	}
	_, err = Call(t.Context(), c, greet, "Hello", "closer")
	mentions(t, err, "the handler of my:greet is for clients of type sdk.custom, and this one is of type *sdk.closer")
	if result, err := Call(t.Context(), c, greet, "Hello", "none"); err != nil || result.Outputs[0] != "Hello " {
		t.Errorf("without a client: %v, %v", result.Outputs, err)
	}
}

// TestWithHandler: handlers of the connector's own come before the client's methods.
func TestWithHandler(t *testing.T) {
	t.Parallel()
	answer := func(text string) func(nothing, context.Context, EntitlementListInput, *Stream[string]) error {
		return func(_ nothing, _ context.Context, _ EntitlementListInput, out *Stream[string]) error {
			return out.Send(text)
		}
	}
	of := func(entitlementType, text string) Handler[nothing] {
		return Streaming(NewTypeMethod[EntitlementListInput, string]("std:entitlement:list", entitlementType), answer(text))
	}
	all := Streaming(NewMethod[EntitlementListInput, string]("std:entitlement:list"), answer("all"))
	for name, tt := range map[string]struct {
		handlers            []Handler[nothing]
		opts                []Option
		group, role, unheld string // the answers; "" is an error
	}{
		"the client's":           {[]Handler[nothing]{of("group", "g"), of("role", "r")}, nil, "g", "r", ""},
		"one type":               {[]Handler[nothing]{of("group", "g"), of("role", "r")}, []Option{WithHandler(of("role", "own"))}, "g", "own", ""},
		"another type":           {[]Handler[nothing]{of("group", "g")}, []Option{WithHandler(of("role", "own"))}, "g", "own", ""},
		"all types":              {[]Handler[nothing]{of("group", "g"), of("role", "r")}, []Option{WithHandler(all)}, "all", "all", "all"},
		"a type where all are":   {[]Handler[nothing]{all}, []Option{WithHandler(of("role", "own"))}, "all", "own", "all"},
		"the last one":           {nil, []Option{WithHandler(of("role", "first")), WithHandler(of("role", "last"))}, "", "last", ""},
		"a command of their own": {nil, []Option{WithHandler(all)}, "all", "all", "all"},
	} {
		c := newTester(tt.handlers, tt.opts...)
		for entitlementType, want := range map[string]string{"group": tt.group, "role": tt.role, "unheld": tt.unheld} {
			m := NewTypeMethod[EntitlementListInput, string]("std:entitlement:list", entitlementType)
			result, err := Call(t.Context(), c, m, EntitlementListInput{}, nil)
			if got := strings.Join(result.Outputs, ""); got != want || (err == nil) != (want != "") {
				t.Errorf("%s, %s: %q, %v, want %q", name, entitlementType, got, err, want)
			}
		}
	}
}

// TestUse: one middleware around the commands of two connectors with different clients.
func TestUse(t *testing.T) {
	t.Parallel()
	var order []string
	noting := func(name string) func(Func) Func {
		return func(next Func) Func {
			return func(ctx context.Context, input json.RawMessage, out *Writer) error {
				order = append(order, fmt.Sprintf("%s %s %s", name, Info(ctx).Command, input))
				return next(ctx, input, out)
			}
		}
	}
	inner, outer := noting("inner"), noting("outer")
	greet := NewMethod[string, string]("my:greet")
	remove := NewMethod[AccountDeleteInput, None]("std:account:delete")
	first := newTester([]Handler[nothing]{Action(remove, func(nothing, context.Context, AccountDeleteInput) error { return nil })})
	second := New(testSpec, rawConfig, func(context.Context, json.RawMessage) (custom, error) { return custom{"Ada"}, nil }, nil,
		silent(), WithHandler(Unary(greet, custom.greet)))
	for _, c := range []*Connector{first, second} {
		c.Use(inner)
		c.Use(outer)
	}
	if _, err := Call(t.Context(), first, remove, AccountDeleteInput{Identity: "1"}, nil); err != nil {
		t.Error(err)
	}
	if result, err := Call(t.Context(), second, greet, "Hello", nil); err != nil || result.Outputs[0] != "Hello Ada" {
		t.Errorf("%v, %v", result, err)
	}
	if _, err := run(t.Context(), first, "std:spec:read", ""); err != nil {
		t.Error(err)
	}
	want := `outer std:account:delete {"identity":"1"}, inner std:account:delete {"identity":"1"}, outer my:greet "Hello", inner my:greet "Hello"`
	if got := strings.Join(order, ", "); got != want {
		t.Errorf("middleware ran as %s, want %s", got, want)
	}
}
