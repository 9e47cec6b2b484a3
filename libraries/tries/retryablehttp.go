package tries

import (
	"context"
	"net/http"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/conngen/conngen/templates/sdk/rest"
)

func retryableNewClient(ctx context.Context, url string) error {
	client := retryablehttp.NewClient()
	client.RetryMax, client.Logger = 0, nil
	return retryableGet(ctx, client, url)
}

func retryableNewClientCured(ctx context.Context, url string) error {
	client := retryablehttp.NewClient()
	client.HTTPClient.Transport = http.DefaultTransport
	client.RetryMax, client.Logger = 0, nil
	return retryableGet(ctx, client, url)
}

func retryableRest(ctx context.Context, url string) error {
	client := retryablehttp.NewClient()
	client.HTTPClient = rest.New(url).HTTP()
	client.Logger = nil
	return retryableGet(ctx, client, url)
}

func retryableStandard(_ context.Context, url string) error {
	client := retryablehttp.NewClient()
	client.RetryMax, client.Logger = 0, nil
	return answered(client.StandardClient().Get(url))
}

func retryableStandardCured(_ context.Context, url string) error {
	client := retryablehttp.NewClient()
	client.HTTPClient.Transport = http.DefaultTransport
	client.RetryMax, client.Logger = 0, nil
	return answered(client.StandardClient().Get(url))
}

func retryableType(ctx context.Context, url string) error {
	client := &retryablehttp.Client{CheckRetry: retryablehttp.DefaultRetryPolicy}
	return retryableGet(ctx, client, url)
}

func retryableTypeCured(ctx context.Context, url string) error {
	client := &retryablehttp.Client{CheckRetry: retryablehttp.DefaultRetryPolicy}
	client.HTTPClient = http.DefaultClient
	return retryableGet(ctx, client, url)
}

func retryableHead(_ context.Context, url string) error {
	return answered(retryablehttp.Head(url))
}

func retryableHeadCured(_ context.Context, url string) error {
	client := retryablehttp.NewClient()
	client.HTTPClient.Transport = http.DefaultTransport
	return answered(client.Head(url))
}

func retryableGet(ctx context.Context, client *retryablehttp.Client, url string) error {
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	return answered(client.Do(req))
}
