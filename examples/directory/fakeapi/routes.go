package fakeapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Limits of pages.
const (
	usualPage   = 100
	largestPage = 500
)

// A reply is the answer to a request.
type reply struct {
	status int
	body   any // nil for none
}

func ok(body any) reply { return reply{http.StatusOK, body} }

var done = reply{status: http.StatusNoContent}

// failure returns a reply with an error in the API's format.
func failure(status int, code, format string, args ...any) reply {
	return reply{status, map[string]any{"error": map[string]string{"code": code, "message": fmt.Sprintf(format, args...)}}}
}

func invalid(err error) reply { return failure(http.StatusBadRequest, "invalid", "%v", err) }

// send writes the reply.
func (r reply) send(w http.ResponseWriter) {
	if r.body == nil {
		w.WriteHeader(r.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(r.body) // the client may have disconnected
}

func (a *API) newRoutes() http.Handler {
	routes := http.NewServeMux()
	for pattern, h := range map[string]func(*http.Request) reply{
		"GET /users":                        a.listUsers,
		"POST /users":                       a.createUser,
		"GET /users/{id}":                   a.user(func(_ *http.Request, _ int, p person) reply { return ok(p) }),
		"PATCH /users/{id}":                 a.user(a.patchUser),
		"DELETE /users/{id}":                a.user(a.deleteUser),
		"POST /users/{id}/enable":           a.user(a.setStatus(active)),
		"POST /users/{id}/disable":          a.user(a.setStatus(disabled)),
		"PUT /users/{id}/groups/{group}":    a.user(a.joinGroup),
		"DELETE /users/{id}/groups/{group}": a.user(a.leaveGroup),
		"GET /groups":                       a.listGroups,
		"GET /groups/{id}":                  a.readGroup,
		"/": func(r *http.Request) reply {
			return failure(http.StatusNotFound, "no_such_path", "the API has no %s %s", r.Method, r.URL.Path)
		},
	} {
		routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { a.locked(r, h).send(w) })
	}
	return routes
}

// locked reads the body of the request into memory, and calls a handler with the API locked.
func (a *API) locked(r *http.Request, h func(*http.Request) reply) reply {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return invalid(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.mu.Lock()
	defer a.mu.Unlock()
	return h(r)
}

// read reads the body of a request. Unknown fields are errors.
func read(r *http.Request, body any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	return decoder.Decode(body)
}

// A userHandler answers a request about a person, whose number is i.
type userHandler func(r *http.Request, i int, p person) reply

// user finds the person of a request.
func (a *API) user(h userHandler) func(*http.Request) reply {
	return func(r *http.Request) reply {
		i, found := a.people.find(r.PathValue("id"))
		if !found {
			return failure(http.StatusNotFound, "not_found", "there is no user %q", r.PathValue("id"))
		}
		return h(r, i, a.people.get(i))
	}
}

func (a *API) createUser(r *http.Request) reply {
	var body struct {
		Login       string `json:"login"`
		Email       string `json:"email"`
		DisplayName string `json:"display_name"`
		Contractor  bool   `json:"contractor"`
	}
	switch err := read(r, &body); {
	case err != nil:
		return invalid(err)
	case body.Login == "" || body.Email == "":
		return failure(http.StatusBadRequest, "invalid", "a user needs a login and an email")
	case a.people.hasLogin(body.Login):
		return failure(http.StatusConflict, "conflict", "the login %q is taken", body.Login)
	}
	created := a.people.add(person{Login: body.Login, Email: body.Email, DisplayName: body.DisplayName, Contractor: body.Contractor})
	return reply{http.StatusCreated, created}
}

func (a *API) patchUser(r *http.Request, i int, p person) reply {
	body := struct {
		Email       *string `json:"email"`
		DisplayName *string `json:"display_name"`
		Contractor  *bool   `json:"contractor"`
	}{&p.Email, &p.DisplayName, &p.Contractor}
	if err := read(r, &body); err != nil {
		return invalid(err)
	}
	p.Email, p.DisplayName, p.Contractor = valueOf(body.Email), valueOf(body.DisplayName), valueOf(body.Contractor)
	return ok(a.people.change(i, p))
}

// valueOf returns the value of a field, or the zero value if null clears it.
func valueOf[T any](field *T) (value T) {
	if field != nil {
		value = *field
	}
	return value
}

func (a *API) deleteUser(_ *http.Request, i int, p person) reply {
	p.Deleted = true
	a.people.change(i, p)
	return done
}

func (a *API) setStatus(status string) userHandler {
	return func(_ *http.Request, i int, p person) reply {
		p.Status = status
		return ok(a.people.change(i, p))
	}
}

func (a *API) joinGroup(r *http.Request, i int, p person) reply {
	id := r.PathValue("group")
	if _, found := a.people.findGroup(id); !found {
		return failure(http.StatusBadRequest, "no_such_group", "there is no group %q", id)
	}
	if !slices.Contains(p.Groups, id) {
		p.Groups = append(slices.Clone(p.Groups), id)
		a.people.change(i, p)
	}
	return done
}

func (a *API) leaveGroup(r *http.Request, i int, p person) reply {
	if n := slices.Index(p.Groups, r.PathValue("group")); n >= 0 {
		p.Groups = slices.Delete(slices.Clone(p.Groups), n, n+1)
		a.people.change(i, p)
	}
	return done
}

func (a *API) readGroup(r *http.Request) reply {
	i, found := a.people.findGroup(r.PathValue("id"))
	if !found {
		return failure(http.StatusNotFound, "not_found", "there is no group %q", r.PathValue("id"))
	}
	return ok(a.people.group(i))
}

func (a *API) listUsers(r *http.Request) reply {
	q, err := a.readQuery(r)
	if err != nil {
		return invalid(err)
	}
	p := page[person]{Items: []person{}, AsOf: q.AsOf}
	for i := range a.people.from(q.At, q.since) {
		if len(p.Items) == q.limit {
			p.Next = q.cursor(i)
			break
		}
		if found := a.people.get(i); !found.Deleted || !q.since.IsZero() {
			p.Items = append(p.Items, found)
			a.listed.add(i)
		}
	}
	return ok(p)
}

func (a *API) listGroups(r *http.Request) reply {
	q, err := a.readQuery(r)
	if err != nil {
		return invalid(err)
	}
	p := page[group]{Items: []group{}, AsOf: q.AsOf}
	for i := q.At; i < a.people.groups && q.since.IsZero(); i++ { // groups never change
		if len(p.Items) == q.limit {
			p.Next = q.cursor(i)
			break
		}
		p.Items = append(p.Items, a.people.group(i))
	}
	return ok(p)
}

// A page is one page of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"` // the cursor of the next page
	AsOf  string `json:"as_of"`          // when the list began, which is where a later list can resume
}

// A query is the query of a list request.
type query struct {
	position
	limit int
	since time.Time
}

// A position is the content of a cursor.
type position struct {
	At   int    // the number of the next object
	AsOf string // when the list began
}

// cursor returns the cursor of the page that begins with object i.
func (q query) cursor(i int) string {
	text, _ := json.Marshal(position{i, q.AsOf}) // cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

func (a *API) readQuery(r *http.Request) (query, error) {
	values := r.URL.Query()
	q := query{position: position{AsOf: a.people.now.Format(time.RFC3339)}, limit: usualPage}
	var err error
	if text := values.Get("limit"); text != "" {
		if q.limit, err = strconv.Atoi(text); err != nil || q.limit < 1 || q.limit > largestPage {
			return q, fmt.Errorf("limit must be from 1 to %d", largestPage)
		}
	}
	if text := values.Get("updated_since"); text != "" {
		if q.since, err = time.Parse(time.RFC3339, text); err != nil {
			return q, fmt.Errorf("updated_since must be a time such as %s", q.AsOf)
		}
	}
	if text := values.Get("cursor"); text != "" {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || json.Unmarshal(raw, &q.position) != nil || q.At < 0 {
			return q, errors.New("the cursor is not one of this API")
		}
	}
	return q, nil
}
