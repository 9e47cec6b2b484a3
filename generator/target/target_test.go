package target

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator"
)

// A tree maps slash-separated paths to files.
type tree map[string]string

// write writes the files into a fresh folder and returns it.
func (files tree) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const goMod = "module example.com/app\n\ngo 1.24\n"

// under makes the paths of a target relative to a folder.
func under(t *testing.T, dir string, target Target) Target {
	t.Helper()
	for _, p := range []*string{&target.Dir, &target.SDK.Dir} {
		if *p == "" {
			continue
		}
		rel, err := filepath.Rel(dir, *p)
		if err != nil {
			t.Fatal(err)
		}
		*p = filepath.ToSlash(rel)
	}
	return target
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files tree
		spec  string // app/connector-spec.json
		opts  Options
		want  Target
	}{
		"defaults": {
			want: Target{
				"app/connector", "connector", "example.com/app/connector", "../connector-spec.json",
				SDK{"example.com/app/connector/sdk", "app/connector/sdk", true},
			},
		},
		"below the module": {
			spec: "app/hr/spec.json", opts: Options{Out: "gen/My-HR.v2"},
			want: Target{
				"app/hr/gen/My-HR.v2", "myhrv2", "example.com/app/hr/gen/My-HR.v2", "../../spec.json",
				SDK{"example.com/app/hr/gen/My-HR.v2/sdk", "app/hr/gen/My-HR.v2/sdk", true},
			},
		},
		"the module itself": {
			opts: Options{Out: "."},
			want: Target{"app", "app", "example.com/app", "connector-spec.json", SDK{"example.com/app/sdk", "app/sdk", true}},
		},
		"beside the spec's folder": {
			spec: "app/specs/spec.json", opts: Options{Out: "../hr", Package: "people"},
			want: Target{"app/hr", "people", "example.com/app/hr", "../specs/spec.json", SDK{"example.com/app/hr/sdk", "app/hr/sdk", true}},
		},
		"a spec in no module": {
			spec: "spec.json", opts: Options{Out: "app/connector"},
			want: Target{
				"app/connector", "connector", "example.com/app/connector", "../../spec.json",
				SDK{"example.com/app/connector/sdk", "app/connector/sdk", true},
			},
		},
		"nested module": {
			files: tree{"app/sub/go.mod": "module example.com/sub\n\ngo 1.25.1\n"}, spec: "app/sub/spec.json",
			want: Target{
				"app/sub/connector", "connector", "example.com/sub/connector", "../spec.json",
				SDK{"example.com/sub/connector/sdk", "app/sub/connector/sdk", true},
			},
		},
		"--import": {
			spec: "elsewhere/spec.json", opts: Options{Import: "example.com/other/hr"},
			want: Target{
				"elsewhere/connector", "connector", "example.com/other/hr", "../spec.json",
				SDK{"example.com/other/hr/sdk", "elsewhere/connector/sdk", true},
			},
		},
		"--import of the module itself": {
			opts: Options{Import: "example.com/app/connector"},
			want: Target{
				"app/connector", "connector", "example.com/app/connector", "../connector-spec.json",
				SDK{"example.com/app/connector/sdk", "app/connector/sdk", true},
			},
		},
		"--import with an SDK folder": {
			spec: "elsewhere/spec.json", opts: Options{Import: "example.com/other/hr", SDKFolder: "elsewhere/shared"},
			want: Target{
				"elsewhere/connector", "connector", "example.com/other/hr", "../spec.json",
				SDK{"example.com/other/shared", "elsewhere/shared", false},
			},
		},
		"SDK folder": {
			opts: Options{SDKFolder: "app/internal/sdk"},
			want: Target{
				"app/connector", "connector", "example.com/app/connector", "../connector-spec.json",
				SDK{"example.com/app/internal/sdk", "app/internal/sdk", false},
			},
		},
		"SDK folder that is its own": {
			opts: Options{SDKFolder: "app/connector/sdk"},
			want: Target{
				"app/connector", "connector", "example.com/app/connector", "../connector-spec.json",
				SDK{"example.com/app/connector/sdk", "app/connector/sdk", true},
			},
		},
		"SDK of somebody else": {
			opts: Options{SDKImport: "example.com/application/sdk"}, // its path begins like the module's, but is another one
			want: Target{"app/connector", "connector", "example.com/app/connector", "../connector-spec.json", SDK{Import: "example.com/application/sdk"}},
		},
		"SDK of a module without a dot": {
			files: tree{"app/go.mod": goMod + "\nrequire kit v0.0.0\n\nreplace kit => ../kit\n"}, opts: Options{SDKImport: "kit/sdk"},
			want: Target{"app/connector", "connector", "example.com/app/connector", "../connector-spec.json", SDK{Import: "kit/sdk"}},
		},
		"SDK of this module": {
			files: tree{"app/kit/sdk.go": "package sdk\n"}, opts: Options{SDKImport: "example.com/app/kit"},
			want: Target{"app/connector", "connector", "example.com/app/connector", "../connector-spec.json", SDK{Import: "example.com/app/kit"}},
		},
		"ignored folders that are others": {
			files: tree{"app/go.mod": goMod + "\nignore ./gen\nignore conn\n"}, opts: Options{Out: "sub/gen"},
			want: Target{"app/sub/gen", "gen", "example.com/app/sub/gen", "../../connector-spec.json", SDK{"example.com/app/sub/gen/sdk", "app/sub/gen/sdk", true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, dir, err := resolve(t, c.files, c.spec, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, under(t, dir, got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// resolve resolves a spec in a fresh folder with a module in app.
func resolve(t *testing.T, files tree, spec string, opts Options) (target Target, dir string, err error) {
	t.Helper()
	all := tree{"app/go.mod": goMod}
	for name, text := range files {
		all[name] = text
	}
	dir = all.write(t)
	if spec == "" {
		spec = "app/connector-spec.json"
	}
	if opts.SDKFolder != "" {
		opts.SDKFolder = filepath.Join(dir, filepath.FromSlash(opts.SDKFolder))
	}
	target, err = new(Finder).Resolve(filepath.Join(dir, filepath.FromSlash(spec)), opts)
	return target, dir, err
}

func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files tree
		spec  string
		opts  Options
		want  string // part of the error; DIR is the folder of the test
	}{
		"standard output":      {opts: Options{Out: "-"}, want: `"-" is not a folder`},
		"no module":            {spec: "spec.json", want: "folder DIR/connector is not in a Go module: run go mod init"},
		"out of the module":    {opts: Options{Out: "../out"}, want: "folder DIR/out is outside the module example.com/app"},
		"into another module":  {files: tree{"app/sub/go.mod": "module example.com/sub\n"}, opts: Options{Out: "sub/out"}, want: "folder DIR/app/sub/out is outside the module example.com/app"},
		"module without name":  {files: tree{"app/go.mod": "go 1.24\n"}, want: "names no module"},
		"broken go.mod":        {files: tree{"app/go.mod": "module (\n"}, want: "go.mod:"},
		"old go":               {files: tree{"app/go.mod": "module example.com/app\n\ngo 1.23.9\n"}, want: "go.mod says go 1.23.9, and the generated code needs go 1.24: run go get go@1.24"},
		"no go line":           {files: tree{"app/go.mod": "module example.com/app\n"}, want: "has no go line, which means go 1.16, and the generated code needs go 1.24"},
		"testdata":             {opts: Options{Out: "testdata/connector"}, want: `go build ./... does not see what is in "testdata"`},
		"spec in testdata":     {spec: "app/testdata/spec.json", want: `does not see what is in "testdata"`},
		"vendor":               {opts: Options{Out: "vendor/connector"}, want: `does not see what is in "vendor"`},
		"underscore":           {opts: Options{Out: "_gen/connector"}, want: `does not see what is in "_gen"`},
		"dot":                  {opts: Options{Out: ".gen"}, want: `does not see what is in ".gen"`},
		"space":                {opts: Options{Out: "my connector"}, want: `"example.com/app/my connector" is not an import path`},
		"non-ASCII":            {opts: Options{Out: "größe"}, want: `"example.com/app/größe" is not an import path`},
		"init":                 {opts: Options{Out: "init"}, want: `gives a package "init", which no program can import`},
		"main":                 {opts: Options{Out: "cmd/main"}, want: `gives a package "main", which no program can import`},
		"keyword":              {opts: Options{Package: "func"}, want: `--package "func" cannot be the name of a package to import; try "connector"`},
		"package main":         {opts: Options{Package: "main"}, want: `--package "main" cannot be`},
		"no identifier":        {opts: Options{Package: "my-hr"}, want: `try "myhr"`},
		"ignored":              {files: tree{"app/go.mod": goMod + "\nignore ./gen\n"}, opts: Options{Out: "gen/x"}, want: `go.mod tells Go to ignore "./gen"`},
		"ignored with a slash": {files: tree{"app/go.mod": goMod + "\nignore ./gen/\n"}, opts: Options{Out: "gen"}, want: `go.mod tells Go to ignore "./gen/"`},
		"ignored anywhere":     {files: tree{"app/go.mod": goMod + "\nignore gen/x\n"}, opts: Options{Out: "a/gen/x/y"}, want: `go.mod tells Go to ignore "gen/x"`},

		"--import no path":            {spec: "spec.json", opts: Options{Import: "a b/c"}, want: `--import: "a b/c" is not an import path`},
		"--import vendor":             {spec: "spec.json", opts: Options{Import: "a/vendor/c"}, want: `"vendor" is reserved by Go`},
		"--import of a module":        {opts: Options{Import: "example.com/other"}, want: `--import "example.com/other" is not the path of folder DIR/app/connector, which is "example.com/app/connector" by DIR/app/go.mod`},
		"no letter":                   {opts: Options{Out: "~"}, want: `"example.com/app/~" is not an import path`},
		"SDK in an internal folder":   {opts: Options{SDKFolder: "app/x/internal/sdk"}, want: "package example.com/app/connector cannot import the SDK example.com/app/x/internal/sdk: Go keeps what is in example.com/app/x/internal to example.com/app/x"},
		"SDK of another's internal":   {opts: Options{SDKImport: "example.com/kit/internal/sdk"}, want: "cannot import the SDK example.com/kit/internal/sdk"},
		"SDK no path":                 {opts: Options{SDKImport: "a//b"}, want: `sdk: "a//b" is not an import path`},
		"SDK in the package":          {opts: Options{SDKFolder: "app/connector"}, want: "the SDK and the package cannot both be in DIR/app/connector"},
		"SDK out of the module":       {opts: Options{SDKFolder: "sdk"}, want: "folder DIR/sdk is outside the module example.com/app"},
		"SDK in another module":       {files: tree{"app/sub/go.mod": "module example.com/sub\n"}, opts: Options{SDKFolder: "app/sub/sdk"}, want: "folder DIR/app/sub/sdk is outside the module example.com/app"},
		"SDK unseen":                  {opts: Options{SDKFolder: "app/testdata/sdk"}, want: `does not see what is in "testdata"`},
		"SDK without ./":              {opts: Options{SDKImport: "sdk"}, want: `the SDK "sdk" is an import path that Go cannot find`},
		"SDK of this module missing":  {opts: Options{SDKImport: "example.com/app/kit"}, want: "the SDK example.com/app/kit is a package of this module, and DIR/app/kit has no Go files"},
		"SDK of this module is empty": {files: tree{"app/kit/readme.md": ""}, opts: Options{SDKImport: "example.com/app/kit"}, want: "has no Go files"},
		"SDK above --import":          {spec: "a/spec.json", opts: Options{Import: "hr", SDKFolder: "sdk"}, want: "is not an import path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, dir, err := resolve(t, c.files, c.spec, c.opts)
			want := strings.ReplaceAll(c.want, "DIR", dir)
			if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), filepath.ToSlash(want)) {
				t.Errorf("got %+v, error %v\nwant %s", got, err, want)
			}
		})
	}
}

const (
	fromSpec  = "// Code generated by conngen from connector-spec.json. DO NOT EDIT.\n\npackage connector\n"
	fromOther = "// Code generated by conngen from other.json. DO NOT EDIT.\n\npackage connector\n"
	ofSDK     = "// Code generated by conngen. DO NOT EDIT.\n\npackage sdk\n"
)

// packageFiles are what a package declares in these tests.
func packageFiles() ([]generator.File, error) {
	return []generator.File{
		{Path: "account.go", Content: []byte("package connector\n\nimport \"encoding/json\"\n\ntype Account struct {\n\tjson.RawMessage\n\tMail string\n}\n\nfunc (Account) ID() string { return \"\" }\n\nvar _, spec = 1, 2\n")},
		{Path: "sdk/call.go", Content: []byte("package sdk\n\nfunc Call() {}\n")},
	}, nil
}

func TestCheckPackage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files tree
		want  string // part of the error, "" for none
	}{
		"no folder":            {},
		"empty":                {files: tree{"connector/readme.md": ""}},
		"a file in its place":  {files: tree{"connector": "text"}, want: "DIR/connector is not a folder; choose another one"},
		"generated":            {files: tree{"connector/account.go": fromSpec, "connector/spec.go": fromSpec}},
		"an SDK":               {files: tree{"connector/call.go": ofSDK}, want: "connector holds the SDK, and cannot hold a package too"},
		"standard input":       {files: tree{"connector/account.go": strings.Replace(fromSpec, "connector-spec.json", "standard input", 1)}},
		"more of the package":  {files: tree{"connector/mine.go": "package connector\n\nimport \"fmt\"\n\ntype Mine struct{}\n\nfunc (Account) Mine() { fmt.Println() }\n\nvar _ = 1\n\nfunc init() {}\n"}},
		"tests":                {files: tree{"connector/a_test.go": "package connector\n\nimport \"testing\"\n", "connector/b_test.go": "package connector_test\n\nvar Account int\n"}},
		"broken":               {files: tree{"connector/mine.go": "package ("}},
		"below":                {files: tree{"connector/sub/mine.go": "package sub\n"}},
		"not built":            {files: tree{"connector/gen.go": "//go:build ignore\n\npackage main\n"}},
		"another package":      {files: tree{"connector/mine.go": "package mine\n"}, want: "connector/mine.go:1:9: package mine cannot share the folder with the generated package connector"},
		"test of another":      {files: tree{"connector/mine_test.go": "package mine\n"}, want: "package mine cannot share"},
		"declaration":          {files: tree{"connector/mine.go": "package connector\n\nvar a, Account int\n"}, want: "connector/mine.go:3:8: Account "},
		"private declaration":  {files: tree{"connector/mine.go": "package connector\n\nfunc spec() {}\n"}, want: "mine.go:3:6: spec "},
		"declaration in tests": {files: tree{"connector/mine_test.go": "package connector\n\nconst Account = 1\n"}, want: "mine_test.go:3:7: Account "},
		"method":               {files: tree{"connector/mine.go": "package connector\n\nfunc (*Account) ID() {}\n"}, want: "mine.go:3:1: Account.ID "},
		"import":               {files: tree{"connector/mine.go": "package connector\n\nimport spec \"fmt\"\n"}, want: "mine.go:3:8: spec "},
		"imported name":        {files: tree{"connector/mine.go": "package connector\n\nimport \"example.com/Account\"\n"}, want: "mine.go:3:8: Account "},
		"name that is imported": {
			files: tree{"connector/mine.go": "package connector\n\nvar json = 1\n"}, want: "mine.go:3:5: json ",
		},
		"the same import": {files: tree{"connector/mine.go": "package connector\n\nimport \"encoding/json\"\n\nvar _ json.Number\n"}},
		"another spec's": {
			files: tree{"connector/spec.go": fromOther, "other.json": "{}"}, want: "connector holds the package of DIR/other.json",
		},
		"another spec's that is gone": {
			files: tree{"connector/spec.go": fromOther},
		},
		"another spec's of the same name": {
			files: tree{"connector/spec.go": fromSpec + "\n//conngen:settings {\"spec\":\"../a/connector-spec.json\"}\n", "a/connector-spec.json": "{}"},
			want:  "connector holds the package of DIR/a/connector-spec.json",
		},
		"another spec's of the same name that is gone": {
			files: tree{"connector/spec.go": fromSpec + "\n//conngen:settings {\"spec\":\"../a/connector-spec.json\"}\n"},
		},
		"not built, of this package":     {files: tree{"connector/gen.go": "//go:build ignore\n\npackage connector\n\ntype Account int\n"}},
		"built elsewhere":                {files: tree{"connector/gen.go": "//go:build !linux\n\npackage connector\n\ntype Account int\n"}, want: "gen.go:5:6: Account is declared in account.go"},
		"field":                          {files: tree{"connector/mine.go": "package connector\n\nfunc (Account) RawMessage() {}\n\nfunc (Account) Mail() {}\n"}, want: "mine.go:5:1: Account.Mail is declared"},
		"Go's own name":                  {files: tree{"connector/mine.go": "package connector\n\ntype string int\n"}, want: "mine.go:3:6: string would no longer be Go's own in account.go"},
		"Go's own name that is not used": {files: tree{"connector/mine.go": "package connector\n\nfunc max() {}\n"}},
		"broken after its package":       {files: tree{"connector/mine.go": "package mine\n\nfunc ("}, want: "package mine cannot share"},
		"edited until it is not ours":    {files: tree{"connector/account.go": "package connector\n\ntype Account int\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := tree{"connector-spec.json": "{}"}
			for name, text := range c.files {
				files[name] = text
			}
			dir := files.write(t)
			target := Target{Dir: filepath.Join(dir, "connector"), Package: "connector"}
			checkError(t, dir, new(Finder).CheckPackage(target, filepath.Join(dir, "connector-spec.json"), nil, packageFiles), c.want)
		})
	}
}

// checkError compares an error with a part of its text; "" is none.
func checkError(t *testing.T, dir string, err error, want string) {
	t.Helper()
	want = filepath.ToSlash(strings.ReplaceAll(want, "DIR", dir))
	if (err != nil) != (want != "") || err != nil && !strings.Contains(filepath.ToSlash(err.Error()), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
}

// TestCheckPackageLinked: a spec with two paths is one.
func TestCheckPackageLinked(t *testing.T) {
	t.Parallel()
	dir := tree{"connector-spec.json": "{}", "connector/spec.go": fromOther}.write(t)
	spec := filepath.Join(dir, "connector-spec.json")
	if err := os.Symlink(spec, filepath.Join(dir, "other.json")); err != nil {
		t.Skip(err)
	}
	checkError(t, dir, new(Finder).CheckPackage(Target{Dir: filepath.Join(dir, "connector"), Package: "connector"}, spec, nil, packageFiles), "")
}

// TestCheckPackageLazily: files are generated only for a comparison, and their error is the
// check's.
func TestCheckPackageLazily(t *testing.T) {
	t.Parallel()
	failure := errors.New("not generated")
	fail := func() ([]generator.File, error) { return nil, failure }
	for text, want := range map[string]error{fromSpec: nil, "package connector\n": failure} {
		dir := tree{"connector/a.go": text}.write(t)
		if err := new(Finder).CheckPackage(Target{Dir: filepath.Join(dir, "connector"), Package: "connector"}, filepath.Join(dir, "connector-spec.json"), nil, fail); !errors.Is(err, want) {
			t.Errorf("%q: error is %v, want %v", text, err, want)
		}
	}
}

func TestCheckSDK(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files tree
		want  string
	}{
		"no folder":       {},
		"an SDK":          {files: tree{"kit/call.go": ofSDK, "kit/mine.go": "package sdk\n\nvar Mine int\n"}},
		"a package":       {files: tree{"kit/account.go": fromSpec}, want: "kit holds a package of connector-spec.json, and cannot hold the SDK too"},
		"another package": {files: tree{"kit/mine.go": "package kit\n"}, want: "package kit cannot share the folder with the generated package sdk"},
		"declaration":     {files: tree{"kit/mine.go": "package sdk\n\nfunc Call() {}\n"}, want: "mine.go:3:6: Call "},
		"below":           {files: tree{"kit/config/mine.go": "package settings\n"}, want: "config/mine.go:1:9: package settings cannot share the folder with the generated package config"},
		"advice":          {files: tree{"kit/mine.go": "package mine\n"}, want: "choose another folder with --sdk, or with \"sdk\" in .conngen.json"},
		"more below":      {files: tree{"kit/internal/jsontext/mine.go": "package jsontext\n"}},
		"a module":        {files: tree{"kit/go.mod": goMod}, want: "kit has a go.mod"},
		"a module below":  {files: tree{"kit/memory/go.mod": goMod}, want: "kit/memory has a go.mod"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := c.files.write(t)
			err := new(Finder).CheckSDK(SDK{Dir: filepath.Join(dir, "kit")}, nil, func() ([]generator.File, error) {
				return []generator.File{{Path: "call.go", Content: []byte("package sdk\n\nfunc Call() {}\n")}}, nil
			})
			checkError(t, dir, err, c.want)
		})
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	a := Target{Dir: "a", SDK: SDK{Dir: "a/sdk"}}
	for name, c := range map[string]struct {
		targets []Target
		want    string
	}{
		"none":               {targets: []Target{a, {Dir: "b", SDK: SDK{Dir: "b/sdk"}}, {Dir: "c", SDK: SDK{Import: "x"}}, {Dir: "d", SDK: SDK{Import: "x"}}}},
		"shared SDK":         {targets: []Target{{Dir: "a", SDK: SDK{Dir: "sdk"}}, {Dir: "b", SDK: SDK{Dir: "sdk"}}}},
		"one folder":         {targets: []Target{a, {Dir: "b"}, a}, want: "0.json and 2.json would both be generated into a"},
		"an SDK's folder":    {targets: []Target{a, {Dir: "a/sdk"}}, want: "1.json would be generated into a/sdk, where the SDK of 0.json belongs"},
		"a folder of an SDK": {targets: []Target{{Dir: "a", SDK: SDK{Dir: "kit"}}, {Dir: "kit/config"}}, want: "1.json would be generated into kit/config, where the SDK of 0.json belongs"},
		"below a shared SDK": {targets: []Target{{Dir: "a", SDK: SDK{Dir: "kit"}}, {Dir: "kit/hr", SDK: SDK{Dir: "kit"}}}},
		"an SDK in another":  {targets: []Target{{Dir: "a", SDK: SDK{Dir: "kit/memory"}}, {Dir: "b", SDK: SDK{Dir: "kit"}}}, want: "the SDK of 0.json would be written into kit/memory, which is part of the SDK of 1.json"},
		"SDKs side by side":  {targets: []Target{{Dir: "a", SDK: SDK{Dir: "kit"}}, {Dir: "b", SDK: SDK{Dir: "kit/v2"}}}},
		"below its own SDK":  {targets: []Target{{Dir: "a/sdk/hr"}, {Dir: "a", SDK: SDK{Dir: "a/sdk", Own: true}}}, want: "0.json would be generated into a/sdk/hr, in the SDK of 1.json"},
		"its folder first":   {targets: []Target{{Dir: "sdk"}, {Dir: "a", SDK: SDK{Dir: "sdk"}}}, want: "0.json would be generated into sdk, where the SDK of 1.json belongs"},
	} {
		checkError(t, name, new(Finder).Conflict([]string{"0.json", "1.json", "2.json", "3.json"}, c.targets), c.want)
	}
}

// TestSDKs: a shared SDK is listed once, and is in a package's own folder only if that is true for
// all its packages.
func TestSDKs(t *testing.T) {
	t.Parallel()
	targets := []Target{
		{Dir: "a", SDK: SDK{Dir: "shared"}},
		{Dir: "b", SDK: SDK{Dir: "b/sdk", Own: true}},
		{Dir: "c", SDK: SDK{Dir: "shared"}},
		{Dir: "d", SDK: SDK{Import: "example.com/sdk"}},
		{Dir: "e", SDK: SDK{Dir: "b/sdk"}},
		{Dir: "f", SDK: SDK{Dir: "f/sdk", Own: true}},
	}
	sdks := new(Finder).SDKs(targets)
	want := []SDK{{Dir: "shared"}, {Dir: "b/sdk"}, {Dir: "f/sdk", Own: true}}
	if diff := cmp.Diff(want, sdks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for dir, want := range map[string]bool{"a": false, "b": true, "d": false, "f": true} {
		if got := new(Finder).HasSDK(Target{Dir: dir}, sdks); got != want {
			t.Errorf("%s has an SDK: %v", dir, got)
		}
	}
	// An SDK below the folder sdk counts; one whose name only begins with it does not.
	if !new(Finder).HasSDK(Target{Dir: "g"}, []SDK{{Dir: filepath.Join("g", "sdk", "v2")}}) || new(Finder).HasSDK(Target{Dir: "g"}, []SDK{{Dir: filepath.Join("g", "sdk2")}}) {
		t.Error("folders below sdk are mistaken")
	}
}

// TestHolds: a shared SDK may have other packages below it.
func TestHolds(t *testing.T) {
	t.Parallel()
	target := Target{Dir: "kit/hr", SDK: SDK{Dir: "kit"}}
	for dir, want := range map[string]bool{"kit/hr": true, "kit": true, "kit/memory": true, "kit/hr/client": false, "kit/it": false, ".": false} {
		if got := target.holds(dir); got != want {
			t.Errorf("%s: %v", dir, got)
		}
	}
	if (Target{Dir: "a", SDK: SDK{Import: "example.com/sdk"}}).holds(".") {
		t.Error("an SDK of somebody else has no folder")
	}
}

func TestWorkspace(t *testing.T) {
	t.Parallel()
	if os.Getenv("GOWORK") != "" {
		t.Skip("GOWORK names a workspace")
	}
	dir := tree{
		"w/go.work":  "go 1.24\n\nuse (\n\t./a\n\t./sub/b\n)\n",
		"w/a/go.mod": goMod, "w/c/go.mod": goMod,
		"broken/go.work": "use (\n",
	}.write(t)
	work := filepath.Join(dir, "w", "go.work")
	for folder, want := range map[string]string{"w/a": "", "w/sub/b": "", "w/c": work, "w": work, "elsewhere": ""} {
		if got, err := Workspace(filepath.Join(dir, filepath.FromSlash(folder))); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", folder, got, err, want)
		}
	}
	if name, err := Workspace(filepath.Join(dir, "broken", "a")); err == nil {
		t.Errorf("a broken go.work gives %q and no error", name)
	}
}

func TestBeside(t *testing.T) {
	t.Parallel()
	abs, err := filepath.Abs("x")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ spec, name, want string }{
		{"a/spec.json", "connector", "a/connector"}, {"a/spec.json", "../b/.", "b"}, {"spec.json", ".", "."}, {"a/spec.json", abs, abs},
	} {
		if got := Beside(filepath.FromSlash(c.spec), filepath.FromSlash(c.name)); got != filepath.FromSlash(c.want) {
			t.Errorf("%s beside %s is %s", c.name, c.spec, got)
		}
	}
}

// TestCheckPackageLink: go build ./... does not follow links in the module.
func TestCheckPackageLink(t *testing.T) {
	t.Parallel()
	dir := tree{"connector-spec.json": "{}", "go.mod": goMod, "elsewhere/readme.md": ""}.write(t)
	if err := os.Symlink("elsewhere", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for _, folder := range []string{"link", "link/connector"} {
		err := new(Finder).CheckPackage(Target{Dir: filepath.Join(dir, folder), Package: "connector"}, filepath.Join(dir, "connector-spec.json"), nil, packageFiles)
		checkError(t, dir, err, "DIR/link is a symbolic link, which go build ./... does not follow")
	}
}

// TestConflictLink: a folder with two paths is one.
func TestConflictLink(t *testing.T) {
	t.Parallel()
	dir := tree{"app/go.mod": goMod}.write(t)
	if err := os.Symlink("app", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	a, b := Target{Dir: filepath.Join(dir, "app", "x")}, Target{Dir: filepath.Join(dir, "link", "x")}
	checkError(t, dir, new(Finder).Conflict([]string{"a.json", "b.json"}, []Target{a, b}), "a.json and b.json would both be generated into")
	sdks := new(Finder).SDKs([]Target{{Dir: "a", SDK: SDK{Dir: a.Dir}}, {Dir: "b", SDK: SDK{Dir: b.Dir}}})
	if len(sdks) != 1 {
		t.Errorf("there are %v", sdks)
	}
	// A target requested by one path belongs to the module of the other.
	got, err := new(Finder).Resolve(filepath.Join(dir, "link", "spec.json"), Options{SDKFolder: filepath.Join(dir, "app", "kit")})
	if err != nil || got.SDK.Import != "example.com/app/kit" || got.Import != "example.com/app/connector" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestResolveLinkedSpec: a linked spec is where the link is.
func TestResolveLinkedSpec(t *testing.T) {
	t.Parallel()
	dir := tree{"go.mod": goMod, "specs/all/hr.json": "{}"}.write(t)
	if err := os.Symlink(filepath.Join("specs", "all", "hr.json"), filepath.Join(dir, "connector-spec.json")); err != nil {
		t.Skip(err)
	}
	got, err := new(Finder).Resolve(filepath.Join(dir, "connector-spec.json"), Options{})
	if err != nil || got.Spec != "../connector-spec.json" {
		t.Errorf("the spec is at %q, %v", got.Spec, err)
	}
}

// TestCall: conngen is called as a tool if go.mod lists it.
func TestCall(t *testing.T) {
	t.Parallel()
	const other = "example.com/fork/conngen"
	for name, c := range map[string]struct{ goMod, want string }{
		"line":       {goMod + "\ntool " + ToolPath + "\n", "go tool conngen"},
		"block":      {goMod + "\ntool (\n\t\"" + ToolPath + "\" // pinned\n\texample.com/x\n)\n", "go tool conngen"},
		"two":        {goMod + "\ntool (\n\t" + other + "\n\t" + ToolPath + "\n)\n", "go tool " + ToolPath},
		"other":      {goMod + "\ntool " + other + "\n", "conngen"},
		"dependency": {goMod + "\nrequire " + ToolPath + " v1.0.0\n", "conngen"},
		"broken":     {"module\n", "conngen"},
	} {
		dir := tree{"go.mod": c.goMod, "inner/go.mod": goMod}.write(t)
		for _, below := range []string{".", "deep/er"} {
			if got := Call(filepath.Join(dir, below)); got != c.want {
				t.Errorf("%s: it is called %q in %s, want %q", name, got, below, c.want)
			}
		}
		if got := Call(filepath.Join(dir, "inner")); got != "conngen" {
			t.Errorf("%s: it is called %q in another module", name, got)
		}
		in, err := ModuleIn(dir)
		if (err != nil) != (name == "broken") || err == nil && *in != (ExistingModule{Path: "example.com/app", Call: c.want}) {
			t.Errorf("%s: the module is %v, %v", name, in, err)
		}
		if in, err := ModuleIn(filepath.Join(dir, "deep")); in != nil || err != nil {
			t.Errorf("%s: a folder below has the module %v, %v", name, in, err)
		}
	}
	dir := tree{"go.mod": "module x\n\ngo 1.20\n", "file": ""}.write(t)
	if _, err := ModuleIn(dir); err == nil {
		t.Error("an old module is taken")
	}
	if in, err := ModuleIn(filepath.Join(dir, "file")); in != nil || err != nil {
		t.Errorf("a file has the module %v, %v", in, err)
	}
}

// TestFinderLooksOnce: a Finder reads a module's go.mod once, for all of its packages.
func TestFinderLooksOnce(t *testing.T) {
	t.Parallel()
	dir := tree{"go.mod": goMod, "a/connector-spec.json": "{}", "b/connector-spec.json": "{}"}.write(t)
	f := new(Finder)
	if _, err := f.Resolve(filepath.Join(dir, "a", "connector-spec.json"), Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	got, err := f.Resolve(filepath.Join(dir, "b", "connector-spec.json"), Options{})
	if err != nil || got.Import != "example.com/app/b/connector" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := new(Finder).Resolve(filepath.Join(dir, "b", "connector-spec.json"), Options{}); err == nil {
		t.Error("another Finder finds the module that is gone")
	}
}
