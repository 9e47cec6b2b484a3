package pages

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"testing"
)

// maxSize is the maximum total size of all files, each compressed as a browser would receive it.
const maxSize = 100_000

// TestSize: the pages stay small. Licences, which no browser loads, do not count.
func TestSize(t *testing.T) {
	t.Parallel()
	total, loaded := 0, 0
	err := fs.WalkDir(Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == "vendor/README.md" || path == "vendor/LICENSE.htm" || path == "vendor/LICENSE.preact" {
			return err
		}
		text, err := fs.ReadFile(Files, path)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		total += b.Len()
		loaded++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if loaded < 20 || total > maxSize {
		t.Errorf("%d files have %d bytes, want at most %d", loaded, total, maxSize)
	}
	t.Logf("%d files have %d bytes", loaded, total)
}
