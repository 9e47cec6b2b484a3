// Package pages has the pages of conngen dev as they are served.
package pages

import "embed"

// Files are the pages and all that belongs to them.
//
//go:embed index.html
var Files embed.FS
