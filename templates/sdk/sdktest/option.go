package sdktest

import (
	"context"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/items"
)

// An Option adjusts how scenarios are recorded and replayed.
type Option func(*options)

// Secret names further members, parameters, headers and cookies whose values are secret, or
// change with each request, such as a time. In a request, such a value is compared only if it
// comes from the config, the command or an answer.
func Secret(names ...string) Option {
	return func(o *options) { o.secret = append(o.secret, names...) }
}

// Personal names further members whose values are personal.
func Personal(names ...string) Option {
	return func(o *options) { o.personal = append(o.personal, names...) }
}

// Public names members, parameters and headers whose values stay, even if their names suggest
// otherwise. Secrets known from elsewhere, and email addresses, are still replaced.
func Public(names ...string) Option {
	return func(o *options) { o.public = append(o.public, names...) }
}

// Headers names headers to record besides the usual ones. Those of requests are compared.
func Headers(names ...string) Option {
	return func(o *options) { o.headers = append(o.headers, names...) }
}

// StandIn sets the secret of a key, in the config or in answers, for replayed commands, in place
// of the text in the scenario. Use it if a connector needs a valid private key, or a token with
// claims: generate one for the tests.
func StandIn(key, value string) Option {
	return func(o *options) { o.standIns[key] = value }
}

// A runFunc runs a command, as [sdk.Connector.Run] does.
type runFunc = func(ctx context.Context, req sdk.Request, sink func([]byte) error) error

// options are the options of Run and facts from the spec.
type options struct {
	secret, personal, public, headers []string
	standIns                          map[string]string // for secrets of the config, by key
	through                           runFunc           // nil runs the connector itself

	secretKeys, passwords []string // see sdk.Spec
	keys                  items.Keys
}
