package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/schema"
)

// SettingsFile is the name of the file beside a spec that [ParseSettings] reads.
const SettingsFile = ".conngen.json"

// Settings say what rules weigh. The zero Settings leave all as it is.
type Settings struct {
	severities map[string]schema.Severity // by rule; off for rules that are switched off
}

const off schema.Severity = "off"

// ParseSettings reads the text of a .conngen.json. Unknown members are findings,
// as are rules that do not exist or cannot be changed.
func ParseSettings(name string, data []byte) (Settings, schema.Diagnostics) {
	file, found := schema.ReadJSON(name, data)
	if found.HasErrors() {
		return Settings{}, found
	}
	var value any
	if err := json.Unmarshal(file.Raw(""), &value); err != nil {
		return Settings{}, append(found, settingsFinding(file, "", "file is not JSON: "+err.Error(), ""))
	}
	var failure *jsonschema.ValidationError
	if errors.As(settingsValidator().Validate(value), &failure) {
		found = append(found, settingsFindings(file, failure)...)
		found.Sort()
		return Settings{}, found
	}
	var settings struct {
		Rules map[string]schema.Severity `json:"rules"`
	}
	err := json.Unmarshal(file.Raw(""), &settings)
	if err != nil {
		return Settings{}, append(found, settingsFinding(file, "", err.Error(), ""))
	}
	return Settings{settings.Rules}, found
}

// Apply returns the findings that are left, with the severities that they have
// under the settings. Errors of the format stay what they are.
func (s Settings) Apply(found schema.Diagnostics) schema.Diagnostics {
	if len(s.severities) == 0 {
		return found
	}
	var left schema.Diagnostics
	for _, d := range found {
		severity, ok := s.severities[d.Rule]
		if ok && severity == off {
			continue
		}
		if ok {
			d.Severity = severity
		}
		left = append(left, d)
	}
	return left
}

// settingsFindings words what the validator does not allow.
func settingsFindings(file *schema.File, failure *jsonschema.ValidationError) schema.Diagnostics {
	if len(failure.Causes) > 0 {
		var found schema.Diagnostics
		for _, cause := range failure.Causes {
			found = append(found, settingsFindings(file, cause)...)
		}
		return found
	}
	at := schema.Pointer(failure.InstanceLocation)
	name := at.Last()
	switch {
	case !strings.HasSuffix(failure.KeywordLocation, "/enum") && !strings.Contains(failure.KeywordLocation, "/propertyNames"):
		return schema.Diagnostics{settingsFinding(file, at, "value has the wrong type: "+failure.Message, "")}
	case !strings.Contains(failure.KeywordLocation, "/propertyNames"):
		return schema.Diagnostics{settingsFinding(file, at, fmt.Sprintf("%s is no severity", file.Raw(at)), `write "off", "info", "warning" or "error"`)}
	case !strings.HasPrefix(string(at), "/rules/"):
		return schema.Diagnostics{settingsNameFinding(file, at, fmt.Sprintf("%q is no setting", name), `the settings are "rules" and "$schema"`)}
	}
	if _, ok := Find(name); ok {
		return schema.Diagnostics{settingsNameFinding(file, at, fmt.Sprintf("rule %q is an error of the format, which nothing can change", name), "remove it")}
	}
	hint := `"conngen rules" lists them`
	if near := nearest.Name(name, changeable()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return schema.Diagnostics{settingsNameFinding(file, at, fmt.Sprintf("there is no rule %q", name), hint)}
}

func settingsFinding(file *schema.File, at schema.Pointer, message, hint string) schema.Diagnostic {
	line, column, width := file.Position(at)
	return schema.Diagnostic{
		Path: file.Name, Line: line, Column: column, Width: width, Pointer: at,
		Rule: "settings", Severity: schema.Error, Message: message, Hint: hint,
	}
}

func settingsNameFinding(file *schema.File, at schema.Pointer, message, hint string) schema.Diagnostic {
	d := settingsFinding(file, at, message, hint)
	d.Line, d.Column, d.Width = file.NamePosition(at)
	return d
}

// changeable returns the IDs of the rules that settings can change, sorted.
func changeable() []string {
	var ids []string
	for _, r := range rules() {
		if r.Severity != schema.Error {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

const settingsURL = "https://github.com/conngen/conngen/schema/lint/settings.schema.json"

var settingsValidator = sync.OnceValue(func() *jsonschema.Schema {
	return jsonschema.MustCompileString(settingsURL, string(SettingsSchema()))
})

// SettingsSchema returns the JSON Schema (draft-07) of .conngen.json.
func SettingsSchema() []byte {
	severities := make(map[string]any)
	for _, r := range rules() {
		if r.Severity != schema.Error {
			severities[r.ID] = map[string]any{"description": r.Purpose, "default": r.Severity, "$ref": "#/definitions/severity"}
		}
	}
	text, err := json.MarshalIndent(map[string]any{
		"$schema":       "http://json-schema.org/draft-07/schema#",
		"$id":           settingsURL,
		"title":         "Settings of conngen",
		"description":   "What conngen's rules weigh for the connector-spec.json in the same folder.",
		"type":          "object",
		"propertyNames": map[string]any{"enum": []string{"$schema", "rules"}},
		"properties": map[string]any{
			"$schema": map[string]any{"title": "JSON Schema", "description": "Where editors find the JSON Schema of this file.", "type": "string"},
			"rules": map[string]any{
				"title":                "Rules",
				"description":          "Severities by rule. Rules that are errors of the format cannot be changed.",
				"type":                 "object",
				"propertyNames":        map[string]any{"enum": changeable()},
				"properties":           severities,
				"additionalProperties": map[string]any{"$ref": "#/definitions/severity"},
				"examples":             []any{map[string]any{"missing-description": "warning", "secret-typed-as-text": "off"}},
			},
		},
		"definitions": map[string]any{
			"severity": map[string]any{
				"title":       "Severity",
				"description": "off: not reported. info: reported on request. warning: reported. error: the spec is refused.",
				"enum":        []schema.Severity{off, schema.Info, schema.Warning, schema.Error},
			},
		},
	}, "", "  ")
	if err != nil {
		panic(err) // the map has texts alone
	}
	return append(text, '\n')
}
