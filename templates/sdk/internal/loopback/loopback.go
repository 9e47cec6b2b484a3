// Package loopback recognizes the names and addresses by which a machine reaches itself.
package loopback

import (
	"net/netip"
	"strings"
)

// Is reports whether a host, without a port, always means this machine: localhost and the names
// below it, 127.0.0.0/8 and ::1.
func Is(host string) bool {
	name := Normal(host)
	if address, err := netip.ParseAddr(name); err == nil {
		return address.IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// Normal returns a host in a form that can be compared: in lower case, without the brackets of an
// IPv6 address and without a dot at the end. An address is in its shortest form, and an IPv4 address
// written as IPv6 becomes one.
func Normal(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		host = strings.TrimSuffix(inner, "]")
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().String()
	}
	return host
}

// Host returns the host of an address that may have a port, such as the Host header.
func Host(address string) string {
	if i := strings.LastIndexByte(address, ':'); i >= 0 && strings.Trim(address[i+1:], "0123456789") == "" {
		if host := address[:i]; strings.HasSuffix(host, "]") || !strings.Contains(host, ":") {
			return Normal(host)
		}
	}
	return Normal(address)
}
