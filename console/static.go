package console

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/conngen/conngen/console/pages"
	"github.com/conngen/conngen/internal/packed"
)

func pageFiles() fs.FS { return pages.Files }

// pageTypes are the types of files by extension. The system's own table may differ, and a browser
// runs no script of another type.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
}

// page serves the files of the pages, which are few and of known types. Tests and Go files next to
// them are not served.
func (s *Server) page(w http.ResponseWriter, req *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+req.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	kind, known := pageTypes[path.Ext(name)]
	text, err := packed.ReadFile(s.options.Pages, name)
	if !known || err != nil || strings.HasPrefix(name, "testdata/") {
		refuse(w, http.StatusNotFound, "page not found")
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text)
}
