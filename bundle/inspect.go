package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strconv"
)

// A Warning reports something that may not work in a bundle.
type Warning struct {
	Position token.Position // in the connector's own code, or its spec
	Message  string
}

func (w Warning) String() string { return fmt.Sprintf("%s: warning: %s", w.Position, w.Message) }

// A limit is something that the standard library offers and WebAssembly in
// Identity Security Cloud does not.
type limit struct {
	pkg     string
	names   []string // of the package; none means all of it
	ownOnly bool     // other modules use it at every turn, mostly for something else
	why     string
}

// limits is the table of what cannot work.
var limits = []limit{
	{"os/exec", nil, false, "programs cannot be started"},
	{"plugin", nil, false, "plugins cannot be loaded"},
	{"log/syslog", nil, false, "there are no sockets"},
	{"net/smtp", nil, false, "there are no sockets"},
	{"database/sql/driver", nil, false, "database drivers need sockets"},
	{"net", []string{
		"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer",
		"Listen", "ListenTCP", "ListenUDP", "ListenPacket", "ListenUnix", "ListenConfig",
		"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupSRV", "LookupTXT", "Resolver", "DefaultResolver",
	}, false, "there are no sockets and no DNS; HTTP calls go through fetch"},
	{"crypto/tls", []string{"Dial", "DialWithDialer", "Dialer", "Client", "Listen"}, false, "there are no sockets"},
	{"crypto/tls", []string{"Config", "LoadX509KeyPair", "X509KeyPair"}, true, "fetch has TLS settings of its own: certificates and CAs of the connector have no effect"},
	{"net/http", []string{"Transport"}, true, "fetch has settings of its own: proxy, TLS and connections of a Transport have no effect, and its own dialer fails"},
	{"net/http", []string{"ListenAndServe", "ListenAndServeTLS", "Serve", "Server"}, true, "there are no sockets"},
	{"net/rpc", nil, true, "there are no sockets"},
	{"os", []string{
		"Open", "OpenFile", "OpenRoot", "Create", "CreateTemp", "ReadFile", "WriteFile", "ReadDir", "DirFS",
		"Mkdir", "MkdirAll", "MkdirTemp", "Remove", "RemoveAll", "Rename", "Stat", "Lstat", "StartProcess",
	}, true, "there are no files"},
}

// A goPackage is what the go command says of a package.
type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports         []string
	Standard        bool
	Module          *struct{ Main bool }
}

func (p *goPackage) own() bool { return p.Module != nil && p.Module.Main }

// Inspect looks for code that cannot work in WebAssembly, in the package of a
// program and all that it imports, and returns where in the module's own code it
// is, or what brings it in. Generated code is known to work.
func Inspect(ctx context.Context, dir, pkg string) ([]Warning, error) {
	out, err := goCommand(ctx, dir, "list", "-deps", "-json=ImportPath,Dir,GoFiles,Imports,Standard,Module", pkg)
	if err != nil {
		return nil, err
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	in := inspector{dir: root, packages: make(map[string]*goPackage), uses: make(map[string]string)}
	var order []*goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		in.packages[p.ImportPath] = &p
		order = append(order, &p)
	}
	for _, p := range order {
		if p.own() {
			if err := in.inspectOwn(p); err != nil {
				return nil, err
			}
		}
	}
	return in.warnings, nil
}

type inspector struct {
	dir      string // positions are relative to it where they are below
	packages map[string]*goPackage
	uses     map[string]string // what in another module's package cannot work; "" for nothing
	warnings []Warning
}

// inspectOwn looks at a package of the connector's own module.
func (in *inspector) inspectOwn(p *goPackage) error {
	return p.eachFile(func(files *token.FileSet, file *ast.File) {
		if ast.IsGenerated(file) {
			return
		}
		for _, u := range usesOf(file, true) {
			in.warn(files.Position(u.pos), u.what+": "+u.why)
		}
		for _, i := range file.Imports {
			name := importPath(i)
			if why := in.brings(name, make(map[string]bool)); why != "" {
				in.warn(files.Position(i.Pos()), name+" "+why)
			}
		}
	})
}

func (in *inspector) warn(at token.Position, message string) {
	if relative, err := filepath.Rel(in.dir, at.Filename); err == nil && filepath.IsLocal(relative) {
		at.Filename = relative
	}
	in.warnings = append(in.warnings, Warning{at, message})
}

// brings says what in a package of another module, or in what it imports, cannot
// work; "" means nothing.
func (in *inspector) brings(name string, seen map[string]bool) string {
	p := in.packages[name]
	if p == nil || p.Standard || p.own() || seen[name] {
		return ""
	}
	seen[name] = true
	if in.useOf(p) != "" {
		return in.uses[name]
	}
	for _, i := range p.Imports {
		if why := in.brings(i, seen); why != "" {
			return "imports " + i + ", which " + why
		}
	}
	return ""
}

// useOf returns the first use in a package of another module that cannot work.
func (in *inspector) useOf(p *goPackage) string {
	if why, known := in.uses[p.ImportPath]; known {
		return why
	}
	why := ""
	_ = p.eachFile(func(files *token.FileSet, file *ast.File) { // what cannot be read cannot be built either
		if uses := usesOf(file, false); why == "" && len(uses) > 0 {
			at := files.Position(uses[0].pos)
			why = fmt.Sprintf("uses %s (%s:%d): %s", uses[0].what, filepath.Base(at.Filename), at.Line, uses[0].why)
		}
	})
	in.uses[p.ImportPath] = why
	return why
}

// eachFile parses the files of a package that are built.
func (p *goPackage) eachFile(visit func(*token.FileSet, *ast.File)) error {
	files := token.NewFileSet()
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		visit(files, file)
	}
	return nil
}

// A use is one place where code needs what is not there.
type use struct {
	pos       token.Pos
	what, why string
}

// usesOf returns the first use of each thing in a file that cannot work.
func usesOf(file *ast.File, own bool) []use {
	var uses []use
	names := make(map[string][]limit) // by what the file calls the package
	for _, i := range file.Imports {
		name := importPath(i)
		for _, l := range limits {
			switch {
			case l.pkg != name || l.ownOnly && !own:
			case l.names == nil:
				uses = append(uses, use{i.Pos(), name, l.why})
			case i.Name != nil:
				names[i.Name.Name] = append(names[i.Name.Name], l)
			default:
				names[path.Base(name)] = append(names[path.Base(name)], l)
			}
		}
	}
	seen := make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok || x.Obj != nil { // a variable of that name
			return true
		}
		for _, l := range names[x.Name] {
			what := path.Base(l.pkg) + "." + selector.Sel.Name
			if slices.Contains(l.names, selector.Sel.Name) && !seen[what] {
				seen[what] = true
				uses = append(uses, use{selector.Pos(), what, l.why})
			}
		}
		return true
	})
	return uses
}

func importPath(i *ast.ImportSpec) string {
	name, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
	return name
}
