package sdktest

import (
	"context"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/items"
)

// An Option says more about what scenarios hold.
type Option func(*options)

// Secret names further members, parameters, headers and cookies whose values are secret, or
// made anew for each request, such as a time: in a request, a value that is not known from
// the config, the command or an answer is not compared.
func Secret(names ...string) Option {
	return func(o *options) { o.secret = append(o.secret, names...) }
}

// Personal names further members whose values are personal.
func Personal(names ...string) Option {
	return func(o *options) { o.personal = append(o.personal, names...) }
}

// Public names members, parameters and headers whose values stay, whatever their names say.
// Secrets that are known from elsewhere, and email addresses, are replaced there too.
func Public(names ...string) Option {
	return func(o *options) { o.public = append(o.public, names...) }
}

// Headers names headers that are recorded besides the usual ones. Those of requests are
// compared.
func Headers(names ...string) Option {
	return func(o *options) { o.headers = append(o.headers, names...) }
}

// StandIn sets what a replayed command finds as the secret of a key, in the config or in
// answers, in place of the text in the scenario. A connector may need one of a form, such as a
// private key, or a token with claims: give one that was made for the tests.
func StandIn(key, value string) Option {
	return func(o *options) { o.standIns[key] = value }
}

// A runFunc runs a command, as [sdk.Connector.Run] does.
type runFunc = func(ctx context.Context, req sdk.Request, sink func([]byte) error) error

// options are what Run is told, and what the spec says.
type options struct {
	secret, personal, public, headers []string
	standIns                          map[string]string // for secrets of the config, by key
	through                           runFunc           // nil runs the connector itself

	secretKeys, passwords []string // see sdk.Spec
	keys                  items.Keys
}
