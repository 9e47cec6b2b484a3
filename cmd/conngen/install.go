package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/generator/target"
	"github.com/conngen/conngen/internal/found"
)

// An installer knows how to put conngen onto the PATH of this machine.
type installer struct {
	origin     origin
	executable string   // of this process
	folder     string   // working folder
	path       []string // folders of the PATH
	goBin      string   // where go install writes programs, "" if unknown
	goRoot     string   // of the go command, "" if unknown
}

// goPatience is how long the go command may take to say where its folders are.
const goPatience = 5 * time.Second

func newInstaller() installer {
	i := installer{origin: readOrigin(), path: filepath.SplitList(os.Getenv("PATH"))}
	i.executable, _ = os.Executable()
	i.folder, _ = os.Getwd()
	ctx, cancel := context.WithTimeout(context.Background(), goPatience)
	defer cancel()
	env := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOBIN", "GOPATH")
	env.Env = append(os.Environ(), "GOTOOLCHAIN=local") // else a go.mod of a newer Go makes it download that
	out, err := env.Output()
	if values := strings.Split(string(out), "\n"); err == nil && len(values) >= 3 {
		i.goRoot, i.goBin = strings.TrimSpace(values[0]), strings.TrimSpace(values[1])
		if folders := filepath.SplitList(strings.TrimSpace(values[2])); i.goBin == "" && len(folders) > 0 {
			i.goBin = filepath.Join(folders[0], "bin")
		}
	}
	return i
}

// isInstalled reports whether go generate finds conngen, which it looks for in Go's own folder and
// in those of the PATH.
func (i installer) isInstalled() bool {
	return slices.ContainsFunc(append([]string{filepath.Join(i.goRoot, "bin")}, i.path...), func(dir string) bool {
		return filepath.IsAbs(dir) && hasProgram(dir)
	})
}

func hasProgram(dir string) bool {
	_, err := exec.LookPath(filepath.Join(dir, target.Program))
	return err == nil
}

// commands returns what to type.
func (i installer) commands() []string {
	var commands []string
	if i.goBin == "" || !hasProgram(i.goBin) {
		commands = append(commands, i.install())
	}
	if i.goBin != "" && !slices.Contains(i.path, i.goBin) {
		commands = append(commands, extendPath(i.goBin))
	}
	return commands
}

// install is the command that builds conngen and puts it into Go's folder for programs.
func (i installer) install() string {
	if i.origin.downloaded {
		return "go install " + target.ToolPath + "@" + i.origin.version
	}
	const install = "install ./cmd/" + target.Program
	for _, dir := range []string{filepath.Dir(i.executable), i.folder} {
		if clone := cloneAround(dir); clone != "" {
			return "go -C " + shellWord(clone) + " " + install
		}
	}
	return "go " + install + "   # in the clone of conngen"
}

// cloneAround returns the folder of the clone of conngen that a folder is in, "" if it is in none.
func cloneAround(dir string) string {
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		text, err := found.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && modfile.ModulePath(text) == modulePath {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// extendPath is the command that adds a folder to the PATH.
func extendPath(dir string) string {
	if runtime.GOOS == "windows" {
		return "set PATH=%PATH%;" + dir
	}
	return `export PATH="$PATH":` + shellWord(dir)
}

// shellWord quotes a text for a shell where it needs that.
func shellWord(text string) string {
	separator := ""
	if runtime.GOOS == "windows" {
		separator = `\`
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./,:@%+=~"+separator, r)
	}
	if text != "" && text[0] != '~' && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	if runtime.GOOS == "windows" {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
