//go:build unix

package main

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// The names of the others in the table.
const (
	goJSONSchema = "go-jsonschema"
	oapiCodegen  = "oapi-codegen"
	original     = "original SDK"
	handwritten  = "written by hand"
)

// built are the packages of the programs, by name of the file.
var built = []struct{ name, pkg string }{
	{"conngen", "./cmd/conngen"},
	{"listing", "./conformance/figures"},
	{"handwritten", "./peers/handwritten"},
	{goJSONSchema, "github.com/atombender/go-jsonschema"},
	{oapiCodegen, "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"},
}

// build builds the programs, without symbols and without C.
func (c *comparison) build(ctx context.Context) error {
	progress("building")
	for _, b := range built {
		if b.name == "conngen" && c.conngen != "" {
			if err := c.copyConngen(); err != nil {
				return err
			}
			continue
		}
		args := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", c.program(b.name)}
		if !strings.HasPrefix(b.pkg, "./") {
			args = append(args, "-modfile="+filepath.Join("peers", "tools.mod"))
		}
		cmd := exec.CommandContext(ctx, "go", append(args, b.pkg)...)
		cmd.Dir, cmd.Env, cmd.Stderr = c.repository, append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go build %s: %w", b.pkg, err)
		}
	}
	return nil
}

// copyConngen copies the conngen given by -conngen.
func (c *comparison) copyConngen() error {
	text, err := os.ReadFile(c.conngen)
	if err != nil {
		return err
	}
	dir, err := c.folder("bin")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "conngen"), text, 0o755)
}

// program returns the path of a built program.
func (c *comparison) program(name string) string { return filepath.Join(c.work, "bin", name) }

// folder makes a folder below the temporary one.
func (c *comparison) folder(path ...string) (string, error) {
	dir := filepath.Join(append([]string{c.work}, path...)...)
	return dir, os.MkdirAll(dir, 0o755)
}

// sdkFolder is the package folder of the original SDK.
func (c *comparison) sdkFolder() string {
	return filepath.Join(c.repository, "conformance", "node_modules", "@sailpoint", "connector-sdk")
}

// hasOriginal reports whether the original SDK can run here, and otherwise prints what is missing.
func (c *comparison) hasOriginal() bool {
	if _, err := exec.LookPath("node"); err != nil {
		progress("skipped: the original SDK; it needs node")
		return false
	}
	if _, err := os.Stat(c.sdkFolder()); err != nil {
		progress("skipped: the original SDK; make peers installs it with npm")
		return false
	}
	return true
}

// facts describes the machine and versions behind the table.
func (c *comparison) facts() string {
	versions := []string{
		goJSONSchema + " " + moduleVersion(c.program(goJSONSchema), "github.com/atombender/go-jsonschema"),
		oapiCodegen + " " + moduleVersion(c.program(oapiCodegen), "github.com/oapi-codegen/oapi-codegen/v2"),
	}
	if c.hasOriginal() {
		versions = append(versions, "@sailpoint/connector-sdk "+packageVersion(c.sdkFolder()))
		if out, err := exec.Command("node", "--version").Output(); err == nil {
			versions = append(versions, "Node.js "+strings.TrimPrefix(strings.TrimSpace(string(out)), "v"))
		}
	}
	text := fmt.Sprintf("Measured on %d cores (%s/%s) with %s, %s.",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, strings.Replace(runtime.Version(), "go", "Go ", 1), strings.Join(versions, ", "))
	if !c.hasOriginal() {
		text += " The original SDK, which needs node and npm, is left out."
	}
	return text
}

// moduleVersion returns the version of a module in a program.
func moduleVersion(program, module string) string {
	if info, err := buildinfo.ReadFile(program); err == nil {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == module {
				return m.Version
			}
		}
	}
	return "of an unknown version"
}

// packageVersion returns the version of an npm package in a folder.
func packageVersion(folder string) string {
	var description struct{ Version string }
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil || json.Unmarshal(text, &description) != nil {
		return "of an unknown version"
	}
	return description.Version
}
