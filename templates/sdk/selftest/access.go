package selftest

import (
	"encoding/json"
	"errors"
	"slices"
)

// A condition is what a member of an account says after a command has changed it.
type condition struct {
	member string
	of     func(record) any
	want   bool
}

func disabled(want bool) condition {
	return condition{"disabled", func(o record) any { return o.Disabled }, want}
}

func locked(want bool) condition {
	return condition{"locked", func(o record) any { return o.Locked }, want}
}

// holds reports whether an account meets the condition. A missing member means false.
func (c condition) holds(o record) bool {
	got := c.of(o)
	return got == c.want || got == nil && !c.want
}

func (t *trial) accountDisable() {
	if account, ok := t.createMinimal(); ok {
		t.bring(cmdAccountDisable, account, disabled(true), "")
	}
}

// accountEnable enables a new account, which it disables first if the spec lists that.
func (t *trial) accountEnable() {
	account, ok := t.createMinimal()
	mayRefuse := "to enable an account that is not disabled"
	if ok && t.has(cmdAccountDisable) {
		mayRefuse = ""
		account, ok = t.bring(cmdAccountDisable, account, disabled(true), "")
	}
	if ok {
		t.bring(cmdAccountEnable, account, disabled(false), mayRefuse)
	}
}

// accountUnlock unlocks a new account: no command locks one.
func (t *trial) accountUnlock() {
	if account, ok := t.createMinimal(); ok {
		t.bring(cmdAccountUnlock, account, locked(false), "to unlock an account that is not locked")
	}
}

func (t *trial) accountChangePassword() {
	account, ok := t.createMinimal()
	if !ok {
		return
	}
	password := madeUpPassword()
	t.hide(password)
	input := account.input()
	input["password"] = password
	t.obeys(cmdChangePassword, account, input, "a made-up password")
}

// bring runs a command that brings an account into a condition, and looks for that in the
// answer and in a read. It returns the account, and whether the command worked.
func (t *trial) bring(command string, account record, c condition, mayRefuse string) (record, bool) {
	output, ok := t.obeys(command, account, account.input(), mayRefuse)
	if !ok {
		return account, false
	}
	answer, ok := t.decode(command, account.label(), output)
	if !ok {
		return account, false
	}
	account = t.follow(command, account, answer)
	if !c.holds(answer) {
		report := t.fail
		if c.of(answer) == nil {
			report = t.warn // a read has it, or fails
		}
		report(command, account.label(), "%q is %s in the answer, want %t", c.member, shown(c.of(answer)), c.want)
	}
	t.settled(func() {
		if read, ok := t.one(cmdAccountRead, account.label(), account.input()); ok && !c.holds(read) {
			t.fail(cmdAccountRead, account.label(), "%q is %s, want %t after %s", c.member, shown(c.of(read)), c.want, command)
		}
	})
	return account, true
}

// obeys runs a command on a new account, and returns its one output. A refusal is worth only
// a warning if the source may refuse that, unless it says that the account does not exist.
func (t *trial) obeys(command string, account record, input map[string]any, mayRefuse string) (json.RawMessage, bool) {
	outputs, err := t.collect(command, input)
	switch {
	case mayRefuse != "" && t.isRefusal(err) && !isNotFound(err):
		t.warn(command, account.label(), "refuses %s: %v", mayRefuse, err)
	case err != nil:
		t.fail(command, account.label(), "fails: %v", err)
	case len(outputs) != 1:
		t.fail(command, account.label(), "has %d outputs, want 1", len(outputs))
	default:
		return outputs[0], true
	}
	return nil, false
}

// isNotFound reports whether a connector has failed with NotFound.
func isNotFound(err error) bool {
	var typed typedError
	return errors.As(err, &typed) && typed.ErrorType() == "notFound"
}

// follow returns an account as it is called after a command: a source may move an account
// that it disables, and then only its unique ID stays. Another account is a mistake, and must
// not be deleted.
func (t *trial) follow(command string, account, answer record) record {
	switch id := answer.id(); {
	case id == "" || id == account.id():
	case answer.uniqueID() != "" && answer.uniqueID() == account.uniqueID():
		i := slices.IndexFunc(t.created, func(c record) bool { return c.id() == account.id() })
		t.created[i] = answer
		return answer
	default:
		t.fail(command, account.label(), "answers with account %q, want the one that it was given", id)
	}
	return account
}
