// Package plainnet explains why a server does not answer, and shows URLs without their secrets.
package plainnet

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// The Windows numbers of ECONNREFUSED, ECONNRESET, ENETUNREACH and EHOSTUNREACH.
const (
	windowsRefused     = syscall.Errno(10061)
	windowsReset       = syscall.Errno(10054)
	windowsNoNetwork   = syscall.Errno(10051)
	windowsUnreachable = syscall.Errno(10065)
	malformed          = "malformed HTTP" // how net/http begins an error about another protocol
	gaveHTTPResponse   = "server gave HTTP response to HTTPS client"
)

// Error returns an error that explains why a server does not answer. It begins with "it" if it is
// about the server.
func Error(err error) error { return errors.New(Why(err)) }

// Why explains why a server does not answer.
func Why(err error) string {
	if text := certificate(err); text != "" {
		return text
	}
	var (
		noName *net.DNSError
		waited interface{ Timeout() bool }
		record tls.RecordHeaderError
	)
	isAny := func(numbers ...error) bool {
		for _, n := range numbers {
			if errors.Is(err, n) {
				return true
			}
		}
		return false
	}
	switch {
	case isAny(syscall.ECONNREFUSED, windowsRefused):
		return "nothing listens there"
	case errors.As(err, &noName) && noName.IsNotFound:
		return "unknown host " + noName.Name
	case errors.As(err, &noName):
		return "the name server does not say where the host " + noName.Name + " is"
	case isAny(syscall.ENETUNREACH, syscall.EHOSTUNREACH, windowsNoNetwork, windowsUnreachable):
		return "its network cannot be reached"
	case errors.As(err, &waited) && waited.Timeout():
		return "it takes too long to answer"
	case errors.As(err, &record), strings.Contains(err.Error(), gaveHTTPResponse):
		return "it does not speak HTTPS; the URL may have to begin with http://"
	case strings.Contains(err.Error(), malformed):
		return "it does not speak HTTP; the URL may have to begin with https://"
	case isAny(io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, windowsReset):
		return "it closed the connection"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// certificate describes the fault of a server's certificate, "" if there is none.
func certificate(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		other   *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &unknown):
		return "this machine does not trust its certificate; SSL_CERT_FILE can name a file with the certificate of its authority"
	case errors.As(err, &name):
		return "its certificate is for other hosts than " + name.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return "its certificate is not valid before " + invalid.Cert.NotBefore.Format(time.DateOnly)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate expired on " + invalid.Cert.NotAfter.Format(time.DateOnly)
	case errors.As(err, &other):
		return fmt.Sprintf("its certificate cannot be verified: %v", strings.TrimPrefix(other.Err.Error(), "x509: "))
	}
	return ""
}

// ShownURL returns a URL without parts that may be secret: the user info and the query.
func ShownURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the URL"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	u.ForceQuery = false
	return u.String()
}
