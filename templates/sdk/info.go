package sdk

import (
	"context"
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// An Invocation is what ISC calls a command and its source, for logs and
// support. Unknown fields are "": the dev server knows none of them.
type Invocation struct {
	ID                  string `json:"id"`                  // of the connector
	Name                string `json:"name"`                // of the connector
	ConnectorInstanceID string `json:"connectorInstanceId"` // of the source's connector
	InvocationID        string `json:"invocationId"`
	SpanID              string `json:"spanId"`
	RequestID           string `json:"requestId"`
}

// readInvocation reads what ISC calls a command and its source. What has another type is not
// known. encoding/json would do it by reflection, which takes a bundle longer to compile than
// all of its own code for a request.
func readInvocation(raw json.RawMessage) Invocation {
	members, _ := jsontext.Members(raw) // anything but an object has none
	text := func(name string) string {
		if jsontext.KindOf(members[name]) != "a string" {
			return ""
		}
		text, _ := jsontext.ReadText(members[name])
		return text
	}
	return Invocation{
		ID:                  text("id"),
		Name:                text("name"),
		ConnectorInstanceID: text("connectorInstanceId"),
		InvocationID:        text("invocationId"),
		SpanID:              text("spanId"),
		RequestID:           text("requestId"),
	}
}

// A CommandInfo describes a running command, apart from its input.
type CommandInfo struct {
	Command Command
	Version *int64 // of the connector; nil when the request does not say
	Invocation
	Source SourceSettings // what ISC's own keys in the source's config say
}

// Info describes the command that ctx belongs to. Outside a command, it returns
// the zero CommandInfo.
func Info(ctx context.Context) CommandInfo {
	info, _ := ctx.Value(infoKey{}).(CommandInfo)
	return info
}

func newInfo(req Request) CommandInfo {
	return CommandInfo{Command: req.Type, Version: req.Version, Invocation: req.Invocation, Source: readSourceSettings(req.Config)}
}

// logArgs returns the members that every log line of the command has.
func (i CommandInfo) logArgs() []any {
	var args []any
	text := func(name, value string) {
		if value != "" {
			args = append(args, name, cut.To(value, cut.Name))
		}
	}
	text("id", i.ID)
	if i.Version != nil {
		args = append(args, "version", *i.Version)
	}
	text("invocationId", i.InvocationID)
	text("requestId", i.RequestID)
	return append(args, "commandType", cut.To(i.Command, cut.Name))
}
