package goname_test

import (
	"testing"

	"github.com/conngen/conngen/internal/goname"
)

func TestCanImport(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"connector": true, "hr2": true, "größe": true, "docs": true, "Main": true,
		"": false, "a-b": false, "2hr": false, "func": false,
		"_": false, "init": false, "main": false, "documentation": false,
	} {
		if got := goname.CanImport(name); got != want {
			t.Errorf("CanImport(%q) = %v, want %v", name, got, want)
		}
	}
}
