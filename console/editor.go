package console

import (
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// An openRequest asks for a place in the editor.
type openRequest struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// open opens a file in the editor. It opens only the spec and files that are in a problem: a request
// cannot make it open anything else.
func (s *Server) open(req openRequest) error {
	if !s.mayOpen(req.Path) {
		return fail(http.StatusForbidden, "only the spec and files with a problem can be opened")
	}
	name := filepath.FromSlash(req.Path)
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.options.Dir, name)
	}
	name, err := filepath.Abs(name) // so a name that begins with - is not a flag
	if err != nil {
		return err
	}
	command, err := editorCommand(s.options.Environ, name, max(req.Line, 1), max(req.Column, 1))
	if err != nil {
		return fail(http.StatusConflict, err.Error())
	}
	if err := s.start(command[0], command[1:]...); err != nil {
		return fail(http.StatusConflict, command[0]+" cannot be started: set CONNGEN_EDITOR to your editor")
	}
	return nil
}

func (s *Server) mayOpen(path string) bool {
	if path == "" {
		return false
	}
	if path == s.options.Spec {
		return true
	}
	for _, g := range s.problems().Groups {
		for _, p := range g.Found {
			if p.Path == path {
				return true
			}
		}
	}
	return false
}

// How editors take the line and column, by the name of their program.
var (
	gotoEditors     = []string{"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"}                  // --goto FILE:LINE:COLUMN
	colonEditors    = []string{"subl", "sublime_text", "zed", "zeditor", "mate"}                                     // FILE:LINE:COLUMN
	lineFlagEditors = []string{"idea", "goland", "fleet", "webstorm", "pycharm"}                                     // --line LINE --column COLUMN FILE
	plusEditors     = []string{"gvim", "mvim", "emacsclient", "emacs", "gedit", "kate"}                              // +LINE FILE
	terminalEditors = []string{"vi", "vim", "nvim", "nano", "pico", "micro", "helix", "hx", "joe", "ne", "ed", "ex"} // need a terminal
)

// editorCommand returns the command that opens a file: $CONNGEN_EDITOR, $VISUAL, or Visual Studio
// Code. It is not run by a shell: its words are separated by spaces, and {path}, {line} and
// {column} in them are replaced. If it has no {path}, the file is added in the form that the editor
// expects.
func editorCommand(environ func(string) string, path string, line, column int) ([]string, error) {
	words := strings.Fields(environ("CONNGEN_EDITOR"))
	if len(words) == 0 {
		words = strings.Fields(environ("VISUAL"))
	}
	if len(words) == 0 {
		words = []string{"code"}
	}
	l, c := strconv.Itoa(line), strconv.Itoa(column)
	if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, "{path}") }) {
		replacer := strings.NewReplacer("{path}", path, "{line}", l, "{column}", c)
		for i := range words[1:] {
			words[i+1] = replacer.Replace(words[i+1])
		}
		return words, nil
	}
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(words[0]), ".exe"))
	switch {
	case slices.Contains(terminalEditors, name):
		return nil, errors.New(name + " needs a terminal of its own: set CONNGEN_EDITOR to a command that opens one, with {path} and {line} in it, or to another editor")
	case slices.Contains(gotoEditors, name):
		return append(words, "--goto", path+":"+l+":"+c), nil
	case slices.Contains(colonEditors, name):
		return append(words, path+":"+l+":"+c), nil
	case slices.Contains(lineFlagEditors, name):
		return append(words, "--line", l, "--column", c, path), nil
	case slices.Contains(plusEditors, name):
		return append(words, "+"+l, path), nil
	}
	return append(words, path), nil
}

// startProgram starts a program, and does not wait for its end.
func startProgram(name string, args ...string) error {
	command := exec.Command(name, args...)
	if err := command.Start(); err != nil {
		return err
	}
	go func() { _ = command.Wait() }()
	return nil
}
