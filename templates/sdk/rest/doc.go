// Package rest calls the API of a connector's source over HTTP. It sends the credentials,
// waits when the API asks it to, retries where that is safe, and reads lists page by page.
// The same code runs in a service and in a bundle.
//
//	api := rest.New(config.URL,
//		rest.WithAuth(rest.ClientCredentials{TokenURL: "/oauth/token", ClientID: config.ClientID, ClientSecret: config.ClientSecret}),
//		rest.WithLimit(600, time.Minute),
//		rest.WithErrors(func(e *rest.Error) error {
//			var p problem
//			if e.Decode(&p) == nil && p.Code == "user_not_found" {
//				return sdk.NotFound("%w", e)
//			}
//			return e
//		}))
//
//	ada, err := rest.Get[user](ctx, api, "/users/{id}", rest.Param("id", id))
//	users := rest.Pages(ctx, api, "/users", rest.Cursor("cursor", page.next), rest.Query("limit", 200))
//
// Here problem, user and page are types of the connector, and page.next is a method that
// returns the users of a page and the cursor of the next one. [sdk.Mapped] and [sdk.MapAll]
// turn the results into outputs.
//
// # Shared state
//
// A connector makes a [Client] for each command. Tokens, limits and connections belong to the
// process: clients with the same base URL and credentials share them. Keep your own lookups
// in an [sdk.Cache].
//
// # Retries
//
// Requests that the API rejected with status 429, and failed requests that only read, are
// retried. A request that may have changed something is not. [Retries] has the details. After
// status 401, a request is retried once with a new token, if its tokens come from a call. A
// library's request is retried only if its body can be read again. Keep-alives to Identity
// Security Cloud continue during waits.
//
// # Redirects
//
// Credentials, and headers set by [WithHeader] and [Header], go only to the host of the base
// URL and the hosts of [WithHosts], and never from https to http. A request that reads follows
// redirects to other hosts, without credentials and these headers. A call that writes follows
// status 307 and 308 on the API's own hosts, and reads the target of a 303. Any other redirect
// of such a call is an error: following it would turn the call into a GET, whose success, as
// with a login page, proves nothing.
//
// # Logs and secrets
//
// Each attempt writes a line to the debug log with method, path, status, time and attempt.
// The source's debug logging option turns it on. Logs and errors contain no query values,
// request headers or request bodies. An [Error] has the header of the answer and the
// beginning of its body. Credentials, and every [sdk.Secret] passed to a call, are redacted
// wherever the API repeats them, however it escapes them, unless they are shorter than four
// bytes.
//
// # Bundles
//
// In a bundle built for WebAssembly, JavaScript's fetch sends the requests. The rules above
// still apply, with these differences:
//
//   - TLS, proxies and connections are up to fetch. It speaks HTTP/1.1, refuses some ports
//     that other protocols use, such as 6000, and gives up after five minutes without
//     an answer, even if [WithTimeout] allows more.
//   - Connection errors are plain text, without a cause for [errors.As]. Unknown host names
//     and bad certificates are therefore retried like any other failure.
//   - A GET or HEAD request cannot have a body, and the methods TRACE and CONNECT do not exist.
//   - fetch sets the headers Host and Accept-Encoding, connection headers such as Expect and
//     Transfer-Encoding, and User-Agent unless the request has one.
//   - If an answer has several headers of one name, they become one, joined by commas.
//   - A request's body is read into memory before it is sent, which matters to libraries that
//     stream.
package rest
