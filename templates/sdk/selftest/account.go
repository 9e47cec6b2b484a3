package selftest

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

func (t *trial) connectionSuccess() {
	t.one(cmdTestConnection, "", map[string]any{})
}

func (t *trial) connectionEmpty() {
	if len(t.facts.required) == 0 {
		t.skip("the spec has no config item that a source must have")
		return
	}
	empty := *t.tester
	empty.opts.Config = json.RawMessage("{}")
	t.tester = &empty
	t.mustFail(cmdTestConnection, "", map[string]any{}, "the config is empty")
}

func (t *trial) accountListAndRead() {
	for _, listed := range t.first(cmdAccountList, map[string]any{}) {
		t.passwordsBack(cmdAccountList, listed)
		if read, ok := t.one(cmdAccountRead, listed.label(), listed.input()); ok {
			t.passwordsBack(cmdAccountRead, read)
			t.compare(cmdAccountRead, read, listed, comparison{})
		}
	}
}

func (t *trial) accountListUnique() {
	if ids, ok := t.unique(cmdAccountList, map[string]any{}); ok {
		t.existing = ids
	}
}

// unique fails where a listed object has no ID, or one that another has. It returns the IDs.
func (t *trial) unique(command string, input map[string]any) (identities map[string]bool, ok bool) {
	identities, uniques := make(map[string]bool), make(map[string]bool)
	listed := false
	ok = t.all(command, input, func(o record) bool {
		listed = true
		if o.id() == "" {
			t.fail(command, o.label(), "has neither a key nor an identity")
		}
		t.oneIdentity(command, o)
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
	return identities, ok
}

// oneIdentity fails where an object's identity is not the ID in its key.
func (t *trial) oneIdentity(command string, o record) {
	if id := o.Key.id(); id != "" && o.Identity != "" && o.Identity != id {
		t.fail(command, o.label(), "has the identity %q, want %q, the ID in its key", o.Identity, id)
	}
}

func (t *trial) accountListStateful() {
	if t.isStateful() {
		t.stateful(cmdAccountList, map[string]any{})
	}
}

func (t *trial) isStateful() bool {
	if !t.facts.Stateful {
		t.skip("the spec does not set supportsStatefulCommands")
	}
	return bool(t.facts.Stateful)
}

// stateful lists all objects, again as the first stateful run, and then as the
// second one, which gets the state that the first has saved.
func (t *trial) stateful(command string, input map[string]any) {
	plain, _, ok := t.count(command, input)
	if !ok {
		return
	}
	input["stateful"] = true
	first, state, ok := t.count(command, input)
	switch {
	case !ok:
		return
	case first < plain && t.stillHas(command, input, first):
		t.fail(command, listLabel(input), "lists %d objects in the first stateful run, want all %d", first, plain)
	case jsontext.IsNull(state):
		t.warn(command, listLabel(input), "saves no state in a stateful run, so each run lists everything")
		return
	case jsontext.KindOf(state) != "an object":
		t.fail(command, listLabel(input), "saves a state that is %s, want an object", jsontext.KindOf(state))
		return
	}
	input["state"] = state
	second, next, ok := t.count(command, input)
	if !ok {
		return
	}
	if jsontext.IsNull(next) {
		t.warn(command, listLabel(input), "saves no state in the second stateful run")
	}
	if second >= first && first > 1 {
		t.warn(command, listLabel(input), "lists all %d objects again in the second stateful run, want only those that have changed", second)
	}
}

// stillHas reports whether a list without state has more than n objects: a source changes
// while it is read.
func (t *trial) stillHas(command string, input map[string]any, n int) bool {
	plain := maps.Clone(input)
	delete(plain, "stateful")
	now, _, ok := t.count(command, plain)
	return ok && now > n
}

// count lists objects, and returns their number and the state that was saved.
func (t *trial) count(command string, input map[string]any) (n int, state json.RawMessage, ok bool) {
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

func (t *trial) accountNotFound() {
	o := t.notThere("")
	_, err := t.mustFail(cmdAccountRead, o.label(), o.input(), "there is no such account")
	if err != nil && !isNotFound(err) {
		t.warn(cmdAccountRead, o.label(), "fails, but not with NotFound, on which ISC creates the account: %v", err)
	}
}

// notThere is an object that no source has.
func (t *trial) notThere(objectType string) record {
	const id = "__sailpoint__not__found__"
	k := simpleKey(id)
	if t.facts.KeyType == "compound" {
		k = compoundKey(id, id)
	}
	return record{Key: k, Type: objectType}
}

func (t *trial) accountCreateEmpty() {
	if !t.learn() {
		return
	}
	input := map[string]any{"identity": nil, "attributes": map[string]any{}}
	report := t.fail
	if !slices.ContainsFunc(t.facts.templateFields(), func(f field) bool { return bool(f.Required) }) {
		report = t.warn // the official validator wants an error, but the spec does not
	}
	outputs, _ := t.refused(report, cmdAccountCreate, "", input, "there are no attributes")
	t.own(outputs)
}

func (t *trial) accountCreateMinimal() { t.createAndRead(true) }

func (t *trial) accountCreateMaximal() { t.createAndRead(false) }

// createAndRead creates an account and reads it. Like all new accounts it is
// deleted at the end, which must work.
func (t *trial) createAndRead(required bool) {
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
	for _, a := range t.facts.AccountSchema.Attributes {
		if bool(a.Entitlement) && bool(a.Multi) && created.Attributes[a.Name] == nil {
			t.warn(cmdAccountCreate, created.label(), "attribute %q %s", a.Name, listMissing)
		}
	}
	t.settled(func() {
		if read, ok := t.one(cmdAccountRead, created.label(), created.input()); ok {
			t.arrived(cmdAccountRead, read, sent)
		}
	})
}

func (t *trial) accountCreateListDelete() {
	created, ok := t.createMinimal()
	if !ok {
		return
	}
	t.settled(func() {
		if there, ok := t.listed(created); ok && !there {
			t.fail(cmdAccountList, created.label(), "does not list the created account")
		}
	})
	t.settled(func() {
		if read, ok := t.one(cmdAccountRead, created.label(), created.input()); ok {
			t.passwordsBack(cmdAccountRead, read)
			t.compare(cmdAccountRead, read, created, comparison{order: true, partial: true})
		}
	})
	if !t.remove(created) {
		return
	}
	t.settled(func() {
		t.mustFail(cmdAccountRead, created.label(), created.input(), "the account has been deleted")
	})
	t.settled(func() {
		if there, ok := t.listed(created); ok && there {
			t.fail(cmdAccountList, created.label(), "still lists the deleted account")
		}
	})
}

// createMinimal creates an account from the required fields, and waits until it can be
// read.
func (t *trial) createMinimal() (created record, ok bool) {
	input, ok := t.createInput(true)
	if !ok {
		return record{}, false
	}
	if created, ok = t.create(input); ok {
		t.settled(func() { _, ok = t.one(cmdAccountRead, created.label(), created.input()) })
	}
	return created, ok
}

// listed reports whether an account is in the list.
func (t *trial) listed(account record) (there, ok bool) {
	ok = t.all(cmdAccountList, map[string]any{}, func(o record) bool {
		there = o.id() == account.id()
		return !there
	})
	return there, ok
}

func (t *trial) accountUpdateAttributes() {
	changes := t.updates()
	if len(changes) == 0 {
		t.skip("the account schema marks no attribute as writable; --update FILE names attributes and values")
		return
	}
	account, ok := t.subject()
	if !ok {
		return
	}
	for _, c := range changes {
		t.updateAttribute(account, c)
	}
}

// An update gives an attribute another value.
type update struct {
	attribute attribute
	value     any // nil if one is to be made up
}

// updates are those of the attributes that the spec marks as writable, and those that the
// caller gives, but not of the one by which the account is found.
func (t *trial) updates() []update {
	var updates []update
	done := make(map[string]bool)
	add := func(a attribute, value any) {
		_, isGiven := t.given.update[a.Name]
		findsIt := a.Name == t.facts.identityAttribute()
		if !done[a.Name] && !findsIt && (value != nil || !isGiven) {
			done[a.Name] = true
			updates = append(updates, update{a, value})
		}
	}
	for _, name := range jsontext.SortedKeys(t.given.update) {
		value := filled(t.given.update[name])
		_, isList := value.([]any)
		a, ok := t.attribute(name)
		if !ok {
			a = attribute{Name: name, Multi: flag(isList)}
		}
		add(a, value)
	}
	for _, w := range t.facts.AccountSchema.Attributes {
		if a, ok := t.attribute(w.Name); ok && bool(w.Writable) && !bool(a.Entitlement) {
			add(a, nil)
		}
	}
	return updates
}

// subject returns an account to change: a new one, or where none can be created
// and deleted again, the last of those that are listed.
func (t *trial) subject() (record, bool) {
	if t.has(cmdAccountCreate, cmdAccountDelete) && t.createObstacle() == "" {
		return t.createMinimal()
	}
	listed := t.first(cmdAccountList, map[string]any{})
	if len(listed) == 0 {
		return record{}, false
	}
	return listed[len(listed)-1], true
}

// updateAttribute gives an attribute another value and looks whether the account
// has it. An account that was there before gets its old value back.
func (t *trial) updateAttribute(account record, u update) {
	a, old := u.attribute, account.Attributes[u.attribute.Name]
	op, value := t.newValue(u, account)
	if t.isPassword(a.Name) {
		t.hide(value)
		t.hide(old)
	}
	if len(t.created) == 0 {
		t.undo = append(t.undo, func() {
			if !t.change(account, opSet, a.Name, old) {
				t.note("attribute %q of account %s did not get its old value back", a.Name, account.label())
			}
		})
	}
	failures := t.result.failures()
	if t.change(account, op, a.Name, value) {
		t.settled(func() { t.holdsValue(account, u, value, op) })
	}
	if t.result.failures() > failures && u.value == nil {
		t.note("if the source takes only some values of %q, give one with --update FILE", a.Name)
	}
}

// newValue returns how an update changes an account: by setting a value, or adding one to a
// list.
func (t *trial) newValue(u update, account record) (changeOp, any) {
	a, op := u.attribute, opSet
	if a.Multi {
		op = opAdd
	}
	switch {
	case u.value != nil:
		return op, u.value
	case a.Type == "boolean" && op == opSet:
		return op, account.Attributes[a.Name] != true
	}
	return op, t.madeUp(field{Key: a.Name, Type: a.Type})
}

// holdsValue reads an account and looks whether it has the value that an update has given
// to an attribute. It must not show a password, and need not show what the spec does not
// list.
func (t *trial) holdsValue(account record, u update, value any, op changeOp) {
	read, ok := t.one(cmdAccountRead, account.label(), account.input())
	if !ok {
		return
	}
	name := u.attribute.Name
	if t.isPassword(name) {
		t.passwordsBack(cmdAccountRead, read)
		return
	}
	got, shows := read.Attributes[name]
	if _, known := t.attribute(name); !shows && !known {
		return
	}
	report := t.fail
	switch agreementOf(got, value) {
	case agrees:
		return
	case agreesLoosely:
		report = t.warn
	}
	report(cmdAccountRead, account.label(), "attribute %q is %s, want %s after %s of that value", name, shown(got), shown(value), op)
}

// change sends an update with one change, which must work.
func (t *trial) change(account record, op changeOp, attribute string, value any) bool {
	return t.changeUnless(func(err error) {
		t.fail(cmdAccountUpdate, account.label(), "fails: %v", err)
	}, account, op, attribute, value)
}

// changeUnless sends an update with one change. It hands on the error with which the
// connector refuses it.
func (t *trial) changeUnless(refused func(error), account record, op changeOp, attribute string, value any) bool {
	input := account.input()
	input["changes"] = []any{map[string]any{"op": op, "attribute": attribute, "value": value}}
	outputs, err := t.collect(cmdAccountUpdate, input)
	switch {
	case t.isRefusal(err):
		refused(err)
	case err != nil:
		t.fail(cmdAccountUpdate, account.label(), "fails: %v", err)
	case len(outputs) != 1:
		t.fail(cmdAccountUpdate, account.label(), "has %d outputs, want 1", len(outputs))
	default:
		return true
	}
	return false
}
