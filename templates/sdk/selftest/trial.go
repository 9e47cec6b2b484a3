package selftest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A trial is one check under way.
type trial struct {
	*tester
	ctx     context.Context // ends when the check must
	result  Result
	created []record // accounts that are still to be deleted
	deleted int      // accounts that have been deleted again
	undo    []func() // restore what else the check has changed
	over    bool     // the check has failed since its time was over
}

// A record is an account or entitlement as it comes from the connector.
type record struct {
	Identity   string         `json:"identity"`
	UUID       string         `json:"uuid"`
	Key        key            `json:"key"`
	Type       string         `json:"type"`
	Disabled   any            `json:"disabled"`
	Locked     any            `json:"locked"`
	Deleted    bool           `json:"deleted"`
	Attributes map[string]any `json:"attributes"` // numbers as they are written
}

func (o record) id() string { return cmp.Or(o.Key.id(), o.Identity) }

// uniqueID is the ID that never changes, "" where objects have none.
func (o record) uniqueID() string {
	return cmp.Or(o.Key.uniqueID(), o.UUID)
}

// label names the object in findings.
func (o record) label() string {
	return strings.TrimSpace(o.Type + " " + strconv.Quote(o.id()))
}

// input is what ISC sends to name the object.
func (o record) input() map[string]any {
	in := map[string]any{"identity": o.id(), "key": o.Key}
	if o.Key == (key{}) {
		in["key"] = simpleKey(o.Identity)
	}
	if o.Type != "" {
		in["type"] = o.Type
	}
	return in
}

// skip ends the check without a verdict, unless there is one already.
func (t *trial) skip(reason string) {
	if t.result.Status == "" {
		t.result.Status = Skip
	}
	t.note("%s", reason)
}

// note adds to the result's note, once.
func (t *trial) note(format string, args ...any) {
	note := t.clean(fmt.Sprintf(format, args...))
	if strings.Contains(t.result.Note, note) {
		return
	}
	if t.result.Note != "" {
		note = t.result.Note + "; " + note
	}
	t.result.Note = note
}

// A reporter is fail or warn.
type reporter func(command string, object, format string, args ...any)

func (t *trial) fail(command string, object, format string, args ...any) {
	t.result.Status = Fail
	if t.ctx.Err() != nil {
		if t.over {
			return // whatever is called now fails, and says nothing new
		}
		t.over = true
	}
	t.find(Finding{Command: command, Object: object, Message: fmt.Sprintf(format, args...)})
}

func (t *trial) warn(command string, object, format string, args ...any) {
	if t.result.Status != Fail {
		t.result.Status = Warn
	}
	t.find(Finding{Warning: true, Command: command, Object: object, Message: fmt.Sprintf(format, args...)})
}

// maxFindings bounds the failures, and the warnings, that one check reports:
// a mistake in the code shows in every object.
const maxFindings = 20

func (t *trial) find(f Finding) {
	n := t.result.failures()
	if f.Warning {
		n = len(t.result.Findings) - n
	}
	switch {
	case n < maxFindings:
		f.Object, f.Message = t.clean(f.Object), t.clean(f.Message)
	case n == maxFindings:
		f.Object, f.Message = "", "there is more of this"
	default:
		return
	}
	t.result.Findings = append(t.result.Findings, f)
}

// A lineReader takes the lines of one command apart. It takes nothing more once it
// is closed: a client that does not heed its context may still be sending.
type lineReader struct {
	mu      sync.Mutex
	take    func(data json.RawMessage) bool
	state   json.RawMessage
	enough  bool
	closed  bool
	problem error
}

var errEnough = errors.New("the self test has seen enough")

func (l *lineReader) read(lines []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(lines) {
		if l.closed || l.enough {
			return errEnough
		}
		var envelope struct {
			Data json.RawMessage `json:"data"`
			Type string          `json:"type"`
		}
		if err := json.Unmarshal(line, &envelope); err != nil {
			l.problem = fmt.Errorf("a line is not JSON: %w", err)
			return l.problem
		}
		switch envelope.Type {
		case "output":
			l.enough = !l.take(envelope.Data)
		case "state":
			l.state = envelope.Data
		}
	}
	return nil
}

// close returns the last state, and the command's error unless it has been
// stopped.
func (l *lineReader) close(err error) (json.RawMessage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	switch {
	case l.problem != nil:
		return l.state, l.problem
	case l.enough:
		return l.state, nil
	}
	return l.state, err
}

// each runs a command and hands its outputs to take until that returns false. It
// returns the state that was saved, if any.
func (t *trial) each(command string, input any, take func(json.RawMessage) bool) (json.RawMessage, error) {
	text, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	reader := &lineReader{take: take}
	ended := make(chan error, 1)
	go func() {
		ended <- t.run(t.ctx, Request{Command: command, Input: text, Config: t.opts.Config}, reader.read)
	}()
	select {
	case err = <-ended:
	case <-t.ctx.Done():
	}
	if t.ctx.Err() != nil {
		err = context.Cause(t.ctx)
	}
	return reader.close(err)
}

// collect runs a command and returns its outputs.
func (t *trial) collect(command string, input any) ([]json.RawMessage, error) {
	var outputs []json.RawMessage
	_, err := t.each(command, input, func(data json.RawMessage) bool {
		outputs = append(outputs, data)
		return true
	})
	return outputs, err
}

// isRefusal reports whether a command has failed with an error of its own.
func (t *trial) isRefusal(err error) bool {
	return err != nil && t.ctx.Err() == nil && !strings.HasPrefix(err.Error(), "panic: ")
}

// outputs runs a command that must work, and returns its outputs.
func (t *trial) outputs(command string, object string, input any) ([]json.RawMessage, bool) {
	outputs, err := t.collect(command, input)
	if err != nil {
		t.fail(command, object, "fails: %v", err)
	}
	return outputs, err == nil
}

// one runs a command that must work and have one output, an object.
func (t *trial) one(command string, object string, input any) (record, bool) {
	outputs, ok := t.outputs(command, object, input)
	if ok && len(outputs) != 1 {
		t.fail(command, object, "has %d outputs, want 1", len(outputs))
		ok = false
	}
	if !ok {
		return record{}, false
	}
	return t.decode(command, object, outputs[0])
}

func (t *trial) decode(command string, object string, data json.RawMessage) (record, bool) {
	var o record
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&o); err != nil {
		t.fail(command, object, "has an output that does not follow the protocol: %v", err)
		return o, false
	}
	return o, true
}

// mustFail runs a command that must fail with an error of its own, and returns
// the outputs that it should not have, or that error.
func (t *trial) mustFail(command string, object string, input any, why string) ([]json.RawMessage, error) {
	return t.refused(t.fail, command, object, input, why)
}

// refused runs a command that should fail with an error of its own. It reports where the
// command succeeds, and returns as mustFail does.
func (t *trial) refused(report reporter, command string, object string, input any, why string) ([]json.RawMessage, error) {
	outputs, err := t.collect(command, input)
	switch {
	case t.isRefusal(err):
		return outputs, err
	case err == nil:
		report(command, object, "succeeds, want an error: %s", why)
	case t.ctx.Err() != nil:
		t.fail(command, object, "fails: %v", err)
	default:
		t.fail(command, object, "ends in a %v, want an error: %s", err, why)
	}
	return outputs, nil
}

// all hands on each listed object, but those that are gone, until take returns
// false. It reports whether the list could be read.
func (t *trial) all(command string, input map[string]any, take func(record) bool) bool {
	readable := true
	_, err := t.each(command, input, func(data json.RawMessage) bool {
		o, ok := t.decode(command, listLabel(input), data)
		readable = readable && ok
		return ok && (o.Deleted || take(o))
	})
	if err != nil {
		t.fail(command, listLabel(input), "fails: %v", err)
	}
	return readable && err == nil
}

// first lists the first objects, as many as are to be read. There being none is
// worth a warning.
func (t *trial) first(command string, input map[string]any) []record {
	var objects []record
	ok := t.all(command, input, func(o record) bool {
		objects = append(objects, o)
		return len(objects) < t.opts.Limit
	})
	if !ok {
		return nil
	}
	t.warnIfNone(command, input, len(objects) == 0)
	return objects
}

func (t *trial) warnIfNone(command string, input map[string]any, none bool) {
	if none {
		t.warn(command, listLabel(input), "lists nothing, so nothing can be checked")
	}
}

// listLabel names what a list command is asked for.
func listLabel(input map[string]any) string {
	objectType, ok := input["type"].(string)
	if !ok {
		return ""
	}
	return "of type " + strconv.Quote(objectType)
}

func jsonOf(v any) string {
	text, err := jsontext.AppendValue(nil, v, 0, nil)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// shown shows a value in a message.
func shown(v any) string {
	if v == nil || v == "" || v == (key{}) {
		return "missing"
	}
	return jsonOf(v)
}

// A comparison says what counts when an object is read again.
type comparison struct {
	order   bool // of lists, to the official validator; it is worth a warning
	partial bool // an attribute that only one side has is worth a warning, no failure
}

// compare looks for members in which got, the answer of a command, differs from what the
// object was before.
func (t *trial) compare(command string, got, want record, how comparison) {
	same := func(what string, got, before any) {
		if jsonOf(got) != jsonOf(before) {
			t.fail(command, want.label(), "%s is %s, want %s, as before", what, shown(got), shown(before))
		}
	}
	same("identity", got.Identity, want.Identity)
	same("uuid", got.UUID, want.UUID)
	same("key", got.Key, want.Key)
	same("type", got.Type, want.Type)
	for _, name := range memberNames(want.Attributes, got.Attributes) {
		if t.isPassword(name) {
			continue
		}
		now, before := got.Attributes[name], want.Attributes[name]
		report, reason := t.fail, "as before"
		switch {
		case canonical(now, how.order) == canonical(before, how.order):
			continue
		case canonical(now, false) == canonical(before, false):
			report, reason = t.warn, "as before: the official validator checks the order"
		case how.partial && (now == nil || before == nil):
			report = t.warn
		}
		report(command, want.label(), "attribute %q is %s, want %s, %s", name, shown(now), shown(before), reason)
	}
}

// isPassword reports whether an attribute is a password, which no message shows.
func (t *trial) isPassword(name string) bool { return slices.Contains(t.facts.passwords, name) }

// passwordsBack warns of the passwords that come back with an account.
func (t *trial) passwordsBack(command string, o record) {
	for _, name := range jsontext.SortedKeys(o.Attributes) {
		if o.Attributes[name] != nil && t.isPassword(name) {
			t.warn(command, o.label(), "attribute %q comes back, but a password should not", name)
		}
	}
}

// memberNames returns the names of the members of two objects, sorted.
func memberNames(a, b map[string]any) []string {
	names := slices.Concat(jsontext.SortedKeys(a), jsontext.SortedKeys(b))
	slices.Sort(names)
	return slices.Compact(names)
}

// patience is how long to wait between looks at a change.
func patience() []time.Duration { return []time.Duration{time.Second, 4 * time.Second} }

// settled looks at what a change should have done until nothing fails in it, or patience
// is at its end.
func (t *trial) settled(look func()) { t.await(Result.failures, look) }

// await looks at what a change should have done until that adds no problems to the result, or
// patience is at its end.
func (t *trial) await(problems func(Result) int, look func()) {
	for _, pause := range patience() {
		before := t.result
		look()
		if problems(t.result) == problems(before) || t.ctx.Err() != nil {
			return
		}
		select {
		case <-t.ctx.Done():
			return
		case <-time.After(pause):
			t.result = before
		}
	}
	look()
}

// create creates an account, which is deleted when the check has ended.
func (t *trial) create(input map[string]any) (record, bool) {
	if !t.learn() {
		return record{}, false
	}
	outputs, ok := t.outputs(cmdAccountCreate, "", input)
	if !ok {
		t.adviseOnCreate()
		return record{}, false
	}
	if len(outputs) != 1 {
		t.fail(cmdAccountCreate, "", "has %d outputs, want 1", len(outputs))
	}
	if !t.own(outputs) || len(outputs) != 1 {
		return record{}, false
	}
	return t.created[len(t.created)-1], true
}

// adviseOnCreate says what to do about a create that does not work: no sample is right
// for every source, and values that are given may be taken.
func (t *trial) adviseOnCreate() {
	fixed := func(v any) bool { return v != nil && !hasPlaceholder(v) }
	switch values := slices.Collect(maps.Values(t.given.create)); {
	case len(values) == 0:
		t.note("if the source needs other values, pass them with --create FILE")
	case slices.ContainsFunc(values, fixed):
		t.note("if the account exists already, delete it, or use $(n) in --create for a new value each time")
	}
}

// learn lists the accounts of the source, once: none of them
// must be taken for a new one and deleted.
func (t *trial) learn() bool {
	if t.existing != nil || !t.has(cmdAccountList) {
		return true
	}
	ids := make(map[string]bool)
	ok := t.all(cmdAccountList, map[string]any{}, func(o record) bool {
		ids[o.id()] = true
		return true
	})
	if ok {
		t.existing = ids
	}
	return ok
}

// own notes the accounts that a create command has answered with, which are to
// be deleted.
func (t *trial) own(outputs []json.RawMessage) (all bool) {
	all = true
	for _, data := range outputs {
		o, ok := t.decode(cmdAccountCreate, "", data)
		switch {
		case !ok:
		case o.id() == "":
			t.fail(cmdAccountCreate, "", "answers with an account that has neither a key nor an identity")
		case t.existing[o.id()]:
			t.fail(cmdAccountCreate, o.label(), "answers with an existing account, want a new one")
			t.adviseOnCreate()
		default:
			t.oneIdentity(cmdAccountCreate, o)
			t.created = append(t.created, o)
			continue
		}
		all = false
	}
	return all
}

// remove deletes an account that the check has created.
func (t *trial) remove(o record) bool {
	_, ok := t.outputs(cmdAccountDelete, o.label(), o.input())
	if ok {
		t.created = slices.DeleteFunc(t.created, func(c record) bool { return c.id() == o.id() })
		t.deleted++
	}
	return ok
}

// cleanUp deletes the accounts that the check has created and not deleted, and
// restores what else it has changed, even when its time is over.
func (t *trial) cleanUp() {
	cause := errors.New("timed out after a minute")
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(t.ctx), time.Minute, cause)
	defer cancel()
	t.ctx = ctx
	for _, restore := range t.undo {
		restore()
	}
	for _, o := range slices.Clone(t.created) {
		switch {
		case !t.has(cmdAccountDelete):
			t.note("account %s is left in the source: the spec does not list %s", o.label(), cmdAccountDelete)
		case !t.remove(o):
			t.note("account %s is left in the source", o.label())
		}
	}
	if t.deleted > 0 {
		t.note("created and deleted %d", t.deleted)
	}
}
