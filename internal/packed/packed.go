// Package packed reads texts of the program that few runs need. They are plain files, which make build
// gives the compiler compressed, see package overlay. Programs that are built otherwise have them as they
// are.
package packed

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
)

// magic is how compressed texts begin, and no others.
const magic = "\x1f\x8b"

// ReadFile reads a file, which may be compressed.
func ReadFile(files fs.FS, name string) ([]byte, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return Text(content)
}

// Text returns a text that may be compressed.
func Text(content []byte) ([]byte, error) {
	if !bytes.HasPrefix(content, []byte(magic)) {
		return content, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Pack compresses a text.
func Pack(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return packed.Bytes(), err
}
