// Package monorepo_test tests what two connectors of one module share if settings give them one
// SDK.
package monorepo_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	hr "github.com/conngen/conngen/golden/monorepo/hr/connector"
	it "github.com/conngen/conngen/golden/monorepo/it/connector"
	"github.com/conngen/conngen/templates/sdk"
)

var (
	hrConfig = map[string]any{"peopleUrl": "https://people.example", "apiToken": "hush"}
	itConfig = map[string]any{"directoryUrl": "https://directory.example", "operator": "o", "operatorPassword": "hush"}
)

// journal is a middleware that records the commands that ran.
type journal struct{ commands []sdk.Command }

func (j *journal) around(next sdk.Func) sdk.Func {
	return func(ctx context.Context, input json.RawMessage, out *sdk.Writer) error {
		j.commands = append(j.commands, sdk.Info(ctx).Command)
		return next(ctx, input, out)
	}
}

// TestSharedSDK disables the directory account of an employee: the key that one
// connector returns is an input of the other, and one middleware sees the commands of
// both.
func TestSharedSDK(t *testing.T) {
	t.Parallel()
	var j journal
	people, directory := hr.NewMemory(), it.NewMemory()
	hrConnector := hr.New(func(context.Context, hr.Config) (hr.Client, error) { return people, nil })
	itConnector := it.New(func(context.Context, it.Config) (it.Client, error) { return directory, nil })
	for _, c := range []*sdk.Connector{hrConnector, itConnector} {
		c.Use(j.around)
	}

	employees, err := sdk.Call(t.Context(), hrConnector, hr.AccountList, sdk.AccountListInput{}, hrConfig)
	if err != nil || len(employees.Outputs) == 0 {
		t.Fatalf("%d employees, %v", len(employees.Outputs), err)
	}
	employee := employees.Outputs[0]
	disabled, err := sdk.Call(t.Context(), itConnector, it.AccountDisable, sdk.AccountDisableInput{Key: employee.Key}, itConfig)
	if err != nil || len(disabled.Outputs) != 1 {
		t.Fatalf("%d accounts, %v", len(disabled.Outputs), err)
	}
	account := disabled.Outputs[0]
	if account.Key != employee.Key || account.Attributes.EmployeeNumber != employee.Attributes.EmployeeNumber || !*account.Disabled {
		t.Errorf("disabled %+v of %+v", account, employee)
	}
	if diff := cmp.Diff([]sdk.Command{"std:account:list", "std:account:disable"}, j.commands); diff != "" {
		t.Error(diff)
	}
}
