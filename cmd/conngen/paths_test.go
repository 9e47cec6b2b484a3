package main

import "testing"

func TestNearestFile(t *testing.T) {
	t.Parallel()
	candidates := []string{"app.json", "connector-spec.json", "it.spec.json", "openapi.JSON", "readme.md", "specs", ".json"}
	for name, want := range map[string]string{
		"nowhere.json":        "",
		"hr.json":             "",
		"ap.json":             "app.json",
		"conector-spec.json":  "connector-spec.json",
		"connector.json":      "connector-spec.json",
		"connector-spec.jsn":  "connector-spec.json",
		"connector-spec.yaml": "connector-spec.json",
		"openapi.json":        "openapi.JSON",
		"README.md":           "readme.md",
		"spec":                "specs",
		"x.go":                "",
		".jsn":                ".json",
		"":                    "",
	} {
		if got := nearestFile(name, candidates); got != want {
			t.Errorf("nearestFile(%q) = %q, want %q", name, got, want)
		}
	}
}
