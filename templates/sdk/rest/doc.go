// Package rest calls the API of a connector's source over HTTP: it signs requests in, waits
// where the API asks for it, tries again where that is safe, and reads lists page by page.
// The same code works in a service and in both kinds of bundles.
//
//	api := rest.New(config.URL,
//		rest.WithAuth(rest.ClientCredentials{TokenURL: "/oauth/token", ClientID: config.ClientID, ClientSecret: config.ClientSecret}),
//		rest.WithLimit(600, time.Minute),
//		rest.WithErrors(func(e *rest.Error) error {
//			if e.Status == http.StatusNotFound {
//				return sdk.NotFound("%w", e)
//			}
//			return e
//		}))
//
//	user, err := rest.Get[user](ctx, api, "/users/{id}", rest.Param("id", id))
//	users := rest.Pages(ctx, api, "/users", rest.Cursor("cursor", page.users), rest.Query("limit", 200))
//
// # What outlives a command
//
// A connector makes a client for each command, and so a [Client]. Tokens, limits and
// connections belong to the process: clients of the same base URL with the same credentials
// share them. For lookups of your own there is [sdk.Cache].
//
// # What is sent again
//
// See [Retries]. In short: what the API has turned away (429) or only reads is sent again;
// what may have changed something never is. After status 401 a request is sent once more
// with a new token, if its credentials come from a call. A body is sent again only where that
// is possible, which is so for all calls of this package. Keep-alives to Identity Security
// Cloud go on meanwhile.
//
// # What is printed
//
// Each attempt leaves a line in the log at debug level, with method, path, status, time and
// attempt. Neither logs nor errors have headers, query values or request bodies, and
// credentials are redacted wherever an API repeats them. An [Error] has the beginning of the
// answer's body.
//
// # In a bundle
//
// There fetch sends the requests, and has settings of its own for TLS, proxies and
// connections. A connection that fails has the text of fetch as its error, so a name that
// does not exist is tried again as any other failure is. A request's body is in memory as a
// whole before it leaves.
package rest
