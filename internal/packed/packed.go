// Package packed reads texts of the program that few runs need. They are plain files; make build
// embeds them compressed, see package overlay. Other builds embed them as they are.
package packed

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
)

// magic begins compressed texts, and no others.
const magic = "\x1f\x8b"

// ReadFile reads a possibly compressed file.
func ReadFile(files fs.FS, name string) ([]byte, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return Text(content)
}

// Text returns a possibly compressed text.
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
