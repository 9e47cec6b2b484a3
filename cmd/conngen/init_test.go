package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestTakenNames: no package of the standard library can be the path of a module.
func TestTakenNames(t *testing.T) {
	t.Parallel()
	list, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(list)) {
		if !isTaken(path) {
			t.Errorf("%s is in the standard library", path)
		}
	}
	for _, path := range []string{"example.com/net", "netx", "connector"} {
		if isTaken(path) {
			t.Errorf("%s is not in the standard library", path)
		}
	}
}
