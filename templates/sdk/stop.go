//go:build !js

package sdk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// errStopping is the cause with which the contexts of commands end when the server stops.
var errStopping error = &Error{Type: GenericError, Message: "the server is stopping"}

// newcomers are the connections that have sent no request yet, or only part of a header. A stopping
// server does not answer a request whose header is complete later, but [http.Server.Shutdown] waits
// five seconds for these connections.
type newcomers struct {
	mu       sync.Mutex
	conns    map[net.Conn]bool
	stopping bool
}

// watch makes n keep the new connections of a server.
func (n *newcomers) watch(server *http.Server) {
	n.conns = make(map[net.Conn]bool)
	server.ConnState = n.note
	server.RegisterOnShutdown(n.close) // when no further request is answered
}

// note is the ConnState of a server.
func (n *newcomers) note(conn net.Conn, state http.ConnState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(n.conns, conn)
	case n.stopping: // accepted just before the listener was closed
		_ = conn.Close()
	default:
		n.conns[conn] = true
	}
}

// close closes the connections, and those accepted later. The server no longer answers their
// requests.
func (n *newcomers) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stopping = true
	for conn := range n.conns {
		_ = conn.Close()
	}
}

// stop stops a server. It accepts nothing more and gives running commands the grace period to
// end, then ends their contexts. It returns soon after that even if they do not end.
func (s *service) stop(server *http.Server, cancel context.CancelCauseFunc, grace time.Duration) error {
	if n := s.commands.inUse(); n > 0 {
		log := s.connector.log(slog.LevelInfo)
		defer briefly(aside(func() { log.Info("the server is stopping", "commands", n, "grace", grace) }))
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

// shutDown closes the server when all requests are answered. It waits at most for patience, even if
// Shutdown takes longer: that closes idle connections one after another, and with TLS each one that
// takes nothing delays it by five seconds.
func shutDown(server *http.Server, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		ended <- server.Shutdown(ctx)
	}()
	<-ctx.Done()
	select {
	case err := <-ended:
		return err
	default:
		return context.DeadlineExceeded
	}
}
