package target

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/mod/modfile"

	"github.com/conngen/conngen/internal/found"
)

// Program is the file name of the conngen command.
const Program = "conngen"

// ToolPath is the import path of the conngen command, as in a go.mod's tool line.
const ToolPath = "github.com/conngen/conngen/cmd/" + Program

// Call returns the command that runs conngen in a folder, which need not exist: "go tool conngen"
// if go.mod lists it as a tool, and "conngen" otherwise.
func Call(dir string) string {
	m, err := new(Finder).moduleOf(dir)
	if err != nil || m == nil {
		return Program // errors in go.mod are reported where they matter
	}
	return m.call()
}

// call is [Call] for the folders of a module.
func (m *goModule) call() string {
	if !slices.Contains(m.tools, ToolPath) {
		return Program
	}
	if slices.ContainsFunc(m.tools, func(tool string) bool { return tool != ToolPath && path.Base(tool) == Program }) {
		return "go tool " + ToolPath // the last element could mean either
	}
	return "go tool " + Program
}

// toolsOf returns the tools of a go.mod, which a lax parse only leaves in its syntax.
func toolsOf(syntax *modfile.FileSyntax) []string {
	var tools []string
	for _, statement := range syntax.Stmt {
		switch s := statement.(type) {
		case *modfile.Line:
			if len(s.Token) == 2 && s.Token[0] == "tool" {
				tools = append(tools, unquoted(s.Token[1]))
			}
		case *modfile.LineBlock:
			if len(s.Token) != 1 || s.Token[0] != "tool" {
				continue
			}
			for _, line := range s.Line {
				if len(line.Token) == 1 {
					tools = append(tools, unquoted(line.Token[0]))
				}
			}
		}
	}
	return tools
}

func unquoted(token string) string { return strings.Trim(token, "\"`") }

// An ExistingModule is a module whose go.mod is in the folder of a new project.
type ExistingModule struct {
	Path string // import path
	Call string // runs conngen in it, see [Call]
}

// ModuleAround returns the path of the module around a folder, which need not exist; "" for none.
func ModuleAround(dir string) string {
	m, err := new(Finder).moduleOf(filepath.Dir(absolute(dir)))
	if m == nil || err != nil {
		return ""
	}
	return m.path
}

// ModuleIn returns the module whose go.mod is in the folder itself, nil if there is none. It
// refuses one whose Go version is too old for the generated code.
func ModuleIn(dir string) (*ExistingModule, error) {
	dir = absolute(dir)
	text, err := found.ReadFile(filepath.Join(dir, "go.mod"))
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return nil, nil
	case err != nil:
		return nil, err
	}
	m, err := new(Finder).readModule(dir, text)
	if err != nil {
		return nil, err
	}
	return &ExistingModule{Path: m.path, Call: m.call()}, m.checkGo()
}
