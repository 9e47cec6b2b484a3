package selftest

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A delta is what stateful runs list of a new account.
type delta struct {
	*trial
	account record
	state   json.RawMessage // with which the next run begins
}

// accountListChanges creates, changes and deletes an account, and looks each time whether a
// stateful run that continues from the last one lists it.
func (t *trial) accountListChanges() {
	if !t.isStateful() {
		return
	}
	if obstacle := t.createObstacle(); obstacle != "" {
		t.skip(obstacle)
		return
	}
	_, state, ok := t.count(cmdAccountList, map[string]any{"stateful": true})
	switch {
	case !ok:
		return
	case !isState(state):
		t.skip("a stateful run saves no state from which another one can continue")
		return
	}
	account, ok := t.createMinimal()
	if !ok {
		return
	}
	d := &delta{t, account, state}
	if !d.lists("created") {
		return
	}
	switch {
	case !d.changeAnything():
		t.note("no attribute could be changed, so no changed account was looked for")
	case !d.lists("changed"):
		return
	}
	if t.remove(account) {
		d.listsDeletion()
	}
}

func isState(state json.RawMessage) bool { return jsontext.KindOf(state) == "an object" }

// lists looks for the account in a stateful run, and reports whether another run can continue
// from there.
func (d *delta) lists(since string) bool {
	var next json.RawMessage
	d.settled(func() {
		listed, state, ok := d.run()
		next = state
		switch {
		case !ok:
		case listed == nil:
			d.fail(cmdAccountList, d.account.label(), "is missing from a stateful run, although it has been %s since the last one", since)
		case listed.Deleted:
			d.fail(cmdAccountList, d.account.label(), `has "deleted": true in a stateful run, although it has been %s since the last one`, since)
		}
	})
	if d.result.failures() > 0 {
		return false
	}
	if !isState(next) {
		d.note("a stateful run that continues saves no state, so no other one can follow")
		return false
	}
	d.state = next
	return true
}

// listsDeletion looks for the deletion in a stateful run. Not every source can tell.
func (d *delta) listsDeletion() {
	findings := func(r Result) int { return len(r.Findings) }
	d.await(findings, func() {
		listed, _, ok := d.run()
		switch {
		case !ok:
		case listed == nil:
			d.warn(cmdAccountList, d.account.label(), "is missing from a stateful run, although it has been deleted since the last one: ISC keeps the account until a run without state")
		case !listed.Deleted:
			d.fail(cmdAccountList, d.account.label(), `lacks "deleted": true in a stateful run, although it has been deleted since the last one`)
		}
	})
}

// run does a stateful run that continues from the last one. It returns the account as the run
// lists it last, nil if it does not, and the state that the run saves.
func (d *delta) run() (listed *record, state json.RawMessage, ok bool) {
	ok = true
	input := map[string]any{"stateful": true, "state": d.state}
	state, err := d.each(cmdAccountList, input, func(data json.RawMessage) bool {
		o, valid := d.decode(cmdAccountList, "", data)
		ok = ok && valid
		if o.id() == d.account.id() || o.uniqueID() != "" && o.uniqueID() == d.account.uniqueID() {
			listed = &o
		}
		return valid
	})
	if err != nil {
		d.fail(cmdAccountList, "", "fails: %v", err)
	}
	return listed, state, ok && err == nil
}

// changeAnything gives an attribute of the account another value, and reports whether it
// could. What cannot be changed is for the check of updates to report.
func (d *delta) changeAnything() bool {
	if !d.has(cmdAccountUpdate) {
		return false
	}
	for _, u := range d.updates() {
		op, value := d.newValue(u, d.account)
		if d.isPassword(u.attribute.Name) || agreementOf(d.account.Attributes[u.attribute.Name], value) == agrees {
			continue
		}
		if d.changeUnless(func(error) {}, d.account, op, u.attribute.Name, value) {
			return true
		}
	}
	return false
}
