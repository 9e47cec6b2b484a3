package templates

import (
	"errors"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestGoVersion: the SDK uses neither the language nor the standard library of a Go that
// is newer than [GoVersion].
func TestGoVersion(t *testing.T) {
	t.Parallel()
	onLinux, err := linux()
	onJS := newChecker("js", "wasm")
	if err := errors.Join(err, onJS.importSDK()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*checker{onLinux, onJS} {
		newer := newerSymbols(t, c.context.GOROOT)
		for id, symbol := range c.symbols() {
			if version := newer[symbol]; version != "" {
				t.Errorf("%v: %s came with Go %s, and users may have %s", c.fset.Position(id.Pos()), symbol, version, GoVersion)
			}
		}
	}
}

// TestNewerSymbols sees that the check finds something: names of all kinds.
func TestNewerSymbols(t *testing.T) {
	t.Parallel()
	c := linuxChild(t)
	newer := newerSymbols(t, c.context.GOROOT)
	const text = `package source

import (
	"crypto/tls"
	"hash"
	"reflect"
	"sync"
)

func f() {
	var w sync.WaitGroup
	w.Go(nil)
	_, _ = reflect.TypeAssert[int](reflect.ValueOf(1))
	var h hash.Cloner
	_ = tls.Config{GetEncryptedClientHelloKeys: nil}
	_ = h
}
`
	if err := c.source(text); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, symbol := range c.symbols() {
		if newer[symbol] != "" {
			found = append(found, symbol)
		}
	}
	slices.Sort(found)
	want := []string{"crypto/tls.Config.GetEncryptedClientHelloKeys", "hash.Cloner", "reflect.TypeAssert", "sync.WaitGroup.Go"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	if err := c.source("package source\n\nfunc f() *int { return new(1) }\n"); err == nil {
		t.Error("the language of Go 1.26 is accepted")
	}
}

// newerSymbols returns which Go has introduced what [GoVersion] does not have.
func newerSymbols(t *testing.T, goroot string) map[string]string {
	t.Helper()
	lists, err := filepath.Glob(filepath.Join(goroot, "api", "go1.*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(lists) == 0 {
		t.Skipf("this Go has no lists of what its versions introduced in %s", filepath.Join(goroot, "api"))
	}
	floor := minor(GoVersion)
	newer := make(map[string]string)
	for _, list := range lists {
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(list), "go"), ".txt")
		if minor(version) <= floor {
			continue
		}
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if symbol := symbolOf(line); symbol != "" {
				newer[symbol] = version
			}
		}
	}
	return newer
}

// minor returns 24 for "1.24".
func minor(version string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(version, "1."))
	return n
}

var (
	apiLine   = regexp.MustCompile(`^pkg (\S+)(?: \([^)]*\))?, (func|method|type|const|var) (.*)`)
	apiMethod = regexp.MustCompile(`^\(\*?(\w+)[^)]*\) (\w+)`)
	apiMember = regexp.MustCompile(`^(\w+)(?:\[[^\]]*\])? (?:struct|interface), (\w+)`)
	apiName   = regexp.MustCompile(`^\w+`)
)

// symbolOf returns what a line of a list introduces, such as "sync.WaitGroup.Go"; "" for
// lines that introduce nothing.
func symbolOf(line string) string {
	m := apiLine.FindStringSubmatch(line)
	if m == nil || strings.Contains(line, "//deprecated") {
		return ""
	}
	name := apiName.FindString(m[3])
	if parts := apiMethod.FindStringSubmatch(m[3]); m[2] == "method" && parts != nil {
		name = parts[1] + "." + parts[2]
	} else if parts := apiMember.FindStringSubmatch(m[3]); m[2] == "type" && parts != nil {
		name = parts[1] + "." + parts[2]
	}
	return m[1] + "." + name
}

// symbols returns the symbols of the standard library that the checked code uses.
func (c *checker) symbols() map[*ast.Ident]string {
	owners := make(map[*types.Var]string)
	for _, p := range c.packages {
		for _, name := range p.Scope().Names() {
			// Types of unexported names may share the fields of others.
			if s, ok := p.Scope().Lookup(name).Type().Underlying().(*types.Struct); ok && ast.IsExported(name) {
				for i := range s.NumFields() {
					owners[s.Field(i)] = name
				}
			}
		}
	}
	found := make(map[*ast.Ident]string)
	for id, object := range c.uses {
		if object.Pkg() == nil || strings.HasPrefix(object.Pkg().Path(), sdkPath) {
			continue
		}
		name := object.Name()
		switch object := object.(type) {
		case *types.Func:
			if owner := receiver(object); owner != "" {
				name = owner + "." + name
			}
		case *types.Var:
			if owner := owners[object.Origin()]; object.IsField() && owner != "" {
				name = owner + "." + name
			}
		}
		found[id] = object.Pkg().Path() + "." + name
	}
	return found
}

// receiver returns the name of the type that a method belongs to, "" for a function.
func receiver(f *types.Func) string {
	r := f.Signature().Recv()
	if r == nil {
		return ""
	}
	t := r.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}
