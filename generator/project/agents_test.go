package project

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/conngen/conngen/generator"
)

var qualifiedName = regexp.MustCompile(`\b(sdk|rest|connector)\.([A-Z]\w*)`)

// TestAgentsNames: the names in AGENTS.md exist in its project, and it mentions no commands that
// the spec lacks.
func TestAgentsNames(t *testing.T) {
	t.Parallel()
	text, err := DefaultSpec("x")
	if err != nil {
		t.Fatal(err)
	}
	const rest = `"sourceConfig":[],"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string"}]}}`
	for name, tt := range map[string]struct {
		spec     string
		has, not []string
	}{
		"complete": {string(text), []string{"From `AccountRead` or `AccountUpdate` it makes", "such as `AccountList`", "sdk.Unhandled"}, nil},
		"reads only": {
			`{"name":"x","keyType":"simple","commands":["std:account:list","std:account:read"],` + rest,
			[]string{"From `AccountRead` it makes"},
			[]string{"AccountUpdate", "sdk.Unhandled"},
		},
		"no commands of accounts": {
			`{"name":"x","sourceConfig":[],"commands":["std:test-connection"]}`,
			[]string{"connector.TestConnection"},
			[]string{"AccountRead", "finished list", "sdk.Unhandled"},
		},
	} {
		files, err := Files(parse(t, "connector-spec.json", tt.spec), Options{Name: "x", Module: "example.com/x", Call: "conngen", Agents: true})
		if err != nil {
			t.Fatal(err)
		}
		var guide string
		exported := make(map[string]bool)
		for _, f := range files {
			switch folder := strings.TrimPrefix(f.Path, "connector/"); {
			case f.Path == "AGENTS.md":
				guide = string(f.Content)
			case folder == f.Path || !strings.HasSuffix(f.Path, ".go"):
			case strings.HasPrefix(folder, "sdk/rest/"):
				addExported(t, exported, "rest", f)
			case strings.HasPrefix(folder, "sdk/"):
				if !strings.Contains(strings.TrimPrefix(folder, "sdk/"), "/") {
					addExported(t, exported, "sdk", f)
				}
			default:
				addExported(t, exported, "connector", f)
			}
		}
		names := qualifiedName.FindAllString(guide, -1)
		if len(names) < 10 {
			t.Errorf("%s: only %d names are mentioned", name, len(names))
		}
		for _, n := range names {
			if !exported[n] {
				t.Errorf("%s: there is no %s", name, n)
			}
		}
		for _, want := range tt.has {
			if !strings.Contains(guide, want) {
				t.Errorf("%s: it does not say %q", name, want)
			}
		}
		for _, other := range tt.not {
			if strings.Contains(guide, other) {
				t.Errorf("%s: it says %q", name, other)
			}
		}
	}
}

// addExported adds the names that a file declares, qualified with its package.
func addExported(t *testing.T, names map[string]bool, pkg string, f generator.File) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names[pkg+"."+d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names[pkg+"."+s.Name.Name] = true
				case *ast.ValueSpec:
					for _, id := range s.Names {
						names[pkg+"."+id.Name] = true
					}
				}
			}
		}
	}
}
