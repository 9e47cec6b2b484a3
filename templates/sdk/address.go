//go:build !js

package sdk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/conngen/conngen/templates/sdk/internal/loopback"
)

// hostOf returns the host of an address to listen on. An address that is not HOST:PORT is an error,
// which says what was probably meant.
func hostOf(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err == nil {
		err = checkPort(port)
	}
	if err == nil {
		return host, nil
	}
	problem := fmt.Sprintf("--addr %s is not HOST:PORT", quotedArg(addr))
	inner := strings.TrimSuffix(addr, "/")
	for _, scheme := range []string{"http://", "https://"} {
		inner = strings.TrimPrefix(inner, scheme)
	}
	switch {
	case addr == "":
	case checkPort(addr) == nil:
		inner = "localhost:" + addr
	case strings.Count(addr, ":") > 1 && net.ParseIP(addr) != nil:
		inner = net.JoinHostPort(addr, "3000")
	case !strings.Contains(inner, ":"):
		inner += ":3000"
	}
	if h, p, err := net.SplitHostPort(inner); err == nil && checkPort(p) == nil && hostProblem(loopback.Normal(h)) == "" {
		return "", fmt.Errorf("%s; did you mean %s?", problem, inner)
	}
	return "", errors.New(problem + ", with a port from 0 to 65535; use one such as localhost:3000")
}

// checkPort refuses what is neither the number of a port nor a name that the system has for one.
func checkPort(port string) error {
	if _, err := strconv.ParseUint(port, 10, 16); err == nil {
		return nil
	}
	if port == "" || strings.Trim(port, "0123456789") == "" {
		return errors.New("no port")
	}
	_, err := net.DefaultResolver.LookupPort(context.Background(), "tcp", port)
	return err
}

// Windows has numbers of its own for what syscall calls EADDRINUSE and so on.
const (
	windowsInUse   = syscall.Errno(10048)
	windowsNoHost  = syscall.Errno(10049)
	windowsRefused = syscall.Errno(10061)
	windowsDenied  = syscall.Errno(10013)
)

// listenError words why a server cannot listen on an address.
func listenError(addr string, err error) error {
	host, port, _ := net.SplitHostPort(addr)
	var unknown *net.DNSError
	switch {
	case isAnyOf(err, syscall.EADDRINUSE, windowsInUse):
		return fmt.Errorf("--addr: another program listens on port %s of %s; stop it, or use another port", port, hostName(host))
	case isAnyOf(err, syscall.EADDRNOTAVAIL, windowsNoHost):
		return fmt.Errorf("--addr: %s is not an address of this machine; use localhost, or 0.0.0.0 for all addresses", host)
	case errors.Is(err, fs.ErrPermission) || isAnyOf(err, windowsDenied):
		return fmt.Errorf("--addr: the system does not let this user listen on port %s; use one from 1024 on", port)
	case errors.As(err, &unknown):
		return fmt.Errorf("--addr: the host %q is unknown; use localhost, or an address of this machine", host)
	}
	return fmt.Errorf("--addr: the server cannot listen on %s: %w", addr, innermost(err))
}

// hostName returns what messages call the host of an address.
func hostName(host string) string {
	if host == "" {
		return "this machine"
	}
	return host
}

// innermost returns the cause of an error, without the names of system calls around it.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
