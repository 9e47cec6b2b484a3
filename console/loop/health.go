package loop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/conngen/conngen/internal/plainnet"
)

// healthTimeout is how long a connector may take to answer a health check.
const healthTimeout = 5 * time.Second

// healthClient checks connectors, and keeps no connection to one about to be stopped.
var healthClient = &http.Client{
	Timeout:       healthTimeout,
	Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Healthy returns nil if a connector of conngen says that it is healthy.
func Healthy(ctx context.Context, base string) error {
	response, err := AskHealth(ctx, base, nil)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("it answers /healthz with status %d", response.StatusCode)
	}
	return err
}

// AskHealth checks the health of the server at a URL. The beginning of the body has been read, so
// the response may be kept. An error explains why nothing answers.
func AskHealth(ctx context.Context, base string, header http.Header) (*http.Response, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, errors.New("its address is not a URL")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath("healthz").String(), nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(request.Header, header)
	response, err := healthClient.Do(request)
	if err != nil {
		return nil, plainnet.Error(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	if err != nil {
		return nil, plainnet.Error(err)
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	return response, nil
}
