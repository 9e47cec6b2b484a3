//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAgents runs the commands of the AGENTS.md that init writes, in order, after a change of the spec
// that needs all of them: conngen is run as the file says, and there is no network.
func TestAgents(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds projects")
	}
	dir := filepath.Join(t.TempDir(), "my-first-project") // whose packages other tests build too
	var stderr bytes.Buffer
	a := app{stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &stderr}
	if code := a.Main([]string{"init", "my-first-project", "--dir", dir, "--agents"}); code != exitOK {
		t.Fatalf("init exits with %d: %s", code, &stderr)
	}
	spec := filepath.Join(dir, "connector-spec.json")
	text, err := os.ReadFile(spec)
	if err != nil {
		t.Fatal(err)
	}
	const command = `"std:test-connection",`
	if !bytes.Contains(text, []byte(command)) {
		t.Fatalf("the spec does not list %s", command)
	}
	text = bytes.Replace(text, []byte(command), []byte(command+`"acme:sync",`), 1)
	if err := os.WriteFile(spec, text, 0o644); err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile(filepath.Join(dir, "AGENTS.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := fencedBlock.FindAllStringSubmatch(string(guide), -1)
	if len(blocks) != 4 {
		t.Fatalf("there are %d blocks, want 4", len(blocks))
	}
	var script strings.Builder
	for _, block := range blocks {
		if block[1] != "sh" {
			t.Fatalf("a block is %q, which nothing runs", block[1])
		}
		script.WriteString(block[2])
	}
	shell := exec.Command("sh", "-exc", script.String())
	shell.Dir = dir
	shell.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-trimpath", "GOWORK=off", "CONNECTOR_TEST_CONFIG=", "CONNECTOR_TEST_WRITE=")
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	if !bytes.Contains(out, []byte(`{"data":`)) {
		t.Errorf("no command has answered:\n%s", out)
	}
	if client, err := os.ReadFile(filepath.Join(dir, "client.go")); err != nil || !bytes.Contains(client, []byte("sdk.NotImplemented(")) {
		t.Errorf("stub has not added the method: %v\n%s", err, client)
	}
}

// fencedBlock is a block of code in a page, with its language.
var fencedBlock = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
