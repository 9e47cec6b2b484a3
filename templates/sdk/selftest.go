package sdk

import (
	"context"

	"github.com/conngen/conngen/templates/sdk/selftest"
)

// SelfTest checks that the connector follows the protocol and its spec, see
// [selftest.Options]. It calls commands with [Connector.Run], or with opts.Run if that is
// set. A check that does not pass is in the report; the error is about options that cannot
// be used, a [*selftest.OptionsError], or about a spec that cannot be read.
func (c *Connector) SelfTest(ctx context.Context, opts selftest.Options) (selftest.Report, error) {
	if opts.Run == nil {
		opts.Run = func(ctx context.Context, req selftest.Request, sink func([]byte) error) error {
			return c.Run(ctx, Request{Type: Command(req.Command), Input: req.Input, Config: req.Config}, sink)
		}
	}
	spec := selftest.Spec{JSON: c.spec.JSON, Open: c.spec.Open, Required: c.spec.Required, Secrets: c.spec.Secrets, Passwords: c.spec.Passwords}
	return selftest.Run(ctx, spec, opts)
}
