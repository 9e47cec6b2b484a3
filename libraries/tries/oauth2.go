package tries

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/oauth2/google"
)

func oauthRefreshToken(ctx context.Context, url string) error {
	c := oauth2.Config{ClientID: "id", Endpoint: oauth2.Endpoint{TokenURL: url + "/token"}}
	return answered(c.Client(ctx, &oauth2.Token{RefreshToken: "refresh"}).Get(url))
}

func oauthClientCredentials(ctx context.Context, url string) error {
	c := clientcredentials.Config{ClientID: "id", ClientSecret: "secret", TokenURL: url + "/token"}
	return answered(c.Client(ctx).Get(url))
}

// oauthGoogle logs in with the key of a service account.
func oauthGoogle(ctx context.Context, url string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "connector@example.com", "token_uri": url + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})),
	})
	if err != nil {
		return err
	}
	c, err := google.JWTConfigFromJSON(account)
	if err != nil {
		return err
	}
	return answered(c.Client(ctx).Get(url))
}
