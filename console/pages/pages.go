// Package pages has the pages of conngen dev as served.
package pages

import "embed"

// Files are the pages and their assets, with the licences of third-party code.
//
//go:embed index.html *.js *.css icon.svg vendor
var Files embed.FS
