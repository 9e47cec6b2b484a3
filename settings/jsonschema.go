package settings

import (
	"encoding/json"
	"go/token"
	"maps"
	"strings"
	"sync"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/internal/jsonschema"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema/lint"
)

const schemaURL = "https://github.com/conngen/conngen/settings/settings.schema.json"

var validator = sync.OnceValue(func() *jsonschema.Schema {
	s, err := jsonschema.Compile(schemaURL, decode(JSONSchema()))
	if err != nil {
		panic(err) // it is made above
	}
	return s
})

// JSONSchema returns the JSON Schema (draft-07) of .conngen.json. It accepts everything
// that a [Loader] accepts, and some things that a Loader refuses.
func JSONSchema() []byte {
	document := documented("Settings of conngen",
		"Settings for the connector-spec.json in the same folder, and for those in folders below it. The nearest file wins.",
		closed(object{
			"$schema":  documented("JSON Schema", "Where editors find the JSON Schema of this file.", object{"type": "string", "pattern": `\S`}),
			"root":     documented("Root", "Leave out the settings files of the folders above.", object{"type": "boolean", "default": false}),
			"rules":    rulesSchema(),
			"generate": generateSchema(),
			"stub":     stubSchema(),
			"ignore":   ignoreSchema(),
		}))
	document["$schema"] = "http://json-schema.org/draft-07/schema#"
	document["$id"] = schemaURL
	document["definitions"] = object{
		"severity": documented("Severity",
			"off: not reported. info: reported on request. warning: reported. error: the spec is refused.",
			object{"enum": severities()}),
	}
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic(err) // the map only holds texts
	}
	return append(text, '\n')
}

func rulesSchema() object {
	severities := make(object)
	for _, r := range lint.Rules() {
		if rules.Changeable(r.ID) == nil {
			severities[r.ID] = object{"description": r.Purpose, "default": r.Severity, "$ref": "#/definitions/severity"}
		}
	}
	return documented("Rules", "Severities of the findings of conngen validate, by rule. Errors of the format cannot be changed.", object{
		"type":                 "object",
		"propertyNames":        object{"enum": changeable()},
		"properties":           severities,
		"additionalProperties": object{"$ref": "#/definitions/severity"},
		"examples":             []any{object{"missing-description": "warning", "secret-typed-as-text": "off"}},
	})
}

func generateSchema() object {
	return documented("Generate", "How packages are generated.", closed(object{
		"out": documented("Output folder", "Folder of the package, relative to the spec's folder.",
			object{"type": "string", "pattern": `\S`, "not": object{"const": "-"}, "default": DefaultOut}),
		"package": documented("Package", "Name of the package. By default it is named after its folder.",
			object{"type": "string", "pattern": `^[\p{L}_]`, "not": object{"enum": append(keywords(), goname.Unimportable()...)}, "examples": []any{"hr"}}),
		"sdk": documented("SDK", "A folder for the SDK, which begins with ./ or ../ and is relative to this file; or the import path of an existing SDK. By default the SDK is in the package's folder.",
			object{"type": "string", "pattern": `^(\.\.?/|[A-Za-z0-9_~+])[^\\]*$`, "examples": []any{"./sdk", "example.com/x/sdk"}}),
		"names": documented("Names", "Go names by wire name: account/userId, entitlement/group, entitlement/group/id, create/login, config/sources, config/sources/name, option/mode/==, command/acme:sync. In a name, ~1 is a slash and ~0 a ~.",
			object{
				"type":                 "object",
				"propertyNames":        object{"type": "string", "pattern": wireNamePattern},
				"additionalProperties": object{"type": "string", "pattern": `^\p{Lu}`},
				"examples":             []any{object{"account/userId": "UID"}},
			}),
		"initialisms": documented("Initialisms", "More words that Go names write in capitals, such as IIQ.",
			object{"type": "array", "uniqueItems": true, "items": object{"type": "string", "pattern": `^[\p{L}\p{Nd}]{2,}$`}, "examples": []any{[]string{"IIQ"}}}),
	}))
}

func stubSchema() object {
	return documented("Stub", "The client that conngen stub writes.", closed(object{
		"file": documented("File", "File for new methods, relative to the spec's folder.",
			object{"type": "string", "pattern": `\.go$`, "not": object{"type": "string", "pattern": `^/|_test\.go$`}, "default": DefaultFile}),
		"type": documented("Type", "Type of the client.",
			object{"type": "string", "pattern": `^[\p{L}_]`, "not": object{"enum": append(keywords(), "_")}, "default": DefaultType}),
	}))
}

func ignoreSchema() object {
	entry := closed(object{
		"rule": documented("Rule", "ID of a rule of conngen validate. Errors of the format cannot be ignored, nor can findings of check and diff.", object{"enum": changeable()}),
		"at": documented("Place", "The part of the spec where the rule is off, with everything below it: a wire name, as in names, or a JSON Pointer.",
			object{"type": "string", "pattern": "^/|" + wireNamePattern, "examples": []any{"account/userId", "/accountSchema/attributes/3"}}),
		"reason": documented("Reason", "Why the rule does not apply here.", object{"type": "string", "pattern": `\S`}),
	})
	entry["required"] = []string{"rule", "at", "reason"}
	return documented("Ignore", "Rules that are off for one part of a spec.", object{
		"type":     "array",
		"items":    entry,
		"examples": []any{[]any{object{"rule": "missing-description", "at": "account/userId", "reason": "the name says it all"}}},
	})
}

// wireNamePattern is the part of checkWireName that a simple pattern can express.
var wireNamePattern = "^(" + strings.Join(wireKinds(), "|") + ")/"

type object = map[string]any

// documented adds texts for editors to a schema.
func documented(title, description string, constraints object) object {
	o := maps.Clone(constraints)
	o["title"], o["description"] = title, description
	return o
}

// closed returns the schema of objects with no other members.
func closed(members object) object {
	return object{"type": "object", "additionalProperties": false, "properties": members}
}

// keywords returns Go's keywords.
func keywords() []string {
	var words []string
	for t := token.BREAK; t <= token.VAR; t++ {
		words = append(words, t.String())
	}
	return words
}
