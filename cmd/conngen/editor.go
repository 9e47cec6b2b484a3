package main

import (
	"encoding/json"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/conngen/conngen/generator/project"
	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// staleSchemas returns a result for each copy of a JSON Schema that is not what this conngen prints.
// init puts such copies beside the spec, for editors.
func (p packages) staleSchemas() []checkResult {
	var results []checkResult
	seen := make(map[string]bool)
	for _, s := range p.list {
		if s.refused || s.stream {
			continue
		}
		for _, f := range project.EditorSchemas() {
			path := filepath.Join(filepath.Dir(s.path), filepath.FromSlash(f.Path))
			if !seen[path] && isStaleCopy(path, f) {
				results = append(results, staleSchema(path, f))
			}
			seen[path] = true
		}
	}
	return results
}

func staleSchema(path string, f project.EditorSchema) checkResult {
	d := findingAt(token.Position{Filename: found.Shown(path)}, 0, rules.SchemaStale, "the JSON Schema was edited, or comes from another version of conngen, so help in editors may be out of date",
		runHint(strings.Fields(f.Args)...)+" > "+shellWord(found.Shown(path)))
	return checkResult{dir: filepath.Dir(path), findings: schema.Diagnostics{d}}
}

// isStaleCopy reports whether a file is an outdated copy of a schema. Copies may be formatted
// differently. A file that cannot be read is of no use to editors.
func isStaleCopy(path string, f project.EditorSchema) bool {
	text, err := found.ReadFile(path)
	if err != nil {
		return false
	}
	var copied, current map[string]any
	if json.Unmarshal(text, &copied) != nil || json.Unmarshal(f.Content(), &current) != nil {
		return false
	}
	return copied["$id"] == current["$id"] && !reflect.DeepEqual(copied, current)
}
