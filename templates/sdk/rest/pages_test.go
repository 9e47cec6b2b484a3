package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

// A numbers is a page of the lists of the tests.
type numbers struct {
	Items []int
	Next  string
	At    int // differs on each page
}

func (p numbers) items() []int          { return p.Items }
func (p numbers) next() ([]int, string) { return p.Items, p.Next }

// A list is an API with a list of numbers, from 0 on, which it tells in all ways.
type list struct {
	*api
	total, size int
	answered    atomic.Int64
}

func newList(total, size int) *list {
	l := &list{total: total, size: size}
	l.api = &api{answer: func(n int, r *http.Request) (*http.Response, error) { return l.page(n, r) }}
	return l
}

// page answers a request with the page that it asks for in any way.
func (l *list) page(n int, r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	start := 0
	switch {
	case q.Has("cursor"):
		start, _ = strconv.Atoi(strings.TrimPrefix(q.Get("cursor"), "at "))
	case q.Has("offset"):
		start, _ = strconv.Atoi(q.Get("offset"))
	case q.Has("index"):
		start, _ = strconv.Atoi(q.Get("index"))
		start--
	case q.Has("page"):
		start, _ = strconv.Atoi(q.Get("page"))
		start = (start - 1) * l.size
	case len(body) > 0:
		var form struct{ At int }
		if err := json.Unmarshal(body, &form); err != nil {
			return nil, err
		}
		start = form.At
	}
	end := min(start+l.size, l.total)
	p := numbers{Items: []int{}, At: n}
	for i := start; i < end; i++ {
		p.Items = append(p.Items, i)
	}
	var header []string
	if end < l.total {
		switch {
		case r.URL.Path == "/v1/cursor":
			p.Next = fmt.Sprint("at ", end)
		default:
			p.Next = fmt.Sprintf("?offset=%d&limit=%d", end, l.size)
			header = []string{"Link", fmt.Sprintf(`<?offset=0>; rel=first, <https://api.example.com/v1/link?offset=%d>; rel="next"; title="a, <b>"`, end)}
		}
	}
	text, err := json.Marshal(p)
	l.answered.Add(1)
	return reply(http.StatusOK, string(text), header...), err
}

// collect returns the items of a list, and its error.
func collect[T any](all iter.Seq2[T, error]) (items []T, err error) {
	for item, e := range all {
		if err != nil {
			return items, fmt.Errorf("there is more after the error %w", err)
		}
		if err = e; err == nil {
			items = append(items, item)
		}
	}
	return items, err
}

// upTo are the numbers below n.
func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// after is the page that a body of its own leads to.
func after(p numbers) ([]int, []CallOption) {
	if p.Next == "" {
		return p.Items, nil
	}
	return p.Items, []CallOption{Body(map[string]int{"at": p.Items[len(p.Items)-1] + 1})}
}

// ways are the kinds of paging, and a path for each.
func ways(ctx context.Context, c *Client) map[string]iter.Seq2[int, error] {
	limit := Query("limit", 3)
	return map[string]iter.Seq2[int, error]{
		"cursor":      Pages(ctx, c, "/cursor", Cursor("cursor", numbers.next), limit),
		"URL":         Pages(ctx, c, "/{what}", NextURL(numbers.next), Param("what", "url"), limit),
		"link":        Pages(ctx, c, "/link", LinkHeader(numbers.items), limit),
		"offset":      Pages(ctx, c, "/offset", Offset("offset", 0, numbers.items), limit),
		"index":       Pages(ctx, c, "/offset", Offset("index", 1, numbers.items), limit),
		"page number": Pages(ctx, c, "/pages", PageNumber("page", 1, numbers.items), limit),
		"function":    Pages(ctx, c, "/search", PageFunc(after), Body(map[string]int{"at": 0}), limit),
	}
}

// TestPages: lists of all kinds and lengths are complete and in order, also when they are
// read again.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, total := range []int{0, 1, 2, 3, 4, 7, 9} {
		l := newList(total, 3)
		for name, all := range ways(t.Context(), l.client()) {
			for range 2 {
				if got, err := collect(all); err != nil || !slices.Equal(got, upTo(total)) {
					t.Errorf("%d by %s: got %v, error %v", total, name, got, err)
				}
			}
		}
	}
}

// TestPageRequests: what is asked for.
func TestPageRequests(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"cursor":      {"GET /v1/cursor?limit=3", "GET /v1/cursor?cursor=at+3&limit=3"},
		"URL":         {"GET /v1/url?limit=3", "GET /v1/url?offset=3&limit=3"},
		"link":        {"GET /v1/link?limit=3", "GET /v1/link?offset=3"},
		"offset":      {"GET /v1/offset?limit=3&offset=0", "GET /v1/offset?limit=3&offset=3", "GET /v1/offset?limit=3&offset=5"},
		"index":       {"GET /v1/offset?index=1&limit=3", "GET /v1/offset?index=4&limit=3", "GET /v1/offset?index=6&limit=3"},
		"page number": {"GET /v1/pages?limit=3&page=1", "GET /v1/pages?limit=3&page=2", "GET /v1/pages?limit=3&page=3"},
		"function":    {`POST /v1/search?limit=3 {"at":0}`, `POST /v1/search?limit=3 {"at":3}`},
	} {
		l := newList(5, 3)
		if _, err := collect(ways(t.Context(), l.client())[name]); err != nil {
			t.Error(err)
		}
		var got []string
		for _, r := range l.sent() {
			got = append(got, strings.Replace(r, "https://api.example.com", "", 1))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestPagesAhead: there are at most two pages in memory, and the next one comes while the
// last is used.
func TestPagesAhead(t *testing.T) {
	t.Parallel()
	for name := range ways(t.Context(), New(base)) {
		last := 5
		if slices.Contains([]string{"offset", "index", "page number"}, name) {
			last = 6 // an empty one tells the end
		}
		synctest.Test(t, func(t *testing.T) {
			l := newList(15, 3)
			i := 0
			for item, err := range ways(t.Context(), l.client())[name] {
				if err != nil || item != i {
					t.Fatalf("%s: %d, error %v", name, item, err)
				}
				synctest.Wait() // until everything waits for the loop
				pages := int64(min(i/3+2, last))
				if got := l.answered.Load(); got != pages {
					t.Errorf("%s: %d pages after %d items, want %d", name, got, i+1, pages)
				}
				i++
			}
			if i != 15 {
				t.Errorf("%s: %d items", name, i)
			}
		})
	}
}

// TestPagesOverlap: the API and the loop work at the same time.
func TestPagesOverlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newList(30, 3)
		answer := l.answer
		l.answer = func(n int, r *http.Request) (*http.Response, error) {
			time.Sleep(3 * time.Second)
			return answer(n, r)
		}
		start := time.Now()
		for _, err := range ways(t.Context(), l.client())["cursor"] {
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if took := time.Since(start); took != 33*time.Second { // 60 s in turn
			t.Errorf("took %v", took)
		}
	})
}

// TestPagesFail: an error comes after all items before it, and as the last.
func TestPagesFail(t *testing.T) {
	t.Parallel()
	for name := range ways(t.Context(), New(base)) {
		for problem, answer := range map[string]func() (*http.Response, error){
			"404":        says(404, ""),
			"broken":     breaks(errBroken),
			"not a page": says(200, "<html>"),
			"empty":      says(200, " "),
			"wrong":      says(200, `{"items":["a"]}`),
		} {
			l := newList(9, 3)
			working := l.answer
			l.answer = func(n int, r *http.Request) (*http.Response, error) {
				if n == 3 {
					return answer()
				}
				return working(n, r)
			}
			asked := 0
			mapped := errors.New("mapped")
			c := l.client(WithRetries(Retries{Attempts: 1}), WithErrors(func(e *Error) error {
				asked++
				return mapped
			}))
			if got, err := collect(ways(t.Context(), c)[name]); !slices.Equal(got, upTo(6)) || err != mapped || asked != 1 {
				t.Errorf("%s, %s: got %v, error %v, asked %d times", name, problem, got, err, asked)
			}
		}
	}
}

// TestNoPage: status 204 means that there is nothing more. Other empty answers may have been
// cut off.
func TestNoPage(t *testing.T) {
	t.Parallel()
	for name := range ways(t.Context(), New(base)) {
		for first, want := range map[bool][]int{true: nil, false: {0, 1, 2}} {
			l := newList(9, 3)
			working := l.answer
			l.answer = func(n int, r *http.Request) (*http.Response, error) {
				if n == 2 || first {
					return reply(http.StatusNoContent, ""), nil
				}
				return working(n, r)
			}
			if got, err := collect(ways(t.Context(), l.client())[name]); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: got %v, error %v", name, got, err)
			}
		}
	}
	// No page, not even a nil one, reaches the author's function.
	pointer := Cursor("c", func(p *numbers) ([]int, string) { return p.Items, p.Next })
	if got, err := collect(Pages(t.Context(), always(204, "").client(), "/x", pointer)); err != nil || got != nil {
		t.Errorf("got %v, error %v", got, err)
	}
	_, err := collect(Pages(t.Context(), always(200, "").client(), "/x", pointer))
	if err == nil || err.Error() != "GET /x: the answer with status 200 is empty, not a page" {
		t.Errorf("error %v", err)
	}
}

// TestCircles: a list that would never end is an error, after the items that are new.
func TestCircles(t *testing.T) {
	t.Parallel()
	same := func(body string, header ...string) func(int) (*http.Response, error) {
		return func(n int) (*http.Response, error) {
			return reply(200, strings.ReplaceAll(body, "$n", strconv.Itoa(n)), header...), nil
		}
	}
	inTurn := func(bodies ...string) func(int) (*http.Response, error) {
		return func(n int) (*http.Response, error) { return reply(200, bodies[(n-1)%len(bodies)]), nil }
	}
	const again = ": the list would never end"
	for name, tt := range map[string]struct {
		by     Paging[numbers, int]
		answer func(n int) (*http.Response, error)
		items  []int
		err    string
	}{
		"cursor":        {Cursor("c", numbers.next), same(`{"items":[$n],"next":"a"}`), []int{1, 2}, "the API sent the cursor of an earlier page again" + again},
		"two cursors":   {Cursor("c", numbers.next), inTurn(`{"items":[1],"next":"a"}`, `{"items":[2],"next":"b"}`), []int{1, 2, 1}, "the API sent the cursor of an earlier page again" + again},
		"URL":           {NextURL(numbers.next), same(`{"items":[$n],"next":"/v1/{id}?a=1"}`), []int{1, 2}, "the API sent the URL of an earlier page again" + again},
		"its own URL":   {NextURL(numbers.next), same(`{"items":[$n],"next":"?a=b"}`), []int{1}, "the API sent the URL of an earlier page again" + again},
		"link":          {LinkHeader(numbers.items), same(`{"items":[$n]}`, "Link", `<?a=1>; rel=next`), []int{1, 2}, "the API sent the URL of an earlier page again" + again},
		"malformed URL": {NextURL(numbers.next), same(`{"items":[$n],"next":"ht tp://"}`), []int{1}, "the URL of the next page is malformed"},
		"no URL":        {NextURL(numbers.next), same(`{"items":[$n],"next":"mailto:a@b.example"}`), []int{1}, "the URL of the next page is malformed"},
		"offset":        {Offset("o", 0, numbers.items), same(`{"items":[1,2]}`), []int{1, 2}, "the API sent the same page twice: it may not support the query value o"},
		"page number":   {PageNumber("p", 0, numbers.items), same(`{"items":[1,2],"at":$n}`), []int{1, 2}, "the API sent the same page twice: it may not support the query value p"},
		"no items":      {PageFunc(func(numbers) ([]int, []CallOption) { return nil, []CallOption{Body(map[string]int{"at": 1})} }), same(`{"items":[1]}`), nil, "the API sent the same page twice" + again},
		"function":      {PageFunc(func(p numbers) ([]int, []CallOption) { return p.Items, []CallOption{Query("a", 1)} }), same(`{"items":[1]}`), []int{1}, "the API sent the same page twice" + again},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			a := &api{answer: func(n int, _ *http.Request) (*http.Response, error) { return tt.answer(n) }}
			asked := 0
			c := a.client(WithErrors(func(e *Error) error {
				asked++
				return e
			}))
			got, err := collect(Pages(ctx, c, "/{id}?a=b", tt.by, Param("id", 5)))
			if err == nil || !strings.HasSuffix(err.Error(), ": "+tt.err) || !strings.Contains(err.Error(), " /") || !slices.Equal(got, tt.items) || asked != 1 {
				t.Errorf("got %v, error %v", got, err)
			}
		})
	}
}

// TestEmptyPages: empty pages, and pages with equal items, do not count as repeated if the
// request for the next page differs.
func TestEmptyPages(t *testing.T) {
	t.Parallel()
	var steps atomic.Int64
	by := map[string]Paging[numbers, int]{
		"cursor": Cursor("c", numbers.next),
		"function": PageFunc(func(p numbers) ([]int, []CallOption) {
			if n := steps.Add(1); n < 4 {
				return p.Items, []CallOption{Query("window", n)}
			}
			return p.Items, nil
		}),
	}
	for name, by := range by {
		a := &api{answer: func(n int, _ *http.Request) (*http.Response, error) {
			body := `{"items":[]}`
			switch {
			case n == 4:
				body = `{"items":[7]}`
			case name == "cursor":
				body = fmt.Sprintf(`{"items":[],"next":"%d"}`, n)
			}
			return reply(200, body), nil
		}}
		if got, err := collect(Pages(t.Context(), a.client(), "/x", by)); err != nil || !slices.Equal(got, []int{7}) {
			t.Errorf("%s: got %v, error %v", name, got, err)
		}
	}
}

// TestWrongField: an empty list whose first page has objects is worth a warning.
func TestWrongField(t *testing.T) {
	t.Parallel()
	const empty = `{"items":[],"schemas":["urn:x"],"links":[{"rel":"self"}],"total":0}`
	for _, tt := range []struct {
		pages []string
		want  string // where there are objects
	}{
		{[]string{`{"total":2,"Resources":[{"id":1}]}`}, "Resources"},
		{[]string{`{"next":"a","data":{"links":[{}],"users":[{"id":1}]}}`, `{"items":[]}`}, "data.users"},
		{[]string{`{"next":"a","Resources":[{"id":1}]}`, `{"items":[1]}`}, ""},
		{[]string{`{"next":"a","items":[]}`, `{"Resources":[{"id":1}]}`}, ""},
		{[]string{`{"items":[1],"Resources":[{"id":1}]}`}, ""},
		{[]string{empty}, ""},
		{[]string{strings.Repeat(`{"a":`, 5) + `{"b":[{}]}` + strings.Repeat("}", 5)}, ""},
		{[]string{""}, ""},
	} {
		var lines bytes.Buffer
		a := &api{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if tt.pages[n-1] == "" {
				return reply(http.StatusNoContent, ""), nil
			}
			return reply(http.StatusOK, tt.pages[n-1]), nil
		}}
		method := sdk.NewMethod[struct{}, sdk.None]("test")
		connector := sdk.New(sdk.Spec{}, decodeNothing, func(context.Context, struct{}) (*Client, error) { return a.client(), nil },
			[]sdk.Handler[*Client]{sdk.Action(method, func(c *Client, ctx context.Context, _ struct{}) error {
				_, err := collect(Pages(ctx, c, "/users?q=private", Cursor("c", numbers.next)))
				return err
			})}, sdk.WithLogger(slog.New(slog.NewTextHandler(&lines, nil))))
		if _, err := sdk.Call(t.Context(), connector, method, struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
		log := lines.String()
		if warned := strings.Contains(log, "level=WARN"); warned != (tt.want != "") || warned && !strings.Contains(log, "path=/users objects="+tt.want+"\n") {
			t.Errorf("%s: log %s", tt.pages, log)
		}
	}
}

// TestPagesLeave: a loop that breaks off ends the request that is under way, and leaves
// nothing behind, which the bubble would wait for.
func TestPagesLeave(t *testing.T) {
	t.Parallel()
	for name := range ways(t.Context(), New(base)) {
		for after := range 4 {
			synctest.Test(t, func(t *testing.T) {
				l := newList(9, 3)
				working := l.answer
				ended := false
				l.answer = func(n int, r *http.Request) (*http.Response, error) {
					if n == 2 {
						<-r.Context().Done() // a server that hangs
						ended = true
						return nil, r.Context().Err()
					}
					return working(n, r)
				}
				c := l.client(WithTimeout(time.Hour), WithErrors(func(e *Error) error {
					t.Errorf("%s: asked about %v", name, e)
					return e
				}))
				seen, start := 0, time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				for _, err := range ways(ctx, c)[name] {
					if seen++; seen == 4 && !errors.Is(err, context.DeadlineExceeded) || seen < 4 && err != nil {
						t.Errorf("%s: error %v", name, err)
					}
					if after < 3 && seen == after+1 {
						synctest.Wait()
						break
					}
				}
				if want := time.Minute * time.Duration(after/3); !ended || seen != after+1 || time.Since(start) != want {
					t.Errorf("%s: %d items in %v, request ended: %t", name, seen, time.Since(start), ended)
				}
			})
		}
	}
}

// TestPagesCancelled: once the context has ended no further page counts, though it has come.
func TestPagesCancelled(t *testing.T) {
	t.Parallel()
	gone := errors.New("the reader is gone")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		l := newList(9, 3)
		var items []int
		var last error
		for item, err := range ways(ctx, l.client())["cursor"] {
			synctest.Wait() // the next page is there
			cancel(gone)
			if last = err; err == nil {
				items = append(items, item)
			}
		}
		if last != gone || !slices.Equal(items, upTo(3)) {
			t.Errorf("got %v, error %v", items, last)
		}
	})
}

// A bad is a page whose UnmarshalJSON fails in some way.
type bad struct{ numbers }

func (b *bad) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"panic"`:
		panic("in UnmarshalJSON")
	case `"exit"`:
		runtime.Goexit()
	case `"errors"`:
		return errors.New("the query failed")
	}
	return json.Unmarshal(text, &b.numbers)
}

// TestPagesPanic: a panic in a page, in the function that reads it and in the loop reaches
// whoever runs the loop, and leaves nothing behind.
func TestPagesPanic(t *testing.T) {
	t.Parallel()
	by := func(fail bool) Paging[bad, int] {
		return Cursor("c", func(p bad) ([]int, string) {
			if fail && p.Next == "2" {
				panic("in read")
			}
			return p.Items, p.Next
		})
	}
	for want, tt := range map[string]struct {
		third string
		fail  bool
	}{"in UnmarshalJSON": {`"panic"`, false}, "in read": {`{}`, true}, "in the loop": {`{}`, false}} {
		synctest.Test(t, func(t *testing.T) {
			a := script(says(200, `{"items":[1],"next":"1"}`), says(200, `{"items":[2],"next":"2"}`), says(200, tt.third))
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %s", got, want)
				}
			}()
			for item := range Pages(t.Context(), a.client(), "/x", by(tt.fail)) {
				if want == "in the loop" && item == 2 {
					panic("in the loop")
				}
			}
		})
	}
}

// TestPagesUnread: a page that says that it has failed, or was not read to its end, does not
// end the list as if it were complete.
func TestPagesUnread(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`"exit"`:   "the page was not read",
		`"errors"`: `GET /x: the answer with status 200 cannot be decoded: the query failed: "errors"`,
	} {
		a := script(says(200, `{"items":[1],"next":"1"}`), says(200, body))
		got, err := collect(Pages(t.Context(), a.client(), "/x", Cursor("c", func(p bad) ([]int, string) { return p.next() })))
		if err == nil || err.Error() != want || !slices.Equal(got, []int{1}) {
			t.Errorf("%s: got %v, error %v", body, got, err)
		}
	}
}

// TestPagesRetried: a page that is asked for in a body only reads, so it is asked for again.
func TestPagesRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := script(breaks(errBroken), says(502, ""), says(200, `{"items":[1]}`))
		got, err := collect(Pages(t.Context(), a.client(), "/search", PageFunc(after), Body(url.Values{"a": {"b"}})))
		if err != nil || !slices.Equal(got, []int{1}) || !slices.Equal(a.sent(), slices.Repeat([]string{"POST " + base + "/search a=b"}, 3)) {
			t.Errorf("got %v, error %v, sent %q", got, err, a.sent())
		}
	})
}

// TestPagesElsewhere: no page is read from another host than the API's.
func TestPagesElsewhere(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"https://b.example/x?a=secret":                "GET /x: https://b.example is not the API's own host: see WithHosts",
		"//b.example/x":                               "GET /x: https://b.example is not the API's own host: see WithHosts",
		"http://api.example.com/x":                    "GET /x: http://api.example.com is not encrypted, but the base URL is",
		"https://files.example.com/x":                 "",
		" https://API.example.com:443/%7Bx%7D?q={y} ": "",
	} {
		a := script(says(200, fmt.Sprintf(`{"items":[1],"next":%q}`, next)))
		c := a.client(WithAuth(Bearer(hush)), WithHosts("files.example.com"))
		got, err := collect(Pages(t.Context(), c, "/x", NextURL(numbers.next)))
		if (err == nil) != (want == "") || err != nil && err.Error() != want || !slices.Equal(got, []int{1}) {
			t.Errorf("%s: got %v, error %v", next, got, err)
		}
		if want == "" && a.requests[1].URL.String() != strings.TrimSpace(next) {
			t.Errorf("%s: sent %s", next, a.sent())
		}
	}
}

// TestPagesLimited: reading ahead does not wait for itself where there may be one request at
// once, also when the loop makes calls.
func TestPagesLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, ctx := newList(9, 3), isolated(t)
		c := l.client(WithConcurrency(1))
		n := 0
		for _, err := range ways(ctx, c)["cursor"] {
			if _, failed := Get[any](ctx, c, "/x"); err != nil || failed != nil {
				t.Fatal(err, failed)
			}
			n++
		}
		if n != 9 || l.most != 1 {
			t.Errorf("%d items, %d requests at once", n, l.most)
		}
	})
}

// TestPagesLink: what parts a Link header may have.
func TestPagesLink(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		``:                               "",
		`<a>; rel="next"`:                "a",
		`<a>;rel=next`:                   "a",
		`<a> ; REL = "NEXT"`:             "a",
		`<a>; rel="prev next"`:           "a",
		`<a>; rel=prev, <b>; rel=next`:   "b",
		`<a>; rel=prev,<b>;rel="next",`:  "b",
		`<a>; rel=next, <b>; rel=last`:   "a",
		`<a>; rel="last"; rel="next"`:    "", // the first counts
		`<a>; title="rel=next"`:          "",
		`<a>; title="x, <b>; rel=next"`:  "",
		`<a>; title="\", <b>; rel=next"`: "",
		`<a>; title="\\", <b>; rel=next`: "b",
		`<a>; title="; <b>"; rel=next`:   "a",
		`<a?b=c,d;e>; rel=next`:          "a?b=c,d;e",
		`<a>; rel=nextpage`:              "",
		`<a>; rel`:                       "",
		`a; rel=next`:                    "",
		`<a; rel=next`:                   "",
		`<>; rel=next`:                   "",
		`<a>; relx=next; rel=next`:       "a",
		`<a>;;; rel=next`:                "a",
	} {
		if got := nextLink([]string{"<x>; rel=self", header}); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

// FuzzLink: what is found is in the header, between angle brackets.
func FuzzLink(f *testing.F) {
	f.Add(`<https://api.example.com/users?page=2>; rel="next", <https://api.example.com/users?page=9>; rel="last"`)
	f.Add(`<a>; title="\", <b>; rel=next`)
	f.Add(`<<>;rel="`)
	f.Fuzz(func(t *testing.T, header string) {
		if got := nextLink([]string{header}); got != "" && (!strings.Contains(header, "<"+got+">") || strings.Contains(got, ">")) {
			t.Errorf("%q gives %q", header, got)
		}
	})
}

// BenchmarkPages reads a list of 1,000,000 objects, and reports the most memory in use.
func BenchmarkPages(b *testing.B) {
	type user struct {
		ID, Name, Mail string
		Groups         []string
	}
	const total, size = 1_000_000, 200
	a := &streaming{}
	next := func(p struct {
		Users []user
		Next  string
	},
	) ([]user, string) {
		return p.Users, p.Next
	}
	for b.Loop() {
		var most uint64
		n := 0
		for _, err := range Pages(b.Context(), New(base, WithTransport(a)), "/users", Cursor("after", next), Query("limit", size)) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n%100_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		if n != total || most > 64<<20 {
			b.Fatalf("%d objects, %d bytes of memory", n, most)
		}
		b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
	}
}

// A streaming is the API of BenchmarkPages, which remembers nothing.
type streaming struct{}

func (*streaming) RoundTrip(r *http.Request) (*http.Response, error) {
	start, _ := strconv.Atoi(r.URL.Query().Get("after"))
	var b strings.Builder
	b.WriteString(`{"users":[`)
	for i := start; i < start+200; i++ {
		if i > start {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","name":"Ada Lovelace","mail":"ada%d@example.com","groups":["admins","users"]}`, i, i)
	}
	b.WriteString(`]`)
	if start+200 < 1_000_000 {
		fmt.Fprintf(&b, `,"next":"%d"`, start+200)
	}
	b.WriteString(`}`)
	resp := reply(http.StatusOK, b.String())
	resp.Request = r
	return resp, nil
}
