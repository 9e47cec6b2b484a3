package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"

	"hr/connector"
	"hr/connector/sdk"
)

// Client reveals all secrets that it knows wherever it can.
type Client struct {
	*connector.Memory

	config connector.Config
}

var (
	memory = connector.NewMemory()

	mu        sync.Mutex
	passwords []string
)

// NewClient returns a client.
func NewClient(_ context.Context, config connector.Config) (*Client, error) {
	c := &Client{Memory: memory, config: config}
	fmt.Fprintln(os.Stderr, "starting with", c.leaks())
	return c, nil
}

func (c *Client) secrets() []string {
	all := []string{c.config.APIToken.Reveal()}
	for _, header := range c.config.Headers {
		all = append(all, header.Value.Reveal())
	}
	for _, domain := range c.config.Domains {
		all = append(all, domain.Pin.Reveal())
	}
	mu.Lock()
	defer mu.Unlock()
	return append(all, passwords...)
}

// leaks are the secrets in the forms in which programs write them.
func (c *Client) leaks() (all []string) {
	for _, secret := range c.secrets() {
		quoted, _ := json.Marshal(secret)
		twice, _ := json.Marshal(string(quoted))
		all = append(all, secret, string(quoted), string(twice),
			"https://hr.example.com/?token="+url.QueryEscape(secret), "https://hr.example.com/"+url.PathEscape(secret)+"/users",
			"https://user:"+url.PathEscape(secret)+"@hr.example.com/",
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)))
	}
	return all
}

func (c *Client) say(ctx context.Context) {
	leaks := c.leaks()
	sdk.Logger(ctx).Info(fmt.Sprint(leaks), "leaks", leaks, "first", leaks[0])
	fmt.Fprintln(os.Stderr, leaks)
	fmt.Fprintf(os.Stderr, `{"level":"info","msg":%q,"nested":{"password":%q}}`+"\n", leaks[0], leaks[0])
}

func (c *Client) TestConnection(ctx context.Context, _ sdk.TestConnectionInput) error {
	c.say(ctx)
	return errors.New(fmt.Sprint(c.leaks()))
}

func (c *Client) AccountList(ctx context.Context, _ sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
	c.say(ctx)
	for n, leak := range c.leaks() {
		id := fmt.Sprint(n)
		a := connector.Account{Key: sdk.SimpleKey(id), Attributes: connector.AccountAttributes{ID: id, Username: leak, Email: "<" + leak + ">", Groups: []string{leak, "staff"}}}
		if err := out.Send(a); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) AccountCreate(ctx context.Context, in connector.AccountCreateInput) (connector.Account, error) {
	mu.Lock()
	passwords = append(passwords, in.Attributes.Password.Reveal())
	mu.Unlock()
	c.say(ctx)
	return connector.Account{Key: sdk.SimpleKey("new"), Attributes: connector.AccountAttributes{ID: "new", Username: fmt.Sprint(c.leaks()), Password: in.Attributes.Password}}, nil
}

func (c *Client) AccountRead(ctx context.Context, in sdk.AccountReadInput) (connector.Account, error) {
	c.say(ctx)
	panic(fmt.Sprint(c.leaks()))
}
