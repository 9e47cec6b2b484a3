package fakeapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// send sends a request with a token, "" for none, and returns the answer.
func send(a *API, token, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// signIn gets a token.
func signIn(t *testing.T, a *API) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {ClientID}, "client_secret": {ClientSecret}}
	r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	var token struct {
		Text string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &token); err != nil || token.Text == "" {
		t.Fatalf("no token: %d %s", w.Code, w.Body)
	}
	return token.Text
}

// list reads all pages of a path with a query, and returns the last one with all items.
func list[T any](t *testing.T, a *API, token, path string) page[T] {
	t.Helper()
	var all page[T]
	for cursor := ""; ; cursor = all.Next {
		w := send(a, token, http.MethodGet, path+"&cursor="+cursor, "")
		items := all.Items
		all = page[T]{}
		if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		all.Items = slices.Concat(items, all.Items)
		if all.Next == "" {
			return all
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	a := New(Options{Users: 1234})
	token := signIn(t, a)
	ids, logins := make(map[string]bool), make(map[string]bool)
	for _, p := range list[person](t, a, token, "/users?limit=100").Items {
		ids[p.ID], logins[p.Login] = true, true
		for _, id := range p.Groups {
			if _, ok := a.people.findGroup(id); !ok {
				t.Errorf("%s is in the group %s, which is not there", p.ID, id)
			}
		}
	}
	if len(ids) != 1234 || len(logins) != 1234 {
		t.Errorf("%d different IDs, %d different logins", len(ids), len(logins))
	}
	if groups := list[group](t, a, token, "/groups?limit=7").Items; len(groups) != 40 {
		t.Errorf("%d groups", len(groups))
	}
	if c := a.Counts(); c != (Counts{Tokens: 1, Requests: 13 + 6, Users: 1234}) {
		t.Errorf("counted %+v", c)
	}
}

// TestSince: a later list contains the people changed since an earlier one began, also over several
// pages.
func TestSince(t *testing.T) {
	t.Parallel()
	a := New(Options{Users: 100})
	token := signIn(t, a)
	since := list[person](t, a, token, "/users?limit=30").AsOf
	for _, r := range [][3]string{
		{http.MethodPost, "/users", `{"login": "max", "email": "max@acme.example"}`},
		{http.MethodPost, "/users/u-0000050/disable", ""},
		{http.MethodDelete, "/users/u-0000007", ""},
		{http.MethodPut, "/users/u-0000060/groups/g-00", ""},
	} {
		if w := send(a, token, r[0], r[1], r[2]); w.Code > 299 {
			t.Errorf("%v: %d %s", r, w.Code, w.Body)
		}
	}
	changed := list[person](t, a, token, "/users?limit=3&updated_since="+since)
	var got []string
	for _, p := range changed.Items {
		if got = append(got, p.ID); p.Deleted {
			got = append(got, "deleted")
		}
	}
	if want := []string{"u-0000007", "deleted", "u-0000050", "u-0000060", "u-0000100"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if again := list[person](t, a, token, "/users?updated_since="+changed.AsOf); len(again.Items) > 0 {
		t.Errorf("nothing has changed but %+v", again.Items)
	}
	if all := list[person](t, a, token, "/users?limit=30"); len(all.Items) != 100 || all.Items[99].Login != "max" {
		t.Errorf("%d people, want 100 with the new one at the end", len(all.Items))
	}
}

// TestRefusals: each error has its status and its code.
func TestRefusals(t *testing.T) {
	t.Parallel()
	a := New(Options{Users: 10})
	token := signIn(t, a)
	for _, tt := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{http.MethodGet, "/users/u-0000010", "", http.StatusNotFound, "not_found"},
		{http.MethodGet, "/users/7", "", http.StatusNotFound, "not_found"},
		{http.MethodGet, "/users/u--000001", "", http.StatusNotFound, "not_found"},
		{http.MethodGet, "/groups/g-40", "", http.StatusNotFound, "not_found"},
		{http.MethodGet, "/people", "", http.StatusNotFound, "no_such_path"},
		{http.MethodGet, "/users?limit=501", "", http.StatusBadRequest, "invalid"},
		{http.MethodGet, "/users?cursor=x", "", http.StatusBadRequest, "invalid"},
		{http.MethodGet, "/users?updated_since=today", "", http.StatusBadRequest, "invalid"},
		{http.MethodPost, "/users", `{"login": "ada.ash0", "email": "a@acme.example"}`, http.StatusConflict, "conflict"},
		{http.MethodPost, "/users", `{"login": "ada"}`, http.StatusBadRequest, "invalid"},
		{http.MethodPost, "/users", `{"name": "Ada"}`, http.StatusBadRequest, "invalid"},
		{http.MethodPatch, "/users/u-0000001", `{"login": "ada"}`, http.StatusBadRequest, "invalid"},
		{http.MethodPut, "/users/u-0000001/groups/g-40", "", http.StatusBadRequest, "no_such_group"},
	} {
		w := send(a, token, tt.method, tt.path, tt.body)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), `"code":"`+tt.code+`"`) {
			t.Errorf("%s %s: %d %s, want %d and %s", tt.method, tt.path, w.Code, w.Body, tt.status, tt.code)
		}
	}
	form := strings.NewReader("grant_type=client_credentials&client_id=example&client_secret=guessed")
	r := httptest.NewRequest(http.MethodPost, "/oauth/token", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if a.ServeHTTP(w, r); w.Code != http.StatusUnauthorized || a.Counts().Tokens != 1 {
		t.Errorf("a wrong secret gets %d %s", w.Code, w.Body)
	}
}

// TestPatch: omitted fields stay, and null clears.
func TestPatch(t *testing.T) {
	t.Parallel()
	a := New(Options{Users: 10})
	token := signIn(t, a)
	before := a.people.get(4)
	send(a, token, http.MethodPatch, "/users/u-0000004", `{"email": "new@acme.example", "display_name": null}`)
	after := a.people.get(4)
	before.Email, before.DisplayName, before.Updated = "new@acme.example", "", after.Updated
	if got, want := mustJSON(t, after), mustJSON(t, before); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTrouble: requests fail on schedule, after the latency of an answer, and tokens expire.
func TestTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := Troubled(10)
		o.BurstEvery = 20
		a := New(o)
		token := signIn(t, a)
		start := time.Now()
		var failed []int
		for i := range 21 {
			w := send(a, token, http.MethodGet, "/users", "")
			if w.Code != http.StatusOK {
				failed = append(failed, i+1, w.Code)
			}
			if wait := w.Header().Get("Retry-After"); (wait == "1") != (w.Code == 429 || w.Code == 503) {
				t.Errorf("Retry-After is %q with status %d", wait, w.Code)
			}
		}
		for range 5 {
			failed = append(failed, send(a, token, http.MethodGet, "/users", "").Code)
		}
		want := []int{7, 429, 14, 429, 21, 429, 200, 503, 502, 503, 200}
		if !slices.Equal(failed, want) {
			t.Errorf("failed %v, want %v", failed, want)
		}
		if took := time.Since(start); took != 26*50*time.Millisecond {
			t.Errorf("26 requests took %v", took)
		}
		time.Sleep(time.Hour)
		if w := send(a, token, http.MethodGet, "/users", ""); w.Code != http.StatusUnauthorized {
			t.Errorf("an old token gets %d", w.Code)
		}
	})
}
