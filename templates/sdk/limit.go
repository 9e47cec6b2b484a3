package sdk

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// WithOutputLimit sets how many bytes an output may have, its envelope and line
// feed included; the default is ISC's own limit of 256 KiB, and 0 means any. A
// larger one is not sent: sending it is an error that names the command, the
// object and the size.
func WithOutputLimit(bytes int) Option {
	return func(o *options) { o.writer.outputLimit = bytes }
}

// tooLarge is the error of an output that ISC would refuse.
func tooLarge(command Command, output []byte, size, limit int) error {
	return Errorf("%s: %s is %d bytes; the limit is %d", command, outputName(output), size, limit)
}

// outputName returns what messages call an output, in JSON.
func outputName(output []byte) string {
	if id := outputID(output); id != "" {
		return "the output " + cut.Quote(id)
	}
	return "an output"
}

// outputID returns what an output, in JSON, is called by; "" when it has no such
// member.
func outputID(output []byte) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(output, &members) != nil {
		return ""
	}
	var key Key
	_ = json.Unmarshal(members["key"], &key) // anything else has no ID
	if id := nativeIdentity(key, ""); id != "" {
		return id
	}
	for _, name := range []string{"identity", "uuid", "id"} {
		if id, err := jsontext.ReadText(members[name]); err == nil && id != "" {
			return id
		}
	}
	return ""
}
