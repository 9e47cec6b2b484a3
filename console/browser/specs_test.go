package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

// golden returns the spec of a golden case.
func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../golden", name, "connector-spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// allSpecs are the golden specs and, if available, those of real connectors, by name.
func allSpecs(t *testing.T) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, pattern := range []string{"../../golden/*/connector-spec.json", "../../golden/*/*/connector-spec.json", "../../../shared/corpus/specs/*.json"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(paths) == 0 {
			t.Logf("%s: there are none", pattern)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(path), "../../"), "../shared/")
			all[strings.TrimSuffix(name, "/connector-spec.json")] = text
		}
	}
	return all
}

// readSpec parses a spec; it returns nil for one that conngen refuses.
func readSpec(text []byte) *schema.Spec {
	spec, problems := schema.Parse("connector-spec.json", text)
	if problems.HasErrors() {
		return nil
	}
	return spec
}

// rounds are as few configs as possible that together show each item of a spec. They hold the
// values that items wait for. The first one is that of a new source.
func rounds(spec *schema.Spec) []map[string]any {
	all := []map[string]any{{}}
	byKey := make(map[string]*schema.Entry)
	for e := range spec.ConfigItems() {
		byKey[e.Key] = e
	}
	for e := range spec.ConfigItems() {
		if wanted := waitsFor(byKey, e); len(wanted) > 0 {
			all = withValues(all, wanted)
		}
	}
	return all
}

// withValues adds values to the first config without conflicting ones, except that of a new source.
func withValues(all []map[string]any, wanted map[string]any) []map[string]any {
	for _, config := range all[1:] {
		if fits(config, wanted) {
			for key, v := range wanted {
				config[key] = v
			}
			return all
		}
	}
	return append(all, wanted)
}

func fits(config, wanted map[string]any) bool {
	for key, v := range wanted {
		if old, has := config[key]; has && old != v {
			return false
		}
	}
	return true
}

// waitsFor returns the values that show an item, through the chain of its parents; nil if nothing
// does.
func waitsFor(byKey map[string]*schema.Entry, e *schema.Entry) map[string]any {
	wanted := make(map[string]any)
	for e != nil && e.ParentKey != "" {
		if _, seen := wanted[e.ParentKey]; seen {
			return nil
		}
		parent := byKey[e.ParentKey]
		wanted[e.ParentKey] = e.ParentValue
		if parent != nil && (parent.Type == schema.ItemCheckbox || parent.Type == schema.ItemToggle) {
			wanted[e.ParentKey] = e.ParentValue == "true"
		}
		e = parent
	}
	return wanted
}
