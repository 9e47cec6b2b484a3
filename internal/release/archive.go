package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
	"time"
)

// An entry is a file in an archive.
type entry struct {
	name    string
	content []byte
	mode    os.FileMode
	owner   string
	time    time.Time
}

// readArchive returns the entries of an archive, whose name determines its kind.
func readArchive(name string) ([]entry, error) {
	if strings.HasSuffix(name, ".zip") {
		return readZip(name)
	}
	return readTar(name)
}

func readTar(name string) (entries []entry, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	archive := tar.NewReader(unpacked)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{header.Name, content, header.FileInfo().Mode(), header.Uname, header.ModTime})
	}
}

// readZip returns the entries of a zip, which has no owners.
func readZip(name string) (entries []entry, err error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	for _, f := range archive.File {
		content, err := readZipped(f)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{f.Name, content, f.Mode(), "root", f.Modified})
	}
	return entries, nil
}

func readZipped(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
