package rest

import (
	"context"
	"errors"
	"iter"
)

// Pages reads a list page by page and gives its items one by one, with at most two pages in
// memory: the next one is on its way while the items of the last are used. An error is the
// last pair; without one the list is complete. A list that would go round in circles, since
// the API sends a cursor or a page again, is an error, and so is a page that is empty but for
// status 204. P is what a page decodes to. Where a page with a status of success says that it
// has failed, as those of GraphQL do, have its UnmarshalJSON return an error: a list that
// ends early looks as if the rest had been deleted.
//
// A loop that breaks off ends the request that is under way.
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
			}
			if more {
				page = readPage[P](ctx, w)
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if err != nil {
				yield(*new(T), w.failed(ctx, err))
			}
			if !more {
				return
			}
		}
	}
}

// A Paging is how an API goes from page to page, and where a page has its items.
type Paging[P, T any] struct {
	// start prepares the first request. What it returns says what a page has, and prepares
	// the next request if there are more. Items with an error come before it.
	start func(*walk) func(P) (items []T, more bool, err error)
}

// Cursor is for pages that have the cursor of the next one, which goes into a value of the
// query. "" is that of the last page.
func Cursor[P, T any](param string, read func(P) (items []T, next string)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, cursor := read(page)
			more, err := w.cursor(param, cursor)
			return items, more, err
		}
	}}
}

// NextURL is for pages that have the URL of the next one, whole or relative to their own. ""
// is that of the last page.
func NextURL[P, T any](read func(P) (items []T, next string)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, next := read(page)
			more, err := w.url(next)
			return items, more, err
		}
	}}
}

// LinkHeader is for answers with the URL of the next page in a Link header (RFC 8288), as
// rel="next".
func LinkHeader[P, T any](items func(P) []T) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			more, err := w.url(nextLink(w.header.Values("Link")))
			return items(page), more, err
		}
	}}
}

// Offset is for lists that are read from an offset on: a value of the query says how many
// items come before the page, plus that of the first one. The list ends with an empty page:
// one that is short may only mean that the API has a limit of its own.
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

// PageNumber is for pages with numbers, which go into a value of the query, from that of the
// first one on. The list ends with an empty page.
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

// PageFunc has next say what leads to the next page: options such as another [Query] or
// [Body], which are added to those of [Pages]. None end the list.
func PageFunc[P, T any](next func(P) (items []T, more []CallOption)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, opts := next(page)
			if len(opts) > 0 && len(items) > 0 && w.body == w.before {
				return nil, false, w.stuck("the API sent the same page twice: the list would never end")
			}
			w.step = opts
			return items, len(opts) > 0, nil
		}
	}}
}

// Array is for pages that are an array of items.
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
