package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/conngen/conngen/internal/packed"
)

// TestWrite: the overlay has a smaller file for each text, from which package packed restores it.
func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write(filepath.Join("..", "..", ".."), dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "overlay.json"))
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &overlay); err != nil || len(overlay.Replace) < len(texts) {
		t.Fatalf("replaces %d files (%v)", len(overlay.Replace), err)
	}
	files := os.DirFS(dir)
	var before, after int
	for name, replacement := range overlay.Replace {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := packed.ReadFile(files, filepath.Base(replacement))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes come back (%v), want %d", name, len(got), err, len(want))
		}
		info, err := os.Stat(replacement)
		if err != nil {
			t.Fatal(err)
		}
		before, after = before+len(want), after+int(info.Size())
	}
	if after > before/2 {
		t.Errorf("%d bytes become %d", before, after)
	}
}

func TestWriteElsewhere(t *testing.T) {
	t.Parallel()
	if err := write(t.TempDir(), t.TempDir()); err == nil || err.Error() != "console/pages/*.js: no such files" {
		t.Errorf("error is %v", err)
	}
}
