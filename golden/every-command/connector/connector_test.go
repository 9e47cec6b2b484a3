package connector

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/golden/internal/call"
	"github.com/conngen/conngen/templates/sdk"
)

var sourceConfig = map[string]any{"domeUrl": "https://d.example", "domeToken": "hush"}

// connector returns a connector with its own sample data.
func connector() *sdk.Connector {
	client := NewMemory()
	return New(func(context.Context, Config) (Client, error) { return client, nil })
}

// TestEveryCommand: Memory answers each command of the protocol. Those on one resource get not
// found, since it has none. Only the author can answer the connector's own commands.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	var listed struct {
		Commands []string `json:"commands"`
	}
	if err := json.Unmarshal([]byte(specJSON), &listed); err != nil {
		t.Fatal(err)
	}
	if len(listed.Commands) < 34 {
		t.Fatalf("the spec lists %d commands", len(listed.Commands))
	}
	input := map[string]any{
		"type": "group", "attributes": map[string]any{"login": "new"}, "datasetIds": []string{"a"},
	}
	for _, command := range listed.Commands {
		input["identity"] = "1"
		delete(input, "key")
		if command == "std:config-options:read" {
			input["key"] = "hemisphere"
		}
		if command == "std:account:create" {
			input["identity"] = "new"
		}
		answer := call.Run(t, connector(), command, input, sourceConfig)
		switch command {
		case "std:resource:enable", "std:resource:disable", "std:resource:delete":
			if want := "notFound error: \n + ConnectorError: \"1\" is not in the source\n"; !strings.HasPrefix(answer.Body, want) {
				t.Errorf("%s: %s", command, answer.Body)
			}
			continue
		}
		if strings.HasPrefix(command, "std:") {
			if answer.Status != http.StatusOK {
				t.Errorf("%s: %s", command, answer.Body)
			}
			continue
		}
		if want := "generic error: \n + ConnectorError: " + command + " is not implemented\n"; !strings.HasPrefix(answer.Body, want) {
			t.Errorf("%s: %s", command, answer.Body)
		}
	}
}

// datasets answers a dataset command.
type datasets struct{ UnimplementedClient }

func (datasets) MachineIdentityList(_ context.Context, in sdk.DatasetInput, out *sdk.Stream[sdk.DatasetObject]) error {
	return out.Send(sdk.DatasetObject{Identity: "m-" + in.DatasetID, Attributes: map[string]any{"n": 1}})
}

// TestDatasets: the client is called once per dataset, and its outputs are tagged.
func TestDatasets(t *testing.T) {
	t.Parallel()
	h := New(func(context.Context, Config) (Client, error) { return datasets{}, nil })
	answer := call.Run(t, h, "std:machine-identity:list", map[string]any{"datasetIds": []string{"a", "b"}}, sourceConfig)
	const want = `{"data":{"identity":"m-a","attributes":{"n":1},"datasetId":"a"},"type":"output"}` + "\n" +
		`{"data":{"identity":"m-b","attributes":{"n":1},"datasetId":"b"},"type":"output"}` + "\n"
	if diff := cmp.Diff(want, answer.Body); diff != "" {
		t.Error(diff)
	}
}
