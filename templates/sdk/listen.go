//go:build !js

package sdk

import (
	"context"
	"errors"
	"net"

	"github.com/conngen/conngen/templates/sdk/internal/loopback"
)

// localAddresses are the addresses that clients try for localhost. Some clients try only one.
var localAddresses = []string{"127.0.0.1", "::1"}

// portAttempts is how many free ports of the first loopback address to try on the second.
const portAttempts = 20

// listen listens on a TCP address; for localhost, on the same port of all loopback addresses that
// the machine has. name is the address to show.
func listen(ctx context.Context, addr string) (all []net.Listener, name string, err error) {
	if _, err := hostOf(addr); err != nil {
		return nil, "", err
	}
	host, port, _ := net.SplitHostPort(addr)
	if loopback.Normal(host) != "localhost" {
		l, err := listenOn(ctx, addr)
		if err != nil {
			return nil, "", err
		}
		return []net.Listener{l}, l.Addr().String(), nil
	}
	attempts := 1
	if port == "0" {
		attempts = portAttempts
	}
	for range attempts {
		if all, err = listenLocally(ctx, port); err == nil {
			return all, net.JoinHostPort(host, portOf(all[0])), nil
		}
	}
	return nil, "", err
}

// listenLocally listens on one port of the loopback addresses. Port 0 means any port that is free
// on the first of them.
func listenLocally(ctx context.Context, port string) ([]net.Listener, error) {
	var all []net.Listener
	var lacking []error
	for _, host := range localAddresses {
		l, err := listenOn(ctx, net.JoinHostPort(host, port))
		switch {
		case err == nil:
			all, port = append(all, l), portOf(l)
		case has(ctx, host):
			closeAll(all)
			return nil, err
		default:
			lacking = append(lacking, err)
		}
	}
	if len(all) == 0 {
		return nil, errors.Join(lacking...)
	}
	return all, nil
}

// has reports whether the machine has an address, by listening on any port of it.
func has(ctx context.Context, host string) bool {
	l, err := listenOn(ctx, net.JoinHostPort(host, "0"))
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}

func listenOn(ctx context.Context, addr string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
}

func closeAll(all []net.Listener) {
	for _, l := range all {
		_ = l.Close()
	}
}

func portOf(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
