package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"testing"
)

// TestMisspelt: what the shell gets wrong in an input is a hint, and nothing else changes.
func TestMisspelt(t *testing.T) {
	t.Parallel()
	c := newTester([]Handler[nothing]{
		unary("std:account:create", func(nothing, context.Context, createInput) (None, error) { return None{}, nil }),
		unary("std:account:update", func(nothing, context.Context, AccountUpdateInput[memberChanges]) (None, error) { return None{}, nil }),
		unary("std:source-data:read", func(nothing, context.Context, SourceDataReadInput) (None, error) { return None{}, nil }),
		byDataset("std:agent:list", func(nothing, context.Context, DatasetInput, *Stream[DatasetObject]) error { return nil }),
		raw("acme:sync", func(context.Context, nothing, json.RawMessage, *Writer) error { return nil }),
		forType("std:entitlement:list", "group", streaming("", func(nothing, context.Context, EntitlementListInput, *Stream[team]) error { return nil })),
	})
	for _, tt := range []struct{ command, input, want string }{
		{"std:account:create", `{"identity":"1","attributes":{"email":"a"}}`, ""},
		{"std:account:create", `{"atributes":{"email":"a"}}`, "hint: the input of std:account:create has no member \"atributes\"; did you mean \"attributes\"?\n"},
		{"std:account:create", `{"atributes":{},"attributes":{}}`, ""},
		{"std:account:create", `{"attributes":{"emial":"a","shoeSize":"9"}}`, "hint: \"attributes\" in the input of std:account:create has no member \"emial\"; did you mean \"email\"?\n"},
		{
			"std:account:update", `{"idenity":"","identity":"1","changes":[{"op":"Set","attribute":"x","values":1},{"op":"Set","attribute":"x","Value":1}]}`,
			"hint: \"changes\" in the input of std:account:update has no member \"values\"; did you mean \"value\"?\n" +
				"hint: \"changes\" in the input of std:account:update has no member \"Value\"; did you mean \"value\"?\n",
		},
		{"std:source-data:read", `{"queryInput":{"limits":1}}`, "hint: \"queryInput\" in the input of std:source-data:read has no member \"limits\"; did you mean \"limit\"?\n"},
		{"std:agent:list", `{"datasetId":"a","datasetIds":[]}`, ""},
		{"std:agent:list", `{"datasetIdss":[],"datasetIds":[],"datasetSchema":{}}`, "hint: the input of std:agent:list has no member \"datasetSchema\"; did you mean \"datasetSchemas\"?\n"},
		{"acme:sync", `{"atributes":1}`, ""},
		{"acme:sync", `[]`, ""},
		{"std:entitlement:list", `{"statefull":true}`, "hint: the input of std:entitlement:list has no member \"statefull\"; did you mean \"stateful\"?\n"},
	} {
		var stderr bytes.Buffer
		code := c.Execute(t.Context(), []string{"app", "invoke", tt.command, "--input", tt.input}, io.Discard, &stderr)
		if code != exitOK || stderr.String() != tt.want {
			t.Errorf("%s %s: exit %d, %s\nwant %s", tt.command, tt.input, code, &stderr, tt.want)
		}
	}
	for _, tt := range []struct{ command, input string }{{"std:none", `{}`}, {"std:account:create", `{"attributes":"a"}`}, {"std:entitlement:list", `{"type":"x"}`}, {"std:entitlement:list", `[]`}} {
		if found := c.misspelt(Request{Type: Command(tt.command), Input: []byte(tt.input)}); found != nil {
			t.Errorf("%s %s: %v", tt.command, tt.input, found)
		}
	}
}
