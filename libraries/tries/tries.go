// Package tries calls an API with third-party libraries, as connectors do.
package tries

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// A Try is one way to use a library.
type Try struct {
	Name    string // the function's name
	Library string // its name in [bundle.Libraries]; "" without one
	Call    func(ctx context.Context, url string) error
	Fails   bool // in a bundle for WebAssembly; otherwise the try with Cured after its name does
}

// All are the tries of all libraries.
var All = []Try{
	{"retryableNewClient", "go-retryablehttp", retryableNewClient, true},
	{"retryableNewClientCured", "go-retryablehttp", retryableNewClientCured, false},
	{"retryableRest", "go-retryablehttp", retryableRest, false},
	{"retryableStandard", "go-retryablehttp", retryableStandard, true},
	{"retryableStandardCured", "go-retryablehttp", retryableStandardCured, false},
	{"retryableType", "go-retryablehttp", retryableType, true},
	{"retryableTypeCured", "go-retryablehttp", retryableTypeCured, false},
	{"retryableHead", "go-retryablehttp", retryableHead, true},
	{"retryableHeadCured", "go-retryablehttp", retryableHeadCured, false},

	{"cleanClient", "go-cleanhttp", cleanClient, true},
	{"cleanClientCured", "go-cleanhttp", cleanClientCured, false},
	{"cleanTransport", "go-cleanhttp", cleanTransport, true},
	{"cleanTransportCured", "go-cleanhttp", cleanTransportCured, false},

	{"restyTwo", "resty", restyTwo, false},
	{"restyThree", "resty", restyThree, false},

	{"oauthRefreshToken", "oauth2", oauthRefreshToken, false},
	{"oauthClientCredentials", "oauth2", oauthClientCredentials, false},
	{"oauthGoogle", "oauth2", oauthGoogle, false},

	{"timeRate", "x/time/rate", timeRate, false},

	{"slackWeb", "slack-go", slackWeb, false},
	{"gitHub", "go-github", gitHub, false},
	{"gitLab", "GitLab's client-go", gitLab, true},
	{"gitLabCured", "GitLab's client-go", gitLabCured, false},
	{"awsConfig", "aws-sdk-go-v2", awsConfig, true},
	{"awsConfigCured", "aws-sdk-go-v2", awsConfigCured, false},
	{"awsOptions", "aws-sdk-go-v2", awsOptions, true},
	{"awsOptionsCured", "aws-sdk-go-v2", awsOptionsCured, false},

	{"ownRest", "", ownRest, false},
	{"ownClone", "", ownClone, false},
	{"ownDialer", "", ownDialer, true},
	{"ownDialerCured", "", ownDialerCured, false},
}

// answered returns why a call was not answered.
func answered(res *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	return succeeded(res.StatusCode)
}

func succeeded(status int) error {
	if status != http.StatusOK {
		return fmt.Errorf("the status is %d", status)
	}
	return nil
}
