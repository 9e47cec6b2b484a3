// Package bundle makes what Identity Security Cloud takes of a connector: a zip of
// one JavaScript file and the spec.
//
// The JavaScript either carries the connector itself, built for WebAssembly
// ([Program]), or forwards each command to a service that runs elsewhere
// ([Service]). Its sources are in templates/bundle.
package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/templates"
)

// What a bundle consists of, under the names that Identity Security Cloud expects.
const (
	indexName = "index.js"
	specName  = "connector-spec.json"
)

// Info is what a bundle says of itself.
type Info struct {
	Name    string // of the connector
	Version string
}

// ZipName returns the name of the bundle's file: NAME-VERSION.zip, with nothing in
// it that a shell, a URL or a file system reads in its own way.
func (i Info) ZipName() string {
	return clean(i.Name, "connector") + "-" + clean(i.Version, "0") + ".zip"
}

// clean keeps letters, digits, dots, underscores and hyphens, the latter in place of all else.
func clean(name, otherwise string) string {
	name = strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '_'
	}), "-")
	if name = strings.Trim(name, "-._"); name == "" {
		return otherwise
	}
	return name
}

// Zip returns the bundle of a JavaScript file and a spec. The same two give the
// same bytes.
func Zip(index, spec []byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, f := range []generator.File{{Path: indexName, Content: index}, {Path: specName, Content: spec}} {
		header := &zip.FileHeader{Name: f.Path, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		header.SetMode(0o644)
		entry, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.Content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// script returns an index.js of templates: what the settings say first, then the
// files, then what is long.
func script(info Info, settings any, files []string, tail string) ([]byte, error) {
	text, err := json.MarshalIndent(settings, "", "\t")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// The connector %q, version %s, packed by conngen.\n'use strict'\n\nconst bundle = %s\n", info.Name, clean(info.Version, "0"), text)
	for _, name := range files {
		source, err := fs.ReadFile(templates.Bundle(), name)
		if err != nil {
			return nil, err
		}
		// What checks the file alone must be told of the others; here they are.
		_, source, _ = bytes.Cut(source, []byte("*/\n"))
		b.Write(source)
	}
	b.WriteString(tail)
	return b.Bytes(), nil
}
