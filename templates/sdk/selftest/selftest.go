// Package selftest checks that a connector follows the protocol and its spec: that
// listed objects can be read, that a created account exists, and so on. It speaks the
// wire protocol, so it tests a program, a server and a bundle alike. Connectors have it
// as their command selftest; tests call SelfTest of the connector.
//
// Only checks that need Options.Write change anything, and they delete the accounts
// that they create.
package selftest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// A Spec is what the self test reads of a connector's spec.
type Spec struct {
	JSON      string   // connector-spec.json
	Open      bool     // accounts may have attributes that the spec does not list
	Required  []string // keys of config items that every source must have
	Secrets   []string // keys of config items whose values are secret
	Passwords []string // names of create fields and account attributes that hold passwords
}

// A Request is one command to run.
type Request struct {
	Command string
	Input   json.RawMessage
	Config  json.RawMessage // the source's config; may be missing
}

// Options say what a self test does.
type Options struct {
	Config  json.RawMessage // the source's config; the report never shows its secrets
	Write   bool            // run the checks that change accounts, too
	Checks  []string        // IDs of the checks to run; empty means all
	Limit   int             // objects to read of each list; 0 means 8
	Timeout time.Duration   // for each check; 0 means 10 minutes

	// Create has attributes for the accounts that checks create, as a JSON object. They
	// replace or extend those made up from the spec's create template; null leaves one
	// out. In their texts, $(…) gets a new value for each account, as in the spec's
	// templates. It needs Write.
	Create json.RawMessage

	// Update has values that the update check sets, as a JSON object by attribute. They
	// replace or extend those made up for attributes that the spec marks as writable;
	// null leaves one out. A list is added to what a multi-valued attribute holds. It
	// needs Write.
	Update json.RawMessage

	// Run runs a command: it passes whole lines to sink, and returns the command's
	// error. It is for connectors that run elsewhere; nil means the connector itself.
	Run func(ctx context.Context, req Request, sink func([]byte) error) error

	// Done, if set, gets each result as soon as its check ends.
	Done func(Result)
}

// An OptionsError is about options that cannot be used.
type OptionsError struct{ Problem string }

func (e *OptionsError) Error() string { return e.Problem }

func optionsErrorf(format string, args ...any) error {
	return &OptionsError{fmt.Sprintf(format, args...)}
}

// A typedError is an error of the connector's with a type that ISC acts on.
type typedError interface {
	error
	ErrorType() string
}

// Run runs a self test; opts.Run must be set. It calls commands one after another. A check
// that does not pass is in the report; the error is about options that cannot be used, an
// [*OptionsError], or about a spec that cannot be read.
func Run(ctx context.Context, spec Spec, opts Options) (Report, error) {
	facts, err := readFacts(spec)
	if err != nil {
		return Report{}, fmt.Errorf("the connector's spec %w", err)
	}
	for _, id := range opts.Checks {
		if !slices.Contains(CheckIDs(), id) {
			return Report{}, optionsErrorf("unknown check %q; the checks are %s", id, strings.Join(CheckIDs(), ", "))
		}
	}
	if jsontext.IsNull(opts.Config) && len(spec.Required) > 0 {
		var items []string
		for _, key := range spec.Required {
			items = append(items, strconv.Quote(key))
		}
		return Report{}, optionsErrorf("the spec requires %s; pass a config with --config FILE", strings.Join(items, ", "))
	}
	if opts.Limit <= 0 {
		opts.Limit = 8
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 10 * time.Minute
	}
	s := &tester{facts: facts, run: opts.Run, opts: opts, secrets: facts.secrets(opts.Config)}
	if err := s.readGiven(); err != nil {
		return Report{}, err
	}
	var report Report
	obstacle := ""
	for _, c := range checks() {
		if len(opts.Checks) > 0 && !slices.Contains(opts.Checks, c.id) {
			continue
		}
		if ctx.Err() != nil {
			obstacle = "interrupted"
		}
		result := s.try(ctx, c, obstacle)
		if c.id == checkConnection && result.Status == Fail {
			obstacle = "the connection test failed"
		}
		report.Results = append(report.Results, result)
		if opts.Done != nil {
			opts.Done(result)
		}
	}
	return report, nil
}

// A check is one check. It runs where the spec lists the commands that it
// needs.
type check struct {
	id     string
	passes string // when it does
	needs  []string
	writes bool
	run    func(*trial)
}

// checkConnection is the check without which no other makes sense.
const checkConnection = "test-connection-success"

// checks are all checks, in the order in which they run.
func checks() []check {
	commands := func(c ...string) []string { return c }
	return []check{
		{
			checkConnection, "the connection works with the given config",
			commands(cmdTestConnection), false, (*trial).connectionSuccess,
		},
		{
			"test-connection-empty", "the connection fails with an empty config",
			commands(cmdTestConnection), false, (*trial).connectionEmpty,
		},
		{
			"account-list-and-read", "each listed account is the same when it is read",
			commands(cmdAccountList, cmdAccountRead), false, (*trial).accountListAndRead,
		},
		{
			"account-list-unique", "each listed account has an ID of its own",
			commands(cmdAccountList), false, (*trial).accountListUnique,
		},
		{
			"account-list-stateful", "a stateful run saves its state, and the next one continues from it",
			commands(cmdAccountList), false, (*trial).accountListStateful,
		},
		{
			"account-not-found", "reading an account that does not exist fails",
			commands(cmdAccountRead), false, (*trial).accountNotFound,
		},
		{
			"account-schema-check", "the attributes of accounts match the schema",
			commands(cmdAccountList), false, (*trial).accountSchemaCheck,
		},
		{
			"account-entitlements", "accounts hold only listed entitlements, each once",
			commands(cmdAccountList), false, (*trial).accountEntitlements,
		},
		{
			"account-discover-schema", "the discovered schema is consistent, and agrees with the spec",
			commands(cmdDiscoverSchema), false, (*trial).accountDiscoverSchema,
		},
		{
			"account-create-empty", "creating an account without attributes fails",
			commands(cmdAccountCreate), true, (*trial).accountCreateEmpty,
		},
		{
			"account-create-minimal", "an account is created from the required fields",
			commands(cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountCreateMinimal,
		},
		{
			"account-create-maximal", "an account is created from all fields",
			commands(cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountCreateMaximal,
		},
		{
			"account-create-list-delete", "a new account is listed until it is deleted",
			commands(cmdAccountCreate, cmdAccountRead, cmdAccountDelete, cmdAccountList), true, (*trial).accountCreateListDelete,
		},
		{
			"account-update-single-attrs", "an attribute holds the value that it is set to",
			commands(cmdAccountList, cmdAccountRead, cmdAccountUpdate), true, (*trial).accountUpdateAttributes,
		},
		{
			"account-update-entitlement", "an account gets entitlements, and loses them again",
			commands(cmdEntitlementList, cmdAccountCreate, cmdAccountRead, cmdAccountUpdate, cmdAccountDelete), true, (*trial).accountUpdateEntitlement,
		},
		{
			"account-remove-entitlement", "removing one of two entitlements keeps the other, and the last one can be removed",
			commands(cmdEntitlementList, cmdAccountCreate, cmdAccountRead, cmdAccountUpdate, cmdAccountDelete), true, (*trial).accountRemoveEntitlement,
		},
		{
			"account-disable", "a disabled account says that it is disabled",
			commands(cmdAccountDisable, cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountDisable,
		},
		{
			"account-enable", "an enabled account does not say that it is disabled",
			commands(cmdAccountEnable, cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountEnable,
		},
		{
			"account-unlock", "an unlocked account does not say that it is locked",
			commands(cmdAccountUnlock, cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountUnlock,
		},
		{
			"account-change-password", "an account gets another password",
			commands(cmdChangePassword, cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountChangePassword,
		},
		{
			"account-list-changes", "stateful runs list what was created, changed or deleted since the last one",
			commands(cmdAccountList, cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*trial).accountListChanges,
		},
		{
			"entitlement-list-read", "each listed entitlement is the same when it is read",
			commands(cmdEntitlementList, cmdEntitlementRead), false, (*trial).entitlementListRead,
		},
		{
			"entitlement-list-unique", "each listed entitlement has an ID of its own",
			commands(cmdEntitlementList), false, (*trial).entitlementListUnique,
		},
		{
			"entitlement-list-stateful", "a stateful run saves its state, and the next one continues from it",
			commands(cmdEntitlementList), false, (*trial).entitlementListStateful,
		},
		{
			"entitlement-not-found", "reading an entitlement that does not exist fails",
			commands(cmdEntitlementRead), false, (*trial).entitlementNotFound,
		},
		{
			"entitlement-schema-check", "the attributes of entitlements match their schema",
			commands(cmdEntitlementList), false, (*trial).entitlementSchemaCheck,
		},
	}
}

// CheckIDs returns the IDs of all checks, in the order in which they run.
func CheckIDs() []string {
	var ids []string
	for _, c := range checks() {
		ids = append(ids, c.id)
	}
	return ids
}

// A tester runs checks on a connector.
type tester struct {
	facts    facts
	run      func(context.Context, Request, func([]byte) error) error
	opts     Options
	given    given
	secrets  []string        // texts that the report must not show
	existing map[string]bool // the IDs of the accounts that are not ours, once they are listed
}

// try runs a check that applies, unless there is an obstacle.
func (s *tester) try(ctx context.Context, c check, obstacle string) Result {
	t := &trial{tester: s, result: Result{Check: c.id, Passes: c.passes}}
	if reason := s.reasonAgainst(c); reason != "" {
		t.skip(reason)
		return t.result
	}
	if obstacle != "" {
		t.result.Status, t.result.Note = NotRun, obstacle
		return t.result
	}
	cause := fmt.Errorf("timed out after %v", s.opts.Timeout)
	limited, cancel := context.WithTimeoutCause(ctx, s.opts.Timeout, cause)
	defer cancel()
	t.ctx = limited
	c.run(t)
	t.cleanUp()
	if t.result.Status == "" {
		t.result.Status = Pass
	}
	return t.result
}

func (s *tester) reasonAgainst(c check) string {
	for _, command := range c.needs {
		if !s.has(command) {
			return "the spec does not list " + command
		}
	}
	if c.writes && !s.opts.Write {
		return "it changes accounts and needs --write"
	}
	return ""
}

// has reports whether the spec lists all of some commands.
func (s *tester) has(commands ...string) bool {
	for _, c := range commands {
		if !slices.Contains(s.facts.Commands, c) {
			return false
		}
	}
	return true
}
