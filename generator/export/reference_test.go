package export

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator/internal/plan"
	observatory "github.com/conngen/conngen/golden/every-command/connector"
	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/templates/sdk"
)

var update = flag.Bool("update", false, "rewrite the page of the protocol's commands")

// referenceSpec lists every command, and its package is compiled.
var referenceSpec = filepath.Join("..", "..", "golden", "every-command", "connector-spec.json")

// TestSpecCommandsPage: the manual has each command of the protocol, with its method, the members of its
// input and the fields that hold them, and inputs that sample data accepts.
func TestSpecCommandsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(referenceSpec)
	if err != nil {
		t.Fatal(err)
	}
	spec, found := schema.Parse(filepath.Base(referenceSpec), text)
	if found.HasErrors() {
		t.Fatal(found)
	}
	spec.SupportsStatefulCommands = true // which adds members, and changes no type
	w := &commandsWriter{T: t, collection: newCollection(spec)}
	manual.In(filepath.Join("..", ".."), *update).Pages(t, map[string]string{homepage.SpecCommands: w.page()})
}

// A commandsWriter writes the page of the commands.
type commandsWriter struct {
	*testing.T
	*collection
}

func (w *commandsWriter) page() string {
	var b strings.Builder
	b.WriteString("# Commands of the protocol\n\n" +
		"`commands` in a spec lists what a connector can do. These are the commands that Identity Security Cloud (ISC) knows. " +
		"Each becomes a method of the interface `Client` in [the generated package](../generated-package.md), and a command for entitlements becomes one for each type of entitlement, here `group`. " +
		"Any other name in `commands` is a command of your own, whose method gets its input as JSON.\n\n" +
		"A stateful command can send only what has changed since its last run: see [delta aggregation](../how-to/delta-aggregation.md).\n\n")
	rows := [][]string{{"command", "what ISC uses it for", "method", "changes accounts", "stateful"}}
	for _, c := range protocol.Commands {
		rows = append(rows, []string{
			"[`" + c.Name + "`](" + manual.Anchor(c.Name) + ")", manual.Cell(c.Capability), w.methodCell(c.Name), yes(c.ChangesAccount()), yes(c.Has(protocol.State)),
		})
	}
	b.WriteString(manual.Table(rows) + "\n" +
		"## Inputs and examples\n\n" +
		"The tables list the members of an input in JSON, and the fields that hold them in Go. A missing member is an error only if the command cannot work without it, and one of `identity` and `key` is enough to find an object. Members that no table lists are ignored. " +
		"[Types](" + path.Base(homepage.Types) + ") says how values are read.\n\n" +
		"Each line of an example is a whole input, for `go run . invoke COMMAND --input '…'` or as `input` of a request. " +
		"`conngen export http` [writes such requests](../how-to/requests.md) for your own spec. " +
		"The examples here are for [a spec with every command](../../golden/every-command/connector-spec.json). Its sample data has an account and a group with the ID 1, as that of a new project has.\n\n" +
		"The `keyType` of a spec decides how an input names an object:\n\n" + w.keys() + "\n" +
		fmt.Sprintf("In `changes`, `%s` replaces a value or a whole list. `%s` adds to a list, and sets a single value. `%s` takes from a list, and clears a single value. The value may be a single one or a list.\n", sdk.ChangeSet, sdk.ChangeAdd, sdk.ChangeRemove))
	for _, c := range protocol.Commands {
		b.WriteString("\n" + w.command(c))
	}
	return b.String()
}

// keys shows the members that name an object.
func (w *commandsWriter) keys() string {
	rows := [][]string{{"`keyType`", "members"}}
	for _, k := range []struct {
		words string
		key   schema.KeyType
	}{{"`\"simple\"`", schema.SimpleKeyType}, {"`\"compound\"`", schema.CompoundKeyType}, {"none", schema.NoKeyType}} {
		c := &collection{spec: &schema.Spec{KeyType: k.key}}
		var b strings.Builder
		c.reference(testAccount).inline(&b)
		rows = append(rows, []string{k.words, "`" + referenceMark.ReplaceAllString(b.String(), "1") + "`"})
	}
	return manual.Table(rows)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// methods returns the methods of a command.
func (w *commandsWriter) methods(command string) []*plan.Method {
	for _, c := range w.pkg.Commands {
		if c.Name == command {
			return c.Methods
		}
	}
	return nil
}

func (w *commandsWriter) methodCell(command string) string {
	var names []string
	for _, m := range w.methods(command) {
		names = append(names, "`"+m.GoName+"`")
	}
	return strings.Join(names, ", ")
}

// qualifiers are the packages of types, as authors name them.
var qualifiers = map[plan.Origin]string{plan.Local: "connector.", plan.SDK: "sdk.", plan.JSON: "json.", plan.Context: "context."}

// command writes the section of a command.
func (w *commandsWriter) command(c protocol.Command) string {
	var b strings.Builder
	summary := c.Summary()
	fmt.Fprintf(&b, "### %s\n\n**%s.** %s%s", c.Name, c.Capability, strings.ToUpper(summary[:1]), summary[1:])
	if c.Shape == protocol.NoShape {
		b.WriteString(" Every connector answers it, and a spec need not list it.\n")
		return b.String()
	}
	b.WriteString("\n\n")
	var signatures []string
	for _, m := range w.methods(c.Name) {
		params, results := m.Signature(qualifiers)
		result := results[0]
		if len(results) > 1 {
			result = "(" + strings.Join(results, ", ") + ")"
		}
		signatures = append(signatures, fmt.Sprintf("%s(%s) %s", m.GoName, strings.Join(params, ", "), result))
	}
	if len(signatures) == 0 {
		w.Errorf("%s has no method", c.Name)
	}
	b.WriteString(manual.Fence("go", strings.Join(signatures, "\n")))
	if len(c.Inputs) == 0 {
		b.WriteString("\nThe input has no members.\n")
	} else {
		rows := [][]string{{"member", "field of `" + w.methods(c.Name)[0].Input.Text(qualifiers) + "`", "sent", ""}}
		for _, in := range c.Inputs {
			rows = append(rows, []string{"`" + in.Name + "`", w.fields(c, in), sentWhen(c, in), manual.Cell(in.Help)})
		}
		b.WriteString("\n" + manual.Table(rows))
	}
	if examples := w.examples(c); len(c.Inputs) > 0 {
		b.WriteString("\n" + manual.Fence("json", strings.Join(examples, "\n")))
	}
	return b.String()
}

// sentWhen says when ISC sends a member.
func sentWhen(c protocol.Command, in protocol.Input) string {
	sends := func(spec *schema.Spec) bool {
		return slices.ContainsFunc(c.InputsFor(spec), func(i protocol.Input) bool { return i.Name == in.Name })
	}
	switch {
	case in.Required:
		return "always"
	case sends(&schema.Spec{}):
		return "sometimes"
	case sends(&schema.Spec{SupportsStatefulCommands: true}):
		return "with `supportsStatefulCommands`"
	case sends(&schema.Spec{KeyType: schema.SimpleKeyType}):
		return "with `keyType`"
	}
	return "with `supportsCustomSchemas`"
}

// received returns what a method gets for an input, by the name of the input's type.
var received = map[string]func(ctx context.Context, input string) (any, error){
	"TestConnectionInput":           decoded[sdk.TestConnectionInput],
	"AccountListInput":              decoded[sdk.AccountListInput],
	"AccountReadInput":              decoded[sdk.AccountReadInput],
	"AccountCreateInput":            decoded[observatory.AccountCreateInput],
	"AccountUpdateInput":            decoded[observatory.AccountUpdateInput],
	"AccountDeleteInput":            decoded[sdk.AccountDeleteInput],
	"AccountEnableInput":            decoded[sdk.AccountEnableInput],
	"AccountDisableInput":           decoded[sdk.AccountDisableInput],
	"AccountUnlockInput":            decoded[sdk.AccountUnlockInput],
	"EntitlementListInput":          decoded[sdk.EntitlementListInput],
	"EntitlementReadInput":          decoded[sdk.EntitlementReadInput],
	"ChangePasswordInput":           decoded[sdk.ChangePasswordInput],
	"AuthenticateInput":             decoded[sdk.AuthenticateInput],
	"ConfigOptionsReadInput":        decoded[sdk.ConfigOptionsReadInput],
	"SourceDataDiscoverInput":       decoded[sdk.SourceDataDiscoverInput],
	"SourceDataReadInput":           decoded[sdk.SourceDataReadInput],
	"ResourceInput":                 decoded[sdk.ResourceInput],
	"SSFStreamInput":                decoded[sdk.SSFStreamInput],
	"DatasetInput":                  called(sdk.ByDataset[sdk.None]),
	"ApplicationDiscoveryListInput": called(sdk.ByDatasetOrAll[sdk.None]),
}

func decoded[In any](_ context.Context, input string) (any, error) {
	var in In
	err := json.Unmarshal([]byte(input), &in)
	return in, err
}

// called is decoded for methods that the SDK calls once for each dataset of an input.
func called[In, Out any](handler func(sdk.Method[In, Out], func(sdk.None, context.Context, In, *sdk.Stream[Out]) error) sdk.Handler[sdk.None]) func(context.Context, string) (any, error) {
	return func(ctx context.Context, input string) (any, error) {
		const command = "example:list"
		var got In
		h := handler(sdk.NewMethod[In, Out](command), func(_ sdk.None, _ context.Context, in In, _ *sdk.Stream[Out]) error {
			got = in
			return nil
		})
		c := sdk.New(sdk.Spec{}, func(json.RawMessage) (sdk.None, error) { return sdk.None{}, nil },
			func(context.Context, sdk.None) (sdk.None, error) { return sdk.None{}, nil }, []sdk.Handler[sdk.None]{h})
		_, err := sdk.Call(ctx, c, sdk.NewMethod[json.RawMessage, json.RawMessage](command), json.RawMessage(input), nil)
		return got, err
	}
}

// probes are values of members, by what they hold. Where there are several, one fits.
var probes = map[protocol.Kind][]string{
	protocol.Key:        {`{"simple": {"id": "1"}}`},
	protocol.Attributes: {`{"login": "ada"}`},
	protocol.Changes:    {`[{"op": "Set", "attribute": "login", "value": "ada"}]`},
	protocol.Stateful:   {`true`},
	protocol.State:      {`{"since": "1"}`},
	protocol.Datasets:   {`["1"]`},
	protocol.JSON:       {`{"limit": 1}`, `[{"attribute": "login", "value": "ada"}]`, `{"1": {"name": "Robots"}}`},
}

// fields names the fields that hold a member: those that a value of it changes.
func (w *commandsWriter) fields(c protocol.Command, in protocol.Input) string {
	w.Helper()
	receive := received[w.methods(c.Name)[0].Input.Name]
	if receive == nil {
		w.Fatalf("%s: received has no %s", c.Name, w.methods(c.Name)[0].Input.Name)
	}
	values := probes[in.Kind]
	if values == nil {
		values = []string{`"1"`}
	}
	before := "" // a dataset's schema is not read without its dataset
	if c.Has(protocol.Datasets) && in.Kind == protocol.JSON {
		before = `"datasetIds": ["1"]`
	}
	empty, _ := receive(w.Context(), "{"+before+"}") // refused without datasetIds, and then it is empty too
	if before != "" {
		before += ", "
	}
	for _, value := range values {
		full, err := receive(w.Context(), fmt.Sprintf("{%s%q: %s}", before, in.Name, value))
		if names := changedFields(reflect.ValueOf(empty), reflect.ValueOf(full)); err == nil && len(names) > 0 {
			return "`" + strings.Join(names, "`, `") + "`"
		}
	}
	w.Errorf("%s: no field holds %s", c.Name, in.Name)
	return ""
}

// changedFields lists the exported fields in which two structs differ.
func changedFields(a, b reflect.Value) []string {
	var names []string
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if f.IsExported() && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			names = append(names, f.Name)
		}
	}
	return names
}

// examples returns the distinct inputs of a command's requests. The compiled connector answers them with its
// sample data.
func (w *commandsWriter) examples(c protocol.Command) []string {
	w.Helper()
	var inputs []string
	for r := range w.requestsOf(c.Name, w.folders) {
		var b strings.Builder
		r.input.inline(&b)
		input := w.filled(b.String())
		if r.fails || slices.Contains(inputs, input) {
			continue
		}
		inputs = append(inputs, input)
		w.try(c, input)
	}
	if len(inputs) == 0 {
		w.Errorf("no request sends %s", c.Name)
	}
	return inputs
}

// requestsOf yields the requests for a command.
func (w *commandsWriter) requestsOf(command string, folders []*folder) func(yield func(*request) bool) {
	return func(yield func(*request) bool) {
		for _, f := range folders {
			for r := range w.requestsOf(command, f.folders) {
				if !yield(r) {
					return
				}
			}
			for _, r := range f.requests {
				if r.command == command && !yield(r) {
					return
				}
			}
		}
	}
}

var referenceMark = regexp.MustCompile(`\{\{(\w+)\}\}`)

// filled puts values in the place of variables: IDs of sample data, and passwords that are none.
func (w *commandsWriter) filled(text string) string {
	return referenceMark.ReplaceAllStringFunc(text, func(mark string) string {
		name := referenceMark.FindStringSubmatch(mark)[1]
		i := slices.IndexFunc(w.chain, func(v chainVariable) bool { return v.name == name })
		switch {
		case i < 0:
			w.Errorf("nothing declares %s", name)
		case w.chain[i].isJSON:
			return `{"since": "2026-01-31"}`
		case name == passwordVariable || name == newPassword:
			return toFill
		}
		return "1"
	})
}

// try sends an input to the compiled connector, which has all its members, and sample data.
func (w *commandsWriter) try(c protocol.Command, input string) {
	w.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(input), &members); err != nil {
		w.Fatalf("%s: %v in %s", c.Name, err, input)
	}
	for name := range members {
		if !slices.ContainsFunc(c.Inputs, func(in protocol.Input) bool { return in.Name == name }) {
			w.Errorf("%s: the table has no %q", c.Name, name)
		}
	}
	connector := observatory.New(func(context.Context, observatory.Config) (observatory.Client, error) {
		return observatory.NewMemory(), nil
	})
	request := httptest.NewRequest("POST", "/", strings.NewReader(fmt.Sprintf(`{"type": %q, "input": %s, "config": %s}`, c.Name, input, w.pkg.SampleConfig(nil).JSON)))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	connector.ServeHTTP(answer, request)
	missing := c.Memory == protocol.FindNone && strings.HasPrefix(answer.Body.String(), "notFound error")
	if answer.Code != 200 && !missing {
		w.Errorf("%s %s: %s", c.Name, input, answer.Body)
	}
}
