package sdk

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// The keys of a source's config that are ISC's own and mean something to
// connectors. All other keys that no item of the spec has are ignored.
const (
	debugLoggingKey         = "spConnDebugLoggingEnabled"
	statefulCommandsKey     = "spConnEnableStatefulCommands"
	customSchemasKey        = "spConnectorSupportsCustomSchemas"
	connectorInstanceIDKey  = "spConnectorInstanceId"
	connectorSpecIDKey      = "spConnectorSpecId"
	partitionAggregationKey = "partitionAggregationEnabled"
	provisioningTimeoutKey  = "provisioningTimeout"
	filterKey               = "filterString" // also after a kind of objects and a dot; see filtering.go
)

// defaultProvisioningTimeout is ISC's own.
const defaultProvisioningTimeout = time.Minute

// SourceSettings are what ISC's own keys in a source's config say. A value of
// another type than the key's counts as missing.
type SourceSettings struct {
	DebugLogging     bool // debug lines are wanted
	StatefulCommands bool
	CustomSchemas    bool // commands come with the source's schema

	// PartitionAggregation says that partitions are wanted, see [Partitioned]. As with
	// the original, any value but false, 0, null and "" says so; unlike there, the texts
	// "false" and "0", which forms make of an empty box, do not.
	PartitionAggregation bool

	// ProvisioningTimeout is how long ISC waits for a provisioning command, 60
	// seconds unless the config says more. The SDK does not end commands by it: a
	// change that is under way in the source is better finished than cut off.
	ProvisioningTimeout time.Duration

	ConnectorInstanceID string
	ConnectorSpecID     string
}

// readSourceSettings reads a source's config, which may be missing or of any kind.
func readSourceSettings(config json.RawMessage) SourceSettings {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(config, &members) // anything but an object has no settings
	return SourceSettings{
		DebugLogging:         setting[bool](members[debugLoggingKey]),
		StatefulCommands:     setting[bool](members[statefulCommandsKey]),
		CustomSchemas:        setting[bool](members[customSchemasKey]),
		PartitionAggregation: isOn(members[partitionAggregationKey]),
		ProvisioningTimeout:  provisioningTimeout(members[provisioningTimeoutKey]),
		ConnectorInstanceID:  setting[string](members[connectorInstanceIDKey]),
		ConnectorSpecID:      setting[string](members[connectorSpecIDKey]),
	}
}

// setting reads a value of one type; any other is the zero value.
func setting[T any](raw json.RawMessage) T {
	var v, none T
	if json.Unmarshal(raw, &v) != nil {
		return none
	}
	return v
}

// isOn reads a switch as the original does, to which every value but false, 0,
// null and "" is on. The texts "false" and "0", which forms make of an empty
// box, are off all the same.
func isOn(raw json.RawMessage) bool {
	text, _ := jsontext.ReadAnyText(raw) // what cannot be read is off
	switch strings.ToLower(text) {
	case "", "0", "false":
		return false
	}
	return true
}

// provisioningTimeout reads a number of seconds, which may come as text.
func provisioningTimeout(raw json.RawMessage) time.Duration {
	seconds, err := jsontext.ReadInt(raw)
	if err != nil || seconds <= 0 || seconds > int64(24*time.Hour/time.Second) {
		return defaultProvisioningTimeout
	}
	return time.Duration(seconds) * time.Second
}
