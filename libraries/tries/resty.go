package tries

import (
	"context"

	"github.com/go-resty/resty/v2"
	resty3 "resty.dev/v3"
)

func restyTwo(ctx context.Context, url string) error {
	res, err := resty.New().R().SetContext(ctx).Get(url)
	if err != nil {
		return err
	}
	return succeeded(res.StatusCode())
}

func restyThree(ctx context.Context, url string) error {
	client := resty3.New()
	defer client.Close()
	res, err := client.R().SetContext(ctx).Get(url)
	if err != nil {
		return err
	}
	return succeeded(res.StatusCode())
}
