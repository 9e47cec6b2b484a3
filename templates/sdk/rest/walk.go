package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
)

// A walk is the position of [Pages] in a list. It holds everything that does not depend on the
// types of pages and items.
type walk struct {
	client *Client
	path   string // of the next page
	opts   []CallOption
	step   []CallOption // options that request the next page
	seed   maphash.Seed
	seen   map[uint64]bool // hashes of earlier cursors and URLs

	request        *request    // of the last page
	at             *url.URL    // of the last page
	header         http.Header // of the last page
	asked, body    uint64      // hashes of the last request and the last page
	repeated, same bool        // whether they equal the ones before
	items          any         // of the last page, if they are compared
	first          []byte      // the first page, until its items are known
	unread         string      // a list in the first page, if that gave no items
}

func newWalk(c *Client, path string, opts []CallOption) *walk {
	return &walk{client: c, path: path, opts: opts, seed: maphash.MakeSeed(), seen: make(map[uint64]bool)}
}

// read reads the next page into page. end reports that the API sent no page.
func (w *walk) read(ctx context.Context, page any) (end bool, err error) {
	r := newRequest(http.MethodGet, w.path, nil, append(w.opts[:len(w.opts):len(w.opts)], w.step...))
	if r.body != nil {
		r.method, r.exchange.repeatable = http.MethodPost, true // a list only reads
	}
	resp, body, failure := w.client.send(ctx, r, page)
	if failure != nil {
		return false, failure
	}
	if len(bytes.TrimSpace(body)) == 0 && resp.StatusCode != http.StatusNoContent {
		return false, w.client.refused(r, resp, body, fmt.Errorf("the answer with status %d is empty, not a page", resp.StatusCode))
	}
	w.request, w.at, w.header = r, resp.Request.URL, resp.Header
	if w.body == 0 {
		w.first = body
	}
	sent, _, _ := encodeBody(r.body) // it was sent, so it has no error
	was := [2]uint64{w.asked, w.body}
	w.asked, w.body = maphash.String(w.seed, w.at.String()+" "+string(sent)), maphash.Bytes(w.seed, body)
	w.repeated, w.same = w.asked == was[0], w.body == was[1]
	return resp.StatusCode == http.StatusNoContent, nil
}

// found takes note of the number of items on a page.
func (w *walk) found(items int) {
	if w.first != nil && items == 0 {
		w.unread = listIn(w.first, 4)
	}
	if w.first = nil; items > 0 {
		w.unread = ""
	}
}

// complete is called at the end of the list. A paging that reads items from the wrong field
// gives an empty list, and Identity Security Cloud then treats all accounts as deleted.
func (w *walk) complete(ctx context.Context) {
	if w.unread != "" {
		sdk.Logger(ctx).WarnContext(ctx, "the list is empty, but its first page has objects elsewhere: check where the paging reads items",
			"path", w.client.redactor(w.request.exchange).text(w.request.exchange.path), "objects", w.unread)
	}
}

// listIn returns the path of a list of objects in a page, such as "data.users", down to some
// depth; "" if there is none. Lists of links do not count.
func listIn(page []byte, depth int) string {
	var members map[string]json.RawMessage
	if depth == 0 || json.Unmarshal(page, &members) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if strings.Contains(strings.ToLower(name), "link") {
			continue
		}
		var objects []map[string]json.RawMessage
		if json.Unmarshal(members[name], &objects) == nil && len(objects) > 0 {
			return name
		}
		if inner := listIn(members[name], depth-1); inner != "" {
			return name + "." + inner
		}
	}
	return ""
}

// failed returns the error of the list, mapped by the author's function.
func (w *walk) failed(ctx context.Context, err error) error {
	var failure *Error
	if ctx.Err() != nil || !errors.As(err, &failure) {
		return because(ctx, err)
	}
	if mapped := w.client.mapped(failure); mapped != nil {
		return mapped
	}
	return failure // a list that lacks a page must not look complete
}

// stuck returns the error of a list that never ends.
func (w *walk) stuck(problem string) error { return w.client.failed(w.request, errors.New(problem)) }

// again reports whether a cursor or URL was used before.
func (w *walk) again(what string) bool {
	hash := maphash.String(w.seed, what)
	before := w.seen[hash]
	w.seen[hash] = true
	return before
}

// cursor goes to the page of a cursor, if there is one.
func (w *walk) cursor(param, cursor string) (more bool, err error) {
	if cursor == "" {
		return false, nil
	}
	if w.again(cursor) {
		return false, w.stuck("the API sent the cursor of an earlier page again: the list would never end")
	}
	w.step = []CallOption{Query(param, cursor)}
	return true, nil
}

// url goes to the page at a URL, if there is one.
func (w *walk) url(next string) (more bool, err error) {
	if next == "" {
		return false, nil
	}
	if len(w.seen) == 0 {
		w.again(w.at.String())
	}
	u, err := w.at.Parse(strings.TrimSpace(next))
	if err != nil || u.Host == "" {
		return false, w.stuck("the URL of the next page is malformed")
	}
	if w.again(u.String()) {
		return false, w.stuck("the API sent the URL of an earlier page again: the list would never end")
	}
	w.path, w.step = u.String(), []CallOption{inURL}
	return true, nil
}

// inURL clears the query and params of a request, which the URL of the next page contains.
func inURL(r *request) { r.query, r.params = nil, nil }

// repeats reports whether a page has the items of the page before. The pages themselves may
// differ in a timestamp or a request number.
func (w *walk) repeats(items any) bool {
	same := reflect.DeepEqual(items, w.items)
	w.items = items
	return same
}

// nextLink returns the URL with rel="next" of Link headers, or "".
func nextLink(headers []string) string {
	for _, header := range headers {
		for rest := header; ; {
			_, after, found := strings.Cut(rest, "<")
			target, params, closed := strings.Cut(after, ">")
			if !found || !closed {
				break
			}
			// The params end where the next link begins: a "<" that is not in quotes.
			end := unquoted(params, '<')
			if isNext(params[:end]) {
				return target
			}
			rest = params[end:]
		}
	}
	return ""
}

// unquoted returns the index of a byte outside of quotes, or the length.
func unquoted(text string, b byte) int {
	inQuotes := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && inQuotes:
			i++ // the next one is quoted
		case text[i] == '"':
			inQuotes = !inQuotes
		case text[i] == b && !inQuotes:
			return i
		}
	}
	return len(text)
}

// isNext reports whether the params of a link have the relation next.
func isNext(params string) bool {
	for params != "" {
		end := unquoted(params, ';')
		name, value, _ := strings.Cut(params[:end], "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			relations := strings.Fields(strings.Trim(strings.TrimSpace(value), `", `))
			for _, relation := range relations {
				if strings.EqualFold(relation, "next") {
					return true
				}
			}
			return false
		}
		params = strings.TrimPrefix(params[end:], ";")
	}
	return false
}
