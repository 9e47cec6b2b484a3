package loop

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// mostProblems is the maximum number of recorded build problems.
const mostProblems = 100

// position begins a line about a place in the output of the go command and the compiler.
var position = lazyregexp.New(`^\s*(?:go: |vet: )?(\S.*?\.(?:go|mod|sum|work|s|c|cc|cpp|cxx|h|hh|hpp|m)):(\d+)(?::(\d+))?: (.*)$`)

// buildProblems finds the problems in the output of a go build that failed in a folder. There is
// always one.
func buildProblems(dir, output string) []Problem {
	p := buildParser{dir: dir}
	for line := range strings.Lines(output) {
		if len(p.found) > mostProblems {
			break
		}
		p.line(strings.TrimRight(line, "\r\n"))
	}
	p.end()
	if len(p.found) == 0 {
		return []Problem{{Severity: severityError, Message: "go build failed without a message"}}
	}
	return p.found[:min(len(p.found), mostProblems)]
}

// A buildParser turns the lines of a build into problems.
type buildParser struct {
	dir   string
	found []Problem

	open  bool     // current has begun
	chain bool     // current is about imports, which lead to the message
	at    Problem  // place of current
	parts []string // of its message
}

// line handles a line: of a new problem, or the continuation of the previous one.
func (p *buildParser) line(line string) {
	text := strings.TrimSpace(line)
	isContinued := strings.HasPrefix(line, "\t") && p.open
	switch m := position().FindStringSubmatch(line); {
	case text == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "go: downloading ") || strings.HasSuffix(text, "too many errors") || isHeading(text):
		p.end()
	case m != nil && !(isContinued && p.chain):
		p.end()
		p.begin(m[4])
		p.at.Path = p.relative(m[1])
		p.at.Line, _ = strconv.Atoi(m[2])
		p.at.Column, _ = strconv.Atoi(m[3])
	case strings.HasPrefix(line, "\t") && !p.open && len(p.found) > 0: // advice after a problem
	case isContinued:
		p.parts = append(p.parts, text)
	case strings.HasPrefix(line, "package "):
		p.end()
		p.begin(strings.TrimPrefix(text, "package "))
		p.chain = true
	default:
		p.end()
		p.begin(strings.TrimPrefix(text, "go: "))
	}
}

// isHeading reports whether a line only introduces the next ones, which name their places.
func isHeading(text string) bool {
	return strings.HasPrefix(text, "go: errors parsing ") && strings.HasSuffix(text, ":")
}

func (p *buildParser) begin(text string) {
	p.open, p.chain, p.at, p.parts = true, false, Problem{Severity: severityError}, []string{text}
}

// end completes the current problem. The compiler reports some things twice.
func (p *buildParser) end() {
	if !p.open {
		return
	}
	p.open = false
	problem := p.at
	if problem.Message = joinParts(p.parts); p.chain {
		problem.Message = chainMessage(p.parts)
	}
	problem.Hint = buildHint(problem.Message)
	if problem.Column > 0 {
		problem.Column = p.characters(problem)
	}
	if !slices.Contains(p.found, problem) {
		p.found = append(p.found, problem)
	}
}

// joinParts joins the lines of a message, such as "not enough arguments" with "have" and "want"
// below.
func joinParts(parts []string) string {
	first, rest := parts[0], strings.Join(parts[1:], ", ")
	switch {
	case rest == "":
		return first
	case strings.HasSuffix(first, ":"):
		return first + " " + rest
	}
	return first + ": " + rest
}

// chainMessage is the message at the end of lines that say how a package is imported.
func chainMessage(parts []string) string {
	last := len(parts) - 1
	place, message, ok := strings.Cut(parts[last], ": ")
	if !ok {
		return strings.Join(parts, " ")
	}
	return message + ": " + strings.Join(append(slices.Clone(parts[:last]), place), " ")
}

// buildHint returns hints for some problems for which the go command has none.
func buildHint(message string) string {
	switch {
	case strings.Contains(message, "missing go.sum entry"), strings.Contains(message, "updates to go.mod needed"), strings.Contains(message, "updates to go.sum needed"):
		return "run go mod tidy"
	case strings.Contains(message, "function main is undeclared in the main package"), strings.Contains(message, "no Go files in "), strings.Contains(message, "no non-test Go files in "):
		return "name the folder of the main package with --go-package"
	case strings.HasSuffix(message, "no space left on device"):
		return "make room on the disk"
	case strings.HasPrefix(message, "inconsistent vendoring "):
		return "run go mod vendor"
	case strings.Contains(message, " requires go >= "):
		return "install that version of Go, or let the go command download it with GOTOOLCHAIN=auto"
	}
	return ""
}

// relative makes a path of the output relative to the project's folder, if it is below.
func (p *buildParser) relative(path string) string {
	whole := path
	if !filepath.IsAbs(whole) {
		whole = filepath.Join(p.dir, path)
	}
	return relativeTo(p.dir, whole)
}

// relativeTo makes an absolute path relative to a folder, with slashes, if it is below.
func relativeTo(dir, path string) string {
	if below, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(below) {
		path = below
	}
	return filepath.ToSlash(path)
}

// characters converts the column of a problem to characters, like all columns. The compiler counts
// bytes.
func (p *buildParser) characters(problem Problem) int {
	name := filepath.FromSlash(problem.Path)
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.dir, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return problem.Column
	}
	number := 0
	for line := range bytes.Lines(text) {
		if number++; number == problem.Line {
			return utf8.RuneCount(line[:min(problem.Column-1, len(line))]) + 1
		}
	}
	return problem.Column
}
