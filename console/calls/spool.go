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

// A spool is the file of one recording. One goroutine appends to it while others read.
type spool struct {
	mu      sync.Mutex
	file    *os.File
	buffer  *bufio.Writer
	written int64
}

func newSpool(dir string, id int) (*spool, error) {
	f, err := os.OpenFile(filepath.Join(dir, strconv.Itoa(id)+".ndjson"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.New("cannot record the call: " + plainCause(err))
	}
	return &spool{file: f, buffer: bufio.NewWriterSize(f, 64<<10)}, nil
}

// append adds a text and returns where it ends.
func (s *spool) append(text []byte) (end int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.buffer.Write(text); err != nil {
		return s.written, err
	}
	s.written += int64(len(text))
	return s.written, nil
}

func (s *spool) size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}

// reader returns a reader of the file, which has all that was appended so far.
func (s *spool) reader() (io.ReaderAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file, s.buffer.Flush()
}

// close removes the file. Reads that go on fail.
func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// plainCause returns what went wrong without the names of system calls.
func plainCause(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}
