//go:build !js

package sdk

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
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
	addr, tokenFile string
	noAuth          bool
	tlsCert, tlsKey string
	token           string
	allowed         allowedHosts
	loopback        bool
	certificates    []tls.Certificate // none for HTTP

	grace       time.Duration // for running commands when the server stops
	maxCommands int           // that run at once
}

func (s *serving) flags(flags *flag.FlagSet) {
	flags.StringVar(&s.addr, "addr", defaultAddr, "address to listen on")
	fileVar(flags, &s.tokenFile, "auth-token-file", "file with the token that callers must send")
	flags.BoolVar(&s.noAuth, "insecure-no-auth", false, "require no token for the hosts of --allow-host, even on addresses that other hosts can reach")
	flags.Var(&s.allowed, "allow-host", "host name, besides localhost, that requests without a token may be sent to; * for any name")
	fileVar(flags, &s.tlsCert, "tls-cert", "certificate for HTTPS")
	fileVar(flags, &s.tlsKey, "tls-key", "key of the certificate")
	flags.DurationVar(&s.grace, "grace", defaultGrace, "time for commands to end when the server stops")
	flags.IntVar(&s.maxCommands, "max-commands", defaultCommands, "most commands to run at once; 0 for any number")
}

// fileVar defines a flag for a file, whose name must not be empty: given an unset shell variable, the
// server would have neither token nor HTTPS.
func fileVar(flags *flag.FlagSet, file *string, name, usage string) {
	flags.Func(name, usage, func(value string) error {
		if value == "" {
			return errors.New("give the name of a file")
		}
		*file = value
		return nil
	})
}

// check reads the token, and refuses to answer strangers.
func (s *serving) check() error {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return usageError{err}
	}
	s.loopback = loopback.Is(host)
	if isSpecific(host) {
		s.allowed = append(s.allowed, loopback.Normal(host))
	}
	if s.certificates, err = readCertificates(s.tlsCert, s.tlsKey); err != nil {
		return usageError{err}
	}
	if s.grace < 0 || s.maxCommands < 0 {
		return usageError{errors.New("--grace and --max-commands must not be negative")}
	}
	if s.token, err = readToken(s.tokenFile); err != nil {
		return usageError{err}
	}
	return s.checkAddress(s.addr)
}

// checkAddress refuses an address on which strangers could send commands.
func (s *serving) checkAddress(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usageError{err}
	}
	if s.token == "" && !loopback.Is(host) && !s.noAuth {
		return usageError{fmt.Errorf("on %s anyone could send commands: set --auth-token-file or %s, or --insecure-no-auth for the hosts of --allow-host", addr, authTokenVariable)}
	}
	return nil
}

// listen listens on the address of --addr. A name may resolve to any address, even a name under
// localhost, so listen also checks the addresses that it got.
func (s *serving) listen(ctx context.Context) (all []net.Listener, name string, err error) {
	all, name, err = listen(ctx, s.addr)
	if err != nil {
		return nil, "", usageError{err}
	}
	for _, l := range all {
		if err := s.checkAddress(l.Addr().String()); err != nil {
			closeAll(all)
			return nil, "", err
		}
	}
	return all, name, nil
}

// isSpecific reports whether a host to listen on is a single host, to which requests can be sent,
// and not all addresses of the machine.
func isSpecific(host string) bool {
	address, err := netip.ParseAddr(loopback.Normal(host))
	return host != "" && (err != nil || !address.Unmap().IsUnspecified())
}

// readCertificates returns the certificate for HTTPS, if there is one.
func readCertificates(cert, key string) ([]tls.Certificate, error) {
	switch {
	case cert == "" && key == "":
		return nil, nil
	case cert == "" || key == "":
		return nil, errors.New("--tls-cert and --tls-key go together")
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	var unreadable *fs.PathError
	switch {
	case errors.As(err, &unreadable):
		return nil, fmt.Errorf("--tls-cert and --tls-key: %s cannot be read: %w", unreadable.Path, unreadable.Err)
	case err != nil:
		return nil, fmt.Errorf("--tls-cert %s and --tls-key %s cannot be used: %w", cert, key, err)
	}
	return []tls.Certificate{pair}, nil
}

// warn logs what is odd about the settings.
func (s *serving) warn(ctx context.Context, log *slog.Logger) {
	warnOfOthers(ctx, log, s.tokenFile)
	if s.token == "" && s.noAuth && !s.loopback && len(s.allowed) == 0 {
		log.WarnContext(ctx, "only requests to localhost are answered: name the hosts that others send them to with --allow-host, or require a token", "addr", s.addr)
	}
}

// serve answers commands over HTTP until ctx ends, see [service.stop].
func (c *Connector) serve(ctx context.Context, flags *flag.FlagSet, args []string, stderr io.Writer) error {
	var s serving
	s.flags(flags)
	if err := parse(flags, args); err != nil {
		return err
	}
	err := interruptible(ctx, func(ctx context.Context) error { // a file may be a pipe that nobody writes
		err := s.check()
		if err == nil {
			s.warn(ctx, c.log(slog.LevelInfo))
		}
		return err
	})
	if err != nil {
		return err
	}
	listeners, name, err := s.listen(ctx)
	if err != nil {
		return err
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
	defer briefly(aside(func() { fmt.Fprintf(stderr, "%s answers on %s://%s\n", c.spec.Name, s.scheme(), name) }))
	select {
	case err := <-served:
		_ = server.Close()
		closeAll(listeners) // the server may not have taken over all of them
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
	server := &http.Server{
		Handler:           bounded(guarded(service, s.token, s.allowed), service.patience),
		ErrorLog:          serverLog(service.connector.log(slog.LevelInfo)),
		Protocols:         protocols,
		TLSConfig:         &tls.Config{Certificates: s.certificates},
		ConnContext:       withConn,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	service.newcomers.watch(server)
	return server
}

func (s *serving) serve(server *http.Server, l net.Listener) error {
	if s.certificates != nil {
		return server.ServeTLS(l, "", "")
	}
	return server.Serve(l)
}

func (s *serving) scheme() string {
	if s.certificates != nil {
		return "https"
	}
	return "http"
}
