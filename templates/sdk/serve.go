//go:build !js

package sdk

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/loopback"
)

// Main runs the connector as a program and ends the process.
func (c *Connector) Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(c.Execute(ctx, os.Args, os.Stdout, os.Stderr))
}

// serving says where commands are answered, and for whom.
type serving struct {
	addr, tokenFile   string
	noAuth            bool
	tlsCert, tlsKey   string
	token             string
	allowed           allowedHosts
	loopback, withTLS bool

	grace       time.Duration // for running commands when the server stops
	maxCommands int           // that run at once
}

func (s *serving) flags(flags *flag.FlagSet) {
	flags.StringVar(&s.addr, "addr", "localhost:3000", "address to listen on")
	flags.StringVar(&s.tokenFile, "auth-token-file", "", "file with the token that callers must send")
	flags.BoolVar(&s.noAuth, "insecure-no-auth", false, "let anyone in, even on addresses that other hosts can reach")
	flags.Var(&s.allowed, "allow-host", "host name, besides localhost, that requests without a token may be sent to; * for any name")
	flags.StringVar(&s.tlsCert, "tls-cert", "", "certificate for HTTPS")
	flags.StringVar(&s.tlsKey, "tls-key", "", "key of the certificate")
	flags.DurationVar(&s.grace, "grace", 10*time.Second, "time for commands to end when the server stops")
	flags.IntVar(&s.maxCommands, "max-commands", defaultCommands, "most commands to run at once; 0 for any number")
}

// check reads the token, and refuses to answer strangers.
func (s *serving) check() error {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return usageError{err}
	}
	s.loopback = loopback.Is(host)
	s.withTLS = s.tlsCert != "" || s.tlsKey != ""
	if s.withTLS && (s.tlsCert == "" || s.tlsKey == "") {
		return usageError{errors.New("--tls-cert and --tls-key go together")}
	}
	if s.grace < 0 || s.maxCommands < 0 {
		return usageError{errors.New("--grace and --max-commands must not be negative")}
	}
	if s.token, err = readToken(s.tokenFile); err != nil {
		return usageError{err}
	}
	if s.token == "" && !s.loopback && !s.noAuth {
		return usageError{fmt.Errorf("on %s anyone could send commands: set --auth-token-file or %s, or --insecure-no-auth", s.addr, authTokenVariable)}
	}
	return nil
}

// serve answers commands over HTTP until ctx ends, see [service.stop].
func (c *Connector) serve(ctx context.Context, flags *flag.FlagSet, args []string, stderr io.Writer) error {
	var s serving
	s.flags(flags)
	if err := parse(flags, args); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	warnOfReaders(ctx, c.options.logger, s.tokenFile)
	listeners, name, err := listen(ctx, s.addr)
	if err != nil {
		return usageError{err}
	}
	commands, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	service := newService(c, s.maxCommands)
	server := s.server(service)
	server.BaseContext = func(net.Listener) context.Context { return commands }
	served := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { served <- s.serve(server, patientListener{l, service.patience.stall}) }()
	}
	fmt.Fprintf(stderr, "%s answers on %s://%s\n", c.spec.Name, s.scheme(), name)
	select {
	case err := <-served:
		_ = server.Close()
		return err
	case <-ctx.Done():
		return service.stop(server, cancel, s.grace)
	}
}

// server returns the server of a service. It speaks only HTTP/1, which leaves flow control to the
// connection: with the flow control of HTTP/2, writes would not show that a reader is stuck.
func (s *serving) server(service *service) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           bounded(guarded(service, s.token, s.allowed), service.patience),
		ErrorLog:          serverLog(service.connector.options.logger),
		Protocols:         protocols,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
}

func (s *serving) serve(server *http.Server, l net.Listener) error {
	if s.withTLS {
		return server.ServeTLS(l, s.tlsCert, s.tlsKey)
	}
	return server.Serve(l)
}

func (s *serving) scheme() string {
	if s.withTLS {
		return "https"
	}
	return "http"
}
