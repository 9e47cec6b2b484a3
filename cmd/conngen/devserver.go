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
func newConsole(l *loop.Loop, p *devProject, o devOptions, listener net.Listener, temp, token string) (*console.Server, error) {
	host, _, _ := net.SplitHostPort(o.addr)
	options := console.Options{
		Dir: p.dir, Config: p.config, Connector: p.connector, Addr: reachable(listener), Host: host, Version: readOrigin().name(),
		Temp: temp, Token: token, Loop: l, SpecText: p.specText,
	}
	if p.spec.path != "" {
		options.Spec = filepath.Base(p.spec.path)
	}
	if auth := strings.TrimSpace(os.Getenv(authTokenVariable)); auth != "" {
		options.Header = http.Header{"Authorization": {"Bearer " + auth}}
	}
	return console.New(options)
}

// specText returns the spec as it was last read.
func (p *devProject) specText() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.source.text
}
