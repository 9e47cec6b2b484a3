//go:build js

package sdk

import (
	"context"
	"errors"
	"flag"
	"io"
)

// serve is not there: whoever runs the program hands it the commands, and it
// needs no HTTP of its own.
func (r *Registry[C]) serve(_ context.Context, flags *flag.FlagSet, args []string, _ io.Writer) error {
	flags.String("addr", "", "not used")
	if err := parse(flags, args); err != nil {
		return err
	}
	return usageError{errors.New("serve is not available here, since the program was built for JavaScript; run invoke or spec")}
}
