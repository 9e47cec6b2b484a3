package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/filter"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A Func runs one command: it reads the input, which may be missing, and sends lines.
// Middleware, see [Connector.Use], wraps one in another.
type Func func(ctx context.Context, input json.RawMessage, out *Writer) error

// A Handler is a method of a client C with the command that it answers. [Unary],
// [Action], [Streaming], [ByDataset], [ByDatasetOrAll] and [Partitioned] make handlers.
type Handler[C any] struct{ handler }

// A handler is a [Handler] without its types.
type handler struct {
	at              point
	client, in, out any  // nil pointers to its types, see [typeAt]
	foreign         bool // given by [WithHandler], perhaps for another type of client
	run             func(ctx context.Context, c call) error
}

// newHandler returns a handler. Its types are those that client, in and out point to.
//
//go:noinline
func newHandler(at point, client, in, out any, run func(context.Context, call) error) handler {
	return handler{at: at, client: client, in: in, out: out, run: run}
}

// typeAt returns the type that a pointer points to, even a nil one.
//
// The compiler reads all types that it can reach from those that a generated package uses, in fields
// and in the signatures of methods, unexported ones too, and compiles the methods of generic ones anew
// with each package. So what such a package reaches holds nil pointers instead of reflect.Type,
// which has sequences, and functions, not methods, have to do with generic types and with net/http.
func typeAt(pointer any) reflect.Type { return reflect.TypeOf(pointer).Elem() }

// A call is one call of a handler.
type call struct {
	at      point
	spec    *Spec
	lenient bool // what the create template requires may be missing, see [Lenient]
	client  any
	input   json.RawMessage
	out     *Writer
	hooks   *hooks
	config  json.RawMessage
	filter  *filter.Filter // leaves outputs out; may be nil
}

// Unary makes a handler from a method that returns the command's one output.
func Unary[C, In, Out any](m Method[In, Out], method func(C, context.Context, In) (Out, error)) Handler[C] {
	return Handler[C]{newHandler(m.at.point(), (*C)(nil), (*In)(nil), (*Out)(nil), func(ctx context.Context, c call) error {
		var in In
		if err := c.read(ctx, &in); err != nil {
			return err
		}
		client, _ := c.client.(C)
		output, err := method(client, ctx, in)
		if err != nil {
			return err
		}
		return c.send(ctx, &output)
	})}
}

// Action makes a handler from a method without outputs. The command's one output is
// {}, which says that the method succeeded.
func Action[C, In any](m Method[In, None], method func(C, context.Context, In) error) Handler[C] {
	return Handler[C]{newHandler(m.at.point(), (*C)(nil), (*In)(nil), (*None)(nil), func(ctx context.Context, c call) error {
		var in In
		if err := c.read(ctx, &in); err != nil {
			return err
		}
		client, _ := c.client.(C)
		if err := method(client, ctx, in); err != nil {
			return err
		}
		return c.send(ctx, new(None))
	})}
}

// Streaming makes a handler from a method that sends any number of outputs.
func Streaming[C, In, Out any](m Method[In, Out], method func(C, context.Context, In, *Stream[Out]) error) Handler[C] {
	return Handler[C]{newHandler(m.at.point(), (*C)(nil), (*In)(nil), (*Out)(nil), func(ctx context.Context, c call) error {
		var in In
		if err := c.read(ctx, &in); err != nil {
			return err
		}
		out := NewStream[Out](c.out)
		c.hook(ctx, &out.core)
		client, _ := c.client.(C)
		return c.whole(method(client, ctx, in, out))
	})}
}

// ByDataset makes a handler from a method that lists the objects of one dataset. It is
// called once for each dataset that the input names, one after another, and its outputs
// get the dataset's ID.
func ByDataset[C any](m Method[DatasetInput, DatasetObject], method func(C, context.Context, DatasetInput, *Stream[DatasetObject]) error) Handler[C] {
	return Handler[C]{newHandler(m.at.point(), (*C)(nil), (*DatasetInput)(nil), (*DatasetObject)(nil), func(ctx context.Context, c call) error {
		client, _ := c.client.(C)
		return c.whole(eachDataset(ctx, c, func(in DatasetInput, out *Stream[DatasetObject]) error {
			return method(client, ctx, in, out)
		}))
	})}
}

// eachDataset calls list for each dataset that the input names. It is not a method of call since its
// stream is generic, see typeAt.
func eachDataset(ctx context.Context, c call, list func(DatasetInput, *Stream[DatasetObject]) error) error {
	var in datasetsInput
	if err := c.decode(ctx, &in); err != nil {
		return err
	}
	if in.IDs == nil {
		return Errorf("%s: input: datasetIds is missing", c.at.command)
	}
	for _, id := range withoutRepeats(in.IDs) {
		dataset := DatasetInput{DatasetID: id, Schema: in.Schemas[id]}
		if err := c.hooks.before.run(ctx, c.at, &dataset); err != nil {
			return err
		}
		out := NewStream[DatasetObject](c.out)
		out.core.prepare = func(output any) { tagObject(output.(*DatasetObject), id) }
		c.hook(ctx, &out.core)
		if err := list(dataset, out); err != nil {
			return err
		}
	}
	return nil
}

// tagObject gives an output its dataset's ID, and the members that the protocol wants.
func tagObject(o *DatasetObject, id string) {
	o.DatasetID = id
	if o.Attributes == nil {
		o.Attributes = map[string]any{}
	}
}

// ByDatasetOrAll makes a handler from a method that lists applications: those of one
// dataset at a time where the input names datasets, which then have the dataset's ID;
// else all of them in one call, with the input as it is.
func ByDatasetOrAll[C any](m Method[ApplicationDiscoveryListInput, Application], method func(C, context.Context, ApplicationDiscoveryListInput, *Stream[Application]) error) Handler[C] {
	return Handler[C]{newHandler(m.at.point(), (*C)(nil), (*ApplicationDiscoveryListInput)(nil), (*Application)(nil), func(ctx context.Context, c call) error {
		client, _ := c.client.(C)
		return c.whole(eachDiscovery(ctx, c, func(in ApplicationDiscoveryListInput, out *Stream[Application]) error {
			return method(client, ctx, in, out)
		}))
	})}
}

// eachDiscovery calls list for each dataset that the input names, or once where it names none.
func eachDiscovery(ctx context.Context, c call, list func(ApplicationDiscoveryListInput, *Stream[Application]) error) error {
	var in ApplicationDiscoveryListInput
	if err := c.decode(ctx, &in); err != nil {
		return err
	}
	inputs := []ApplicationDiscoveryListInput{in}
	if len(in.DatasetIDs) > 0 {
		inputs = nil
		for _, id := range withoutRepeats(in.DatasetIDs) {
			inputs = append(inputs, ApplicationDiscoveryListInput{DatasetID: id, AdditionalParameters: in.AdditionalParameters})
		}
	}
	for _, one := range inputs {
		id := one.DatasetID
		if err := c.hooks.before.run(ctx, c.at, &one); err != nil {
			return err
		}
		out := NewStream[Application](c.out)
		if len(in.DatasetIDs) > 0 {
			out.core.prepare = func(output any) { output.(*Application).DatasetID = id }
		}
		c.hook(ctx, &out.core)
		if err := list(one, out); err != nil {
			return err
		}
	}
	return nil
}

// withoutRepeats returns texts without those that have occurred before.
func withoutRepeats(texts []string) []string {
	var found []string
	seen := make(map[string]bool)
	for _, text := range texts {
		if !seen[text] {
			seen[text] = true
			found = append(found, text)
		}
	}
	return found
}

// errNoObject is the failure of a command about one object whose input does not say which.
var errNoObject = errors.New("the request has neither identity nor key")

// read reads the input, to which in points, and lets the hooks before the command
// change it. One that is about an object must then say which.
func (c call) read(ctx context.Context, in any) error {
	if err := c.decode(ctx, in); err != nil {
		return err
	}
	if err := c.before(ctx, in); err != nil {
		return err
	}
	if c.at.command.isStandard() && namesNoObject(in) {
		return Errorf("%s: %w", c.at.command, errNoObject)
	}
	return c.check(ctx, in)
}

// before runs the hooks before the command.
func (c call) before(ctx context.Context, in any) error {
	input, ok := in.(changedInput)
	if !ok {
		return c.hooks.before.run(ctx, c.at, in)
	}
	for _, h := range c.hooks.before[c.at] {
		if err := inStep(input, func() error { return h.change(ctx, in) }); err != nil {
			return err
		}
	}
	return nil
}

// namesNoObject reports whether an input is about one object and does not say which.
// A login may give a user name instead.
func namesNoObject(in any) bool {
	if login, ok := in.(*AuthenticateInput); ok && login.Username != "" {
		return false
	}
	object, ok := in.(interface{ ID() string })
	return ok && object.ID() == ""
}

// check reports the attributes that an input lacks, all of them in one error, and logs what
// its client will not see.
func (c call) check(ctx context.Context, in any) error {
	wired, ok := in.(Wired)
	if _, changes := in.(changedInput); !ok || !changes && c.at.command != cmdAccountCreate {
		return nil
	}
	return c.checkFields(ctx, wired)
}

func (c call) checkFields(ctx context.Context, wired Wired) error {
	var missing []string
	wired.WireFields(&Fields{visit: func(name string, _ bool, f field) {
		switch f := f.(type) {
		case changesField:
			f.warn(ctx)
		case objectField:
			if name == "attributes" && c.at.command == cmdAccountCreate {
				missing = missingOf(f.v)
			}
		}
	}})
	if missing == nil {
		return nil
	}
	err := Errorf("%s: the request lacks attributes that the create template requires: %s", c.at.command, joinAnd(missing))
	if c.lenient {
		Logger(ctx).WarnContext(ctx, err.Error())
		return nil
	}
	return err
}

// whole returns the error of a method that sends any number of outputs. If the method returns none
// although its context has ended, outputs may be missing, and whole returns why it has ended.
func (c call) whole(err error) error {
	if err != nil {
		return err
	}
	return context.Cause(c.out.core.ctx)
}

// send sends the one output of a command, to which output points.
func (c call) send(ctx context.Context, output any) error {
	if items, ok := output.(*[]SourceDataItem); ok && *items == nil {
		*items = []SourceDataItem{} // the protocol knows no other empty list
	}
	s := sender{w: c.out, value: output, last: true}
	s.init()
	c.hook(ctx, &s)
	defer c.out.core.reportLate()
	return s.send()
}

// hook lets a sender's outputs pass the filter and the hooks after the command.
func (c call) hook(ctx context.Context, s *sender) {
	s.filter = c.filter
	s.spec, s.objectType = c.spec, c.at.objectType
	if len(c.hooks.after[c.at]) == 0 {
		return
	}
	s.after = c.after(ctx)
}

// after returns what runs the hooks after the command.
func (c call) after(ctx context.Context) func(output any) error {
	return func(output any) (err error) {
		w := &c.out.core
		w.hooking.Lock() // one at a time, from all parts of the command
		defer w.hooking.Unlock()
		defer func() {
			if v := recover(); v != nil {
				err = panicked(ctx, v)
			}
			if err != nil {
				w.spoil(err) // the command fails, whatever its method makes of the error
			}
		}()
		return c.hooks.after.run(ctx, c.at, output)
	}
}

// decode reads the command's input into what in points to. Missing and null leave the
// zero value: any subset of the members may come.
func (c call) decode(ctx context.Context, in any) error {
	r := reading{request: true}
	input := c.input
	if _, raw := in.(*json.RawMessage); !raw && c.at.command.isStandard() && !jsontext.IsNull(input) && jsontext.KindOf(input) != "an object" {
		r.ignored = problems{"the whole input must be an object, not " + jsontext.KindOf(input)}
		input = nil
	}
	if err := decode(input, in, &r); err != nil {
		return &Error{Type: GenericError, Message: fmt.Sprintf("%s: input: %s", c.at.command, problemOf(input, err)), Err: err}
	}
	if r.ignored != nil {
		Logger(ctx).WarnContext(ctx, "ignored part of the input", "problem", r.ignored.Error())
	}
	return nil
}

// decode reads JSON into what value points to.
func decode(raw json.RawMessage, value any, r *reading) error {
	if text, ok := value.(*json.RawMessage); ok {
		*text = raw
		return nil
	}
	if jsontext.IsNull(raw) {
		return nil
	}
	if wired, ok := value.(Wired); ok {
		return unmarshal(raw, wired, r)
	}
	return json.Unmarshal(raw, value)
}

// problemOf words an error of encoding/json without the names of Go's types.
func problemOf(raw json.RawMessage, err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err.Error()
	case wrong.Field == "" && wrong.Type.Kind() == reflect.Struct:
		return "must be an object, not " + jsontext.KindOf(raw)
	case wrong.Field == "":
		return "must not be " + jsontext.KindOf(raw)
	}
	return wrong.Field + " must not be " + kindOf(wrong.Value)
}

// kindOf returns what encoding/json calls a value as messages do: a number without its
// digits, a boolean by its whole name.
func kindOf(value string) string {
	switch kind, _, _ := strings.Cut(value, " "); kind {
	case "object":
		return "an object"
	case "array":
		return "a list"
	case "bool":
		return "a boolean"
	default:
		return "a " + kind
	}
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strconv.Quote(n)
	}
	return out
}

// joinAnd joins names as a sentence would: a, b and c.
func joinAnd(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
