package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/rest"
)

// answers is a source's API: what it answers to each method, path and query. "204" and
// "404 …" are a status with a body.
type answers map[string]string

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, ok := a[r.Method+" "+r.URL.RequestURI()]
	if !ok {
		answer = "404 {}"
	}
	status := http.StatusOK
	if _, err := fmt.Sscanf(answer, "%d ", &status); err == nil {
		_, answer, _ = strings.Cut(answer, " ")
	}
	if next, ok := a["link "+r.URL.RequestURI()]; ok {
		w.Header().Set("Link", next)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

type user struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// A page of an API that has the items and the cursor of the next page in an object.
type page struct {
	Users []user `json:"users"`
	Next  string `json:"next"`
}

func (p page) next() ([]user, string)       { return p.Users, p.Next }
func serve(h http.Handler) (string, func()) { s := httptest.NewServer(h); return s.URL, s.Close }

// A connector's function that opens its client makes a Client of the source's API.
func ExampleNew() {
	url, stop := serve(answers{"GET /v1/users/5": `{"id":"5","name":"Ada"}`})
	defer stop()
	token := sdk.NewSecret("from the source's config")

	api := rest.New(url+"/v1",
		rest.WithAuth(rest.Bearer(token)),
		rest.WithLimit(600, time.Minute),
		rest.WithHeader("User-Agent", "my-connector"))

	ada, err := rest.Get[user](context.Background(), api, "/users/5")
	fmt.Println(ada.Name, err)
	// Output: Ada <nil>
}

func ExampleGet() {
	url, stop := serve(answers{"GET /users/a%2Fb?fields=name": `{"name":"Ada"}`})
	defer stop()
	ctx, api := context.Background(), rest.New(url)

	ada, err := rest.Get[user](ctx, api, "/users/{id}", rest.Param("id", "a/b"), rest.Query("fields", "name"))
	fmt.Println(ada.Name, err)

	_, err = rest.Get[user](ctx, api, "/users/{id}", rest.Param("id", "6"))
	fmt.Println(err)
	// Output:
	// Ada <nil>
	// GET /users/6: 404 Not Found: {}
}

func ExamplePost() {
	url, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u user
		_ = json.NewDecoder(r.Body).Decode(&u)
		u.ID = "7"
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(u)
	}))
	defer stop()
	api := rest.New(url)

	created, err := rest.Post[user](context.Background(), api, "/users", user{Name: "Grace"})
	fmt.Println(created.ID, created.Name, err)
	// Output: 7 Grace <nil>
}

// An answer that does not matter is sdk.None.
func ExamplePatch() {
	url, stop := serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(r.Method, r.URL.Path, r.Header.Get("Content-Type"), string(body))
	}))
	defer stop()
	api := rest.New(url)

	_, err := rest.Patch[sdk.None](context.Background(), api, "/users/{id}", map[string]any{"active": false},
		rest.Param("id", "7"), rest.Header("Content-Type", "application/merge-patch+json"))
	fmt.Println(err)
	// Output:
	// PATCH /users/7 application/merge-patch+json {"active":false}
	// <nil>
}

func ExampleDelete() {
	url, stop := serve(answers{"DELETE /users/7": "204 "})
	defer stop()
	api := rest.New(url)

	err := rest.Delete(context.Background(), api, "/users/{id}", rest.Param("id", "7"))
	fmt.Println(err)
	// Output: <nil>
}

// An API of whose failures two mean something to Identity Security Cloud. The others stay as
// they are.
func ExampleWithErrors() {
	url, stop := serve(answers{
		"GET /users/6":  `404 {"code":"unknown_user"}`,
		"POST /users":   `409 {"code":"taken","message":"The name is taken."}`,
		"GET /users/no": `403 {"code":"forbidden"}`,
	})
	defer stop()
	ctx := context.Background()

	api := rest.New(url, rest.WithErrors(func(e *rest.Error) error {
		var problem struct{ Code, Message string }
		if err := e.Decode(&problem); err != nil {
			return e
		}
		switch problem.Code {
		case "unknown_user": // not for any 404: a wrong URL has that status too
			return sdk.NotFound("%w", e)
		case "taken":
			return errors.New(problem.Message)
		}
		return e
	}))

	_, err := rest.Get[user](ctx, api, "/users/6")
	fmt.Println(sdk.IsNotFound(err), err)
	_, err = rest.Post[user](ctx, api, "/users", user{Name: "Ada"})
	fmt.Println(sdk.IsNotFound(err), err)
	_, err = rest.Get[user](ctx, api, "/users/no")
	fmt.Println(sdk.IsNotFound(err), err)
	// Output:
	// true GET /users/6: 404 Not Found: {"code":"unknown_user"}
	// false The name is taken.
	// false GET /users/no: 403 Forbidden: {"code":"forbidden"}
}

// A method of a connector's client lists accounts in one line: it sends what it reads.
func ExamplePages() {
	url, stop := serve(answers{
		"GET /users?limit=2":         `{"users":[{"name":"Ada"},{"name":"Grace"}],"next":"x"}`,
		"GET /users?after=x&limit=2": `{"users":[{"name":"Alan"}]}`,
	})
	defer stop()
	api := rest.New(url)
	list := func(ctx context.Context, out *sdk.Stream[string]) error {
		users := rest.Pages(ctx, api, "/users", rest.Cursor("after", page.next), rest.Query("limit", 2))
		return out.SendAll(sdk.MapAll(users, func(u user) string { return u.Name }))
	}

	names := sdk.NewMethod[struct{}, string]("my:names")
	connector := sdk.New(sdk.Spec{}, noConfig, noClient, []sdk.Handler[struct{}]{
		sdk.Streaming(names, func(_ struct{}, ctx context.Context, _ struct{}, out *sdk.Stream[string]) error {
			return list(ctx, out)
		}),
	})
	result, err := sdk.Call(context.Background(), connector, names, struct{}{}, nil)
	fmt.Println(result.Outputs, err)
	// Output: [Ada Grace Alan] <nil>
}

func noConfig(json.RawMessage) (struct{}, error)           { return struct{}{}, nil }
func noClient(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil }

func ExampleCursor() {
	url, stop := serve(answers{
		"GET /users":         `{"users":[{"name":"Ada"},{"name":"Grace"}],"next":"x"}`,
		"GET /users?after=x": `{"users":[{"name":"Alan"}]}`,
	})
	defer stop()
	api := rest.New(url)

	read := func(p page) ([]user, string) { return p.Users, p.Next }
	for u, err := range rest.Pages(context.Background(), api, "/users", rest.Cursor("after", read)) {
		fmt.Println(u.Name, err)
	}
	// Output:
	// Ada <nil>
	// Grace <nil>
	// Alan <nil>
}

func ExampleNextURL() {
	url, stop := serve(answers{
		"GET /users?top=2":        `{"value":[{"name":"Ada"},{"name":"Grace"}],"@odata.nextLink":"/users?top=2&skip=2"}`,
		"GET /users?top=2&skip=2": `{"value":[{"name":"Alan"}]}`,
	})
	defer stop()
	api := rest.New(url)

	type page struct {
		Value []user `json:"value"`
		Next  string `json:"@odata.nextLink"`
	}
	read := func(p page) ([]user, string) { return p.Value, p.Next }
	for u, err := range rest.Pages(context.Background(), api, "/users", rest.NextURL(read), rest.Query("top", 2)) {
		fmt.Println(u.Name, err)
	}
	// Output:
	// Ada <nil>
	// Grace <nil>
	// Alan <nil>
}

// The pages are arrays.
func ExampleLinkHeader() {
	url, stop := serve(answers{
		"GET /users":         `[{"name":"Ada"},{"name":"Grace"}]`,
		"link /users":        `</users?page=2>; rel="next", </users?page=2>; rel="last"`,
		"GET /users?page=2":  `[{"name":"Alan"}]`,
		"link /users?page=2": `</users>; rel="first"`,
	})
	defer stop()
	api := rest.New(url)

	for u, err := range rest.Pages(context.Background(), api, "/users", rest.LinkHeader(rest.Array[user])) {
		fmt.Println(u.Name, err)
	}
	// Output:
	// Ada <nil>
	// Grace <nil>
	// Alan <nil>
}

// SCIM counts from 1.
func ExampleOffset() {
	url, stop := serve(answers{
		"GET /Users?count=2&startIndex=1": `{"Resources":[{"name":"Ada"},{"name":"Grace"}]}`,
		"GET /Users?count=2&startIndex=3": `{"Resources":[{"name":"Alan"}]}`,
		"GET /Users?count=2&startIndex=4": `{"Resources":[]}`,
	})
	defer stop()
	api := rest.New(url)

	type page struct{ Resources []user }
	items := func(p page) []user { return p.Resources }
	for u, err := range rest.Pages(context.Background(), api, "/Users", rest.Offset("startIndex", 1, items), rest.Query("count", 2)) {
		fmt.Println(u.Name, err)
	}
	// Output:
	// Ada <nil>
	// Grace <nil>
	// Alan <nil>
}

func ExamplePageNumber() {
	url, stop := serve(answers{
		"GET /users?page=1": `[{"name":"Ada"},{"name":"Grace"}]`,
		"GET /users?page=2": `[{"name":"Alan"}]`,
		"GET /users?page=3": `[]`,
	})
	defer stop()
	api := rest.New(url)

	for u, err := range rest.Pages(context.Background(), api, "/users", rest.PageNumber("page", 1, rest.Array[user])) {
		fmt.Println(u.Name, err)
	}
	// Output:
	// Ada <nil>
	// Grace <nil>
	// Alan <nil>
}

// SCIM has a search whose requests have a body.
func ExamplePageFunc() {
	url, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var search struct{ StartIndex int }
		_ = json.NewDecoder(r.Body).Decode(&search)
		fmt.Println(r.Method, r.URL.Path, search.StartIndex)
		all := []user{{Name: "Ada"}, {Name: "Grace"}, {Name: "Alan"}}
		rest := all[search.StartIndex-1:]
		_ = json.NewEncoder(w).Encode(map[string]any{"totalResults": 3, "startIndex": search.StartIndex, "Resources": rest[:min(2, len(rest))]})
	}))
	defer stop()
	api := rest.New(url)

	type page struct {
		TotalResults, StartIndex int
		Resources                []user
	}
	search := func(start int) rest.CallOption {
		return rest.Body(map[string]any{"filter": "active eq true", "startIndex": start, "count": 2})
	}
	next := func(p page) ([]user, []rest.CallOption) {
		if start := p.StartIndex + len(p.Resources); start <= p.TotalResults {
			return p.Resources, []rest.CallOption{search(start)}
		}
		return p.Resources, nil
	}
	for u, err := range rest.Pages(context.Background(), api, "/Users/.search", rest.PageFunc(next), search(1)) {
		fmt.Println(u.Name, err)
	}
	// Unordered output:
	// POST /Users/.search 1
	// Ada <nil>
	// Grace <nil>
	// POST /Users/.search 3
	// Alan <nil>
}

// A usersPage is what GraphQL answers. It has status 200 also where the query has failed, so
// reading it returns an error then: otherwise the list would end as if it were complete.
type usersPage struct {
	Data struct {
		Users struct {
			Nodes    []user
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
		}
	}
	Errors []struct{ Message string }
}

func (p *usersPage) UnmarshalJSON(text []byte) error {
	type plain usersPage
	if err := json.Unmarshal(text, (*plain)(p)); err != nil {
		return err
	}
	if len(p.Errors) > 0 {
		return errors.New(p.Errors[0].Message)
	}
	return nil
}

// usersQuery is the body of a request for a page.
func usersQuery(after any) rest.CallOption {
	return rest.Body(map[string]any{
		"query":     "query($after: String) { users(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }",
		"variables": map[string]any{"after": after},
	})
}

func nextUsers(p usersPage) ([]user, []rest.CallOption) {
	users := p.Data.Users
	if !users.PageInfo.HasNextPage {
		return users.Nodes, nil
	}
	return users.Nodes, []rest.CallOption{usersQuery(users.PageInfo.EndCursor)}
}

// The second page of a list by GraphQL fails.
func ExamplePageFunc_graphQL() {
	url, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"data":{"users":{"nodes":[{"name":"Ada"},{"name":"Grace"}],"pageInfo":{"hasNextPage":true,"endCursor":"x"}}}}`
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), `"after":"x"`) {
			answer = `{"data":null,"errors":[{"message":"try again later"}]}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer stop()
	api := rest.New(url + "/graphql") // "" is this URL

	for u, err := range rest.Pages(context.Background(), api, "", rest.PageFunc(nextUsers), usersQuery(nil)) {
		if err != nil {
			var failure *rest.Error
			fmt.Println("error:", errors.As(err, &failure), failure.Err)
			return
		}
		fmt.Println(u.Name)
	}
	// Output:
	// Ada
	// Grace
	// error: true the answer with status 200 cannot be decoded: try again later
}

// Two commands, each with a client of its own, share a token.
func ExampleClientCredentials() {
	url, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("%s %q %q\n", r.URL.Path, r.FormValue("grant_type"), r.Header.Get("Authorization"))
		if r.URL.Path == "/oauth/token" {
			_, _ = io.WriteString(w, `{"access_token":"abc","token_type":"Bearer","expires_in":3600}`)
		}
	}))
	defer stop()
	secret := sdk.NewSecret("from the source's config")

	for range 2 {
		api := rest.New(url, rest.WithAuth(rest.ClientCredentials{
			TokenURL: "/oauth/token", ClientID: "me", ClientSecret: secret, Scopes: []string{"users:read"},
		}))
		if _, err := rest.Get[user](context.Background(), api, "/users/5"); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// /oauth/token "client_credentials" ""
	// /users/5 "" "Bearer abc"
	// /users/5 "" "Bearer abc"
}

// An API whose sessions begin with a login.
func ExampleTokenFunc() {
	url, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("%s %s %q\n", r.Method, r.URL.Path, r.Header.Get("X-Session"))
		_, _ = io.WriteString(w, `{"session":"abc","minutes":30}`)
	}))
	defer stop()
	name, password := "me", sdk.NewSecret("from the source's config")

	public := rest.New(url) // the login itself has no session
	login := func(ctx context.Context) (rest.Token, error) {
		answer, err := rest.Post[struct {
			Session sdk.Secret
			Minutes time.Duration
		}](ctx, public, "/login", map[string]string{"name": name, "password": password.Reveal()})
		return rest.Token{Text: answer.Session, Good: answer.Minutes * time.Minute, Header: "X-Session"}, err
	}
	api := rest.New(url, rest.WithAuth(rest.TokenFunc(name+" "+password.Reveal(), login)))

	_, err := rest.Get[user](context.Background(), api, "/users/5")
	fmt.Println(err)
	// Output:
	// POST /login ""
	// GET /users/5 "abc"
	// <nil>
}

// A library of the source's vendor takes an HTTP client.
func ExampleClient_HTTP() {
	requests := 0
	url, stop := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = io.WriteString(w, "hello, "+r.Header.Get("Authorization"))
	}))
	defer stop()

	api := rest.New(url, rest.WithAuth(rest.Bearer(sdk.NewSecret("abc"))))
	library := vendorClient{url, api.HTTP()}
	fmt.Println(library.greeting())
	// Output: 200 OK: hello, Bearer abc
}

// A vendorClient stands for that of a library.
type vendorClient struct {
	url  string
	http *http.Client
}

func (c vendorClient) greeting() string {
	resp, err := c.http.Get(c.url + "/greeting")
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.Status + ": " + string(text)
}
