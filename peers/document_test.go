package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWithTable(t *testing.T) {
	t.Parallel()
	got, err := withTable("a\n"+tableBegins+"old\n"+tableEnds+"z\n", "new\n")
	if want := "a\n" + tableBegins + "\nnew\n\n" + tableEnds + "z\n"; got != want || err != nil {
		t.Errorf("got %q and %v, want %q", got, err, want)
	}
	for _, text := range []string{"", tableBegins, tableEnds, tableEnds + tableBegins} {
		if got, err := withTable(text, "new\n"); err == nil {
			t.Errorf("%q has become %q", text, got)
		}
	}
}

// TestPage checks that the page has a place for the table.
func TestPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := withTable(string(text), ""); err != nil {
		t.Error(err)
	}
}
