package selftest

import (
	"fmt"
	"slices"
	"strings"
)

// forEachType runs a part of a check for every entitlement type: those that have
// a schema, or else those that attributes of accounts hold.
func (t *trial) forEachType(run func(objectType string)) {
	var types []string
	for _, e := range t.facts.Entitlements {
		types = append(types, e.Type)
	}
	if len(types) == 0 {
		for _, a := range t.facts.AccountSchema.Attributes {
			if a.Entitlement {
				types = append(types, a.entitlementType())
			}
		}
	}
	if len(types) == 0 {
		t.skip("the spec names no entitlement types")
	}
	for i, objectType := range types {
		if !slices.Contains(types[:i], objectType) {
			run(objectType)
		}
	}
}

// hasType reports whether the source can be asked for the entitlements that an attribute
// holds: a type that no schema has is an error.
func (s *tester) hasType(a attribute) bool {
	return len(s.facts.Entitlements) == 0 || slices.ContainsFunc(s.facts.Entitlements, func(e entitlementSchema) bool {
		return e.Type == a.entitlementType()
	})
}

func ofType(objectType string) map[string]any { return map[string]any{"type": objectType} }

func (t *trial) entitlementListRead() {
	t.forEachType(func(objectType string) {
		for _, listed := range t.first(cmdEntitlementList, ofType(objectType)) {
			if listed.Type != objectType {
				t.fail(cmdEntitlementList, listed.label(), "has the type %q, want %q, which was asked for", listed.Type, objectType)
				listed.Type = objectType
			}
			if read, ok := t.one(cmdEntitlementRead, listed.label(), listed.input()); ok {
				t.compare(cmdEntitlementRead, read, listed, comparison{order: true})
			}
		}
	})
}

func (t *trial) entitlementListUnique() {
	t.forEachType(func(objectType string) { t.unique(cmdEntitlementList, ofType(objectType)) })
}

func (t *trial) entitlementListStateful() {
	if t.isStateful() {
		t.forEachType(func(objectType string) { t.stateful(cmdEntitlementList, ofType(objectType)) })
	}
}

func (t *trial) entitlementNotFound() {
	t.forEachType(func(objectType string) {
		o := t.notThere(objectType)
		_, _ = t.mustFail(cmdEntitlementRead, o.label(), o.input(), "there is no such entitlement")
	})
}

// accountEntitlements looks at the values of the entitlement attributes of all accounts. It
// reports each kind of mistake, and each unknown value, once.
func (t *trial) accountEntitlements() {
	schema, ok := t.accountSchema()
	if !ok {
		return
	}
	var attributes []attribute
	listed := make(map[string]map[string]bool)
	for _, a := range schema.Attributes {
		if a.Entitlement {
			attributes = append(attributes, a)
			listed[a.Name] = t.entitlementIDs(a)
		}
	}
	if len(attributes) == 0 {
		t.skip("the account schema has no entitlement attributes")
		return
	}
	seen := make(map[string]bool)
	t.all(cmdAccountList, map[string]any{}, func(o record) bool {
		for _, a := range attributes {
			t.entitlementValues(o, a, func(report reporter, problem string) {
				if kind := a.Name + " " + problem; !seen[kind] {
					seen[kind] = true
					report(cmdAccountList, o.label(), "attribute %q %s", a.Name, problem)
				}
			}, listed[a.Name])
		}
		return true
	})
}

// entitlementIDs returns the IDs of the entitlements that an attribute can hold, nil if
// they are not known.
func (t *trial) entitlementIDs(a attribute) map[string]bool {
	switch {
	case !t.has(cmdEntitlementList):
		return nil
	case !t.hasType(a):
		t.warn(cmdEntitlementList, "", "no entitlement schema has the type %q, which attribute %q holds", a.entitlementType(), a.Name)
		return nil
	}
	ids := make(map[string]bool)
	ok := t.all(cmdEntitlementList, ofType(a.entitlementType()), func(e record) bool {
		ids[e.id()] = true
		if id := e.uniqueID(); id != "" {
			ids[id] = true
		}
		return true
	})
	if !ok {
		return nil
	}
	return ids
}

// listMissing is the problem of an attribute of several entitlements that an object lacks.
const listMissing = "is missing: send [] when empty; the official validator crashes otherwise"

// entitlementValues hands on what is wrong with the values of an entitlement attribute.
// listed are the entitlements that there are, nil if that is not known.
func (t *trial) entitlementValues(o record, a attribute, report func(reporter, string), listed map[string]bool) {
	value := o.Attributes[a.Name]
	values, isList := value.([]any)
	switch {
	case isList:
	case value == nil && bool(a.Multi):
		report(t.warn, listMissing)
	case value != nil && value != "":
		values = []any{value}
	}
	had := make(map[string]bool)
	for _, v := range values {
		text, isText := v.(string)
		if !isText && v != nil {
			text = canonical(v, true)
		}
		plain := strings.TrimSpace(text)
		switch {
		case plain == "":
			report(t.fail, "has an empty value")
		case had[text]:
			report(t.fail, "has a duplicate value: "+shown(v))
		case listed == nil || listed[text]:
		case listed[plain]:
			report(t.fail, fmt.Sprintf("has a value with spaces around it: %s, want %q", shown(v), plain))
		default:
			report(t.warn, fmt.Sprintf("has %s, which is not the ID of a listed entitlement of type %q", shown(v), a.entitlementType()))
		}
		had[text] = true
	}
}

func (t *trial) accountUpdateEntitlement() {
	t.forEachManaged((*holder).giveAndTake)
}

func (t *trial) accountRemoveEntitlement() {
	t.forEachManaged((*holder).keepTheOther)
}

// A holder is a new account, and the entitlements that one of its attributes
// should hold.
type holder struct {
	*trial
	account   record
	attribute attribute
	values    []string // that the source has and the account does not
	held      []string
	needsOne  bool // the attribute has one value, and had one from the start
}

// forEachManaged runs a part of a check for every attribute whose entitlements
// can be provisioned, each with an account of its own.
func (t *trial) forEachManaged(run func(*holder)) {
	tested, left := false, false
	for _, a := range t.facts.AccountSchema.Attributes {
		if !a.Entitlement || !a.Managed {
			continue
		}
		if a.Name == t.facts.identityAttribute() {
			left = true
			t.note("attribute %q identifies accounts, so it is not changed", a.Name)
			continue
		}
		if !t.hasType(a) {
			left = true
			t.note("no entitlement schema has the type %q, which attribute %q holds", a.entitlementType(), a.Name)
			continue
		}
		tested = true
		entitlements := t.first(cmdEntitlementList, ofType(a.entitlementType()))
		if len(entitlements) == 0 {
			continue
		}
		account, ok := t.createMinimal()
		if !ok {
			return
		}
		h := &holder{trial: t, account: account, attribute: a, held: textsOf(account.Attributes[a.Name])}
		h.needsOne = !bool(a.Multi) && len(h.held) > 0
		for _, e := range entitlements {
			if !isOneOfKind(e.id(), slices.Concat(h.held, h.values)) {
				h.values = append(h.values, e.id())
			}
		}
		run(h)
		if !t.remove(account) { // another one may not have the same values
			return
		}
	}
	switch {
	case tested:
	case left:
		t.result.Status = Skip
	default:
		t.skip("the account schema has no managed entitlements")
	}
}

// isOneOfKind reports whether an entitlement is one of those that an account has or gets, or
// has their text up to a colon. Like the official validator the self test takes those for
// alternatives, of which an account has one.
func isOneOfKind(id string, held []string) bool {
	kind, _, _ := strings.Cut(id, ":")
	return slices.ContainsFunc(held, func(other string) bool {
		otherKind, _, _ := strings.Cut(other, ":")
		return otherKind == kind
	})
}

// giveAndTake gives the account the entitlements one by one, then takes them
// away one by one.
func (h *holder) giveAndTake() {
	for _, v := range h.values {
		if !h.give(v) {
			return
		}
	}
	taken := h.values
	if !h.attribute.Multi {
		taken = h.held
	}
	h.takeAll(taken)
}

// keepTheOther gives the account two entitlements at once, takes one away, and
// then the other.
func (h *holder) keepTheOther() {
	two := h.values[:min(2, len(h.values))]
	if !h.attribute.Multi {
		two = two[:min(1, len(two))]
	}
	if h.give(two...) {
		h.takeAll(two)
	}
}

// takeAll takes entitlements away one by one, unless the account may need the one that
// it has.
func (h *holder) takeAll(values []string) {
	for _, v := range values {
		if h.needsOne || !h.take(v) {
			return
		}
	}
}

// give adds entitlements: one comes bare, as ISC sends it, several as a list. An
// attribute that holds one value is set.
func (h *holder) give(values ...string) bool {
	if len(values) == 0 {
		return true
	}
	op := opAdd
	var value any = values
	if len(values) == 1 {
		value = values[0]
	}
	h.held = slices.Concat(h.held, values)
	if !h.attribute.Multi {
		op, h.held = opSet, values
	}
	return h.change(h.account, op, h.attribute.Name, value) && h.holds(op, value, "")
}

// take removes an entitlement. Where it is the last one, a source may refuse: its accounts
// need one.
func (h *holder) take(value string) bool {
	h.held = slices.DeleteFunc(slices.Clone(h.held), func(v string) bool { return v == value })
	refused := func(err error) {
		if len(h.held) > 0 {
			h.fail(cmdAccountUpdate, h.account.label(), "fails: %v", err)
			return
		}
		h.warn(cmdAccountUpdate, h.account.label(), "refuses to remove the last value of attribute %q, %s: %v", h.attribute.Name, shown(value), err)
	}
	return h.changeUnless(refused, h.account, opRemove, h.attribute.Name, value) && h.holds(opRemove, value, value)
}

// holds reads the account and looks whether it has the entitlements that it
// should, and not the one that was taken away. A source may add others.
func (h *holder) holds(op changeOp, value any, taken string) (ok bool) {
	h.settled(func() { ok = h.holdsNow(op, value, taken) })
	return ok
}

func (h *holder) holdsNow(op changeOp, value any, taken string) bool {
	read, ok := h.one(cmdAccountRead, h.account.label(), h.account.input())
	if !ok {
		return false
	}
	got := textsOf(read.Attributes[h.attribute.Name])
	for _, v := range h.held {
		ok = ok && slices.Contains(got, v)
	}
	if !ok || taken != "" && slices.Contains(got, taken) {
		h.fail(cmdAccountRead, h.account.label(), "attribute %q is %s, want %s, after %s of %s",
			h.attribute.Name, jsonOf(got), jsonOf(h.held), op, jsonOf(value))
		return false
	}
	return true
}
