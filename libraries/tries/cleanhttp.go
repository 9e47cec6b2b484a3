package tries

import (
	"context"
	"net/http"

	"github.com/hashicorp/go-cleanhttp"
)

func cleanClient(_ context.Context, url string) error {
	client := cleanhttp.DefaultPooledClient()
	return answered(client.Get(url))
}

func cleanClientCured(_ context.Context, url string) error {
	client := http.DefaultClient
	return answered(client.Get(url))
}

func cleanTransport(_ context.Context, url string) error {
	client := &http.Client{Transport: cleanhttp.DefaultTransport()}
	return answered(client.Get(url))
}

func cleanTransportCured(_ context.Context, url string) error {
	client := &http.Client{Transport: http.DefaultTransport}
	return answered(client.Get(url))
}
