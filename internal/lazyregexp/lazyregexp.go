// Package lazyregexp compiles regular expressions on first use. Few runs of a command need more
// than one or two of them.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// In tests, expressions compile at once: otherwise a mistake in an untested one would go unnoticed.
var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

// New returns a function that returns the compiled expression. It panics if there is a mistake in it.
func New(expression string) func() *regexp.Regexp {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
	if inTest {
		compiled()
	}
	return compiled
}
