package rest

import (
	"context"
	"errors"
	"iter"

	"github.com/conngen/conngen/templates/sdk/internal/scope"
)

// Pages reads a list page by page and yields its items one by one. At most two pages are in
// memory: while the loop uses the items of one, the next is read. P is the type of a page, T
// that of an item.
//
// An error comes as the last pair, after the items read before it. Without an error, the list
// is complete. If the API repeats a cursor, a URL or a page, the list would never end, so that
// is an error. An answer without a body is an error too, unless its status is 204, which ends
// the list. Breaking out of the loop cancels the current request. A loop that ignores the
// error gets a zero T if the list fails.
//
// Some APIs, such as GraphQL APIs, report failures with a success status. Give P an
// UnmarshalJSON that returns an error for them. Otherwise the list ends early and looks
// complete, and Identity Security Cloud treats the missing accounts as deleted.
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
			isAhead := more && scope.Of(ctx) == nil // a test must send the same requests each time
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

// A Paging finds the items of a page, and the way to the next page.
type Paging[P, T any] struct {
	// start prepares the first request. The function that it returns gets the items of a page,
	// and prepares the next request if there are more pages. Items are yielded before the error.
	start func(*walk) func(P) (items []T, more bool, err error)
}

// Cursor is for pages that contain the cursor of the next page, which is sent as the query
// value param. read returns the items of a page and the next cursor; "" ends the list. The
// first request has no cursor.
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
// read returns the items of a page and the next URL; "" ends the list. [Query] and [Param]
// apply only to the first request.
func NextURL[P, T any](read func(P) (items []T, next string)) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			items, next := read(page)
			more, err := w.url(next)
			return items, more, err
		}
	}}
}

// LinkHeader is for answers with a Link header (RFC 8288) whose rel="next" is the URL of the
// next page. It otherwise works like [NextURL].
func LinkHeader[P, T any](items func(P) []T) Paging[P, T] {
	return Paging[P, T]{func(w *walk) func(P) ([]T, bool, error) {
		return func(page P) ([]T, bool, error) {
			more, err := w.url(nextLink(w.header.Values("Link")))
			return items(page), more, err
		}
	}}
}

// Offset is for lists that are read from an offset, which is sent as the query value param.
// first is the offset of the first item: 0, or 1 for APIs that count from 1. Each request
// continues after the items read so far. An empty page ends the list. A short page does not,
// since the API may have a page limit of its own. If pages contain the total, a [PageFunc]
// saves the request for the empty page, which some APIs refuse.
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

// PageNumber is for numbered pages. The number is sent as the query value param, and begins at
// first. An empty page ends the list.
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

// numbered goes to the page with an offset or number, unless the last page was empty.
func numbered[T any](w *walk, param string, at int, items []T) ([]T, bool, error) {
	if len(items) == 0 {
		return nil, false, nil
	}
	if w.repeats(items) {
		return nil, false, w.stuck("the API sent the same page twice: it may not support the query value " + param)
	}
	w.step = []CallOption{Query(param, at)}
	return items, true, nil
}

// PageFunc is for everything else. next returns the items of a page and the options that
// request the next page, such as another [Query] or [Body]. They are added to the options of
// [Pages]. No options end the list. A loop may start again from the first page, so next should
// depend only on its page.
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
	end      bool // the list has ended, and there is no page
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

// errUnread is the error of a page whose UnmarshalJSON ends the goroutine.
var errUnread = errors.New("the page was not read")

// wait returns the page. It repeats a panic of the page's UnmarshalJSON.
func (p *pending[P]) wait() (page P, end bool, err error) {
	<-p.done
	if p.panicked != nil {
		panic(p.panicked)
	}
	return p.page, p.end, p.err
}
