package sdk

import (
	"bytes"
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// badRequest is the HTTP status of a request that cannot be read.
const badRequest = 400

// A statusError is a request that is refused before there is a command, with
// the status of HTTP that says so.
type statusError struct {
	code    int
	message string
}

func (e *statusError) Error() string { return e.message }

// parseRequest reads {"type","input","config","version"}, and the "context" that a
// bundle in ISC adds. Member names count case included, and other members are
// ignored.
func parseRequest(body []byte) (Request, error) {
	text := bytes.TrimSpace(body)
	if len(text) == 0 {
		text = []byte("{}")
	}
	if text[0] == '[' && json.Valid(text) { // the original reads a list as an object without members
		text = []byte("{}")
	}
	var r Request
	var command, context json.RawMessage
	err := jsontext.EachMember(text, func(name []byte, value json.RawMessage) {
		switch string(name) {
		case "type":
			command = value
		case "input":
			r.Input = value
		case "config":
			r.Config = value
		case "version":
			r.Version = versionOf(value)
		case "context":
			context = value
		}
	})
	if err != nil {
		return Request{}, &statusError{badRequest, "the body must be a JSON object" + bodyProblem(body)}
	}
	if r.Type, err = commandName(command); err != nil {
		return Request{}, err
	}
	r.Input, r.Config = bytes.Clone(r.Input), bytes.Clone(r.Config) // none of them keeps the rest in memory
	if context != nil {
		r.Invocation = readInvocation(context)
	}
	return r, nil
}

// versionOf reads the version of a connector; nil if it is not a whole number.
func versionOf(raw json.RawMessage) *int64 {
	n, err := jsontext.ReadInt(raw)
	if err != nil {
		return nil
	}
	return &n
}

// bodyProblem says why a body is not a JSON object, after words that it must be one.
func bodyProblem(body []byte) string {
	if problem := jsontext.Problem(body); problem != "" {
		return "; it " + problem
	}
	return ", not " + jsontext.KindOf(body)
}

// commandName reads a command's name. A value of another kind is answered as the
// original does, by the text that JavaScript makes of it.
func commandName(raw json.RawMessage) (Command, error) {
	if raw == nil {
		return "", unsupported("undefined")
	}
	switch {
	case jsontext.KindOf(raw) == "an object":
		return "", unsupported("[object Object]")
	case jsontext.KindOf(raw) != "a string":
		return "", unsupported(cut.To(raw, cut.Name))
	}
	name, err := jsontext.ReadText(raw)
	return Command(name), err
}
