package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// A CallResult is what a command has sent, as [Call] returns it.
type CallResult[Out any] struct {
	Outputs    []Out
	State      json.RawMessage // the last one; nil when none was saved
	Patches    []ConfigPatch
	KeepAlives int
}

// Call runs a command without HTTP, for tests: with an input of its Go type, and
// outputs that are read back into theirs, through the JSON that ISC would get. The
// config is what JSON carries, such as a [json.RawMessage] or a map; nil is none.
// What was sent before an error is in the result.
func Call[Out, In, C any](ctx context.Context, r *Registry[C], command Command, in In, config any) (CallResult[Out], error) {
	var result CallResult[Out]
	input, err := encodeInput(in)
	if err != nil {
		return result, fmt.Errorf("input: %w", err)
	}
	req := Request{Type: command, Input: input}
	if config != nil {
		if req.Config, err = json.Marshal(config); err != nil {
			return result, fmt.Errorf("config: %w", err)
		}
	}
	var lines bytes.Buffer
	failure := r.Run(ctx, req, func(b []byte) error {
		_, err := lines.Write(b)
		return err
	})
	for line := range bytes.Lines(lines.Bytes()) {
		if err := result.read(line); err != nil {
			return result, err
		}
	}
	return result, failure
}

// read adds one line to the result.
func (r *CallResult[Out]) read(line []byte) error {
	var l struct {
		Data json.RawMessage `json:"data"`
		Type string          `json:"type"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return fmt.Errorf("line %s: %w", line, err)
	}
	switch l.Type {
	case "output":
		output, err := decodeInput[Out](l.Data)
		if err != nil {
			return fmt.Errorf("output %s: %w", l.Data, err)
		}
		r.Outputs = append(r.Outputs, output)
	case "state":
		r.State = l.Data
	case "config":
		return json.Unmarshal(l.Data, &r.Patches)
	case "keepAlive":
		r.KeepAlives++
	}
	return nil
}

// encodeInput writes an input, secrets in plain text: the command needs them.
func encodeInput[In any](in In) (json.RawMessage, error) {
	switch in := any(in).(type) {
	case ChangePasswordInput:
		return revealed(in, in.Password)
	case AuthenticateInput:
		return revealed(in, in.Password)
	}
	if bound, ok := any(&in).(Binding); ok {
		return Marshal(bound)
	}
	return json.Marshal(in)
}

// revealed writes an input whose password is not to be redacted.
func revealed(in any, password Secret) (json.RawMessage, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	members, err := object(text)
	if err != nil {
		return nil, err
	}
	members["password"] = appendString(nil, password.Reveal())
	return json.Marshal(members)
}
