package connector

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/conngen/conngen/golden/internal/call"
	table "github.com/conngen/conngen/schema/protocol"
	"github.com/conngen/conngen/templates/sdk"
)

// answering answers the commands that Memory does not.
type answering struct{ *Memory }

func (answering) ResourceEnable(context.Context, sdk.ResourceInput) (sdk.ResourceOutput, error) {
	return sdk.ResourceOutput{}, nil
}

func (answering) ResourceDisable(context.Context, sdk.ResourceInput) (sdk.ResourceOutput, error) {
	return sdk.ResourceOutput{}, nil
}

func (answering) ResourceDelete(context.Context, sdk.ResourceInput) (sdk.ResourceDeleteOutput, error) {
	return sdk.ResourceDeleteOutput{}, nil
}

func (answering) TelescopePark(_ context.Context, in json.RawMessage, out *sdk.Stream[any]) error {
	return out.Send(in)
}

// samples are inputs from the protocol's description, in its sections on commands, on the official
// client and on versions: a connector must cope with them.
var samples = map[string][]string{
	"std:test-connection": {`{}`, `null`, `{"accountSchema":{"identityAttribute":"id"}}`, `{"accountSchema":"any"}`, `{"unknown":1}`},
	"std:account:list": {
		`{}`, `null`, `{"stateful":true}`, `{"stateful":"true"}`, `{"stateful":true,"state":{"cursor":"1"}}`, `{"stateful":true,"stateId":"7"}`,
		`{"schema":{"displayAttribute":"login","identityAttribute":"id","groupAttribute":"instruments","attributes":[{"name":"instruments","type":"string","multi":"true"}]}}`,
		`{"schema":{"type":"account","includePermissions":true}}`, `{"schema":"any"}`, `{"schema":["any"]}`, `{"schema":{"attributes":"any"}}`,
	},
	"std:account:read": {
		`{"identity":"1","key":{"simple":{"id":"1"}}}`, `{"identity":"1"}`, `{"key":{"simple":{"id":"1"}}}`, `{"identity":1,"key":{"simple":{"id":1}}}`,
		`{"identity":null,"key":{"simple":{"id":1}}}`, `{"identity":"1","key":null}`, `{"identity":"1","schema":{"type":"account","includePermissions":"true"}}`,
		`{"identity":"1","schema":0}`, `{"identity":"1","unknown":{"a":[1]}}`,
	},
	"std:account:create": {
		`{"identity":null,"attributes":{"login":"new"}}`, `{"attributes":{"login":"new","instruments":"1","resident":"true","nights":"7"}}`,
		`{"identity":77,"attributes":{"login":77},"schema":{"attributes":[{"name":"instruments","multi":"true"}]}}`,
		`{"attributes":{"login":"new"},"attributesWithMetadata":[{"attribute":"login","value":"new","metadata":{"a":1,"b":true,"c":"d"}}]}`,
		`{"attributes":{"login":"new"},"attributesWithMetadata":[{"attribute":"login","value":"new","metadata":[1]}]}`,
		`{"attributes":{"login":"new"},"attributesWithMetadata":"any"}`,
	},
	"std:account:update": {
		`{"identity":"1","key":{"simple":{"id":"1"}},"changes":[]}`, `{"identity":"1"}`, `{"identity":1,"changes":[{"op":"Set","attribute":"nights","value":"3"}]}`,
		`{"identity":"1","changes":[{"op":"Add","attribute":"instruments","value":"2"},{"op":"Remove","attribute":"instruments","value":null}]}`,
		`{"identity":"1","schema":null,"changes":[{"op":"Set","attribute":"nights","value":null,"metadata":{"a":1}}]}`,
		`{"key":{"simple":{"id":1}},"changes":[{"op":"Set","attribute":"nights","value":3,"metadata":"any"}],"schema":"any"}`,
	},
	"std:account:delete":          {`{"identity":"1","key":{"simple":{"id":"1"}}}`, `{"identity":"1","schema":"any"}`, `{"key":{"simple":{"id":1}}}`},
	"std:account:enable":          {`{"key":{"simple":{"id":"1"}}}`, `{"identity":"1"}`, `{"key":{"simple":{"id":1}},"schema":[]}`},
	"std:account:disable":         {`{"key":{"simple":{"id":"1"}}}`, `{"identity":"1"}`, `{"key":{"simple":{"id":1}},"schema":[]}`},
	"std:account:unlock":          {`{"key":{"simple":{"id":"1"}}}`, `{"identity":"1"}`, `{"key":{"simple":{"id":1}},"schema":[]}`},
	"std:account:discover-schema": {`{}`, `null`, `{"unknown":1}`},
	"std:entitlement:list": {
		`{"type":"group"}`, `{}`, `{"type":null}`, `{"type":"group","stateful":"true"}`, `{"type":"group","stateful":true,"state":{"cursor":"1"}}`,
		`{"type":"group","stateId":"7","schema":{"type":"group","includePermissions":true}}`, `{"type":"group","schema":{"attributes":[{"multi":"true"}]}}`, `{"type":"group","schema":"any"}`,
	},
	"std:entitlement:read": {
		`{"identity":"1","key":{"simple":{"id":"1"}},"type":"group"}`, `{"identity":1,"type":"group","schema":{"type":"group","includePermissions":"true"}}`,
		`{"key":{"simple":{"id":1}}}`, `{"identity":"1","type":"group","schema":"any"}`,
	},
	"std:change-password": {`{"identity":"1","key":{"simple":{"id":"1"}},"password":"secret"}`, `{"identity":1,"password":123456}`},
	"std:authenticate": {
		`{"identity":"1","key":{"simple":{"id":"1"}},"username":"a","password":"secret","schema":{}}`,
		`{"identity":1,"username":1,"password":123456,"options":"any","schema":"any"}`, `{"identity":"1","options":[{"a":1}]}`,
	},
	"std:source-data:discover": {`{}`, `null`, `{"queryInput":{}}`, `{"queryInput":{"query":"a","limit":10}}`, `{"queryInput":{"query":5,"limit":"10"}}`, `{"queryInput":null}`, `{"queryInput":"any"}`},
	"std:source-data:read": {
		`{"sourceDataKey":"a","queryInput":{"query":"b","excludeItems":["c"],"limit":10}}`, `{"sourceDataKey":"a","queryInput":{"excludeItems":"c","limit":"10"}}`, `{"sourceDataKey":5}`,
	},
	"std:config-options:read": {`{"key":"hemisphere"}`},
	"std:spec:read":           {`{}`, `null`, `{"unknown":1}`},
	"std:application-discovery:list": {
		`{}`, `null`, `{"datasetIds":["a","b"]}`, `{"datasetIds":"a"}`, `{"datasetId":5,"additionalParameters":{"a":1}}`, `{"additionalParameters":"any"}`, `{"datasetIds":null}`,
	},
	"std:machine-identity:list":    {`{"datasetIds":["a"],"datasetSchemas":{"a":{"name":"A","attributes":[{"multi":"true"}]}}}`, `{"datasetIds":"a"}`, `{"datasetIds":[5]}`, `{"datasetIds":[],"datasetSchemas":"any"}`},
	"std:resource:list":            {`{"datasetIds":["a"]}`, `{"datasetIds":"a","datasetSchemas":{"a":"any"}}`, `{"datasetIds":[]}`},
	"std:agent:list":               {`{"datasetIds":["a"]}`, `{"datasetIds":"a","datasetSchemas":[]}`, `{"datasetIds":[]}`},
	"std:resource:enable":          {`{"identity":"1","key":{"simple":{"id":"1"}}}`, `{"key":{"simple":{"id":1}},"schema":"any","options":"any"}`},
	"std:resource:disable":         {`{"identity":1}`, `{"identity":"1","options":[1]}`},
	"std:resource:delete":          {`{"identity":1}`, `{"identity":"1","options":{"a":null},"schema":5}`},
	"std:ssf-stream:discover":      {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:read":          {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:create":        {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:update":        {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:status-update": {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:delete":        {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:verify":        {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"std:ssf-stream:replace":       {`{}`, `{"stream":{"a":1}}`, `{"stream":"any"}`},
	"telescope:park":               {`{}`, `null`, `"any"`, `[1]`},
}

// TestSamples: a connector copes with everything in the protocol's description.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, c := range table.Commands {
		if samples[c.Name] == nil {
			t.Errorf("%s has no samples", c.Name)
		}
	}
	for command, inputs := range samples {
		for _, input := range inputs {
			c := New(func(context.Context, Config) (Client, error) { return answering{NewMemory()}, nil }, sdk.WithLogger(slog.New(slog.DiscardHandler)))
			answer := call.Run(t, c, command, json.RawMessage(input), sourceConfig)
			if answer.Status != http.StatusOK || strings.Contains(answer.Body, " error: \n") {
				t.Errorf("%s %s: %d, %s", command, input, answer.Status, answer.Body)
			}
		}
	}
}

// TestNotFound: streaming commands send notFound as generic; all others send it unchanged.
func TestNotFound(t *testing.T) {
	t.Parallel()
	c := New(func(context.Context, Config) (Client, error) { return NewMemory(), nil }, sdk.WithLogger(slog.New(slog.DiscardHandler)))
	c.Use(func(sdk.Func) sdk.Func {
		return func(context.Context, json.RawMessage, *sdk.Writer) error { return sdk.NotFound("gone") }
	})
	streams := map[string]bool{"telescope:park": false}
	for _, command := range table.Commands {
		streams[command.Name] = command.Shape.Streams()
	}
	delete(streams, table.SpecRead)
	for command, lists := range streams {
		kind := "notFound"
		if lists {
			kind = "generic"
		}
		answer := call.Run(t, c, command, nil, sourceConfig)
		if want := kind + " error: \n + ConnectorError: gone\n"; !strings.HasPrefix(answer.Body, want) {
			t.Errorf("%s: %s, want %s", command, answer.Body, want)
		}
	}
}
