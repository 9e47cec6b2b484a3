package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// A Handler answers one command with a client: it reads the input, which may be
// missing, and sends lines. The adapters [Unary], [Action], [Streaming],
// [ByType] and [ByDataset] make handlers from client methods.
type Handler[C any] func(ctx context.Context, client C, input json.RawMessage, out *Writer) error

// Handlers maps commands to what answers them.
type Handlers[C any] map[Command]Handler[C]

// Unary adapts a method that returns the command's one output.
func Unary[C, In, Out any](method func(C, context.Context, In) (Out, error)) Handler[C] {
	return func(ctx context.Context, client C, input json.RawMessage, out *Writer) error {
		in, err := readInput[In](ctx, input)
		if err != nil {
			return err
		}
		stream, err := hookedStream[Out](ctx, out)
		if err != nil {
			return err
		}
		output, err := method(client, ctx, in)
		if err != nil {
			return err
		}
		return stream.Send(notNil(output))
	}
}

// notNil makes an empty list of one that is nil: the protocol knows no other.
func notNil[Out any](output Out) Out {
	if items, ok := any(output).([]SourceDataItem); ok && items == nil {
		return any([]SourceDataItem{}).(Out)
	}
	return output
}

// Action adapts a method whose output says no more than that it worked: {}.
func Action[C, In any](method func(C, context.Context, In) error) Handler[C] {
	return Unary(func(client C, ctx context.Context, in In) (struct{}, error) {
		return struct{}{}, method(client, ctx, in)
	})
}

// Streaming adapts a method that sends any number of outputs.
func Streaming[C, In, Out any](method func(C, context.Context, In, *Stream[Out]) error) Handler[C] {
	return func(ctx context.Context, client C, input json.RawMessage, out *Writer) error {
		in, err := readInput[In](ctx, input)
		if err != nil {
			return err
		}
		stream, err := hookedStream[Out](ctx, out)
		if err != nil {
			return err
		}
		return method(client, ctx, in, stream)
	}
}

// ByType picks the handler by the entitlement type in the input.
func ByType[C any](types map[string]Handler[C]) Handler[C] {
	return func(ctx context.Context, client C, input json.RawMessage, out *Writer) error {
		in, err := decodeInput[struct {
			Type string `json:"type"`
		}](input)
		if err != nil {
			return err
		}
		handler, ok := types[in.Type]
		if !ok {
			return Errorf("entitlement type %q is unknown, the connector has %s", in.Type, joinAnd(quoted(sortedKeys(types))))
		}
		return handler(withObjectType(ctx, in.Type), client, input, out)
	}
}

// ByDataset adapts a method that lists the objects of one dataset. It is called
// once for each dataset that the input names, one after another, and its outputs
// get the dataset's ID.
func ByDataset[C any](method func(C, context.Context, DatasetInput, *Stream[DatasetObject]) error) Handler[C] {
	return func(ctx context.Context, client C, input json.RawMessage, out *Writer) error {
		in, err := decodeInput[struct {
			IDs     []string                  `json:"datasetIds"`
			Schemas map[string]*DatasetSchema `json:"datasetSchemas"`
		}](input)
		if err != nil {
			return err
		}
		if in.IDs == nil {
			return Errorf("input: datasetIds is missing")
		}
		return eachDataset(ctx, in.IDs, out, tagObject, func(id string, stream *Stream[DatasetObject]) error {
			dataset, err := before(ctx, DatasetInput{DatasetID: id, Schema: in.Schemas[id]})
			if err != nil {
				return err
			}
			return method(client, ctx, dataset, stream)
		})
	}
}

// tagObject gives an output its dataset's ID, and the members that the protocol wants.
func tagObject(o *DatasetObject, id string) {
	o.DatasetID = id
	if o.Attributes == nil {
		o.Attributes = map[string]any{}
	}
}

// ByDatasetOrAll adapts a method that lists applications: those of one dataset at a
// time where the input names datasets, which then have the dataset's ID; else all
// of them in one call, with the input as it is.
func ByDatasetOrAll[C any](method func(C, context.Context, ApplicationDiscoveryListInput, *Stream[Application]) error) Handler[C] {
	all := Streaming(method)
	return func(ctx context.Context, client C, input json.RawMessage, out *Writer) error {
		in, err := decodeInput[ApplicationDiscoveryListInput](input)
		if err != nil {
			return err
		}
		if len(in.DatasetIDs) == 0 {
			return all(ctx, client, input, out)
		}
		tag := func(a *Application, id string) { a.DatasetID = id }
		return eachDataset(ctx, in.DatasetIDs, out, tag, func(id string, stream *Stream[Application]) error {
			dataset, err := before(ctx, ApplicationDiscoveryListInput{DatasetID: id, AdditionalParameters: in.AdditionalParameters})
			if err != nil {
				return err
			}
			return method(client, ctx, dataset, stream)
		})
	}
}

// eachDataset calls list once for each dataset, with a stream that tags its outputs.
func eachDataset[Out any](ctx context.Context, ids []string, out *Writer, tag func(*Out, string), list func(string, *Stream[Out]) error) error {
	seen := make(map[string]bool)
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		stream, err := hookedStream[Out](ctx, out)
		if err != nil {
			return err
		}
		stream.prepare = func(o *Out) { tag(o, id) }
		if err := list(id, stream); err != nil {
			return err
		}
	}
	return nil
}

// decodeInput reads a command's input. Missing and null give the zero value:
// any subset of the members may come.
func decodeInput[In any](raw json.RawMessage) (In, error) {
	var in In
	if text, ok := any(&in).(*json.RawMessage); ok {
		*text = raw
		return in, nil
	}
	if isNull(raw) {
		return in, nil
	}
	var err error
	if bound, ok := any(&in).(Binding); ok {
		err = Unmarshal(raw, bound)
	} else {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil {
		return in, &Error{Message: "input: " + problemOf(raw, err), Err: err}
	}
	return in, nil
}

// problemOf words an error of encoding/json without the names of Go's types.
func problemOf(raw json.RawMessage, err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err.Error()
	case wrong.Field == "" && wrong.Type.Kind() == reflect.Struct:
		return "must be an object, not " + kindOf(raw)
	case wrong.Field == "":
		return "must not be " + kindOf(raw)
	}
	return fmt.Sprintf("%s must not be a %s", wrong.Field, wrong.Value)
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
