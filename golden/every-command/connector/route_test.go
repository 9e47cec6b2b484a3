package connector

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// named has the client methods that share types. Each fails with its own name.
type named struct{ UnimplementedClient }

func (named) MachineIdentityList(context.Context, sdk.DatasetInput, *sdk.Stream[sdk.DatasetObject]) error {
	return errors.New("MachineIdentityList")
}

func (named) ResourceList(context.Context, sdk.DatasetInput, *sdk.Stream[sdk.DatasetObject]) error {
	return errors.New("ResourceList")
}

func (named) AgentList(context.Context, sdk.DatasetInput, *sdk.Stream[sdk.DatasetObject]) error {
	return errors.New("AgentList")
}

func (named) SourceDataDiscover(context.Context, sdk.SourceDataDiscoverInput) ([]sdk.SourceDataItem, error) {
	return nil, errors.New("SourceDataDiscover")
}

func (named) SourceDataRead(context.Context, sdk.SourceDataReadInput) ([]sdk.SourceDataItem, error) {
	return nil, errors.New("SourceDataRead")
}

func (named) ResourceEnable(context.Context, sdk.ResourceInput) (sdk.ResourceOutput, error) {
	return sdk.ResourceOutput{}, errors.New("ResourceEnable")
}

func (named) ResourceDisable(context.Context, sdk.ResourceInput) (sdk.ResourceOutput, error) {
	return sdk.ResourceOutput{}, errors.New("ResourceDisable")
}

func (named) ResourceDelete(context.Context, sdk.ResourceInput) (sdk.ResourceDeleteOutput, error) {
	return sdk.ResourceDeleteOutput{}, errors.New("ResourceDelete")
}

func (named) SSFStreamDiscover(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamDiscover")
}

func (named) SSFStreamRead(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamRead")
}

func (named) SSFStreamCreate(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamCreate")
}

func (named) SSFStreamUpdate(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamUpdate")
}

func (named) SSFStreamStatusUpdate(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamStatusUpdate")
}

func (named) SSFStreamDelete(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamDelete")
}

func (named) SSFStreamVerify(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamVerify")
}

func (named) SSFStreamReplace(context.Context, sdk.SSFStreamInput) (sdk.SSFStreamOutput, error) {
	return sdk.SSFStreamOutput{}, errors.New("SSFStreamReplace")
}

// TestRoutes: each command reaches the client method of its own name, even if the compiler would
// accept another.
func TestRoutes(t *testing.T) {
	t.Parallel()
	open := func(context.Context, Config) (Client, error) { return named{}, nil }
	r := routes{t, New(open, sdk.WithLogger(slog.New(slog.DiscardHandler))), make(map[string]bool)}
	route(r, MachineIdentityList, "std:machine-identity:list", "MachineIdentityList")
	route(r, ResourceList, "std:resource:list", "ResourceList")
	route(r, AgentList, "std:agent:list", "AgentList")
	route(r, SourceDataDiscover, "std:source-data:discover", "SourceDataDiscover")
	route(r, SourceDataRead, "std:source-data:read", "SourceDataRead")
	route(r, ResourceEnable, "std:resource:enable", "ResourceEnable")
	route(r, ResourceDisable, "std:resource:disable", "ResourceDisable")
	route(r, ResourceDelete, "std:resource:delete", "ResourceDelete")
	route(r, SSFStreamDiscover, "std:ssf-stream:discover", "SSFStreamDiscover")
	route(r, SSFStreamRead, "std:ssf-stream:read", "SSFStreamRead")
	route(r, SSFStreamCreate, "std:ssf-stream:create", "SSFStreamCreate")
	route(r, SSFStreamUpdate, "std:ssf-stream:update", "SSFStreamUpdate")
	route(r, SSFStreamStatusUpdate, "std:ssf-stream:status-update", "SSFStreamStatusUpdate")
	route(r, SSFStreamDelete, "std:ssf-stream:delete", "SSFStreamDelete")
	route(r, SSFStreamVerify, "std:ssf-stream:verify", "SSFStreamVerify")
	route(r, SSFStreamReplace, "std:ssf-stream:replace", "SSFStreamReplace")
	for _, methods := range methodsByType() {
		for _, m := range methods {
			if len(methods) > 1 && !r.tested[m] {
				t.Errorf("%s has the type of other methods, and no test", m)
			}
		}
	}
}

// routes records the tested methods.
type routes struct {
	t         *testing.T
	connector *sdk.Connector
	tested    map[string]bool
}

// route tests that a method belongs to a command, and that the command reaches the client method
// with a name.
func route[In, Out any](r routes, m sdk.Method[In, Out], command sdk.Command, name string) {
	r.t.Helper()
	if m.Command() != command {
		r.t.Errorf("%s is %s, want %s", name, m.Command(), command)
	}
	var in In
	if resource, ok := any(&in).(*sdk.ResourceInput); ok {
		resource.Identity = "1"
	}
	if _, err := sdk.Call(r.t.Context(), r.connector, m, in, sourceConfig); err == nil || err.Error() != name {
		r.t.Errorf("%s gave %v, want the error of %s", command, err, name)
	}
	r.tested[name] = true
}

// methodsByType returns the names of the client's methods of each type.
func methodsByType() map[reflect.Type][]string {
	names := make(map[reflect.Type][]string)
	client := reflect.TypeFor[Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		names[m.Type] = append(names[m.Type], m.Name)
	}
	return names
}
