package generator

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain collects garbage rarely: the tests parse and type-check package after package. Tests
// that measure memory count allocations, so they are unaffected.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
