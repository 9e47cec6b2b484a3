package generator

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain collects garbage seldom: the tests parse and type-check package after package. Those
// that measure memory count what they allocate, which stays the same.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
