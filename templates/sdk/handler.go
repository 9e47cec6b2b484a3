package sdk

import (
	"context"
	"encoding/json"
	"fmt"
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
		in, err := decodeInput[In](input)
		if err != nil {
			return err
		}
		output, err := method(client, ctx, in)
		if err != nil {
			return err
		}
		return NewStream[Out](out).Send(output)
	}
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
		in, err := decodeInput[In](input)
		if err != nil {
			return err
		}
		return method(client, ctx, in, NewStream[Out](out))
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
		return handler(ctx, client, input, out)
	}
}

// ByDataset adapts a method that lists the objects of one dataset. It is called
// for each dataset that the input names, one after another, and its outputs get
// the dataset's ID.
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
		for _, id := range in.IDs {
			stream := NewStream[DatasetObject](out)
			stream.prepare = func(o *DatasetObject) {
				o.DatasetID = id
				if o.Attributes == nil { // the protocol wants an object
					o.Attributes = map[string]any{}
				}
			}
			if err := method(client, ctx, DatasetInput{DatasetID: id, Schema: in.Schemas[id]}, stream); err != nil {
				return err
			}
		}
		return nil
	}
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
		return in, &Error{Message: fmt.Sprintf("input: %v", err), Err: err}
	}
	return in, nil
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
