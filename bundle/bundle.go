// Package bundle makes the bundle of a connector for Identity Security Cloud: a zip of
// one JavaScript file and the spec.
//
// The JavaScript either carries the connector itself, built for WebAssembly
// ([Program]), or forwards each command to a service that runs elsewhere
// ([Service]). Its sources are in templates/bundle.
package bundle

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/tailscale/hujson"

	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/internal/slug"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates"
)

// The files of a bundle, with the names that Identity Security Cloud expects.
const (
	indexName = "index.js"
	specName  = "connector-spec.json"
)

// Info describes a bundle.
type Info struct {
	Name    string // of the connector
	Version string
}

// ZipName returns the name of the bundle's file: NAME-VERSION.zip. It has no characters that are
// special to a shell, a URL or a file system, and is short enough for all of them. A long name or
// version is cut and ends in a hash of the whole, so different names give different files.
func (i Info) ZipName() string {
	name := shortened(clean(i.Name, "connector"), i.Name) + "-" + shortened(clean(i.Version, "0"), i.Version) + ".zip"
	if isDevice(name) {
		return "connector-" + name
	}
	return name
}

// maxPart is the maximum length of the name and of the version in a file name. File systems allow
// 255 bytes, of which a browser needs some to number a second download. Windows allows 260
// characters for the whole path.
const maxPart = 100

// shortened shortens a part of a file name made from text.
func shortened(part, text string) string {
	if len(part) <= maxPart {
		return part
	}
	hash := sha256.Sum256([]byte(text))
	end := fmt.Sprintf("-%x", hash[:6])
	return strings.TrimRight(part[:maxPart-len(end)], "-._") + end
}

// isDevice reports whether Windows treats a file name as a device, which depends on the part before
// the first dot.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) && base[3] >= '0' && base[3] <= '9'
}

// clean is the slug of a name, or a substitute for a name without one.
func clean(name, otherwise string) string { return cmp.Or(slug.Of(name), otherwise) }

// Zip returns the bundle of a JavaScript file and the text of a spec. The same input produces the
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

// SpecText returns the text of a spec for a bundle: unchanged, except that it drops a byte order
// mark, which the platform cannot read, and every $schema. $schema is for editors, and its effect
// on the platform is unknown.
func SpecText(spec *schema.Spec) ([]byte, error) {
	const pointer = "/$schema"
	if !spec.File.Has(pointer) {
		return spec.File.Text(), nil
	}
	text, err := hujson.Parse(spec.File.Text())
	if err != nil {
		return nil, fmt.Errorf("%s: $schema, which the bundle must not have, cannot be removed: %w", spec.File.Name, err)
	}
	for text.Find(pointer) != nil {
		if err := text.Patch([]byte(`[{"op": "remove", "path": "` + pointer + `"}]`)); err != nil {
			return nil, err
		}
	}
	return text.Pack(), nil
}

// script returns an index.js of templates: first the settings, then the files, then the long parts.
func script(info Info, mode Mode, settings any, files []string, tail string) ([]byte, error) {
	text, err := json.MarshalIndent(settings, "", "\t")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s'use strict'\n\nconst bundle = %s\n", firstLine(info, mode), text)
	for _, name := range files {
		source, err := fs.ReadFile(templates.Bundle(), name)
		if err != nil {
			return nil, err
		}
		// A check of the file alone must be told about the others; here they are.
		_, source, _ = bytes.Cut(source, []byte("*/\n"))
		b.Write(source)
	}
	b.WriteString(tail)
	return b.Bytes(), nil
}
