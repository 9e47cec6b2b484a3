package main

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"

	"github.com/conngen/conngen/console/loop"
)

// consoleHandler answers at the address of dev.
func consoleHandler(l *loop.Loop, _ *devProject, o devOptions, _ net.Listener, _ string) http.Handler {
	host, _, _ := net.SplitHostPort(o.addr)
	proxy := &httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			target, _ := l.Target()
			if u, err := url.Parse(target); err == nil {
				r.SetURL(u)
			}
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target, _ := l.Target()
		switch {
		case !isOwnHost(r.Host, host) || r.Header.Get("Origin") != "" && r.Header.Get("Origin") != "http://"+r.Host:
			http.Error(w, "requests from other sites are not answered", http.StatusForbidden)
		case r.Method != http.MethodPost:
			http.Error(w, "POST commands to any path", http.StatusMethodNotAllowed)
		case target == "":
			http.Error(w, "no connector answers yet", http.StatusServiceUnavailable)
		default:
			proxy.ServeHTTP(w, r)
		}
	})
}

// isOwnHost reports whether a request is for this machine, or for the host of --addr.
func isOwnHost(host, own string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, own) || strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}
