package main

import (
	"testing"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/templates/sdk/sdktest"
)

// TestScenarios replays what the directory has answered once. To record it again, serve a new
// directory, and put a login that nobody has into create.txtar:
//
//	go run ./fakeapi/cmd --users 9
//	SDKTEST_RECORD=1 CONNECTOR_TEST_CONFIG=testdata/record.json go test -run TestScenarios
func TestScenarios(t *testing.T) {
	t.Parallel()
	sdktest.Run(t, connector.New(open), "testdata/scenarios")
}
