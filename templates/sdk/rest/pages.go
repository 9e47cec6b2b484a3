package rest

import (
	"context"
	"errors"
	"iter"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// Pages reads a list page by page and yields its items one by one. At most two pages are in
// memory: while the items of one are used, the next is being read. P is the type of a page, T
// that of an item.
//
// An error comes as the last pair, after the items that were read before it. Without one the
// list is complete. If the API repeats a cursor, a URL or a page, so the list would never
// end, that is an error; so is an answer without a body, unless its status is 204, which ends
// the list. Breaking out of the loop cancels the request under way. A loop over the items
// alone, without the error, gets a zero T where the list fails.
//
// Some APIs, such as those of GraphQL, report failures with a status of success. Give P an
// UnmarshalJSON that returns an error then: a list that ends early looks complete, and
// Identity Security Cloud takes the missing accounts for deleted ones.
func Pages[P, T any](ctx context.Context, c *Client, path string, by Paging[P, T], opts ...CallOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		w := newWalk(c, path, opts)
		next := by.start(w)
		page := readPage[P](ctx, w)
		defer func() {
			cancel()
			<-page.done
		}()
		for {
			value, end, err := page.wait()
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			var items []T
			more := false
			if err == nil && !end {
				items, more, err = next(value)
				w.found(len(items))
			}
			isAhead := more && scope.Of(ctx) == nil // a test must ask for the same each time
			if isAhead {
				page = readPage[P](ctx, w)
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if more && !isAhead {
				page = readPage[P](ctx, w)
			}
			if err != nil {
				yield(*new(T), w.failed(ctx, err))
			} else if !more {
				w.complete(ctx)
			}
			if !more {
				return
			}
		}
	}
}

// A Paging says how an API leads from page to page, and where a page has its items.
type Paging[P, T any] struct {
	// start prepares the first request. What it returns says what a page has, and prepares
	// the next request if there are more. Items with an error come before it.
	start func(*walk) func(P) (items []T, more bool, err error)
}

// Cursor is for pages that contain a cursor, which is sent in a query value to get the next
// page. read returns the items of a page and the cursor of the next; "" ends the list. The
// first request has none.
func Cursor[P, T any](param string, read func(P) (items []T, next string)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, cursor := read(page)
			more, err := w.cursor(param, cursor)
			return items, more, err
		}
	}}
}

// NextURL is for pages that contain the URL of the next one, absolute or relative to their own.
// read returns the items of a page and that URL; "" ends the list. [Query] and [Param] apply
// to the first request alone.
func NextURL[P, T any](read func(P) (items []T, next string)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, next := read(page)
			more, err := w.url(next)
			return items, more, err
		}
	}}
}

// LinkHeader is for answers that have the URL of the next page in a Link header (RFC 8288) with
// rel="next". It continues as [NextURL] does.
func LinkHeader[P, T any](items func(P) []T) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			more, err := w.url(nextLink(w.header.Values("Link")))
			return items(page), more, err
		}
	}}
}

// Offset is for lists that are read from an offset on, which is sent in a query value. first
// is the offset of the first item: 0, or 1 for APIs that count from 1. Each request continues
// after the items read so far. An empty page ends the list; a short one does not, since it
// may come from a limit of the API's own. Where a page says how many items there are, a
// [PageFunc] saves the request for the empty page, which some APIs refuse.
func Offset[P, T any](param string, first int, items func(P) []T) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		at := first
		w.step = []CallOption{Query(param, at)}
		return func(page P) ([]T, bool, error) {
			found := items(page)
			at += len(found)
			return numbered(w, param, at, found)
		}
	}}
}

// PageNumber is for numbered pages. The number is sent in a query value, and first is that of
// the first page. An empty page ends the list.
func PageNumber[P, T any](param string, first int, items func(P) []T) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		at := first
		w.step = []CallOption{Query(param, at)}
		return func(page P) ([]T, bool, error) {
			found := items(page)
			at++
			return numbered(w, param, at, found)
		}
	}}
}

// numbered goes to the page at an offset or of a number, unless the last one was empty.
func numbered[T any](w *walk, param string, at int, items []T) ([]T, bool, error) {
	if len(items) == 0 {
		return nil, false, nil
	}
	if w.repeats(items) {
		return nil, false, w.stuck("the API sent the same page twice: it may not know the query value " + param)
	}
	w.step = []CallOption{Query(param, at)}
	return items, true, nil
}

// PageFunc is for everything else. next returns the items of a page and the options that lead
// to the next page, such as another [Query] or [Body]; they are added to those of [Pages]. No
// options end the list. A loop may start again from the first page, so next should depend on
// its page alone.
func PageFunc[P, T any](next func(P) (items []T, more []CallOption)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, opts := next(page)
			if len(opts) > 0 && w.same && (len(items) > 0 || w.repeated) {
				return nil, false, w.stuck("the API sent the same page twice: the list would never end")
			}
			w.step = opts
			return items, len(opts) > 0, nil
		}
	}}
}

// Array returns the items of a page that is an array, for [LinkHeader], [Offset] and
// [PageNumber].
func Array[T any](page []T) []T { return page }

// A pending is a page that is being read.
type pending[P any] struct {
	done     chan struct{} // closed when the rest is set
	page     P
	end      bool // there is no page, and none comes
	err      error
	panicked any
}

// readPage begins to read the next page.
func readPage[P any](ctx context.Context, w *walk) *pending[P] {
	p := &pending[P]{done: make(chan struct{}), err: errUnread}
	go func() {
		defer close(p.done)
		defer func() { p.panicked = recover() }()
		p.end, p.err = w.read(ctx, &p.page)
	}()
	return p
}

// errUnread is the error of a page whose own UnmarshalJSON ends the goroutine.
var errUnread = errors.New("the page was not read")

// wait returns the page. A panic in its own UnmarshalJSON is one here.
func (p *pending[P]) wait() (page P, end bool, err error) {
	<-p.done
	if p.panicked != nil {
		panic(p.panicked)
	}
	return p.page, p.end, p.err
}
