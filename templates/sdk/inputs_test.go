package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

// TestLooseInputs: what clients have been seen to send is read, and what a command can do
// without is ignored, with a warning that names it.
func TestLooseInputs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in     any // what the input is read into
		text   string
		want   string // the input, written again
		warned string // "" where nothing is ignored
	}{
		{in: new(AccountListInput), text: `{"stateful":"true","state":{"a":1},"unknown":[]}`, want: `{"stateful":true,"state":{"a":1}}`},
		{in: new(AccountListInput), text: `{"stateful":"","state":null,"schema":null}`, want: `{}`, warned: "stateful: must be true or false"},
		{in: new(AccountListInput), text: `{"stateful":{"a":"hush"}}`, want: `{}`, warned: "stateful: must be true or false, not an object"},
		{in: new(AccountListInput), text: `{"schema":"hush"}`, want: `{}`, warned: "schema: must be an object, not a string"},
		{in: new(AccountListInput), text: `{"schema":["hush"]}`, want: `{}`, warned: "schema: must be an object, not a list"},
		{in: new(AccountListInput), text: `{"schema":5}`, want: `{}`, warned: "schema: must be an object, not a number"},
		{
			in: new(AccountListInput), text: `{"schema":{"attributes":[{"name":"groups","multi":"true","required":"false","x":1},"hush",{"name":[],"type":"int"}]}}`,
			want: `{"schema":{"displayAttribute":"","identityAttribute":"","groupAttribute":"","attributes":[` +
				`{"name":"groups","description":"","type":"","multi":true},{"name":"","description":"","type":"int"}]}}`,
			warned: "schema.attributes: value 2: must be an object, not a string; value 3: name: must be a string, not a list",
		},
		{
			in: new(EntitlementListInput), text: `{"type":"group","schema":{"type":"group","includePermissions":"true"}}`,
			want: `{"type":"group","schema":{"type":"group","displayAttribute":"","identityAttribute":"","includePermissions":true,"attributes":[]}}`,
		},
		{in: new(EntitlementReadInput), text: `{"identity":5,"key":null,"type":"group","schema":true}`, want: `{"identity":"5","type":"group"}`, warned: "schema: must be an object, not a boolean"},
		{in: new(TestConnectionInput), text: `{"accountSchema":"hush"}`, want: `{}`, warned: "accountSchema: must be an object"},
		{in: new(AccountReadInput), text: `{"identity":null,"key":{"simple":{"id":5}}}`, want: `{"key":{"simple":{"id":"5"}}}`},
		{in: new(AccountReadInput), text: `{"identity":5}`, want: `{"identity":"5"}`},
		{in: new(AccountUpdateInput[memberChanges]), text: `{"identity":5,"changes":[{"op":"Set","attribute":"a","value":1,"metadata":"hush"}]}`, want: `{"identity":"5","changes":[{"op":"Set","attribute":"a","value":"[redacted]"}]}`, warned: "changes.metadata: must be an object, not a string"},
		{in: new(AccountDeleteInput), text: `{"key":{"compound":{"lookupId":1,"uniqueId":2}}}`, want: `{"key":{"compound":{"lookupId":"1","uniqueId":"2"}}}`},
		{in: new(AccountEnableInput), text: `{"key":{"simple":{"id":"1"}},"schema":[]}`, want: `{"key":{"simple":{"id":"1"}}}`, warned: "schema: must be"},
		{in: new(AccountDisableInput), text: `{"key":{"simple":{"id":"1"}}}`, want: `{"key":{"simple":{"id":"1"}}}`},
		{in: new(AccountUnlockInput), text: `{"identity":true}`, want: `{"identity":"true"}`},
		{in: new(AccountDiscoverSchemaInput), text: `{"schema":1}`, want: `{}`},
		{in: new(ChangePasswordInput), text: `{"identity":1,"password":123456}`, want: `{"identity":"1","password":"[redacted]"}`},
		{
			in: new(AuthenticateInput), text: `{"identity":1,"username":2,"password":"hush","options":"any","schema":{"attributes":{}}}`,
			want: `{"identity":"1","username":"2","password":"[redacted]","options":"any","schema":{"displayAttribute":"","identityAttribute":"","groupAttribute":"",` +
				`"attributes":[{"name":"","description":"","type":""}]}}`,
		},
		{in: new(ResourceInput), text: `{"identity":1,"schema":"any","options":[1,{}]}`, want: `{"identity":"1","schema":"any","options":[1,{}]}`},
		{in: new(ConfigOptionsReadInput), text: `{"key":5}`, want: `{"key":"5"}`},
		{in: new(SourceDataDiscoverInput), text: `{"queryInput":{"query":5,"limit":"10"}}`, want: `{"queryInput":{"query":"5","limit":10}}`},
		{in: new(SourceDataDiscoverInput), text: `{"queryInput":{"query":"a","limit":""}}`, want: `{"queryInput":{"query":"a"}}`},
		{in: new(SourceDataDiscoverInput), text: `{"queryInput":null}`, want: `{}`},
		{in: new(SourceDataDiscoverInput), text: `{"queryInput":"hush"}`, want: `{}`, warned: "queryInput: must be an object, not a string"},
		{
			in: new(SourceDataReadInput), text: `{"sourceDataKey":1,"queryInput":{"limit":"hush","excludeItems":"a"}}`,
			want: `{"sourceDataKey":"1","queryInput":{"excludeItems":["a"]}}`, warned: "queryInput.limit: must be a whole number",
		},
		{in: new(SourceDataReadInput), text: `{"queryInput":{"limit":1.5,"excludeItems":[1,"b"]}}`, want: `{"queryInput":{"excludeItems":["1","b"]}}`, warned: "queryInput.limit: must be a whole number"},
		{in: new(DatasetInput), text: `{"datasetId":5,"datasetSchema":[]}`, want: `{"datasetId":"5"}`, warned: "datasetSchema: must be an object"},
		{
			in: new(datasetsInput), text: `{"datasetIds":"a","datasetSchemas":{"a":{"name":"A","config":{"datasetType":1}},"b":null,"c":"hush"}}`,
			want: `{"datasetIds":["a"],"datasetSchemas":{"a":{"name":"A","displayAttribute":"","identityAttribute":"","attributes":[],` +
				`"config":{"datasetType":"1","datasetId":""}}}}`, warned: "datasetSchemas.c: must be an object",
		},
		{in: new(datasetsInput), text: `{"datasetIds":[1],"datasetSchemas":"hush"}`, want: `{"datasetIds":["1"]}`, warned: "datasetSchemas: must be an object"},
		{in: new(ApplicationDiscoveryListInput), text: `{"datasetIds":"a","datasetId":null,"additionalParameters":null}`, want: `{"datasetIds":["a"]}`},
		{in: new(SSFStreamInput), text: `{"stream":"any"}`, want: `{"stream":"any"}`},
		{
			in: new(createInput), text: `{"identity":null,"attributes":{"id":5},"attributesWithMetadata":[{"attribute":"id","value":5,"metadata":["hush"]},{"attribute":{}}],"schema":"hush"}`,
			want:   `{"attributes":{"id":"5"},"attributesWithMetadata":[{"attribute":"id","value":"[redacted]"},{"attribute":""}]}`,
			warned: "attributesWithMetadata: value 2: attribute: must be a string, not an object; schema: must be an object",
		},
		{in: new(AccountReadInput), text: `"hush"`, want: `{}`, warned: "the whole input must be an object, not a string"},
		{in: new(AccountReadInput), text: `{"identity":["hush"],"key":{"simple":{"id":1}}}`, want: `{"key":{"simple":{"id":"1"}}}`, warned: "identity: must be a string, not a list"},
		{in: new(AccountUpdateInput[memberChanges]), text: `{"identity":["hush"],"key":{"simple":{"id":1}}}`, want: `{"key":{"simple":{"id":"1"}}}`, warned: "identity: must be a string, not a list"},
		{in: new(AccountReadInput), text: `{"identity":"1","key":"hush"}`, want: `{"identity":"1"}`, warned: "key: a key is"},
		{in: new(createInput), text: `{"attributesWithMetadata":"hush"}`, want: `{"attributesWithMetadata":[]}`, warned: "attributesWithMetadata: value 1: must be an object"},
	} {
		var log bytes.Buffer
		ctx := context.WithValue(t.Context(), loggerKey{}, slog.New(slog.NewTextHandler(&log, nil)))
		if err := (call{at: point{command: "std:a"}, input: json.RawMessage(tt.text)}).decode(ctx, tt.in); err != nil {
			t.Errorf("%T %s: %v", tt.in, tt.text, err)
			continue
		}
		if got := marshal(t, tt.in.(Wired)); got != tt.want {
			t.Errorf("%T %s: %s\nwant %s", tt.in, tt.text, got, tt.want)
		}
		if (log.Len() > 0) != (tt.warned != "") || !strings.Contains(log.String(), tt.warned) || strings.Contains(log.String(), "hush") {
			t.Errorf("%T %s: log %q, want %q", tt.in, tt.text, log.String(), tt.warned)
		}
	}
}

// TestStrictInputs: what a command cannot do without is an error, which names the command
// and the member, and not its value.
func TestStrictInputs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in         any
		text, want string
	}{
		{new(AccountUpdateInput[memberChanges]), `{"changes":["hush"]}`, "std:a: input: changes: change 1 must be an object, not a string"},
		{new(ChangePasswordInput), `{"password":["hush"]}`, "std:a: input: password: must be a string, not a list"},
		{new(AuthenticateInput), `{"username":{}}`, "std:a: input: username: must be a string, not an object"},
		{new(datasetsInput), `{"datasetIds":[["hush"]]}`, "std:a: input: datasetIds: value 1 must be a string, not a list"},
		{new(SourceDataReadInput), `{"sourceDataKey":{}}`, "std:a: input: sourceDataKey: must be a string, not an object"},
		{new(struct {
			Changes []int `json:"changes"`
		}), `{"changes":{"hush":1}}`, "std:a: input: changes must not be an object"},
		{new(struct {
			Changes string `json:"changes"`
		}), `{"changes":["hush"]}`, "std:a: input: changes must not be a list"},
		{new(struct {
			Changes string `json:"changes"`
		}), `{"changes":1234}`, "std:a: input: changes must not be a number"},
		{new(struct {
			Changes string `json:"changes"`
		}), `{"changes":true}`, "std:a: input: changes must not be a boolean"},
		{new([]int), `{"changes":true}`, "std:a: input: must not be an object"},
	} {
		err := call{at: point{command: "std:a"}, input: json.RawMessage(tt.text)}.decode(t.Context(), tt.in)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%T %s: %v, want %s", tt.in, tt.text, err, tt.want)
		}
	}
}

// TestInputJSON: encoding/json writes and reads inputs as the wire has them, except for
// passwords, and values that may be some.
func TestInputJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal([]any{
		AccountReadInput{Key: SimpleKey("1")},
		ChangePasswordInput{Identity: "1", Password: NewSecret("hush")},
		AuthenticateInput{Username: "ada", Password: NewSecret("hush")},
		AccountSchema{IdentityAttribute: "id", Attributes: []SchemaAttribute{{Name: "id", Multi: true}}},
		AttributeMetadata{Attribute: "a", Value: NewSecretJSON(json.RawMessage(`1`))},
	})
	const want = `[{"key":{"simple":{"id":"1"}}},{"identity":"1","password":"[redacted]"},{"username":"ada","password":"[redacted]"},` +
		`{"displayAttribute":"","identityAttribute":"id","groupAttribute":"","attributes":[{"name":"id","description":"","type":"","multi":true}]},` +
		`{"attribute":"a","value":"[redacted]"}]`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	var back AccountReadInput
	if err := json.Unmarshal([]byte(`{"key":{"simple":{"id":1}},"schema":5}`), &back); err != nil || !reflect.DeepEqual(back, AccountReadInput{Key: SimpleKey("1")}) {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestInputsNameAnObject: a command about one object that does not say which is the
// request's fault, and its method is not called.
func TestInputsNameAnObject(t *testing.T) {
	t.Parallel()
	named := NewMethod[AccountUnlockInput, None]("std:account:unlock")
	c := newTester([]Handler[nothing]{
		unary("std:account:read", about[AccountReadInput]), action("std:account:delete", aboutNone[AccountDeleteInput]),
		unary("std:account:update", about[AccountUpdateInput[memberChanges]]), unary("std:account:enable", about[AccountEnableInput]),
		unary("std:account:disable", about[AccountDisableInput]), action("std:change-password", aboutNone[ChangePasswordInput]),
		unary("std:authenticate", about[AuthenticateInput]), unary("std:resource:enable", about[ResourceInput]),
		forType("std:entitlement:read", "group", unary("", about[EntitlementReadInput])),
		unary("acme:read", about[AccountReadInput]), Unary(named, about[AccountUnlockInput]),
	}, Before(named, func(_ context.Context, in AccountUnlockInput) (AccountUnlockInput, error) {
		in.Identity = "1"
		return in, nil
	}))
	for command := range c.handlers {
		for _, input := range []string{``, `null`, `{}`, `{"identity":null,"key":null}`, `{"identity":"","key":{"simple":{"id":""}}}`, `{"key":{"compound":{"uniqueId":"u"}}}`} {
			_, err := run(t.Context(), c, command, input)
			fine := command == "acme:read" || command == "std:account:unlock"
			if fine && err != nil || !fine && (err == nil || IsNotFound(err) || err.Error() != string(command)+": the request has neither identity nor key") {
				t.Errorf("%s %s: %v", command, input, err)
			}
		}
		for _, input := range []string{`{"identity":"1"}`, `{"identity":1}`, `{"key":{"simple":{"id":1}}}`, `{"key":{"compound":{"lookupId":"1","uniqueId":"2"}}}`} {
			if _, err := run(t.Context(), c, command, input); err != nil {
				t.Errorf("%s %s: %v", command, input, err)
			}
		}
	}
	if _, err := run(t.Context(), c, "std:authenticate", `{"username":"ada"}`); err != nil {
		t.Error(err)
	}
}

func about[In any](nothing, context.Context, In) (None, error) { return None{}, nil }

func aboutNone[In any](nothing, context.Context, In) error { return nil }

// TestEntitlementTypes: no type means the only one that there is, and the input has it.
func TestEntitlementTypes(t *testing.T) {
	t.Parallel()
	list := func(_ nothing, _ context.Context, in EntitlementListInput, out *Stream[string]) error {
		return out.Send(in.Type + " " + string(in.State))
	}
	const command = "std:entitlement:list"
	one := newTester([]Handler[nothing]{forType(command, "group", streaming("", list))})
	for _, input := range []string{``, `null`, `{}`, `{"type":null}`, `{"type":""}`} {
		if got, err := run(t.Context(), one, command, input); err != nil || got != `{"data":"group ","type":"output"}`+"\n" {
			t.Errorf("%s: %s, %v", input, got, err)
		}
	}
	if got, err := run(t.Context(), one, command, `{"state":{"a":[1]}}`); err != nil || got != `{"data":"group {\"a\":[1]}","type":"output"}`+"\n" {
		t.Errorf("%s, %v", got, err)
	}
	_, err := run(t.Context(), one, command, `{"type":"Group"}`)
	mentions(t, err, `unknown entitlement type "Group"; the connector has "group"`)
	two := newTester([]Handler[nothing]{forType(command, "group", streaming("", list)), forType(command, "role", streaming("", list))})
	_, err = run(t.Context(), two, command, `{}`)
	mentions(t, err, `std:entitlement:list: the request lacks an entitlement type; the connector has "group" and "role"`)
}
