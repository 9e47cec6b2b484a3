package rest

import (
	"context"
	"iter"
)

// Pages reads a list page by page and gives its items one by one, with at most two pages in
// memory: the next one is on its way while the items of the last are used. The first error
// is the last pair; without one the list is complete. A list that would go round in circles,
// since the API sends a cursor or a page again, is an error too. P is what a page decodes to.
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
			value, err := page.wait()
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			var items []T
			more := false
			if err == nil {
				items, more, err = next(value)
			}
			if err != nil {
				yield(*new(T), w.failed(ctx, err))
				return
			}
			if more {
				page = readPage[P](ctx, w)
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

// A Paging is how an API goes from page to page, and where a page has its items.
type Paging[P, T any] struct {
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
			more, err := w.number(param, at, len(found))
			return found, more, err
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
			more, err := w.number(param, at, len(found))
			return found, more, err
		}
	}}
}

// PageFunc has next say what leads to the next page: options such as another [Query] or
// [Body], which are added to those of [Pages]. None end the list.
func PageFunc[P, T any](next func(P) (items []T, more []CallOption)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, opts := next(page)
			more, err := w.by(opts)
			return items, more, err
		}
	}}
}

// Array is for pages that are an array of items.
func Array[T any](page []T) []T { return page }

// A pending is a page that is being read.
type pending[P any] struct {
	done     chan struct{} // closed when the rest is set
	page     P
	err      error
	panicked any
}

// readPage begins to read the next page.
func readPage[P any](ctx context.Context, w *walk) *pending[P] {
	p := &pending[P]{done: make(chan struct{})}
	go func() {
		defer close(p.done)
		defer func() { p.panicked = recover() }()
		p.err = w.read(ctx, &p.page)
	}()
	return p
}

// wait returns the page. A panic in its own UnmarshalJSON is one here.
func (p *pending[P]) wait() (P, error) {
	<-p.done
	if p.panicked != nil {
		panic(p.panicked)
	}
	return p.page, p.err
}
