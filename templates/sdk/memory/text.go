package memory

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// Text is for generated code. It returns the value of the attribute with a name as text,
// "" when it is absent.
func Text(v sdk.Wired, name string) string {
	text, err := sdk.Marshal(v)
	if err != nil {
		return ""
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return ""
	}
	value, err := jsontext.ReadAnyText(members[name])
	if err != nil {
		return ""
	}
	return value
}
