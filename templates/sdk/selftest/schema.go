package selftest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

func (t *trial) accountSchemaCheck() {
	if schema, ok := t.accountSchema(); ok {
		t.schemaCheck(cmdAccountList, map[string]any{}, schema.IdentityAttribute, schema.Attributes)
	}
}

func (t *trial) entitlementSchemaCheck() {
	if len(t.facts.Entitlements) == 0 {
		t.skip("the spec has no entitlement schemas")
	}
	for _, e := range t.facts.Entitlements {
		t.schemaCheck(cmdEntitlementList, ofType(e.Type), e.IdentityAttribute, e.Attributes)
	}
}

// accountSchema returns the account schema of the spec, with what discovery adds to it.
// Where there is none the check is skipped.
func (t *trial) accountSchema() (accountSchema, bool) {
	schema := t.facts.AccountSchema
	isListed := len(schema.Attributes) > 0
	if !t.has(cmdDiscoverSchema) {
		if !isListed {
			t.skip("the spec has no account schema")
		}
		return schema, isListed
	}
	found, err := t.discover()
	switch {
	case !isListed:
		if err != nil {
			t.fail(cmdDiscoverSchema, "", "%v", err)
		}
		return found, err == nil
	case err != nil:
		return schema, true // the check of discovery fails
	}
	schema.Attributes = slices.Clone(schema.Attributes)
	for _, a := range found.Attributes {
		if _, ok := t.attribute(a.Name); !ok {
			schema.Attributes = append(schema.Attributes, a)
		}
	}
	return schema, true
}

// discover returns the account schema that the source has.
func (t *trial) discover() (accountSchema, error) {
	outputs, err := t.collect(cmdDiscoverSchema, map[string]any{})
	var schema accountSchema
	switch {
	case err != nil:
		return schema, fmt.Errorf("fails: %w", err)
	case len(outputs) != 1 || json.Unmarshal(outputs[0], &schema) != nil:
		return schema, errors.New("must send one output, a schema")
	}
	return schema, nil
}

func (t *trial) accountDiscoverSchema() {
	found, err := t.discover()
	if err != nil {
		t.fail(cmdDiscoverSchema, "", "%v", err)
		return
	}
	attributes := make(map[string]attribute)
	for _, a := range found.Attributes {
		t.discoveredAttribute(a, attributes)
		attributes[a.Name] = a
	}
	t.discoveredNames(found, attributes)
	t.discoveredDiffers(found, attributes)
}

// discoveredAttribute looks at a discovered attribute and at those before it.
func (t *trial) discoveredAttribute(a attribute, before map[string]attribute) {
	switch other, twice := before[a.Name]; {
	case a.Name == "":
		t.fail(cmdDiscoverSchema, "", "has an attribute without a name")
	case twice && other == a:
		t.warn(cmdDiscoverSchema, "", "has attribute %q twice", a.Name)
	case twice:
		t.fail(cmdDiscoverSchema, "", "has attribute %q twice, with different definitions", a.Name)
	}
	if !slices.Contains(attributeTypes(), a.Type) {
		t.fail(cmdDiscoverSchema, "", "attribute %q has the unknown type %q; the types are %s", a.Name, a.Type, strings.Join(attributeTypes(), ", "))
	}
}

// attributeTypes are the types that attributes can have.
func attributeTypes() []string { return []string{"string", "boolean", "int", "long"} }

// discoveredNames looks whether a discovered schema has the attributes that it names.
func (t *trial) discoveredNames(found accountSchema, attributes map[string]attribute) {
	for _, n := range []struct {
		member, name string
		report       reporter
	}{
		{"identityAttribute", found.IdentityAttribute, t.fail},
		{"displayAttribute", found.DisplayAttribute, t.warn}, // accounts get a useless name
		{"groupAttribute", found.GroupAttribute, t.warn},
	} {
		a, ok := attributes[n.name]
		switch {
		case n.name == "" && n.member == "groupAttribute":
		case n.name == "":
			n.report(cmdDiscoverSchema, "", "has no %s", n.member)
		case !ok:
			n.report(cmdDiscoverSchema, "", "%s names %q, which is not one of its attributes", n.member, n.name)
		case n.member == "groupAttribute" && !bool(a.Entitlement):
			t.warn(cmdDiscoverSchema, "", "%s names %q, which is not an entitlement attribute", n.member, n.name)
		}
	}
}

// discoveredDiffers compares a discovered schema with that of the spec.
func (t *trial) discoveredDiffers(found accountSchema, attributes map[string]attribute) {
	inSpec := t.facts.AccountSchema
	if want := inSpec.IdentityAttribute; want != "" && found.IdentityAttribute != "" && found.IdentityAttribute != want {
		t.warn(cmdDiscoverSchema, "", "identityAttribute is %q, and %q in the spec", found.IdentityAttribute, want)
	}
	for _, want := range inSpec.Attributes {
		got, ok := attributes[want.Name]
		switch {
		case t.isPassword(want.Name): // which no account has
		case !ok:
			t.warn(cmdDiscoverSchema, "", "lacks attribute %q, which the spec has", want.Name)
		case got.kind() != want.kind():
			t.warn(cmdDiscoverSchema, "", "attribute %q is %s, and %s in the spec", want.Name, got.kind(), want.kind())
		}
	}
}

// kind describes the values of an attribute.
func (a attribute) kind() string {
	kind := a.Type
	if a.Multi {
		kind = "multi " + kind
	}
	if a.Entitlement {
		kind += " of entitlements"
	}
	return kind
}

// attribute returns an attribute of the spec's account schema.
func (s *tester) attribute(name string) (attribute, bool) {
	for _, a := range s.facts.AccountSchema.Attributes {
		if a.Name == name {
			return a, true
		}
	}
	return attribute{}, false
}

// schemaCheck compares all listed objects with their schema: their attributes, and the one
// that is their ID. It reports each kind of mistake once.
func (t *trial) schemaCheck(command string, input map[string]any, identity string, attributes []attribute) {
	known := make(map[string]attribute)
	for _, a := range attributes {
		known[a.Name] = a
	}
	seen := make(map[string]bool)
	once := func(report reporter, o record, kind, problem string) {
		if problem != "" && !seen[kind] {
			seen[kind] = true
			report(command, o.label(), "%s", problem)
		}
	}
	listed := false
	ok := t.all(command, input, func(o record) bool {
		listed = true
		for _, name := range jsontext.SortedKeys(o.Attributes) {
			a, inSchema := known[name]
			value := o.Attributes[name]
			switch problem := typeProblem(a, value); {
			case !inSchema:
				once(t.warn, o, "?"+name, fmt.Sprintf("attribute %q is not in the schema", name))
			case problem != "":
				once(t.fail, o, name+" "+problem, fmt.Sprintf("attribute %q %s", name, problem))
			case value == nil && bool(a.Multi):
				once(t.warn, o, "null "+name, fmt.Sprintf("attribute %q is null, which the official validator refuses: send a list, or nothing", name))
			}
		}
		if a, inSchema := known[identity]; inSchema {
			report, kind, problem := t.identityProblem(a, o)
			once(report, o, kind, problem)
		}
		return true
	})
	t.warnIfNone(command, input, ok && !listed)
}

// identityProblem says what is wrong with the attribute that is an object's ID, "" when
// nothing is. ISC finds an object by its key and by this attribute.
func (t *trial) identityProblem(a attribute, o record) (report reporter, kind, problem string) {
	texts, id := textsOf(o.Attributes[a.Name]), o.id()
	is := fmt.Sprintf("identity attribute %q is %s, and the ID is %q", a.Name, shown(o.Attributes[a.Name]), id)
	switch {
	case a.Type == "boolean":
		return t.warn, "boolean", fmt.Sprintf("identity attribute %q is a boolean, which tells two objects apart at most", a.Name)
	case bool(a.Multi) || id == "" || slices.Contains(texts, id):
		return t.warn, "", ""
	case len(texts) == 0:
		return t.warn, "no identity", fmt.Sprintf("has no identity attribute %q", a.Name)
	case texts[0] == o.uniqueID():
		return t.warn, "unique ID", is + ", want the same: it is the unique ID"
	case strings.EqualFold(strings.TrimSpace(texts[0]), strings.TrimSpace(id)):
		return t.warn, "nearly", is + ", want the same"
	}
	return t.fail, "other identity", is + ", want the same"
}

// typeProblem says what is wrong with an attribute's value, "" when nothing
// is. Null fits everywhere.
func typeProblem(a attribute, v any) string {
	list, isList := v.([]any)
	switch {
	case v == nil:
		return ""
	case bool(a.Multi) && !isList:
		return fmt.Sprintf("is %s, want a list: the schema says multi", kindOf(v))
	case !bool(a.Multi) && isList:
		return "is a list, want one value: the schema does not say multi"
	case !isList:
		list = []any{v}
	}
	for _, v := range list {
		if !fits(a.Type, v) {
			return fmt.Sprintf("is %s, want %s as the schema says", kindOf(v), typeName(a.Type))
		}
	}
	return ""
}

func fits(specType string, v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return specType == "boolean"
	case string:
		_, err := strconv.ParseInt(v, 10, 64)
		return specType == "string" || (specType == "int" || specType == "long") && err == nil
	case json.Number:
		_, err := jsontext.ReadInt(json.RawMessage(v))
		return (specType == "int" || specType == "long") && err == nil
	}
	return false
}

func kindOf(v any) string { return jsontext.KindOf(json.RawMessage(jsonOf(v))) }

func typeName(specType string) string {
	switch specType {
	case "boolean":
		return "true or false"
	case "int", "long":
		return "a whole number"
	}
	return "a string"
}
