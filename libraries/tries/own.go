package tries

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
)

func ownRest(ctx context.Context, url string) error {
	_, err := rest.Get[sdk.None](ctx, rest.New(url), "/users")
	return err
}

// ownClone has settings that have no effect in a bundle, but are harmless.
func ownClone(_ context.Context, url string) error {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxConnsPerHost = 2
	return answered((&http.Client{Transport: t}).Get(url))
}

func ownDialer(_ context.Context, url string) error {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: time.Second}).DialContext
	return answered((&http.Client{Transport: t}).Get(url))
}

func ownDialerCured(_ context.Context, url string) error {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if runtime.GOOS != "js" {
		t.DialContext = (&net.Dialer{Timeout: time.Second}).DialContext
	}
	return answered((&http.Client{Transport: t}).Get(url))
}
