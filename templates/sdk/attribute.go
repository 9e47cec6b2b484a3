package sdk

import "encoding/json"

// AttributeText returns the value of the attribute with a name as text, "" when
// it is absent.
func AttributeText(v Binding, name string) string {
	text, err := Marshal(v)
	if err != nil {
		return ""
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return ""
	}
	value, err := readAnyText(members[name])
	if err != nil {
		return ""
	}
	return value
}
