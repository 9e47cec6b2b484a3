//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// attributeCounts are the sizes of the generated specs.
var attributeCounts = []int{12, 1000, 10_000}

// generate compares the generators. The SDK is on disk and up to date, as usual when a spec is
// edited. conngen runs once with nothing to write, and once after an edit; for the others, the two
// are the same.
func (c *comparison) generate(ctx context.Context) error {
	for _, n := range attributeCounts {
		progress("generate, %d attributes", n)
		dir, err := c.generated(n)
		if err != nil {
			return err
		}
		ours, peer, oapi := c.generators(dir)
		us, err := inTurns(ctx, c.rounds, ours.once, peer.once, oapi.once)
		if err != nil {
			return err
		}
		what := "generate, " + thousands(float64(n)) + " attributes"
		c.compareUsage(what, us[0], goJSONSchema, us[1])
		c.compareUsage(what, us[0], oapiCodegen, us[2])
		edits := editor{dir: dir, attributes: n}
		if us, err = inTurns(ctx, c.rounds, ours.after(edits.next), peer.once, oapi.once); err != nil {
			return err
		}
		what += ", after an edit"
		c.compare(what, wall, medianOf(us[0], usage.wall), goJSONSchema, medianOf(us[1], usage.wall))
		c.compare(what, wall, medianOf(us[0], usage.wall), oapiCodegen, medianOf(us[2], usage.wall))
	}
	return nil
}

// generators returns the three generators for the inputs of a folder.
func (c *comparison) generators(dir string) (ours, peer, oapi program) {
	ours = program{dir: dir, args: []string{c.program("conngen"), "generate"}}
	peer = program{dir: dir, args: []string{c.program(goJSONSchema), "-p", "api", "-o", "jsonschema/account.go", "account.json"}}
	oapi = program{dir: dir, args: []string{c.program(oapiCodegen), "-package", "api", "-generate", "types,client,std-http-server", "-o", "openapi/api.go", "openapi.json"}}
	return ours, peer, oapi
}

// generated makes a module with the inputs of the three generators.
func (c *comparison) generated(attributes int) (string, error) {
	dir, err := c.folder("generate", fmt.Sprint(attributes))
	if err != nil {
		return "", err
	}
	for _, sub := range []string{"jsonschema", "openapi"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module bench\n\ngo 1.24\n"), 0o644); err != nil {
		return "", err
	}
	return dir, writeInputs(dir, attributes, 0)
}

func writeInputs(dir string, attributes, edition int) error {
	in, err := newInputs(attributes, edition)
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"connector-spec.json": in.spec, "account.json": in.schema, "openapi.json": in.openAPI} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// An editor edits the inputs of a folder.
type editor struct {
	dir        string
	attributes int
	edition    int
}

// next writes the inputs' next edition.
func (e *editor) next() error {
	e.edition++
	return writeInputs(e.dir, e.attributes, e.edition)
}
