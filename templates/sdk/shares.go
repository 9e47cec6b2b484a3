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

// A limit is an amount shared by requests. It is safe for concurrent use.
type limit struct {
	most int64 // 0 means any amount

	mu   sync.Mutex
	used int64
}

// take takes n of the amount. It reports false when less than n is left.
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

// isUsedUp reports whether nothing is left.
func (l *limit) isUsedUp() bool { return l.most > 0 && l.inUse() >= l.most }

func (l *limit) inUse() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used
}

// A share is the part of a limit that one request has taken.
type share struct {
	of *limit
	n  int64
}

// set makes the share larger or smaller.
func (s *share) set(n int64) error {
	if n > s.n && !s.of.take(n-s.n) {
		return &statusError{http.StatusServiceUnavailable, fmt.Sprintf("the server is busy: the requests it holds would exceed its limit of %d bytes", s.of.most)}
	}
	if n < s.n {
		s.of.free(s.n - n)
	}
	s.n = n
	return nil
}

func (s *share) free() { _ = s.set(0) }

// minGrowth is the least number of bytes by which a buffer for a body grows.
const minGrowth = 4 << 10

// readHeld reads r to its end. The share grows with the text, not with the buffer, which is up to a
// quarter larger: as many whole texts as the limit has room for can be held at once. announced is the
// length that the client gives; it may be wrong, or -1.
func readHeld(r io.Reader, announced int64, held *share) ([]byte, error) {
	text := make([]byte, 0, min(max(announced, 0), minGrowth))
	for {
		if len(text) == cap(text) {
			text = slices.Grow(text, max(minGrowth, len(text)/4))
		}
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if full := held.set(int64(len(text))); full != nil {
			return nil, full
		}
		switch {
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return text, err
		}
	}
}
