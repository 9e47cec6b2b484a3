package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/console"
	"github.com/conngen/conngen/console/loop"
)

// authTokenVariable has the token of a connector that requires one, as the SDK knows it.
const authTokenVariable = "CONNECTOR_AUTH_TOKEN"

// newConsole returns the server of dev.
func newConsole(l *loop.Loop, p *devProject, o devOptions, listener net.Listener, temp string) (*console.Server, error) {
	host, _, _ := net.SplitHostPort(o.addr)
	options := console.Options{
		Dir: p.dir, Config: p.config, Connector: p.connector, Addr: reachable(listener), Host: host, Version: readOrigin().name(),
		Temp: temp, Loop: l, SpecText: p.specText,
	}
	if p.spec.path != "" {
		options.Spec = filepath.Base(p.spec.path)
	}
	options.Header = authorization()
	return console.New(options)
}

// authorization is the Authorization header for a connector that requires a token; empty
// without a token.
func authorization() http.Header {
	token := strings.TrimSpace(os.Getenv(authTokenVariable))
	if token == "" {
		return http.Header{}
	}
	return http.Header{"Authorization": {"Bearer " + token}}
}

// specText returns the spec as it was last read.
func (p *devProject) specText() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.source.text
}
