package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestTakenNames: no package of the standard library can be the path of a module, and no pattern of
// the go command.
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
	for _, path := range []string{"all", "cmd", "std", "tool", "work"} {
		if !isTaken(path) {
			t.Errorf("%s stands for several packages", path)
		}
	}
	for _, path := range []string{"example.com/net", "netx", "connector", "work/hr", "tools"} {
		if isTaken(path) {
			t.Errorf("%s is free", path)
		}
	}
}
