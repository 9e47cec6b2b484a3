package sdk

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/nearest"
	"github.com/conngen/conngen/templates/sdk/selftest"
)

const selfTestText = `selftest checks that the connector follows the protocol and its spec, on the source of the
config. It changes accounts there only with --write, and deletes those that it creates.

New accounts get what the create template sends. --create takes a JSON object of attributes
to add, or to replace made-up values; $(n) in a text becomes a new value each time. --update
takes a JSON object of attributes and the values to set. null leaves an attribute out. With
--url it tests a server, such as the dev server with the connector's bundle, and sends it the
token in CONNECTOR_AUTH_TOKEN.

` + givenText

// selfTestFlags are the flags of selftest.
type selfTestFlags struct {
	config, create, update givenJSON
	format                 string
	opts                   selftest.Options
}

// selfTestCommand runs the self test from the shell and prints its report, each
// result as soon as its check has ended.
func (c *Connector) selfTestCommand(flags *flag.FlagSet) func(context.Context, program) error {
	f := &selfTestFlags{opts: selftest.Options{Limit: 8, Timeout: 10 * time.Minute}}
	jsonVar(flags, &f.config, "config", "`FILE` the source's config")
	jsonVar(flags, &f.create, "create", "`FILE` attributes of new accounts, a JSON object")
	jsonVar(flags, &f.update, "update", "`FILE` values to set in updates, a JSON object by attribute")
	flags.BoolVar(&f.opts.Write, "write", false, "run the checks that change accounts, too")
	wholeVar(flags, &f.opts.Limit, "limit", 1, "`N` objects to read of each list")
	timeVar(flags, &f.opts.Timeout, "timeout", 1, "`TIME` how long each check may take")
	formatVar(flags, &f.format)
	listVar(flags, f.addCheck, "check", "`ID` a check to run; may be repeated")
	flags.Var(flagValue{set: f.setServer}, "url", "`URL` a server that has the connector, in place of the program itself")
	return func(ctx context.Context, p program) error { return c.runSelfTest(ctx, p, f) }
}

func (f *selfTestFlags) addCheck(id string) error {
	if !slices.Contains(selftest.CheckIDs(), id) {
		advice := "the help lists them"
		if near := nearest.Name(id, selftest.CheckIDs()); near != "" {
			advice = "did you mean " + near + "?"
		}
		return fmt.Errorf("--check: unknown check %s; %s", quotedArg(id), advice)
	}
	f.opts.Checks = append(f.opts.Checks, id)
	return nil
}

func (f *selfTestFlags) setServer(address string) error {
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("--url %s is not the URL of a server; use one such as http://localhost:3000", quotedArg(address))
	}
	run := Remote(address)
	f.opts.Run = func(ctx context.Context, req selftest.Request, sink func([]byte) error) error {
		return run(ctx, Request{Type: Command(req.Command), Input: req.Input, Config: req.Config}, sink)
	}
	return nil
}

func (c *Connector) runSelfTest(ctx context.Context, p program, f *selfTestFlags) error {
	given := []*givenJSON{&f.config, &f.create, &f.update}
	err := interruptible(ctx, func(context.Context) error { return readGiven("selftest", p.stdin, given...) }) // a file may be a pipe that nobody writes
	if err != nil {
		return err
	}
	for _, g := range given {
		if err := g.mustBeObject(); err != nil {
			return err
		}
	}
	f.opts.Config, f.opts.Create, f.opts.Update = f.config.text, f.create.text, f.update.text
	if f.format == formatText {
		f.opts.Done = func(result selftest.Result) { _, _ = io.WriteString(p.stdout, result.String()) }
	}
	report, err := c.SelfTest(ctx, f.opts)
	if options := (*selftest.OptionsError)(nil); errors.As(err, &options) {
		return misuse(err, "selftest")
	}
	if err != nil {
		return err
	}
	if f.format == formatJSON {
		err = p.printJSON(report)
	} else {
		_, err = io.WriteString(p.stdout, report.Details())
	}
	if err != nil {
		return err
	}
	if report.Failed() {
		return errors.New("the self test failed")
	}
	return ctx.Err()
}
