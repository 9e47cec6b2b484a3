package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

func (t *selfTrial) connectionSuccess() {
	t.one(cmdTestConnection, "", map[string]any{})
}

func (t *selfTrial) connectionEmpty() {
	if !t.facts.demandsConfig() {
		t.skip("the spec has no config item that a source must have")
		return
	}
	empty := *t.selfTester
	empty.opts.Config = json.RawMessage("{}")
	t.selfTester = &empty
	t.mustFail(cmdTestConnection, "", map[string]any{}, "the config is empty")
}

func (t *selfTrial) accountListAndRead() {
	for _, listed := range t.first(cmdAccountList, map[string]any{}) {
		if read, ok := t.one(cmdAccountRead, listed.label(), listed.input()); ok {
			t.compare(cmdAccountRead, read, listed, selfAnyOrder)
		}
	}
}

func (t *selfTrial) accountListUnique() {
	t.unique(cmdAccountList, map[string]any{})
}

// unique fails where a listed object has no ID, or one that another has.
func (t *selfTrial) unique(command Command, input map[string]any) {
	identities, uniques := make(map[string]bool), make(map[string]bool)
	listed := false
	ok := t.all(command, input, func(o selfObject) bool {
		listed = true
		if o.id() == "" {
			t.fail(command, o.label(), "has neither a key nor an identity")
		}
		if identities[o.id()] {
			t.fail(command, o.label(), "is listed twice, or shares its identity with another one")
		}
		identities[o.id()] = true
		if id := o.uniqueID(); id != "" {
			if uniques[id] {
				t.fail(command, o.label(), "shares its unique ID %q with another one", id)
			}
			uniques[id] = true
		}
		return true
	})
	t.warnIfNone(command, input, ok && !listed)
}

func (t *selfTrial) accountListStateful() {
	if t.isStateful() {
		t.stateful(cmdAccountList, map[string]any{})
	}
}

func (t *selfTrial) isStateful() bool {
	if !t.facts.Stateful {
		t.skip("the spec does not set supportsStatefulCommands")
	}
	return bool(t.facts.Stateful)
}

// stateful lists all objects, again as the first stateful run, and then as the
// second one, which gets the state that the first has saved.
func (t *selfTrial) stateful(command Command, input map[string]any) {
	plain, _, ok := t.count(command, input)
	if !ok {
		return
	}
	input["stateful"] = true
	first, state, ok := t.count(command, input)
	switch {
	case !ok:
		return
	case first < plain:
		t.fail(command, listLabel(input), "lists %d objects in the first stateful run, want all %d", first, plain)
	case isNull(state):
		t.warn(command, listLabel(input), "saves no state in a stateful run, so that each run lists everything")
		return
	case kindOf(state) != "an object":
		t.fail(command, listLabel(input), "saves a state that is %s, want an object", kindOf(state))
		return
	}
	input["state"] = state
	second, next, ok := t.count(command, input)
	if !ok {
		return
	}
	if isNull(next) {
		t.warn(command, listLabel(input), "saves no state in the second stateful run")
	}
	if second >= first && first > 1 {
		t.warn(command, listLabel(input), "lists all %d objects again in the second stateful run, want only those that have changed", second)
	}
}

// count lists objects, and returns their number and the state that was saved.
func (t *selfTrial) count(command Command, input map[string]any) (n int, state json.RawMessage, ok bool) {
	ok = true
	state, err := t.each(command, input, func(data json.RawMessage) bool {
		_, valid := t.decode(command, listLabel(input), data)
		ok = ok && valid
		n++
		return valid
	})
	if err != nil {
		t.fail(command, listLabel(input), "fails: %v", err)
		ok = false
	}
	return n, state, ok
}

func (t *selfTrial) accountNotFound() {
	o := t.notThere("")
	_, err := t.mustFail(cmdAccountRead, o.label(), o.input(), "there is no such account")
	var typed *Error
	if err != nil && (!errors.As(err, &typed) || typed.Type != NotFoundError) {
		t.warn(cmdAccountRead, o.label(), "fails with another error than NotFound, which lets ISC create the account: %v", err)
	}
}

// notThere is an object that no source has.
func (t *selfTrial) notThere(objectType string) selfObject {
	const id = "__sailpoint__not__found__"
	key := SimpleKey(id)
	if t.spec.KeyType == KeyTypeCompound {
		key = CompoundKey(id, id)
	}
	return selfObject{Key: key, Type: objectType}
}

func (t *selfTrial) accountSchemaCheck() {
	if schema, ok := t.accountSchema(); ok {
		t.schemaCheck(cmdAccountList, map[string]any{}, schema.Attributes)
	}
}

// accountSchema returns the account schema of the spec, or else the one that is
// discovered. Where there is none the check is skipped.
func (t *selfTrial) accountSchema() (AccountSchema, bool) {
	if !t.spec.isOpen() {
		return *t.spec.Account, true
	}
	if !t.has(cmdDiscoverSchema) {
		t.skip("the spec has no account schema")
		return AccountSchema{}, false
	}
	outputs, ok := t.outputs(cmdDiscoverSchema, "", map[string]any{})
	if !ok {
		return AccountSchema{}, false
	}
	var schema AccountSchema
	if len(outputs) != 1 || json.Unmarshal(outputs[0], &schema) != nil {
		t.fail(cmdDiscoverSchema, "", "has no schema as its one output")
		return schema, false
	}
	return schema, true
}

// attribute returns an attribute of the spec's account schema.
func (t *selfTrial) attribute(name string) (SchemaAttribute, bool) {
	for _, a := range t.spec.AccountSchema().Attributes {
		if a.Name == name {
			return a, true
		}
	}
	return SchemaAttribute{}, false
}

// schemaCheck compares the attributes of all listed objects with their schema. It
// reports each kind of mistake once.
func (t *selfTrial) schemaCheck(command Command, input map[string]any, attributes []SchemaAttribute) {
	known := make(map[string]SchemaAttribute)
	for _, a := range attributes {
		known[a.Name] = a
	}
	seen := make(map[string]bool)
	listed := false
	ok := t.all(command, input, func(o selfObject) bool {
		listed = true
		for _, name := range sortedKeys(o.Attributes) {
			problem := "is not in the schema"
			a, inSchema := known[name]
			if inSchema {
				problem = selfTypeProblem(a, o.Attributes[name])
			}
			if problem == "" || seen[name+" "+problem] {
				continue
			}
			seen[name+" "+problem] = true
			report := t.fail
			if !inSchema {
				report = t.warn
			}
			report(command, o.label(), "attribute %q %s", name, problem)
		}
		return true
	})
	t.warnIfNone(command, input, ok && !listed)
}

// selfTypeProblem says what is wrong with an attribute's value, "" when nothing
// is. Null fits everywhere.
func selfTypeProblem(a SchemaAttribute, v any) string {
	list, isList := v.([]any)
	switch {
	case v == nil:
		return ""
	case a.Multi && !isList:
		return fmt.Sprintf("is %s, want a list: the schema says multi", selfKind(v))
	case !a.Multi && isList:
		return "is a list, want one value: the schema does not say multi"
	case !isList:
		list = []any{v}
	}
	for _, v := range list {
		if !selfFits(a.Type, v) {
			return fmt.Sprintf("is %s, want %s as the schema says", selfKind(v), selfTypeName(a.Type))
		}
	}
	return ""
}

func selfFits(specType string, v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return specType == "boolean"
	case string:
		_, err := strconv.ParseInt(v, 10, 64)
		return specType == "string" || (specType == "int" || specType == "long") && err == nil
	case json.Number:
		_, err := readInt(json.RawMessage(v))
		return (specType == "int" || specType == "long") && err == nil
	}
	return false
}

func selfKind(v any) string { return kindOf(json.RawMessage(selfJSON(v))) }

func selfTypeName(specType string) string {
	switch specType {
	case "boolean":
		return "true or false"
	case "int", "long":
		return "a whole number"
	}
	return "a string"
}

func (t *selfTrial) accountCreateEmpty() {
	if !t.learn() {
		return
	}
	input := map[string]any{"identity": nil, "attributes": map[string]any{}}
	outputs, _ := t.mustFail(cmdAccountCreate, "", input, "there are no attributes")
	t.own(outputs)
}

func (t *selfTrial) accountCreateMinimal() { t.createAndRead(true) }

func (t *selfTrial) accountCreateMaximal() { t.createAndRead(false) }

// createAndRead creates an account and reads it. Like all new accounts it is
// deleted at the end, which must work.
func (t *selfTrial) createAndRead(required bool) {
	input, ok := t.createInput(required)
	if !ok {
		return
	}
	created, ok := t.create(input)
	if !ok {
		return
	}
	sent, _ := input["attributes"].(map[string]any)
	t.arrived(cmdAccountCreate, created, sent)
	if read, ok := t.one(cmdAccountRead, created.label(), created.input()); ok {
		t.arrived(cmdAccountRead, read, sent)
	}
}

func (t *selfTrial) accountCreateListDelete() {
	created, ok := t.createMinimal()
	if !ok {
		return
	}
	if there, ok := t.listed(created); ok && !there {
		t.fail(cmdAccountList, created.label(), "does not list the account, which has been created")
	}
	if read, ok := t.one(cmdAccountRead, created.label(), created.input()); ok {
		t.compare(cmdAccountRead, read, created, selfInOrder)
	}
	if !t.remove(created) {
		return
	}
	t.mustFail(cmdAccountRead, created.label(), created.input(), "the account has been deleted")
	if there, ok := t.listed(created); ok && there {
		t.fail(cmdAccountList, created.label(), "still lists the account, which has been deleted")
	}
}

// createMinimal creates an account from the required fields.
func (t *selfTrial) createMinimal() (selfObject, bool) {
	input, ok := t.createInput(true)
	if !ok {
		return selfObject{}, false
	}
	return t.create(input)
}

// listed reports whether an account is in the list.
func (t *selfTrial) listed(account selfObject) (there, ok bool) {
	ok = t.all(cmdAccountList, map[string]any{}, func(o selfObject) bool {
		there = o.id() == account.id()
		return !there
	})
	return there, ok
}

func (t *selfTrial) accountUpdateAttributes() {
	var names []string
	for _, w := range t.facts.AccountSchema.Attributes {
		if a, ok := t.attribute(w.Name); ok && bool(w.Writable) && !a.Entitlement && !slices.Contains(names, w.Name) {
			names = append(names, w.Name)
		}
	}
	if len(names) == 0 {
		t.skip("the account schema marks no attribute as writable")
		return
	}
	account, ok := t.subject()
	if !ok {
		return
	}
	for _, name := range names {
		a, _ := t.attribute(name)
		t.updateAttribute(account, a)
	}
}

// subject returns an account to change: a new one, or where none can be created
// and deleted again, the last of those that are listed.
func (t *selfTrial) subject() (selfObject, bool) {
	if t.has(cmdAccountCreate, cmdAccountDelete) {
		return t.createMinimal()
	}
	listed := t.first(cmdAccountList, map[string]any{})
	if len(listed) == 0 {
		return selfObject{}, false
	}
	return listed[len(listed)-1], true
}

// updateAttribute gives an attribute another value and looks whether the account
// has it. An account that was there before gets its old value back.
func (t *selfTrial) updateAttribute(account selfObject, a SchemaAttribute) {
	old := account.Attributes[a.Name]
	var value any
	op := ChangeSet
	switch value = t.madeUp(selfField{Key: a.Name, Type: a.Type}); {
	case a.Multi:
		op = ChangeAdd
	case a.Type == "boolean":
		value = old != true
	}
	if len(t.created) == 0 {
		t.undo = append(t.undo, func() {
			if !t.change(account, ChangeSet, a.Name, old) {
				t.note("attribute %q of account %s has not got its old value back", a.Name, account.label())
			}
		})
	}
	if !t.change(account, op, a.Name, value) {
		return
	}
	read, ok := t.one(cmdAccountRead, account.label(), account.input())
	if !ok {
		return
	}
	got, want := selfTexts(read.Attributes[a.Name]), selfTexts(value)
	if a.Multi && slices.Contains(got, want[0]) || slices.Equal(got, want) {
		return
	}
	t.fail(cmdAccountRead, account.label(), "attribute %q is %s, want %s after %s of that value",
		a.Name, selfValue(read.Attributes[a.Name]), selfValue(value), op)
}

// change sends an update with one change, which must work.
func (t *selfTrial) change(account selfObject, op ChangeOp, attribute string, value any) bool {
	input := account.input()
	input["changes"] = []any{map[string]any{"op": op, "attribute": attribute, "value": value}}
	outputs, ok := t.outputs(cmdAccountUpdate, account.label(), input)
	if ok && len(outputs) != 1 {
		t.fail(cmdAccountUpdate, account.label(), "has %d outputs, want 1", len(outputs))
		return false
	}
	return ok
}
