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
	var members map[string]json.RawMessage
	var list []json.RawMessage
	err := json.Unmarshal(text, &members)
	if text[0] == '[' { // the original reads a list as an object without members
		err = json.Unmarshal(text, &list)
	}
	if err != nil || text[0] == 'n' {
		return Request{}, &statusError{badRequest, "the body must be a JSON object" + bodyProblem(body)}
	}
	command, err := commandName(members["type"])
	if err != nil {
		return Request{}, err
	}
	r := Request{Type: command, Input: members["input"], Config: members["config"]}
	if v := members["version"]; v != nil {
		if n, err := jsontext.ReadInt(v); err == nil {
			r.Version = &n
		}
	}
	r.Invocation = readInvocation(members["context"])
	return r, nil
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
	var name string
	switch {
	case jsontext.KindOf(raw) == "an object":
		return "", unsupported("[object Object]")
	case jsontext.KindOf(raw) != "a string" || json.Unmarshal(raw, &name) != nil:
		return "", unsupported(cut.To(raw, cut.Name))
	}
	return Command(name), nil
}
