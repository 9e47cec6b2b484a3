package templates

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// sdkPath is the import path of the SDK.
const sdkPath = "github.com/conngen/conngen/templates/sdk"

// A checker type-checks the SDK, and code that uses it, for one platform, with the
// language of [GoVersion].
type checker struct {
	context  build.Context
	fset     *token.FileSet
	packages map[string]*types.Package
	uses     map[*ast.Ident]types.Object // of the SDK and the code that uses it
}

func newChecker(goos, goarch string) *checker {
	c := &checker{context: build.Default, fset: token.NewFileSet(), packages: make(map[string]*types.Package), uses: make(map[*ast.Ident]types.Object)}
	c.context.GOOS, c.context.GOARCH, c.context.CgoEnabled = goos, goarch, false
	c.context.GOROOT = goRoot()
	return c
}

// linux is a checker that has checked the SDK, for Linux. It must not check anything else:
// [checker.child] is for that.
var linux = sync.OnceValues(func() (*checker, error) {
	c := newChecker("linux", "amd64")
	return c, c.importSDK()
})

// importSDK checks all packages of the SDK.
func (c *checker) importSDK() error {
	names, err := sdkPackages()
	for _, name := range names {
		_, e := c.Import(name)
		err = errors.Join(err, e)
	}
	return err
}

// child returns a checker that has the packages of another one, and notes uses of its own.
func (c *checker) child() *checker {
	return &checker{context: c.context, fset: c.fset, packages: maps.Clone(c.packages), uses: make(map[*ast.Ident]types.Object)}
}

// linuxChild returns a checker for Linux that has the SDK.
func linuxChild(t *testing.T) *checker {
	t.Helper()
	c, err := linux()
	if err != nil {
		t.Fatal(err)
	}
	return c.child()
}

// goRoot is the folder of Go's sources, which a test that is built with -trimpath does not
// know.
var goRoot = sync.OnceValue(func() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(out))
})

// Import returns a package of the SDK or the standard library. Of the latter only the
// declarations are checked.
func (c *checker) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	if p := c.packages[name]; p != nil {
		return p, nil
	}
	dir := filepath.Join(c.context.GOROOT, "src", filepath.FromSlash(name))
	rest, ours := strings.CutPrefix(name, sdkPath)
	if ours {
		dir = filepath.Join("sdk", filepath.FromSlash(rest))
	}
	found, err := c.context.ImportDir(dir, 0)
	if err != nil && !ours {
		found, err = c.context.ImportDir(filepath.Join(c.context.GOROOT, "src", "vendor", filepath.FromSlash(name)), 0)
	}
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, file := range found.GoFiles {
		f, err := parser.ParseFile(c.fset, filepath.Join(found.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	p, err := c.check(name, files, ours)
	if !ours {
		err = nil // what the compiler knows better does not matter here
	}
	c.packages[name] = p
	return p, err
}

func (c *checker) check(name string, files []*ast.File, ours bool) (*types.Package, error) {
	config := types.Config{
		Importer: c, Sizes: types.SizesFor("gc", c.context.GOARCH), FakeImportC: true,
		IgnoreFuncBodies: true, Error: func(error) {},
	}
	var info *types.Info
	if ours {
		config.GoVersion, config.IgnoreFuncBodies, config.Error = "go"+GoVersion, false, nil
		info = &types.Info{Uses: c.uses}
	}
	return config.Check(name, c.fset, files, info)
}

// source type-checks code that uses the SDK.
func (c *checker) source(text string) error {
	f, err := parser.ParseFile(c.fset, "source.go", text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	_, err = c.check("source", []*ast.File{f}, true)
	return err
}

// sdkPackages returns the import paths of the SDK's packages.
func sdkPackages() ([]string, error) {
	var all []string
	err := fs.WalkDir(SDK(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if p := path.Join(sdkPath, path.Dir(name)); len(all) == 0 || all[len(all)-1] != p {
			all = append(all, p)
		}
		return nil
	})
	return all, err
}

// TestWrongTypes: what the descriptors of methods are there for does not compile.
func TestWrongTypes(t *testing.T) {
	t.Parallel()
	const header = `package connector

import (
	"context"

	"github.com/conngen/conngen/templates/sdk"
)

type Account struct{ Name string }

type Client interface {
	AccountList(ctx context.Context, in sdk.AccountListInput, out *sdk.Stream[Account]) error
	AccountRead(ctx context.Context, in sdk.AccountReadInput) (Account, error)
	AccountEnable(ctx context.Context, in sdk.AccountEnableInput) (Account, error)
	AccountDisable(ctx context.Context, in sdk.AccountDisableInput) (Account, error)
	AccountDelete(ctx context.Context, in sdk.AccountDeleteInput) error
}

var (
	AccountList    = sdk.NewMethod[sdk.AccountListInput, Account]("std:account:list")
	AccountRead    = sdk.NewMethod[sdk.AccountReadInput, Account]("std:account:read")
	AccountEnable  = sdk.NewMethod[sdk.AccountEnableInput, Account]("std:account:enable")
	AccountDelete  = sdk.NewMethod[sdk.AccountDeleteInput, sdk.None]("std:account:delete")
	ReadText       = sdk.NewMethod[sdk.AccountReadInput, string]("std:account:read")
)

func use(ctx context.Context, c *sdk.Connector) (any, error) {
	%s
	return nil, nil
}
`
	c := linuxChild(t)
	for name, tt := range map[string]struct{ code, problem string }{
		"all is well": {`_ = []sdk.Handler[Client]{
			sdk.Streaming(AccountList, Client.AccountList), sdk.Unary(AccountRead, Client.AccountRead), sdk.Action(AccountDelete, Client.AccountDelete)}
		_ = sdk.Before(AccountRead, func(_ context.Context, in sdk.AccountReadInput) (sdk.AccountReadInput, error) { return in, nil })
		_ = sdk.After(AccountRead, func(_ context.Context, a Account) (Account, error) { return a, nil })
		_ = sdk.After(AccountDelete, func(_ context.Context, out sdk.None) (sdk.None, error) { return out, nil })
		if result, err := sdk.Call(ctx, c, AccountRead, sdk.AccountReadInput{}, nil); err != nil { return result.Outputs[0].Name, nil }`, ""},
		"another method":                 {`_ = sdk.Unary(AccountEnable, Client.AccountDisable)`, "of Client.AccountDisable does not match inferred type func(Client, context.Context, sdk.AccountEnableInput)"},
		"a method that sends":            {`_ = sdk.Unary(AccountList, Client.AccountList)`, "of Client.AccountList does not match"},
		"a method that returns":          {`_ = sdk.Streaming(AccountRead, Client.AccountRead)`, "of Client.AccountRead does not match"},
		"an action that returns":         {`_ = sdk.Action(AccountRead, Client.AccountRead)`, "of AccountRead does not match inferred type sdk.Method[sdk.AccountReadInput, sdk.None]"},
		"an action as a unary method":    {`_ = sdk.Unary(AccountDelete, Client.AccountDelete)`, "of Client.AccountDelete does not match"},
		"another output":                 {`_ = sdk.Unary(ReadText, Client.AccountRead)`, "of Client.AccountRead does not match"},
		"a dataset's method for another": {`_ = sdk.ByDataset(AccountList, Client.AccountList)`, "of Client.AccountList does not match inferred type func(Client, context.Context, sdk.DatasetInput"},
		"a handler of another client":    {`_ = []sdk.Handler[int]{sdk.Unary(AccountRead, Client.AccountRead)}`, "as sdk.Handler[int] value"},
		"a hook with another input": {
			`_ = sdk.Before(AccountRead, func(_ context.Context, in sdk.AccountListInput) (sdk.AccountListInput, error) { return in, nil })`,
			"does not match inferred type func(context.Context, sdk.AccountReadInput)",
		},
		"a hook with another output": {
			`_ = sdk.After(AccountRead, func(_ context.Context, s string) (string, error) { return s, nil })`,
			"does not match inferred type func(context.Context, Account)",
		},
		"a hook after an action": {
			`_ = sdk.After(AccountDelete, func(context.Context) error { return nil })`,
			"does not match inferred type func(context.Context, sdk.None)",
		},
		"a call with another input": {`return sdk.Call(ctx, c, AccountRead, sdk.AccountListInput{}, nil)`, "does not match inferred type sdk.AccountReadInput"},
		"an output of another type": {`result, err := sdk.Call(ctx, c, AccountRead, sdk.AccountReadInput{}, nil); var s string = result.Outputs[0]; return s, err`, "as string value"},
	} {
		err := c.source(fmt.Sprintf(header, tt.code))
		if tt.problem == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("%s: the error is %v, want one with %q", name, err, tt.problem)
		}
	}
}
