package calls

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// A spool is the file of one recording. One goroutine appends to it while others read. It is open
// while it grows; later it is opened by a read, and closed again by [spool.rest].
type spool struct {
	name string

	mu      sync.RWMutex
	file    *os.File      // nil if closed
	buffer  *bufio.Writer // nil once the recording is complete
	written int64
	removed bool
}

func newSpool(dir string, id int) (*spool, error) {
	name := filepath.Join(dir, strconv.Itoa(id)+".ndjson")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.New("cannot record the call: " + plainCause(err))
	}
	return &spool{name: name, file: f, buffer: bufio.NewWriterSize(f, 64<<10)}, nil
}

// append adds a line, and returns its end.
func (s *spool) append(line []byte) (end int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buffer == nil {
		return s.written, fs.ErrClosed
	}
	_, err = s.buffer.Write(line)
	if err == nil {
		err = s.buffer.WriteByte('\n')
	}
	if err != nil {
		return s.written, err
	}
	s.written += int64(len(line)) + 1
	return s.written, nil
}

func (s *spool) size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.written
}

// reader returns a reader of everything that was appended so far.
func (s *spool) reader() (io.ReaderAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buffer == nil {
		return s, nil
	}
	return s, s.buffer.Flush()
}

// ReadAt implements [io.ReaderAt].
func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	s.mu.RLock()
	if s.file != nil {
		defer s.mu.RUnlock()
		return s.file.ReadAt(b, at)
	}
	s.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.removed {
		return 0, fs.ErrClosed
	}
	if s.file == nil {
		f, err := os.Open(s.name)
		if err != nil {
			return 0, err
		}
		s.file = f
	}
	return s.file.ReadAt(b, at)
}

// complete marks the end of the lines.
func (s *spool) complete() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buffer != nil {
		_ = s.buffer.Flush() // a full disk is noticed when the lines are read
		s.buffer = nil
	}
}

// rest closes the file of a complete recording until the next read.
func (s *spool) rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buffer == nil && s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
}

// remove removes the file. Reads that continue fail.
func (s *spool) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		_ = s.file.Close()
	}
	s.file, s.buffer, s.removed = nil, nil, true
	_ = os.Remove(s.name)
}

// plainCause returns the cause of an error without the names of system calls.
func plainCause(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}
