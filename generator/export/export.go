// Package export writes files with which HTTP tools talk to the connector of a spec: a collection
// for Postman, or a file of requests for editors. The spec gives requests their types, and their
// values are samples of the plan.
//
// A run of all requests is safe on a production source: requests that change or delete an account
// only go to the account that the same run created.
package export

import (
	"cmp"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/slug"
	"github.com/conngen/conngen/schema"
)

// DefaultURL is where a connector serves by default.
const DefaultURL = "http://localhost:3000"

// Options are settings that are not in the spec.
type Options struct {
	URL string // of the connector's server; "" is [DefaultURL], or that of a file that is updated
}

func (o Options) url() string { return cmp.Or(o.URL, DefaultURL) }

// A Document is a file of an export.
type Document struct {
	Name    string // of the file
	Content []byte

	// Update returns the new content of an existing file of that name. It keeps the values that its
	// user filled in. Its error, printed after the file's name, says why the file is not replaced.
	// A note says what the file lacks and will not get.
	Update func(old []byte) (content []byte, note string, err error)
}

// A Format is a format that export writes.
type Format struct {
	Suffix string // of the file's name
	make   func(c *collection, name, file string, opts Options) []Document
}

// The formats.
var (
	Postman = Format{postmanSuffix, postmanDocuments}
	HTTP    = Format{".http", httpDocuments}
)

// FileName is the name of the file for a spec.
func (f Format) FileName(spec *schema.Spec) string {
	return cmp.Or(slug.Of(spec.Name), "connector") + f.Suffix
}

// Export returns the files of the format, for a spec without errors. The first has the given name,
// and the others are next to it. The same spec and options produce the same bytes.
func (f Format) Export(spec *schema.Spec, file string, opts Options) []Document {
	name := cmp.Or(plan.OneLine(spec.Name), "connector")
	return f.make(newCollection(spec), name, file, opts)
}

// withoutSuffix is a file's name without the format's suffix, or else without its extension.
func withoutSuffix(file, suffix string) string {
	if base, ok := strings.CutSuffix(file, suffix); ok {
		return base
	}
	return strings.TrimSuffix(file, filepath.Ext(file))
}
