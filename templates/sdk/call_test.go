package sdk

import (
	"context"
	"encoding/json"
	"errors"
	htemplate "html/template"
	"reflect"
	"strings"
	"testing"
	ttemplate "text/template"
)

func TestCall(t *testing.T) {
	t.Parallel()
	list := NewMethod[AccountListInput, member]("list")
	fails := NewMethod[AccountListInput, member]("fails")
	c := newTester([]Handler[nothing]{
		Streaming(list, func(_ nothing, _ context.Context, in AccountListInput, out *Stream[member]) error {
			return errors.Join(
				out.Send(member{Key: SimpleKey("1"), Attributes: memberAttributes{ID: "1", Age: Ptr(int64(7))}}),
				out.KeepAlive(), out.PatchConfig(ConfigPatch{"add", "/a", "b"}), out.PatchConfig(ConfigPatch{Op: "remove", Path: "/c"}), out.SaveState(map[string]string{"since": "now"}),
			)
		}),
		Streaming(fails, func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
			return errors.Join(out.Send(member{Key: SimpleKey("1")}), NotFound("gone"))
		}),
	})
	result, err := Call(t.Context(), c, list, AccountListInput{}, map[string]any{"token": "x"})
	if err != nil || len(result.Outputs) != 1 || result.Outputs[0].ID() != "1" || *result.Outputs[0].Attributes.Age != 7 {
		t.Errorf("%+v, %v", result, err)
	}
	patches := []ConfigPatch{{"add", "/a", "b"}, {Op: "remove", Path: "/c"}}
	if result.KeepAlives != 1 || !reflect.DeepEqual(result.Patches, patches) || string(result.State) != `{"since":"now"}` {
		t.Errorf("%+v", result)
	}
	result, err = Call(t.Context(), c, fails, AccountListInput{}, nil)
	var typed *Error
	if len(result.Outputs) != 1 || !errors.As(err, &typed) || typed.Type != NotFoundError {
		t.Errorf("%+v, %v", result, err)
	}
}

// TestCallInputs: a command gets what ISC would send, and secrets in plain text.
func TestCallInputs(t *testing.T) {
	t.Parallel()
	var got json.RawMessage
	c := newTester(nil)
	c.Use(func(next Func) Func {
		return func(_ context.Context, input json.RawMessage, _ *Writer) error {
			got = input
			return nil
		}
	})
	for _, command := range []Command{"a", "std:entitlement:read"} {
		c.add(at(command, raw("", func(context.Context, nothing, json.RawMessage, *Writer) error { return nil })).handler)
	}
	for _, tt := range []struct {
		call func() error
		want string
	}{
		{calling(t, c, NewMethod[AccountReadInput, member]("a"), AccountReadInput{Key: SimpleKey("1")}), `{"key":{"simple":{"id":"1"}}}`},
		{calling(t, c, NewMethod[createInput, member]("a"), createInput{Identity: "1"}), `{"identity":"1","attributes":{}}`},
		{calling(t, c, NewMethod[ChangePasswordInput, None]("a"), ChangePasswordInput{Identity: "1", Password: NewSecret("s3cret")}), `{"identity":"1","password":"s3cret"}`},
		{calling(t, c, NewMethod[AuthenticateInput, member]("a"), AuthenticateInput{Username: "ada", Password: NewSecret("s3cret")}), `{"username":"ada","password":"s3cret"}`},
		{calling(t, c, NewTypeMethod[EntitlementReadInput, team]("std:entitlement:read", "group"), EntitlementReadInput{Identity: "1"}), `{"identity":"1","type":"group"}`},
		{calling(t, c, NewTypeMethod[EntitlementReadInput, team]("std:entitlement:read", "group"), EntitlementReadInput{Type: "role"}), `{"type":"role"}`},
		{calling(t, c, NewTypeMethod[json.RawMessage, team]("std:entitlement:read", "group"), nil), `{"type":"group"}`},
		{calling(t, c, NewMethod[EntitlementReadInput, team]("std:entitlement:read"), EntitlementReadInput{Identity: "1"}), `{"identity":"1"}`},
		{calling(t, c, NewMethod[DatasetInput, DatasetObject]("a"), DatasetInput{DatasetID: "d"}), `{"datasetIds":["d"]}`},
		{
			calling(t, c, NewMethod[DatasetInput, DatasetObject]("a"), DatasetInput{"d", &DatasetSchema{Name: "n"}}),
			`{"datasetIds":["d"],"datasetSchemas":{"d":{"name":"n","displayAttribute":"","identityAttribute":"","attributes":[],"config":{"datasetType":"","datasetId":""}}}}`,
		},
		{calling(t, c, NewMethod[ApplicationDiscoveryListInput, Application]("a"), ApplicationDiscoveryListInput{}), `{}`},
		{
			calling(t, c, NewMethod[ApplicationDiscoveryListInput, Application]("a"), ApplicationDiscoveryListInput{DatasetID: "d", AdditionalParameters: json.RawMessage(`1`)}),
			`{"datasetIds":["d"],"additionalParameters":1}`,
		},
		{calling(t, c, NewMethod[ResourceInput, ResourceOutput]("a"), ResourceInput{Identity: "1", Options: json.RawMessage(`{"a":1}`)}), `{"identity":"1","options":{"a":1}}`},
	} {
		if err := tt.call(); err != nil || string(got) != tt.want {
			t.Errorf("%s, %v, want %s", got, err, tt.want)
		}
	}
	_, err := Call(t.Context(), c, NewMethod[any, None]("a"), any(func() {}), nil)
	mentions(t, err, "input: json: unsupported type")
	_, err = Call(t.Context(), c, NewMethod[any, None]("a"), any(nil), func() {})
	mentions(t, err, "config: json: unsupported type")
	_, err = Call(t.Context(), c, NewTypeMethod[int, None]("std:entitlement:read", "group"), 1, nil)
	mentions(t, err, "input: must be an object, not a number")
}

func calling[In, Out any](t *testing.T, c *Connector, m Method[In, Out], in In) func() error {
	return func() error {
		_, err := Call(t.Context(), c, m, in, nil)
		return err
	}
}

// TestCallOfDatasets goes through the handlers.
func TestCallOfDatasets(t *testing.T) {
	t.Parallel()
	machines := NewMethod[DatasetInput, DatasetObject]("std:machine-identity:list")
	applications := NewMethod[ApplicationDiscoveryListInput, Application]("std:application-discovery:list")
	c := newTester([]Handler[nothing]{
		ByDataset(machines, func(_ nothing, _ context.Context, in DatasetInput, out *Stream[DatasetObject]) error {
			return out.Send(DatasetObject{Identity: in.Schema.Name})
		}),
		ByDatasetOrAll(applications, func(_ nothing, _ context.Context, in ApplicationDiscoveryListInput, out *Stream[Application]) error {
			return out.Send(Application{ID: strings.ToUpper(in.DatasetID)})
		}),
	})
	objects, err := Call(t.Context(), c, machines, DatasetInput{"d", &DatasetSchema{Name: "n"}}, nil)
	if want := []DatasetObject{{"n", map[string]any{}, "d"}}; err != nil || !reflect.DeepEqual(objects.Outputs, want) {
		t.Errorf("%+v, %v", objects.Outputs, err)
	}
	for in, want := range map[string]Application{"d": {ID: "D", DatasetID: "d"}, "": {}} {
		found, err := Call(t.Context(), c, applications, ApplicationDiscoveryListInput{DatasetID: in}, nil)
		if err != nil || !reflect.DeepEqual(found.Outputs, []Application{want}) {
			t.Errorf("%+v, %v", found.Outputs, err)
		}
	}
}

// TestCallOutputs: an output of another type than the method's is an error.
func TestCallOutputs(t *testing.T) {
	t.Parallel()
	c := newTester([]Handler[nothing]{unary("a", func(nothing, context.Context, None) (string, error) { return "text", nil })})
	_, err := Call(t.Context(), c, NewMethod[None, int]("a"), None{}, nil)
	mentions(t, err, `output "text": json: cannot unmarshal string`)
}

// TestResources: the commands of the SDK that is not released yet.
func TestResources(t *testing.T) {
	t.Parallel()
	enable := NewMethod[ResourceInput, ResourceOutput]("std:resource:enable")
	remove := NewMethod[ResourceInput, ResourceDeleteOutput]("std:resource:delete")
	c := newTester([]Handler[nothing]{
		Unary(enable, func(_ nothing, _ context.Context, in ResourceInput) (ResourceOutput, error) {
			return ResourceOutput{Identity: in.ID(), UUID: string(in.Options)}, nil
		}),
		Unary(remove, func(nothing, context.Context, ResourceInput) (ResourceDeleteOutput, error) {
			return ResourceDeleteOutput{}, nil
		}),
	})
	for command, want := range map[Command]string{
		"std:resource:enable": `{"data":{"identity":"1","uuid":"[1]","attributes":{}},"type":"output"}` + "\n",
		"std:resource:delete": `{"data":{},"type":"output"}` + "\n",
	} {
		got, err := run(t.Context(), c, command, `{"key":{"simple":{"id":"1"}},"schema":{"a":1},"options":[1]}`)
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", command, got, err, want)
		}
	}
}

// decodedConfig is a config as generated packages have them.
type decodedConfig struct{ Token Secret }

func (*decodedConfig) ConfigItems() {}

// TestCallDecodedConfig: the Go type of a config would lose its secrets on the way.
func TestCallDecodedConfig(t *testing.T) {
	t.Parallel()
	c := newTester(nil)
	for _, config := range []any{decodedConfig{}, &decodedConfig{}} {
		_, err := Call(t.Context(), c, NewMethod[struct{}, struct{}]("std:test-connection"), struct{}{}, config)
		mentions(t, err, "sdk.decodedConfig is a decoded config, which hides its secrets; pass the JSON")
	}
}

// TestTypeNames: types of one name are told apart by their packages.
func TestTypeNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b         reflect.Type
		nameA, nameB string
	}{
		{reflect.TypeFor[int](), reflect.TypeFor[*Connector](), "int", "*sdk.Connector"},
		{reflect.TypeFor[*ttemplate.Template](), reflect.TypeFor[*htemplate.Template](), "*text/template.Template", "*html/template.Template"},
	} {
		if a, b := typeNames(c.a, c.b); a != c.nameA || b != c.nameB {
			t.Errorf("got %s and %s", a, b)
		}
	}
}
