// Package pages has the pages of conngen dev as served.
package pages

import "embed"

// Files are the pages and everything that belongs to them, with the licences of what is not
// our own.
//
//go:embed index.html *.js *.css icon.svg vendor
var Files embed.FS
