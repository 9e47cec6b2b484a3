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

// SourceSettings holds the values of ISC's own keys in a source's config. A
// value of the wrong type counts as missing.
type SourceSettings struct {
	DebugLogging     bool // debug lines are wanted
	StatefulCommands bool
	CustomSchemas    bool // commands come with the source's schema

	// PartitionAggregation asks for partitions, see [Partitioned]. As in the original,
	// any value but false, 0, null and "" turns it on; unlike there, the texts "false"
	// and "0", which forms send for an empty box, do not.
	PartitionAggregation bool

	// ProvisioningTimeout is how long ISC waits for a provisioning command, 60
	// seconds unless the config says more. The SDK does not enforce it: a change
	// in progress in the source is better finished than cut off.
	ProvisioningTimeout time.Duration

	ConnectorInstanceID string
	ConnectorSpecID     string
}

// readSourceSettings reads a source's config, which may be missing or of any kind.
func readSourceSettings(config json.RawMessage) SourceSettings {
	s := SourceSettings{ProvisioningTimeout: defaultProvisioningTimeout}
	_ = jsontext.EachMember(config, func(name []byte, value json.RawMessage) { // anything but an object has no settings
		switch string(name) {
		case debugLoggingKey:
			s.DebugLogging = isTrue(value)
		case statefulCommandsKey:
			s.StatefulCommands = isTrue(value)
		case customSchemasKey:
			s.CustomSchemas = isTrue(value)
		case partitionAggregationKey:
			s.PartitionAggregation = isOn(value)
		case provisioningTimeoutKey:
			s.ProvisioningTimeout = provisioningTimeout(value)
		case connectorInstanceIDKey:
			s.ConnectorInstanceID = textSetting(value)
		case connectorSpecIDKey:
			s.ConnectorSpecID = textSetting(value)
		}
	})
	return s
}

// isTrue reads a boolean; any other value is false.
func isTrue(raw json.RawMessage) bool { return string(raw) == "true" }

// textSetting reads a text; any other value is "".
func textSetting(raw json.RawMessage) string {
	if jsontext.KindOf(raw) != "a string" {
		return ""
	}
	text, _ := jsontext.ReadText(raw)
	return text
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
