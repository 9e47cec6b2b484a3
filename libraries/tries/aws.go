package tries

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
)

const awsRegion = "eu-central-1"

var awsKey = credentials.NewStaticCredentialsProvider("id", "secret", "")

func awsConfig(ctx context.Context, url string) error {
	c, err := config.LoadDefaultConfig(ctx, config.WithRegion(awsRegion), config.WithCredentialsProvider(awsKey),
		config.WithBaseEndpoint(url), config.WithRetryMaxAttempts(1))
	if err != nil {
		return err
	}
	return awsUsers(ctx, identitystore.NewFromConfig(c))
}

func awsConfigCured(ctx context.Context, url string) error {
	c, err := config.LoadDefaultConfig(ctx, config.WithRegion(awsRegion), config.WithCredentialsProvider(awsKey),
		config.WithBaseEndpoint(url), config.WithHTTPClient(http.DefaultClient))
	if err != nil {
		return err
	}
	return awsUsers(ctx, identitystore.NewFromConfig(c))
}

func awsOptions(ctx context.Context, url string) error {
	return awsUsers(ctx, identitystore.New(identitystore.Options{
		Region:           awsRegion,
		Credentials:      awsKey,
		BaseEndpoint:     &url,
		RetryMaxAttempts: 1,
	}))
}

func awsOptionsCured(ctx context.Context, url string) error {
	return awsUsers(ctx, identitystore.New(identitystore.Options{
		Region:       awsRegion,
		Credentials:  awsKey,
		BaseEndpoint: &url,
		HTTPClient:   http.DefaultClient,
	}))
}

func awsUsers(ctx context.Context, client *identitystore.Client) error {
	_, err := client.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: aws.String("d-1234567890")})
	return err
}
