package sdk

import (
	"fmt"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// checkRounding refuses a line whose data has a whole number that the JavaScript of a
// bundle would round when it parses the line.
func checkRounding(command Command, kind string, data []byte) error {
	path, found := jsontext.FindRounded(data)
	if !found {
		return nil
	}
	object := map[string]string{"state": "the state", "config": "the config patch"}[kind]
	if kind == "output" {
		object = outputName(data)
	}
	where, remedy := "a number", "send it as a string"
	switch {
	case kind == "output" && len(path) > 1 && path[0] == "attributes":
		where, remedy = fmt.Sprintf("attribute %q", path[1]), "declare it as a string in the spec"
	case len(path) > 0:
		where = fmt.Sprintf("%q", path[0])
	}
	return Errorf("%s: %s: %s exceeds ±9007199254740991, so a bundle would round it; %s", command, object, where, remedy)
}
