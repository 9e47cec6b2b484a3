//go:build !js

package sdk

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/conngen/conngen/templates/sdk/internal/loopback"
	"github.com/conngen/conngen/templates/sdk/internal/printable"
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

// The defaults of serve. ISC runs far fewer commands at once, and a small machine can run so many.
const (
	defaultAddr     = "localhost:3000"
	defaultGrace    = 10 * time.Second
	defaultCommands = 256
)

var serveExamples = []string{"serve", "serve --addr localhost:8080", "serve --addr 0.0.0.0:3000 --auth-token-file token.txt"}

const serveText = `serve answers commands over HTTP: POST {"type","input","config"} to any path. GET /healthz
answers while the server is up, and GET / explains the server to a browser.

On addresses that other hosts can reach, callers must send a token. It is read from
--auth-token-file or from CONNECTOR_AUTH_TOKEN. A server without a token accepts only
requests to localhost, to the host of --addr or to a name that --allow-host gives, and only
from web pages of such hosts: a web page can make its own name lead to this machine.

An interrupt or SIGTERM stops the server. Running commands have the time of --grace to end,
and are then cancelled. The exit code is 0, or 1 if a command does not end within another
second. A second signal ends the program at once.
`

func (s *serving) flags(flags *flag.FlagSet) {
	s.addr, s.grace, s.maxCommands = defaultAddr, defaultGrace, defaultCommands
	flags.Var(flagValue{s.setAddr, s.addr}, "addr", "`HOST:PORT` where to listen")
	fileVar(flags, &s.tokenFile, "auth-token-file", "`FILE` the token that callers must send")
	flags.BoolVar(&s.noAuth, "insecure-no-auth", false, "require no token, even on addresses that other hosts can reach")
	flags.Var(&s.allowed, "allow-host", "`NAME` a host that may be addressed without a token; * for any; may be repeated")
	fileVar(flags, &s.tlsCert, "tls-cert", "`FILE` the certificate for HTTPS, in PEM form")
	fileVar(flags, &s.tlsKey, "tls-key", "`FILE` the certificate's key, in PEM form")
	timeVar(flags, &s.grace, "grace", 0, "`TIME` for running commands to end when the server stops")
	wholeVar(flags, &s.maxCommands, "max-commands", 0, "`N` commands at once; others get status 503; 0 for no limit")
}

func (s *serving) setAddr(addr string) error {
	s.addr = addr
	_, err := hostOf(addr)
	return err
}

// check reads the token, and refuses to answer strangers.
func (s *serving) check() error {
	host, err := hostOf(s.addr)
	if err != nil {
		return unusable(err)
	}
	s.loopback = loopback.Is(host)
	if isSpecific(host) {
		s.allowed = append(s.allowed, loopback.Normal(host))
	}
	if (s.tlsCert == "") != (s.tlsKey == "") {
		return misuse(errors.New("--tls-cert and --tls-key must be given together"), "serve")
	}
	if s.certificates, err = readCertificates(s.tlsCert, s.tlsKey); err != nil {
		return unusable(err)
	}
	if s.token, err = readToken(s.tokenFile); err != nil {
		return unusable(err)
	}
	return s.checkAddress(s.addr)
}

// checkAddress refuses an address on which strangers could send commands.
func (s *serving) checkAddress(addr string) error {
	host, err := hostOf(addr)
	if err != nil {
		return unusable(err)
	}
	if s.token == "" && !loopback.Is(host) && !s.noAuth {
		return misuse(fmt.Errorf("on %s anyone could send commands; set --auth-token-file or %s, or --insecure-no-auth for the hosts of --allow-host", addr, authTokenVariable), "serve")
	}
	return nil
}

// listen listens on the address of --addr. A name may resolve to any address, even a name under
// localhost, so listen also checks the addresses that it got.
func (s *serving) listen(ctx context.Context) (all []net.Listener, name string, err error) {
	all, name, err = listen(ctx, s.addr)
	if err != nil {
		return nil, "", unusable(listenError(s.addr, err))
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
	if cert == "" {
		return nil, nil
	}
	certText, err := readFile(cert)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	keyText, err := readFile(key)
	if err != nil {
		return nil, fmt.Errorf("--tls-key: %w", err)
	}
	if !hasBlock(certText, "CERTIFICATE") {
		return nil, fmt.Errorf("--tls-cert: %s holds no certificate in PEM form", printable.Name(cert))
	}
	if !hasBlock(keyText, "PRIVATE KEY") {
		return nil, fmt.Errorf("--tls-key: %s holds no private key in PEM form that is not encrypted", printable.Name(key))
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		problem := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "tls: "), "x509: ")
		return nil, fmt.Errorf("--tls-cert %s and --tls-key %s do not match: %s", printable.Name(cert), printable.Name(key), problem)
	}
	return []tls.Certificate{pair}, nil
}

// hasBlock reports whether a text in PEM form has a block of a kind that is not encrypted, such as
// PRIVATE KEY or EC PRIVATE KEY.
func hasBlock(text []byte, kind string) bool {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return false
		}
		encrypted := strings.HasPrefix(block.Type, "ENCRYPTED ") || block.Headers["DEK-Info"] != ""
		if strings.HasSuffix(block.Type, kind) && !encrypted {
			return true
		}
	}
}

// warn logs odd settings.
func (s *serving) warn(ctx context.Context, log *slog.Logger) {
	warnOfOthers(ctx, log, s.tokenFile)
	if s.token == "" && s.noAuth && !s.loopback && len(s.allowed) == 0 {
		log.WarnContext(ctx, "only requests to localhost are answered: allow others with --allow-host, or require a token", "addr", s.addr)
	}
}

// serve answers commands over HTTP until its context ends, see [service.stop].
func (c *Connector) serve(flags *flag.FlagSet) func(context.Context, program) error {
	s := new(serving)
	s.flags(flags)
	return func(ctx context.Context, p program) error { return runServer(ctx, c, p, s) }
}

// runServer serves until ctx ends. It is not a method of Connector since serving has to do with
// net/http, see typeAt.
func runServer(ctx context.Context, c *Connector, p program, s *serving) error {
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
	server := s.server(service, name)
	server.BaseContext = func(net.Listener) context.Context { return commands }
	served := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { served <- s.serve(server, patientListener{l, service.patience.stall}) }()
	}
	defer briefly(aside(func() {
		fmt.Fprintf(p.stderr, "%s answers on %s://%s\n", printable.Text(c.spec.Name), s.scheme(), name)
	}))
	select {
	case err := <-served:
		_ = server.Close()
		closeAll(listeners) // the server may not have taken over all of them
		return err
	case <-ctx.Done():
		return service.stop(server, cancel, s.grace)
	}
}

// handler answers for a service at an address. Without a token, the page is only for requests that
// would be answered; with one it is for all, since browsers cannot send the token.
func (s *serving) handler(service *service, addr string) http.Handler {
	page := welcomePage{connector: service.connector, scheme: s.scheme(), addr: addr, token: s.token != ""}
	if page.token {
		return welcoming(guarded(service, s.token, nil), page)
	}
	return guarded(welcoming(service, page), "", s.allowed)
}

// server returns the server of a service at an address. It speaks only HTTP/1, which leaves flow control to the
// connection: with the flow control of HTTP/2, writes would not show that a reader is stuck.
func (s *serving) server(service *service, addr string) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	server := &http.Server{
		Handler:           bounded(s.handler(service, addr), service.patience),
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
