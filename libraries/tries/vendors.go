package tries

import (
	"context"
	"net/http"

	"github.com/google/go-github/v84/github"
	"github.com/slack-go/slack"
	gitlab "gitlab.com/gitlab-org/api/client-go"
)

func slackWeb(ctx context.Context, url string) error {
	_, err := slack.New("token", slack.OptionAPIURL(url+"/")).AuthTestContext(ctx)
	return err
}

func gitHub(ctx context.Context, url string) error {
	client, err := github.NewClient(nil).WithAuthToken("token").WithEnterpriseURLs(url, url)
	if err != nil {
		return err
	}
	_, _, err = client.Users.Get(ctx, "ada")
	return err
}

func gitLab(ctx context.Context, url string) error {
	client, err := gitlab.NewClient("token", gitlab.WithBaseURL(url), gitlab.WithoutRetries())
	if err != nil {
		return err
	}
	_, _, err = client.Users.CurrentUser(gitlab.WithContext(ctx))
	return err
}

func gitLabCured(ctx context.Context, url string) error {
	client, err := gitlab.NewClient("token", gitlab.WithBaseURL(url), gitlab.WithoutRetries(), gitlab.WithHTTPClient(http.DefaultClient))
	if err != nil {
		return err
	}
	_, _, err = client.Users.CurrentUser(gitlab.WithContext(ctx))
	return err
}
