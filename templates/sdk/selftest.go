package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// SelfTestOptions say what [Registry.SelfTest] does.
type SelfTestOptions struct {
	Config  json.RawMessage // the source's config; the report never shows its secrets
	Write   bool            // run the checks that change accounts, too
	Checks  []string        // IDs of the checks to run; empty means all
	Limit   int             // objects to read of each list; 0 means 8
	Timeout time.Duration   // for each check; 0 means 10 minutes

	// Run runs the commands in place of the registry, for a connector that runs
	// elsewhere; nil means [Registry.Run].
	Run func(ctx context.Context, req Request, sink func([]byte) error) error
}

// SelfTest checks that the connector does what the protocol and its spec say:
// that what is listed can be read, that what is created is there, and so on. It
// calls commands as [Registry.Run] does, one after another. Only checks that
// opts.Write allows change anything, and they delete the accounts that they have
// created. A check that does not pass is in the report; the error is about an
// ID in opts.Checks that is no check, or a spec that cannot be read.
func (r *Registry[C]) SelfTest(ctx context.Context, opts SelfTestOptions) (SelfTestReport, error) {
	return r.selfTest(ctx, opts, func(SelfTestResult) {})
}

// selfTest hands each result to done as soon as it is there.
func (r *Registry[C]) selfTest(ctx context.Context, opts SelfTestOptions, done func(SelfTestResult)) (SelfTestReport, error) {
	facts, err := readSelfSpec(r.spec.JSON)
	if err != nil {
		return SelfTestReport{}, fmt.Errorf("the connector's spec %w", err)
	}
	for _, id := range opts.Checks {
		if !slices.ContainsFunc(selfChecks(), func(c selfCheck) bool { return c.id == id }) {
			return SelfTestReport{}, fmt.Errorf("%q is no check; the checks are %s", id, strings.Join(selfCheckIDs(), ", "))
		}
	}
	if opts.Limit <= 0 {
		opts.Limit = 8
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 10 * time.Minute
	}
	if opts.Run == nil {
		opts.Run = r.Run
	}
	s := &selfTester{spec: r.spec, facts: facts, run: opts.Run, opts: opts, secrets: facts.secrets(opts.Config)}
	var report SelfTestReport
	for _, c := range selfChecks() {
		if len(opts.Checks) == 0 || slices.Contains(opts.Checks, c.id) {
			result := s.try(ctx, c)
			report.Results = append(report.Results, result)
			done(result)
		}
	}
	return report, nil
}

// A selfCheck is one check. It runs where the spec lists the commands that it
// needs.
type selfCheck struct {
	id     string
	passes string // when it does
	needs  []Command
	writes bool
	run    func(*selfTrial)
}

// selfChecks are all checks, in the order in which they run.
func selfChecks() []selfCheck {
	commands := func(c ...Command) []Command { return c }
	return []selfCheck{
		{
			"test-connection-success", "the connection works with the given config",
			commands(cmdTestConnection), false, (*selfTrial).connectionSuccess,
		},
		{
			"test-connection-empty", "the connection fails with an empty config",
			commands(cmdTestConnection), false, (*selfTrial).connectionEmpty,
		},
		{
			"account-list-and-read", "each listed account is the same when it is read",
			commands(cmdAccountList, cmdAccountRead), false, (*selfTrial).accountListAndRead,
		},
		{
			"account-list-unique", "each listed account has an ID of its own",
			commands(cmdAccountList), false, (*selfTrial).accountListUnique,
		},
		{
			"account-list-stateful", "a stateful run saves its state, and the next one goes on from there",
			commands(cmdAccountList), false, (*selfTrial).accountListStateful,
		},
		{
			"account-not-found", "reading an account that is not there fails",
			commands(cmdAccountRead), false, (*selfTrial).accountNotFound,
		},
		{
			"account-schema-check", "the attributes of accounts are as the schema says",
			commands(cmdAccountList), false, (*selfTrial).accountSchemaCheck,
		},
		{
			"account-create-empty", "creating an account of nothing fails",
			commands(cmdAccountCreate), true, (*selfTrial).accountCreateEmpty,
		},
		{
			"account-create-minimal", "an account is created from the required fields",
			commands(cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*selfTrial).accountCreateMinimal,
		},
		{
			"account-create-maximal", "an account is created from all fields",
			commands(cmdAccountCreate, cmdAccountRead, cmdAccountDelete), true, (*selfTrial).accountCreateMaximal,
		},
		{
			"account-create-list-delete", "a new account is listed until it is deleted",
			commands(cmdAccountCreate, cmdAccountRead, cmdAccountDelete, cmdAccountList), true, (*selfTrial).accountCreateListDelete,
		},
		{
			"account-update-single-attrs", "a writable attribute holds what it is set to",
			commands(cmdAccountList, cmdAccountRead, cmdAccountUpdate), true, (*selfTrial).accountUpdateAttributes,
		},
		{
			"account-update-entitlement", "an account gets entitlements, and loses them again",
			commands(cmdEntitlementList, cmdAccountCreate, cmdAccountRead, cmdAccountUpdate, cmdAccountDelete), true, (*selfTrial).accountUpdateEntitlement,
		},
		{
			"account-remove-entitlement", "removing one of two entitlements keeps the other, and the last one can be removed",
			commands(cmdEntitlementList, cmdAccountCreate, cmdAccountRead, cmdAccountUpdate, cmdAccountDelete), true, (*selfTrial).accountRemoveEntitlement,
		},
		{
			"entitlement-list-read", "each listed entitlement is the same when it is read",
			commands(cmdEntitlementList, cmdEntitlementRead), false, (*selfTrial).entitlementListRead,
		},
		{
			"entitlement-list-unique", "each listed entitlement has an ID of its own",
			commands(cmdEntitlementList), false, (*selfTrial).entitlementListUnique,
		},
		{
			"entitlement-list-stateful", "a stateful run saves its state, and the next one goes on from there",
			commands(cmdEntitlementList), false, (*selfTrial).entitlementListStateful,
		},
		{
			"entitlement-not-found", "reading an entitlement that is not there fails",
			commands(cmdEntitlementRead), false, (*selfTrial).entitlementNotFound,
		},
		{
			"entitlement-schema-check", "the attributes of entitlements are as their schema says",
			commands(cmdEntitlementList), false, (*selfTrial).entitlementSchemaCheck,
		},
	}
}

func selfCheckIDs() []string {
	var ids []string
	for _, c := range selfChecks() {
		ids = append(ids, c.id)
	}
	return ids
}

// A selfTester runs checks on a connector.
type selfTester struct {
	spec     Spec
	facts    selfSpec
	run      func(context.Context, Request, func([]byte) error) error
	opts     SelfTestOptions
	secrets  []string        // texts that the report must not show
	existing map[string]bool // the IDs of the accounts that are not ours, once they are listed
}

// try runs a check, unless there is a reason not to.
func (s *selfTester) try(ctx context.Context, c selfCheck) SelfTestResult {
	t := &selfTrial{selfTester: s, result: SelfTestResult{Check: c.id, Passes: c.passes}}
	if reason := s.reasonAgainst(ctx, c); reason != "" {
		t.skip(reason)
		return t.result
	}
	cause := fmt.Errorf("it has not ended after %v", s.opts.Timeout)
	limited, cancel := context.WithTimeoutCause(ctx, s.opts.Timeout, cause)
	defer cancel()
	t.ctx = limited
	c.run(t)
	t.cleanUp()
	if t.result.Status == "" {
		t.result.Status = SelfTestPass
	}
	return t.result
}

func (s *selfTester) reasonAgainst(ctx context.Context, c selfCheck) string {
	for _, command := range c.needs {
		if !s.has(command) {
			return "the spec does not list " + string(command)
		}
	}
	switch {
	case c.writes && !s.opts.Write:
		return "it changes accounts, which --write allows"
	case ctx.Err() != nil:
		return "interrupted"
	}
	return ""
}

// has reports whether the spec lists all of some commands.
func (s *selfTester) has(commands ...Command) bool {
	for _, c := range commands {
		if !slices.Contains(s.facts.Commands, c) {
			return false
		}
	}
	return true
}
