//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/conngen/conngen/bundle"
	"github.com/conngen/conngen/generator"
)

// bundles compares bundles of mode wasm with connectors on the original SDK, in Node.js without a
// server, as the cloud runs them.
func (c *comparison) bundles(ctx context.Context) error {
	if !c.hasOriginal() {
		return nil
	}
	listing, err := c.listingBundle(ctx)
	if err != nil {
		return err
	}
	theirs := filepath.Join(c.repository, "conformance", "figures", "original.js")
	for _, n := range []struct{ accounts, rounds int }{{100_000, c.rounds}, {1_000_000, min(c.rounds, 3)}} {
		progress("bundle, %d accounts", n.accounts)
		config := fmt.Sprintf(`{"token":"%d"}`, n.accounts)
		all, err := inTurns(ctx, n.rounds, c.script(listing, config, n.accounts), c.script(theirs, config, n.accounts))
		if err != nil {
			return err
		}
		what := "WebAssembly, " + thousands(float64(n.accounts)) + " accounts"
		c.compareScripts(what, wall, all, func(s script) float64 { return s.List / 1000 })
		c.compareScripts(what, cpu, all, script.cpu)
		c.compareScripts(what, memory, all, script.peak)
	}
	progress("bundle, the project of init")
	project, config, err := c.projectBundle(ctx)
	if err != nil {
		return err
	}
	all, err := inTurns(ctx, c.rounds, c.script(project, config, -1), c.script(theirs, `{"token":"1"}`, 1))
	if err != nil {
		return err
	}
	c.compareScripts("WebAssembly, loading", wall, all, func(s script) float64 { return s.Load / 1000 })
	c.compareScripts("WebAssembly, first command", wall, all, func(s script) float64 { return s.First / 1000 })
	c.compareScripts("WebAssembly, further commands", wall, all, func(s script) float64 { return s.Further / 1000 })
	return nil
}

// compareScripts adds a row for a figure of our script and the other one.
func (c *comparison) compareScripts(what string, k kind, all [][]script, figure func(script) float64) {
	c.compare(what, k, medianOf(all[0], figure), original, medianOf(all[1], figure))
}

// A script is the output of one run of measure.js, in milliseconds, with its process's resource
// usage.
type script struct {
	Load, First, Further, List float64
	Lines                      int
	usage                      `json:"-"`
}

// script returns a runner of measure.js for an index.js, which must list some accounts; any number
// if it is negative.
func (c *comparison) script(index, config string, accounts int) runner[script] {
	measure := program{
		dir:  c.work,
		args: []string{"node", filepath.Join(c.repository, "conformance", "figures", "measure.js"), index},
		env:  []string{"CONNECTOR_CONFIG=" + base64.StdEncoding.EncodeToString([]byte(config))},
	}
	return func(ctx context.Context) (script, error) {
		u, out, err := measure.run(ctx)
		if err != nil {
			return script{}, err
		}
		s, text := script{usage: u}, bytes.TrimSpace(out)
		if err := json.Unmarshal(text[bytes.LastIndexByte(text, '\n')+1:], &s); err != nil { // after log lines
			return s, err
		}
		if accounts >= 0 && s.Lines != accounts {
			return s, fmt.Errorf("%d accounts came, not %d", s.Lines, accounts)
		}
		return s, nil
	}
}

// listingBundle makes the bundle of conformance/figures, and returns its index.js.
func (c *comparison) listingBundle(ctx context.Context) (string, error) {
	w, err := generator.NewWorkspace(c.work)
	if err != nil {
		return "", err
	}
	defer w.Close()
	build, err := bundle.BuildProgram(ctx, filepath.Join(c.repository, "conformance"), "./figures", w)
	if err != nil {
		return "", err
	}
	index, err := bundle.Program(bundle.Info{Name: "listing", Version: "1"}, build)
	if err != nil {
		return "", err
	}
	dir, err := c.folder("listing")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "index.js")
	return file, os.WriteFile(file, index, 0o644)
}

// projectBundle makes a project with init, packs it, and returns the index.js of its bundle and a
// config for it.
func (c *comparison) projectBundle(ctx context.Context) (index, config string, err error) {
	if _, _, err := (program{dir: c.work, args: []string{c.program("conngen"), "init", "project"}}).run(ctx); err != nil {
		return "", "", err
	}
	dir := filepath.Join(c.work, "project")
	_, out, err := program{dir: dir, args: []string{c.program("conngen"), "pack", "--mode", "wasm"}}.run(ctx)
	if err != nil {
		return "", "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "config.example.json"))
	if err != nil {
		return "", "", err
	}
	r, err := zip.OpenReader(filepath.Join(dir, strings.TrimSpace(string(out))))
	if err != nil {
		return "", "", err
	}
	unpacked := filepath.Join(c.work, "unpacked")
	err = errors.Join(os.CopyFS(unpacked, r), r.Close())
	return filepath.Join(unpacked, "index.js"), string(text), err
}
