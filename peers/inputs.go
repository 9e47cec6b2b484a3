package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// inputs are one account schema as the three generators read it.
type inputs struct {
	spec    []byte // connector-spec.json, for conngen
	schema  []byte // a JSON Schema, for go-jsonschema
	openAPI []byte // a list and a create of accounts, for oapi-codegen
}

// An object is a JSON object.
type object = map[string]any

// newInputs makes deterministic inputs with some number of attributes. An edition above 0 renames
// the last attribute, as an edit of the file would.
func newInputs(attributes, edition int) (inputs, error) {
	list, properties := make([]object, attributes), make(object, attributes)
	for i := range list {
		name := attributeName(i)
		if edition > 0 && i == attributes-1 {
			name += "Edit" + strconv.Itoa(edition)
		}
		list[i], properties[name] = attribute(i, name)
	}
	account := object{"type": "object", "properties": properties, "required": []string{"id"}}
	var in inputs
	for text, value := range map[*[]byte]object{
		&in.spec:    specOf(list),
		&in.schema:  schemaOf(account),
		&in.openAPI: openAPIOf(account),
	} {
		var err error
		if *text, err = json.MarshalIndent(value, "", "  "); err != nil {
			return in, err
		}
	}
	return in, nil
}

// words are the parts of attribute names.
var words = strings.Fields(`display given family middle user mail phone mobile street city state postal country office
	floor desk title grade manager cost center division department company employee hire term birth locale zone`)

// attributeName returns the name of the attribute with an index.
func attributeName(i int) string {
	switch i {
	case 0:
		return "id"
	case 1:
		return "name"
	}
	second := words[i/len(words)%len(words)]
	name := words[i%len(words)] + strings.ToUpper(second[:1]) + second[1:]
	if i >= len(words) {
		name += strconv.Itoa(i)
	}
	return name
}

// attribute returns an attribute of a spec, and the equivalent property in JSON Schema.
func attribute(i int, name string) (inSpec, property object) {
	kinds := [...]struct{ spec, schema string }{{"string", "string"}, {"boolean", "boolean"}, {"int", "integer"}, {"string", "string"}}
	kind := kinds[0]
	if i > 1 {
		kind = kinds[i%len(kinds)]
	}
	text := fmt.Sprintf("The %s of the account.", name)
	inSpec = object{"name": name, "type": kind.spec, "description": text}
	property = object{"type": kind.schema, "description": text}
	if i%11 == 7 {
		inSpec["multi"] = true
		property = object{"type": "array", "items": object{"type": kind.schema}, "description": text}
	}
	return inSpec, property
}

// specOf returns a spec of a small connector whose accounts have these attributes.
func specOf(attributes []object) object {
	return object{
		"name": "bench",
		"commands": []string{
			"std:test-connection", "std:account:list", "std:account:read", "std:account:create",
			"std:account:update", "std:account:delete", "std:account:enable", "std:account:disable",
		},
		"keyType": "simple",
		"sourceConfig": []object{{"type": "menu", "label": "Connection", "items": []object{{"type": "section", "items": []object{
			{"key": "apiUrl", "label": "API URL", "type": "url", "required": true},
			{"key": "token", "label": "Token", "type": "secret", "required": true},
		}}}}},
		"accountSchema":         object{"identityAttribute": "id", "displayAttribute": "name", "attributes": attributes},
		"accountCreateTemplate": object{"fields": []object{{"key": "name", "label": "Name", "type": "string", "required": true}}},
	}
}

func schemaOf(account object) object {
	return object{
		"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/account", "title": "Account",
		"type": account["type"], "properties": account["properties"], "required": account["required"],
	}
}

func openAPIOf(account object) object {
	reference := object{"$ref": "#/components/schemas/Account"}
	content := func(schema object) object { return object{"application/json": object{"schema": schema}} }
	answer := func(schema object) object {
		return object{"200": object{"description": "ok", "content": content(schema)}}
	}
	return object{
		"openapi": "3.0.0",
		"info":    object{"title": "bench", "version": "1"},
		"paths": object{"/accounts": object{
			"get":  object{"operationId": "listAccounts", "responses": answer(object{"type": "array", "items": reference})},
			"post": object{"operationId": "createAccount", "requestBody": object{"content": content(reference)}, "responses": answer(reference)},
		}},
		"components": object{"schemas": object{"Account": account}},
	}
}
