package templates

import (
	"go/version"
	"regexp"
	"testing"
)

// TestGoImage: the image has a release of Go that does not move, and that builds projects.
func TestGoImage(t *testing.T) {
	t.Parallel()
	if !regexp.MustCompile(`^1\.\d+\.\d+$`).MatchString(GoImage) || version.Compare("go"+GoImage, "go"+GoVersion) < 0 {
		t.Errorf("the image has Go %s, and projects need a release from %s on", GoImage, GoVersion)
	}
}
