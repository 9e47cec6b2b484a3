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
}

func (s *serving) flags(flags *flag.FlagSet) {
	flags.StringVar(&s.addr, "addr", "127.0.0.1:3000", "address to listen on")
	flags.StringVar(&s.tokenFile, "auth-token-file", "", "file with the token that callers must send")
	flags.BoolVar(&s.noAuth, "insecure-no-auth", false, "let anyone in, also on addresses that other hosts reach")
	flags.Var(&s.allowed, "allow-host", "a host name that requests without a token may be sent to, besides localhost; * is any")
	flags.StringVar(&s.tlsCert, "tls-cert", "", "certificate for HTTPS")
	flags.StringVar(&s.tlsKey, "tls-key", "", "key of the certificate")
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
	if s.token, err = readToken(s.tokenFile); err != nil {
		return usageError{err}
	}
	if s.token == "" && !s.loopback && !s.noAuth {
		return usageError{fmt.Errorf("on %s anyone could send commands: set --auth-token-file or %s, or --insecure-no-auth", s.addr, authTokenVariable)}
	}
	return nil
}

// serve answers commands over HTTP until ctx ends, then lets the running ones end.
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
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return usageError{err}
	}
	server := &http.Server{Handler: guarded(c, s.token, s.allowed), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	scheme := "http"
	if s.withTLS {
		scheme = "https"
		go func() { served <- server.ServeTLS(l, s.tlsCert, s.tlsKey) }()
	} else {
		go func() { served <- server.Serve(l) }()
	}
	fmt.Fprintf(stderr, "%s answers on %s://%s\n", c.spec.Name, scheme, l.Addr())
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}
