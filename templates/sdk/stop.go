//go:build !js

package sdk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// errStopping is the cause with which the contexts of commands end when the server stops.
var errStopping error = &Error{Type: GenericError, Message: "the server is stopping"}

// stop stops a server. It accepts nothing more and gives running commands the grace period to
// end, then ends their contexts. It returns soon after that even if they do not end.
func (s *service) stop(server *http.Server, cancel context.CancelCauseFunc, grace time.Duration) error {
	if n := s.commands.inUse(); n > 0 {
		s.connector.options.logger.Info("the server is stopping", "commands", n, "grace", grace)
	}
	for _, patience := range []time.Duration{grace, leaving} {
		err := shutDown(server, patience)
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		cancel(errStopping)
	}
	n := s.commands.inUse()
	go server.Close() // may wait for clients
	if n > 0 {
		return fmt.Errorf("%d of the running commands did not end in time", n)
	}
	return nil
}

// shutDown closes the server when all requests are answered. It waits at most for patience.
func shutDown(server *http.Server, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return server.Shutdown(ctx)
}
