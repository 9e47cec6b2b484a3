package sdk

import (
	"context"
	"errors"
	"flag"
	"io"
	"time"
)

// selfTestCommand runs the self test from the shell and prints its report, each
// result as soon as it is there.
func (r *Registry[C]) selfTestCommand(ctx context.Context, flags *flag.FlagSet, args []string, stdout io.Writer) error {
	var opts SelfTestOptions
	config := flags.String("config", "", "file with the source's config")
	flags.BoolVar(&opts.Write, "write", false, "run the checks that change accounts, too")
	flags.IntVar(&opts.Limit, "limit", 8, "objects to read of each list")
	flags.DurationVar(&opts.Timeout, "timeout", 10*time.Minute, "time for each check")
	flags.Func("check", "ID of a check to run; may be repeated", func(id string) error {
		opts.Checks = append(opts.Checks, id)
		return nil
	})
	flags.Func("url", "address of a server that has the connector, in place of the program itself", func(url string) error {
		opts.Run = remote(url)
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
	if *config != "" {
		text, err := readJSON(*config)
		if err != nil {
			return err
		}
		opts.Config = text
	}
	report, err := r.selfTest(ctx, opts, func(result SelfTestResult) {
		_, _ = io.WriteString(stdout, result.row())
	})
	if err != nil {
		return usageError{err}
	}
	if _, err := io.WriteString(stdout, report.details()); err != nil {
		return err
	}
	if report.Failed() {
		return errors.New("the self test has failed")
	}
	return ctx.Err()
}
