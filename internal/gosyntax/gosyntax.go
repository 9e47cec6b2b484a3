// Package gosyntax parses Go files, and puts their syntax errors into plain words.
package gosyntax

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// An Error is the first syntax error of a Go file.
type Error struct {
	Position token.Position
	Reason   string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: Go syntax error: %s", e.Position, e.Reason)
}

// Parse is [parser.ParseFile], but returns syntax errors as an [Error].
func Parse(fset *token.FileSet, name string, text []byte, mode parser.Mode) (*ast.File, error) {
	file, err := parser.ParseFile(fset, name, text, mode)
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return file, err
	}
	return file, &Error{list[0].Pos, Plain(list[0].Msg)}
}

// CheckHeader finds faults in the build constraints, the package clause or the imports of a file,
// which decide whether it is built at all.
func CheckHeader(name string, text []byte) error {
	if err := checkConstraints(name, text); err != nil {
		return err
	}
	_, err := Parse(token.NewFileSet(), name, text, parser.ImportsOnly)
	return err
}

func checkConstraints(name string, text []byte) error {
	number := 0
	for raw := range strings.Lines(string(text)) {
		number++
		switch line := strings.TrimSpace(raw); {
		case constraint.IsGoBuild(line):
			var wrong *constraint.SyntaxError
			if _, err := constraint.Parse(line); errors.As(err, &wrong) {
				expr := strings.TrimSpace(strings.TrimPrefix(line, "//go:build"))
				at := token.Position{Filename: name, Line: number, Column: strings.LastIndex(raw, expr) + wrong.Offset + 1}
				return &Error{at, "build constraint: " + wrong.Err}
			}
		case line != "" && !strings.HasPrefix(line, "//"):
			return nil
		}
	}
	return nil
}

// names are the parser's names for kinds of tokens and syntax, and people's.
var names = map[string]string{
	"'IDENT'": "a name", "'STRING'": "a string", "'CHAR'": "a character", "'COMMENT'": "a comment", "'EOF'": "the end of the file",
	"'INT'": "a number", "'FLOAT'": "a number", "'IMAG'": "a number", "'ILLEGAL'": "an illegal character",
	"operand": "an operand", "declaration": "a declaration", "statement": "a statement", "type": "a type", "newline": "the end of the line",
}

var named = lazyregexp.New(`\b(expected|found) ('[A-Z]+'|operand|declaration|statement|type|newline)(,|$)`)

// Plain rewords a message of Go's parser.
func Plain(message string) string {
	return named().ReplaceAllStringFunc(message, func(text string) string {
		part := named().FindStringSubmatch(text)
		if name, ok := names[part[2]]; ok {
			return part[1] + " " + name + part[3]
		}
		return text
	})
}

// Width is the length in characters of the first name in a text, including its package qualifier,
// or of the first string. It is at least 1.
func Width(text []byte) int {
	if quote := bytes.IndexAny(text[:min(len(text), 1)], "\"`"); quote == 0 {
		if end := bytes.IndexByte(text[1:], text[0]); end >= 0 {
			return utf8.RuneCount(text[:end+2])
		}
	}
	if name := qualifiedName().Find(text); len(name) > 0 {
		return utf8.RuneCount(name)
	}
	return 1
}

var qualifiedName = lazyregexp.New(`^[\pL_][\pL\p{Nd}_]*(\.[\pL_][\pL\p{Nd}_]*)*`)
