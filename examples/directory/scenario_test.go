package main

import (
	"net/http/httptest"
	"testing"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/examples/directory/fakeapi"
	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/sdktest"
)

const scenarios = "testdata/scenarios"

// TestScenarios replays recorded answers of a directory.
func TestScenarios(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, connector.New(open), scenarios)
}

// TestScenariosServed: a server of the connector replays the same.
func TestScenariosServed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, fakeapi.Options{}) // its directory is not called
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	sdktest.Run(t, f.Connector, scenarios, sdktest.Through(sdk.Remote(server.URL)))
}
