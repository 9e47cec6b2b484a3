package loop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// healthTimeout is how long a connector may take to say that it is there.
const healthTimeout = 5 * time.Second

// healthClient asks connectors, and keeps no connection to one that is to be stopped.
var healthClient = &http.Client{
	Timeout:       healthTimeout,
	Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Healthy returns nil if a connector of conngen says that it is healthy.
func Healthy(ctx context.Context, base string) error {
	status, err := askHealth(ctx, base)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("it answers /healthz with status %d", status)
	}
	return err
}

// Answers returns nil if anything answers at a URL. Connectors on other SDKs know no /healthz.
func Answers(ctx context.Context, base string) error {
	_, err := askHealth(ctx, base)
	return err
}

func askHealth(ctx context.Context, base string) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/healthz", nil)
	if err != nil {
		return 0, err
	}
	response, err := healthClient.Do(request)
	if err != nil {
		return 0, Plainly(err)
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	return response.StatusCode, err
}

// Redacted returns a URL without the password that it may have, for people.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the connector"
	}
	return u.Redacted()
}

// windowsRefused is Windows' number of ECONNREFUSED.
const windowsRefused = syscall.Errno(10061)

// Plainly says in words why nothing answers.
func Plainly(err error) error {
	var (
		inURL   *url.Error
		noName  *net.DNSError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, windowsRefused):
		return errors.New("nothing listens there")
	case errors.As(err, &noName):
		return fmt.Errorf("unknown host %s", noName.Name)
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("it takes too long to answer")
	case errors.As(err, &inURL):
		return inURL.Err
	}
	return err
}
