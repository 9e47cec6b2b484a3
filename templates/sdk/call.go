package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A CallResult is what a command sent.
type CallResult[Out any] struct {
	Outputs    []Out
	State      json.RawMessage // the last one; nil when none was saved
	Patches    []ConfigPatch   // all of them, in order
	KeepAlives int
}

// Call runs a method's command without HTTP, for tests. The input and the outputs have
// their Go types, and pass through the JSON that ISC would send and get. The config is
// any value that JSON can carry, such as a [json.RawMessage] or a map; nil means none.
// The result holds what was sent before an error.
//
// An update's input can have Changed, Changes, or both: Changes count for the attributes
// that they name. An entitlement's input without a type gets the method's. A [DatasetInput] is sent as
// a request for that one dataset, and so is an [ApplicationDiscoveryListInput] with a DatasetID.
func Call[In, Out any](ctx context.Context, c *Connector, m Method[In, Out], in In, config any) (CallResult[Out], error) {
	var outputs []Out
	sent, err := c.call(ctx, m.at.point(), &in, config, func() any {
		outputs = append(outputs, *new(Out))
		return &outputs[len(outputs)-1]
	})
	return CallResult[Out]{outputs, sent.state, sent.patches, sent.keepAlives}, err
}

// sent is what a command has sent besides outputs.
type sent struct {
	state      json.RawMessage
	patches    []ConfigPatch
	keepAlives int
}

// call is [Call] without its types: in points to the input, and output returns what an
// output is to be read into.
func (c *Connector) call(ctx context.Context, at point, in, config any, output func() any) (sent, error) {
	var result sent
	req, err := newRequest(at, in, config)
	if err != nil {
		return result, err
	}
	var lines bytes.Buffer
	failure := c.Run(ctx, req, func(b []byte) error {
		_, err := lines.Write(b)
		return err
	})
	for line := range bytes.Lines(lines.Bytes()) {
		if err := result.read(line, output); err != nil {
			return result, err
		}
	}
	return result, failure
}

// newRequest returns the request of a command. in points to its input.
func newRequest(at point, in, config any) (Request, error) {
	input, err := encodeInput(at, in)
	if err != nil {
		return Request{}, fmt.Errorf("input: %w", err)
	}
	req := Request{Type: at.command, Input: input}
	if config == nil {
		return req, nil
	}
	if isDecoded(reflect.TypeOf(config)) {
		return Request{}, fmt.Errorf("config: a %T is a decoded config, which hides its secrets; pass the JSON, such as a map or a json.RawMessage", config)
	}
	if req.Config, err = json.Marshal(config); err != nil {
		return Request{}, fmt.Errorf("config: %w", err)
	}
	return req, nil
}

// isDecoded reports whether a type is that of a generated package's config.
func isDecoded(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer {
		t = reflect.PointerTo(t)
	}
	_, ok := t.MethodByName("ConfigItems")
	return ok
}

// read adds one line to the result. It reads an output into the pointer that output returns.
func (s *sent) read(line []byte, output func() any) error {
	l, err := readLine(line)
	if err != nil {
		return err
	}
	switch l.Type {
	case "output":
		return l.readOutput(output())
	case "state":
		s.state = l.Data
	case "config":
		var patches []ConfigPatch
		if err := json.Unmarshal(l.Data, &patches); err != nil {
			return fmt.Errorf("config %s: %w", l.Data, err)
		}
		s.patches = append(s.patches, patches...)
	case "keepAlive":
		s.keepAlives++
	}
	return nil
}

// A sentLine is one line of a command.
type sentLine struct {
	Data json.RawMessage `json:"data"`
	Type string          `json:"type"`
}

func readLine(text []byte) (sentLine, error) {
	var l sentLine
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("line %s: %w", text, err)
	}
	return l, nil
}

// readOutput reads a line that is an output into what output points to.
func (l sentLine) readOutput(output any) error {
	if err := decode(l.Data, output, new(reading)); err != nil {
		return fmt.Errorf("output %s: %w", l.Data, err)
	}
	return nil
}

// encodeInput writes the input that in points to as ISC sends it, secrets in plain text:
// the command needs them.
func encodeInput(at point, in any) (json.RawMessage, error) {
	text, err := inputText(in)
	if err != nil || at.objectType == "" {
		return text, err
	}
	members, err := jsontext.Members(text)
	if err != nil {
		return nil, err
	}
	if raw := members["type"]; !jsontext.IsNull(raw) && !jsontext.IsEmptyText(raw) {
		return text, nil
	}
	return withMember(members, "type", at.objectType)
}

func inputText(in any) (json.RawMessage, error) {
	switch given := in.(type) {
	case *DatasetInput:
		in = given.onWire()
	case *ApplicationDiscoveryListInput:
		in = given.onWire()
	}
	if wired, ok := in.(Wired); ok {
		w := Fields{secrets: allSecrets}
		return w.encode(nil, wired)
	}
	return json.Marshal(in)
}

// onWire returns the input of a dataset command that asks for one dataset.
func (in DatasetInput) onWire() *datasetsInput {
	all := datasetsInput{IDs: []string{in.DatasetID}}
	if in.Schema != nil {
		all.Schemas = map[string]*DatasetSchema{in.DatasetID: in.Schema}
	}
	return &all
}

// onWire returns the input that asks for the dataset among others.
func (in ApplicationDiscoveryListInput) onWire() *ApplicationDiscoveryListInput {
	if in.DatasetID != "" {
		in.DatasetIDs, in.DatasetID = append(slices.Clip(in.DatasetIDs), in.DatasetID), ""
	}
	return &in
}

// withMember writes an object whose member of a name is a text.
func withMember(members map[string]json.RawMessage, name, text string) (json.RawMessage, error) {
	if members == nil {
		members = make(map[string]json.RawMessage)
	}
	members[name] = jsontext.AppendString(nil, text)
	return json.Marshal(members)
}
