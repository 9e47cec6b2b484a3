package plainnet_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/conngen/conngen/internal/plainnet"
)

// TestWhy: known causes are explained, however they are wrapped.
func TestWhy(t *testing.T) {
	t.Parallel()
	now := time.Now()
	day := 24 * time.Hour
	for want, err := range map[string]error{
		"nothing listens there": &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"unknown host hr":       &net.DNSError{Name: "hr", IsNotFound: true},
		"the name server does not say where the host hr is":                         &net.DNSError{Name: "hr", IsTimeout: true},
		"its network cannot be reached":                                             os.NewSyscallError("connect", syscall.ENETUNREACH),
		"it takes too long to answer":                                               os.ErrDeadlineExceeded,
		"it closed the connection":                                                  fmt.Errorf("read: %w", io.ErrUnexpectedEOF),
		"it does not speak HTTP; the URL may have to begin with https://":           errors.New(`malformed HTTP response "\x15\x03\x01"`),
		"its certificate is for other hosts than hr":                                x509.HostnameError{Certificate: new(x509.Certificate), Host: "hr"},
		"its certificate expired on " + now.Add(-day).Format(time.DateOnly):         x509.CertificateInvalidError{Reason: x509.Expired, Cert: &x509.Certificate{NotBefore: now.Add(-2 * day), NotAfter: now.Add(-day)}},
		"its certificate is not valid before " + now.Add(day).Format(time.DateOnly): x509.CertificateInvalidError{Reason: x509.Expired, Cert: &x509.Certificate{NotBefore: now.Add(day), NotAfter: now.Add(2 * day)}},
		"odd": fmt.Errorf("layer: %w", errors.New("odd")),
	} {
		if got := plainnet.Why(&url.Error{Op: "Post", URL: "http://user:s3cret@hr", Err: err}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestShownURL: a URL loses its possibly secret parts.
func TestShownURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://user:s3cret@hr:1/x?token=s3cret#s3cret": "http://hr:1/x",
		"https://hr/": "https://hr/",
		"http://[::1": "the URL",
	} {
		if got := plainnet.ShownURL(address); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
