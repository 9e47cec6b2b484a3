//go:build !js

package sdk

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
)

// A limit is an amount that requests share. It is safe for concurrent use.
type limit struct {
	most int64 // 0 means any amount

	mu   sync.Mutex
	used int64
}

// take takes a part of the amount, or reports that so much is not left.
func (l *limit) take(n int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most > 0 && n > l.most-l.used {
		return false
	}
	l.used += n
	return true
}

func (l *limit) free(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used -= n
}

func (l *limit) inUse() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used
}

// A share is what one request has taken of a limit.
type share struct {
	of *limit
	n  int64
}

// set makes the share larger or smaller.
func (s *share) set(n int64) error {
	if n > s.n && !s.of.take(n-s.n) {
		return &statusError{http.StatusServiceUnavailable, fmt.Sprintf("the server is busy: the requests that it holds would take more than %d bytes, its limit", s.of.most)}
	}
	if n < s.n {
		s.of.free(s.n - n)
	}
	s.n = n
	return nil
}

func (s *share) free() { _ = s.set(0) }

// minGrowth is how many bytes a buffer for a body grows by at least.
const minGrowth = 4 << 10

// readHeld reads up to the end. The share grows with the buffer, and has the text's size at
// last.
func readHeld(r io.Reader, held *share) ([]byte, error) {
	var text []byte
	for {
		if len(text) == cap(text) {
			more := max(minGrowth, len(text)/4)
			if err := held.set(int64(len(text) + more)); err != nil {
				return nil, err
			}
			text = slices.Grow(text, more)
		}
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return text, errors.Join(err, held.set(int64(len(text))))
		}
	}
}
