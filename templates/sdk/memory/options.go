package memory

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/cut"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// ConfigOptions is for generated code. It returns the options that the spec lists for a
// config item, texts by label; none for an item without options. An item that the spec does
// not have is not found.
func ConfigOptions(spec sdk.Spec, key string) (sdk.ConfigOptionsReadOutput, error) {
	var file struct {
		SourceConfig json.RawMessage `json:"sourceConfig"`
	}
	if err := json.Unmarshal([]byte(spec.JSON), &file); err != nil {
		return sdk.ConfigOptionsReadOutput{}, sdk.Errorf("the connector's spec %w", err)
	}
	options, ok := optionsOf(file.SourceConfig, key)
	if !ok {
		return sdk.ConfigOptionsReadOutput{}, sdk.NotFound("the config has no item %s", cut.Quote(key))
	}
	return sdk.ConfigOptionsReadOutput{Options: options}, nil
}

// optionsOf looks for a config item among entries, at any depth.
func optionsOf(entries json.RawMessage, key string) (options map[string]any, ok bool) {
	var list []struct {
		Key     string `json:"key"`
		Options []struct {
			Label string `json:"label"`
			Value any    `json:"value"`
		} `json:"options"`
		Items    json.RawMessage `json:"items"`
		SubMenus []struct {
			Items json.RawMessage `json:"items"`
		} `json:"subMenus"`
	}
	if jsontext.IsNull(entries) || json.Unmarshal(entries, &list) != nil {
		return nil, false
	}
	for _, e := range list {
		if e.Key == key && key != "" {
			options = make(map[string]any)
			for _, o := range e.Options {
				options[o.Label] = o.Value
			}
			return options, true
		}
		if options, ok = optionsOf(e.Items, key); ok {
			return options, true
		}
		for _, page := range e.SubMenus {
			if options, ok = optionsOf(page.Items, key); ok {
				return options, true
			}
		}
	}
	return nil, false
}
