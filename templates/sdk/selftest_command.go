package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"time"

	"github.com/conngen/conngen/templates/sdk/selftest"
)

// selfTestCommand runs the self test from the shell and prints its report, each
// result as soon as its check has ended.
func (c *Connector) selfTestCommand(ctx context.Context, flags *flag.FlagSet, args []string, stdout io.Writer) error {
	var opts selftest.Options
	config := flags.String("config", "", "file with the source's config")
	create := flags.String("create", "", "file with attributes of new accounts, a JSON object")
	update := flags.String("update", "", "file with values to set in updates, a JSON object by attribute")
	flags.BoolVar(&opts.Write, "write", false, "run the checks that change accounts, too")
	flags.IntVar(&opts.Limit, "limit", 8, "objects to read of each list")
	flags.DurationVar(&opts.Timeout, "timeout", 10*time.Minute, "time for each check")
	flags.Func("check", "ID of a check to run; may be repeated", func(id string) error {
		opts.Checks = append(opts.Checks, id)
		return nil
	})
	flags.Func("url", "address of a server that has the connector, in place of the program itself", func(url string) error {
		run := Remote(url)
		opts.Run = func(ctx context.Context, req selftest.Request, sink func([]byte) error) error {
			return run(ctx, Request{Type: Command(req.Command), Input: req.Input, Config: req.Config}, sink)
		}
		return nil
	})
	if err := parse(flags, args); err != nil {
		return err
	}
	if opts.Limit < 1 {
		return usageError{errors.New("--limit must be at least 1")}
	}
	if opts.Timeout <= 0 {
		return usageError{errors.New("--timeout must be more than 0")}
	}
	for _, f := range []struct {
		name string
		text *json.RawMessage
	}{{*config, &opts.Config}, {*create, &opts.Create}, {*update, &opts.Update}} {
		if f.name == "" {
			continue
		}
		text, err := readJSON(f.name)
		if err != nil {
			return err
		}
		*f.text = text
	}
	opts.Done = func(result selftest.Result) { _, _ = io.WriteString(stdout, result.String()) }
	report, err := c.SelfTest(ctx, opts)
	if err != nil {
		return usageError{err}
	}
	if _, err := io.WriteString(stdout, report.Details()); err != nil {
		return err
	}
	if report.Failed() {
		return errors.New("the self test has failed")
	}
	return ctx.Err()
}
