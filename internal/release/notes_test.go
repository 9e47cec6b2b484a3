package main

import (
	"strings"
	"testing"
)

func TestNotes(t *testing.T) {
	t.Parallel()
	const changelog = "# Changelog\n\nIntro.\n\n## Unreleased\n\n## v1.10.0 (2026-02-01)\n\nSecond.\n\n### Added\n\n- a\n\n## v1.1.0\n\nFirst.\n"
	for version, want := range map[string]string{"v1.10.0": "Second.\n\n### Added\n\n- a", "v1.1.0": "First."} {
		if got, err := notes(changelog, version); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", version, got, err, want)
		}
	}
	_, released, _ := strings.Cut(changelog, "## Unreleased\n\n")
	if got, err := notes(released, ""); err != nil || !strings.HasPrefix(got, "Second.") {
		t.Errorf("the newest: %q, %v", got, err)
	}
	for version, want := range map[string]string{
		"Unreleased": `the section "## Unreleased" is empty`,
		"v1.1":       `there is no section "## v1.1"; add it, and commit it before the tag`,
		"":           `the section "## Unreleased" is empty`,
	} {
		if _, err := notes(changelog, version); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", version, err, want)
		}
	}
}

// TestChangelog: make snapshot finds the newest notes in the changelog.
func TestChangelog(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := printNotes(&b, "../../CHANGELOG.md", ""); err != nil || b.Len() < 2 {
		t.Errorf("%q, %v", b.String(), err)
	}
}
