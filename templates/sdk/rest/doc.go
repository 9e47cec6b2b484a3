// Package rest calls the API of a connector's source over HTTP. It sends the credentials,
// waits when the API asks it to, repeats what is safe to repeat, and reads lists page by
// page. The same code runs in a service and in a bundle.
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
// Here problem, user and page are types of the connector, and page.next is the method that
// returns a page's users and the cursor of the next page. [sdk.Mapped] and [sdk.MapAll] turn what is
// read into outputs.
//
// # What outlives a command
//
// A connector makes a [Client] for each command. Tokens, limits and connections belong to the
// process: clients with the same base URL and credentials share them. For lookups of your own
// there is [sdk.Cache].
//
// # What is sent again
//
// A request that the API turned away (status 429), or that only reads, is sent again; one
// that may have changed something is not. [Retries] has the details. After status 401 a
// request is sent once more with a new token, if tokens come from a call. Requests of this
// package always have bodies that can be sent again; those of libraries may not, and then are
// sent once. Keep-alives to Identity Security Cloud continue during waits.
//
// # Where requests go
//
// Credentials, and the headers of [WithHeader] and [Header], go to the host of the base URL
// and the hosts of [WithHosts], and never from https to http. Where the API redirects a
// request to another host, only requests that read follow, without any of these. A call that
// writes follows status 307 and 308 on the API's own hosts, and reads what 303 points to. Any
// other redirect of it is an error: following it would turn it into a GET, and the success of
// that, such as a login page, says nothing about the call.
//
// # What is printed
//
// Each attempt leaves a line in the debug log with method, path, status, time and attempt;
// the source's switch for debug logging turns it on. Logs and errors contain no query values,
// request headers or request bodies. An [Error] has the header of the answer and the
// beginning of its body. Credentials, and every [sdk.Secret] that a call was given, are
// redacted wherever the API repeats them, however it escapes them; only those shorter than
// four bytes are not.
//
// # In a bundle
//
// In a bundle built for WebAssembly, JavaScript's fetch sends the requests. The rules above
// hold there too. These things differ:
//
//   - TLS, proxies and connections are up to fetch. It speaks HTTP/1.1, refuses some ports
//     that other protocols use, such as 6000, and gives up after five minutes without
//     an answer, even if [WithTimeout] allows more.
//   - The error of a connection is text, without a cause for [errors.As]. A host name that does
//     not exist, or a bad certificate, is therefore retried like any other failure.
//   - A GET or HEAD request cannot have a body, and the methods TRACE and CONNECT do not exist.
//   - The headers Host and Accept-Encoding, and those about the connection such as Expect and
//     Transfer-Encoding, are fetch's own. Unless it is set, User-Agent is fetch's too.
//   - Several headers of one name in an answer become one, joined by commas.
//   - A request's body is read into memory before it is sent, which matters to libraries that
//     stream.
package rest
