package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// bundleToken is what the service of a forwarding bundle is started with.
const bundleToken = "hush-hush-hush-hush"

// runBundle unpacks a zip, sends a command to the index.js in it as the runtime does,
// and writes the lines of the answer to a file. With a program it runs that as the
// service that the bundle forwards to: bundle ZIP REQUEST ANSWER [PROGRAM].
func runBundle(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: bundle ZIP REQUEST ANSWER [PROGRAM]")
	}
	dir := ts.MkAbs(args[0] + ".unpacked")
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(unpack(ts.MkAbs(args[0]), dir))
	var request map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &request))
	if len(args) == 4 {
		command := exec.Command(ts.MkAbs(args[3]), "serve", "--addr", "127.0.0.1:0")
		command.Env = append(os.Environ(), "CONNECTOR_AUTH_TOKEN="+bundleToken)
		url, stop, err := start(command)
		ts.Check(err)
		defer func() { ts.Check(stop()) }()
		config := request["config"].(map[string]any)
		config["connectorServiceUrl"], config["connectorServiceSecret"] = url, bundleToken
	}
	call, err := json.Marshal(map[string]any{"id": 1, "request": request})
	ts.Check(err)
	runtime := exec.Command("node", filepath.Join(ts.Getenv("CONNGEN"), "bundle", "testdata", "runtime.js"), filepath.Join(dir, "index.js"))
	runtime.Stdin = bytes.NewReader(append(call, '\n'))
	out, err := runtime.Output()
	ts.Check(err)
	var answer strings.Builder
	for _, m := range bundleLine.FindAllStringSubmatch(string(out), -1) {
		answer.WriteString(m[1] + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(answer.String()), 0o644))
}

// bundleLine is what the stand-in for the runtime makes of a line, or of an error.
var bundleLine = regexp.MustCompile(`(?m)^\{"id":1,"(?:line|error)":(\{.*\})\}$`)

func unpack(name, dir string) error {
	r, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, f := range r.File {
		entry, err := f.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(entry)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
