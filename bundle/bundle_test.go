package bundle

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

func TestZipName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, version, want string }{
		{"demo", "0.1.0", "demo-0.1.0.zip"},
		{"My first  project!", "v1.2.3", "my-first-project-v1.2.3.zip"},
		{"@acme/../Über", "1/2 3", "acme-..-uber-1-2-3.zip"},
		{"", "", "connector-0.zip"},
		{"日本", "..", "connector-0.zip"},
		{"con", "", "con-0.zip"},
		{"-rf", "", "rf-0.zip"},
		{"aux.h", "1", "connector-aux.h-1.zip"},
		{"a\x00b\n🦆", "1", "a-b-1.zip"},
		{strings.Repeat("a", 100), "1", strings.Repeat("a", 100) + "-1.zip"},
	} {
		if got := (Info{Name: tt.name, Version: tt.version}).ZipName(); got != tt.want {
			t.Errorf("%q %q: got %s, want %s", tt.name, tt.version, got, tt.want)
		}
	}
}

// TestLongZipName: long names are cut, and continue to differ.
func TestLongZipName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 300)
	names := make(map[string]bool)
	for _, info := range []Info{
		{Name: long, Version: "1"},
		{Name: long + "b", Version: "1"},
		{Name: long + "ü", Version: "1"},
		{Name: "a", Version: long},
		{Name: long, Version: long},
		{Name: "con." + long, Version: "1"},
		{Name: strings.Repeat("a-", 200), Version: "1"},
	} {
		name := info.ZipName()
		if names[name] || len(name) > 240 || !strings.HasSuffix(name, ".zip") || name != info.ZipName() {
			t.Errorf("%s for %d and %d bytes", name, len(info.Name), len(info.Version))
		}
		names[name] = true
	}
}

func TestZip(t *testing.T) {
	t.Parallel()
	index, spec := bytes.Repeat([]byte("index"), 1000), []byte("{}\n")
	content, err := Zip(index, spec)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Zip(index, spec); err != nil || !bytes.Equal(again, content) {
		t.Errorf("the same files give other bytes: %v", err)
	}
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name    string
		content []byte
	}{{"index.js", index}, {"connector-spec.json", spec}}
	if len(r.File) != len(want) {
		t.Fatalf("%d files", len(r.File))
	}
	for i, f := range r.File {
		entry, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(entry)
		if err != nil || f.Name != want[i].name || !bytes.Equal(got, want[i].content) || f.Mode().Perm() != 0o644 {
			t.Errorf("%s: mode %v, %d bytes, %v", f.Name, f.Mode(), len(got), err)
		}
	}
	if len(content) > 500 {
		t.Errorf("%d bytes: it is not compressed", len(content))
	}
}

// TestModeOf: a bundle says which mode it has, whatever the connector is called.
func TestModeOf(t *testing.T) {
	t.Parallel()
	zipped := func(index []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		content, err := Zip(index, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	info := Info{Name: "N, packed by conngen in mode wasm.\n", Version: "1"}
	program := zipped(Program(info, Build{}))
	service, _, err := Service(info, parsedSpec(t, `{"name":"N","commands":["std:test-connection"],"sourceConfig":[]}`))
	for _, tt := range []struct {
		name    string
		content []byte
		want    Mode
	}{
		{"program", program, ModeProgram},
		{"service", zipped(service, err), ModeService},
		{"another tool's", zipped([]byte("'use strict'\n// The connector, packed by conngen in mode wasm.\n"), nil), ""},
		{"unknown mode", zipped([]byte("// The connector, packed by conngen in mode docker.\n"), nil), ""},
		{"one line", zipped([]byte("// The connector, packed by conngen in mode wasm."), nil), ""},
		{"broken", program[:len(program)-1], ""},
		{"empty", nil, ""},
	} {
		if got := ModeOf(tt.content); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSpecText: the platform gets the spec unchanged, except for $schema and a byte order mark.
func TestSpecText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{\n  \"$schema\": \"./s.json\",\n  \"name\": \"a\"\n}\n": "{\n  \"name\": \"a\"\n}\n",
		`{"name":"a", "$schema":"./s.json"}`:                      `{"name":"a"}`,
		`{"$schema": "x"}`:                                        `{}`,
		`{"$schema":1,"name":"a","$schema":2}`:                    `{"name":"a"}`,
		`{"\u0024schema":1,"name":"a"}`:                           `{"name":"a"}`,
		`{ "name" : "a","x":{"$schema":1}  }`:                     `{ "name" : "a","x":{"$schema":1}  }`,
		"\uFEFF{\"name\":\"a\"}":                                  `{"name":"a"}`,
		"\uFEFF{\"$schema\":\"x\",\"name\":\"a\"}":                `{"name":"a"}`,
	} {
		spec, _ := schema.Parse("connector-spec.json", []byte(text)) // invalid, so the rest is short
		got, err := SpecText(spec)
		if err != nil || string(got) != want {
			t.Errorf("of %q is left %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		wasm  int
		worry bool
	}{{4 << 20, false}, {11 << 20, false}, {40 << 20, true}} {
		memory, worry := Build{WASM: make([]byte, tt.wasm)}.Memory()
		if worry != tt.worry || memory < tt.wasm {
			t.Errorf("%d bytes: %d, worry %v", tt.wasm, memory, worry)
		}
	}
}
