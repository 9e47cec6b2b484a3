package sdk

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/conngen/conngen/schema"
)

// TestReservedKeys: conngen and connectors know ISC's own keys by the same names.
func TestReservedKeys(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		debugLoggingKey: schema.DebugLoggingKey, statefulCommandsKey: schema.StatefulKey, provisioningTimeoutKey: schema.ProvisioningTimeoutKey,
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := defaultProvisioningTimeout / time.Second; got != schema.DefaultProvisioningTimeout {
		t.Errorf("ISC waits %d seconds, want %d", got, schema.DefaultProvisioningTimeout)
	}
}

func TestSourceSettings(t *testing.T) {
	t.Parallel()
	usual := SourceSettings{ProvisioningTimeout: time.Minute}
	for config, want := range map[string]SourceSettings{
		``:        usual,
		`null`:    usual,
		`"text"`:  usual,
		`{"a":1}`: usual,
		`{"spConnDebugLoggingEnabled":"true","provisioningTimeout":"soon","filterString":["x"],"spConnectorInstanceId":"i"}`: {
			ProvisioningTimeout: time.Minute, ConnectorInstanceID: "i",
		},
		`{"provisioningTimeout":-1}`:                     usual,
		`{"provisioningTimeout":9223372036854775807}`:    usual,
		`{"provisioningTimeout":"120"}`:                  {ProvisioningTimeout: 2 * time.Minute},
		`{"partitionAggregationEnabled":"FALSE"}`:        usual,
		`{"partitionAggregationEnabled":0}`:              usual,
		`{"partitionAggregationEnabled":{}}`:             {ProvisioningTimeout: time.Minute, PartitionAggregation: true},
		`{"partitionAggregationEnabled":"yes","x":null}`: {ProvisioningTimeout: time.Minute, PartitionAggregation: true},
		`{"spConnDebugLoggingEnabled":true,"spConnEnableStatefulCommands":true,"spConnectorSupportsCustomSchemas":true,"partitionAggregationEnabled":true,
			"provisioningTimeout":90,"spConnectorInstanceId":"i","spConnectorSpecId":"s"}`: {
			DebugLogging: true, StatefulCommands: true, CustomSchemas: true, PartitionAggregation: true,
			ProvisioningTimeout: 90 * time.Second, ConnectorInstanceID: "i", ConnectorSpecID: "s",
		},
	} {
		if got := readSourceSettings(json.RawMessage(config)); got != want {
			t.Errorf("%s: %+v, want %+v", config, got, want)
		}
	}
}
