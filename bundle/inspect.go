package bundle

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/conngen/conngen/internal/found"
	"github.com/conngen/conngen/internal/gosyntax"
	"github.com/conngen/conngen/templates"
)

// A Warning reports something that may not work in a bundle.
type Warning struct {
	Position token.Position // in the connector's own code, or its spec
	Width    int            // of the name there, in characters; 0 for none
	Message  string
	Hint     string // how to fix it, if known
}

// A limit is something that the standard library offers but WebAssembly in Identity
// Security Cloud does not.
type limit struct {
	pkg     string
	names   []string // of the package; none means all of it
	ownOnly bool     // other modules use it often, mostly for something else
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
	{"net/http", []string{"Transport"}, true, "fetch has settings of its own: proxy, TLS and connections of a Transport have no effect"},
	{"net/http", []string{"ListenAndServe", "ListenAndServeTLS", "Serve", "Server"}, true, "there are no sockets"},
	{"net/rpc", nil, true, "there are no sockets"},
	{"os", []string{
		"Open", "OpenFile", "OpenRoot", "Create", "CreateTemp", "ReadFile", "WriteFile", "ReadDir", "DirFS",
		"Mkdir", "MkdirAll", "MkdirTemp", "Remove", "RemoveAll", "Rename", "Stat", "Lstat", "StartProcess",
	}, true, "there are no files"},
}

// A goPackage is a package as the go command lists it.
type goPackage struct {
	ImportPath, Name, Dir string
	GoFiles               []string
	Imports               []string
	Standard              bool
	Module                *struct{ Main bool }
	Error                 *loadError
}

func (p *goPackage) own() bool { return p.Module != nil && p.Module.Main }

// isSDK reports whether the package belongs to the SDK in its original place.
func (p *goPackage) isSDK() bool {
	return p.ImportPath == templates.SDKPath || strings.HasPrefix(p.ImportPath, templates.SDKPath+"/")
}

// folderOf returns the folder of a package named from another folder.
func folderOf(dir, pkg string) string {
	if filepath.IsAbs(pkg) {
		return pkg
	}
	return filepath.Join(dir, filepath.FromSlash(pkg))
}

// checkFiles refuses a program with Go files that are pipes or devices, on which the go command
// would hang.
func checkFiles(dir, pkg string) error {
	pkg = folderOf(dir, pkg)
	entries, err := os.ReadDir(pkg)
	if err != nil {
		if info, err := os.Stat(pkg); err == nil && !info.IsDir() {
			return &NotProgramError{pkg, "is a file"}
		} else if errors.Is(err, fs.ErrNotExist) {
			return &NotProgramError{pkg, "does not exist"}
		}
		return nil // the go command reports faults of the folder
	}
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".go" {
			continue
		}
		f, err := found.Open(filepath.Join(pkg, entry.Name()))
		if refused := (*found.Error)(nil); errors.As(err, &refused) {
			return refused
		}
		if err == nil {
			f.Close()
		}
	}
	return nil
}

// Inspect looks for code that cannot work in WebAssembly, in the package of a program and
// everything it imports. It returns the places in the module's own code, or the imports that
// bring the code in. Generated code and some of the [Libraries] are known to work. For the
// other Libraries, it returns the clients that need another transport. The program must use the package
// with the import path uses, unless that is empty.
func Inspect(ctx context.Context, dir, pkg, uses string) ([]Warning, error) {
	if err := checkFiles(dir, pkg); err != nil {
		return nil, err
	}
	out, err := goCommand(ctx, dir, nil, "list", "-e", "-deps", "-json=ImportPath,Name,Dir,GoFiles,Imports,Standard,Module,Error", pkg)
	if err != nil {
		return nil, err
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	in := inspector{dir: root, packages: make(map[string]*goPackage), known: make(map[string]findings)}
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
	if err := loadErrors(dir, pkg, order); err != nil {
		return nil, err
	}
	if isProgram := len(order) > 0 && order[len(order)-1].Name == "main"; isProgram && uses != "" && in.packages[uses] == nil {
		return nil, &NotProgramError{folderOf(dir, pkg), "does not use the package " + uses + " of the spec"}
	}
	for _, p := range order {
		if p.own() && !p.isSDK() {
			if err := in.inspectOwn(p); err != nil {
				return nil, err
			}
		}
	}
	return in.warnings, nil
}

type inspector struct {
	dir      string // positions below it are relative to it
	packages map[string]*goPackage
	known    map[string]findings // of other modules' packages
	warnings []Warning
}

// findings are the parts of another module's package that cannot work; "" means none.
type findings struct {
	dials string // an http.Transport whose calls fail
	other string
}

func (f findings) dialing() string { return f.dials }
func (f findings) others() string  { return f.other }

// inspectOwn inspects a package of the connector's own module.
func (in *inspector) inspectOwn(p *goPackage) error {
	s, err := p.parse(in.packages)
	if err != nil {
		return err
	}
	s.files = slices.DeleteFunc(s.files, func(f sourceFile) bool { return ast.IsGenerated(f.File) })
	before := len(in.warnings)
	imported := make(map[string]bool)
	for _, f := range s.files {
		in.inspectFile(s, f)
		for _, i := range f.Imports {
			if name := importPath(i); !imported[name] {
				imported[name] = true
				in.inspectImport(s, s.positions.Position(i.Pos()), name)
			}
		}
	}
	for _, c := range s.uncured() {
		if in.dials(c.library) {
			in.warn(s.positions.Position(c.pos), c.name+": every call fails with \"connection refused\": its transport has a dialer", c.hint())
		}
	}
	slices.SortStableFunc(in.warnings[before:], func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Position.Filename, b.Position.Filename), cmp.Compare(a.Position.Offset, b.Position.Offset))
	})
	return nil
}

// inspectFile inspects the code of a file, without its imports.
func (in *inspector) inspectFile(s *source, f sourceFile) {
	dialers := s.dialersIn(f, true)
	for _, d := range dialers {
		in.warn(s.positions.Position(d.pos), d.field+": every call through this transport fails with \"connection refused\": only transports without a dialer use fetch",
			fmt.Sprintf("set %s outside bundles only: if runtime.GOOS != %q", d.field, "js"))
	}
	for _, u := range f.uses(true) {
		if u.what != netDialer || len(dialers) == 0 {
			in.warn(s.positions.Position(u.pos), u.what+": "+u.why, "")
		}
	}
}

// inspectImport inspects an imported package. Clients of the libraries in the table are
// reported where they are made.
func (in *inspector) inspectImport(s *source, at token.Position, name string) {
	if libraryOf(name) != nil {
		return
	}
	if why := in.brings(name, findings.dialing, make(map[string]bool)); why != "" && !s.givesClient(name) {
		in.warn(at, name+" "+why, "give it an *http.Client with http.DefaultTransport, or HTTP() of a rest.Client")
	} else if why := in.brings(name, findings.others, make(map[string]bool)); why != "" {
		in.warn(at, name+" "+why, "")
	}
}

func (in *inspector) warn(at token.Position, message, hint string) {
	width := 0
	if text, err := found.ReadFile(at.Filename); err == nil && at.Offset < len(text) {
		width = gosyntax.Width(text[at.Offset:])
	}
	if relative, err := filepath.Rel(in.dir, at.Filename); err == nil && filepath.IsLocal(relative) {
		at.Filename = relative
	}
	in.warnings = append(in.warnings, Warning{at, width, message, hint})
}

// dials reports whether the connector's version of a library makes an http.Transport with a dialer.
func (in *inspector) dials(l *Library) bool {
	for name := range in.packages {
		if l.has(name) && in.brings(name, findings.dialing, make(map[string]bool)) != "" {
			return true
		}
	}
	return false
}

// brings describes what cannot work in a package of another module or in its imports; "" means
// nothing.
func (in *inspector) brings(name string, of func(findings) string, seen map[string]bool) string {
	p := in.packages[name]
	if p == nil || p.Standard || p.own() || seen[name] {
		return ""
	}
	seen[name] = true
	if l := libraryOf(name); l != nil && len(l.makers) == 0 {
		return ""
	}
	if why := of(in.find(p)); why != "" {
		return why
	}
	for _, i := range p.Imports {
		if why := in.brings(i, of, seen); why != "" {
			return "imports " + i + ", which " + why
		}
	}
	return ""
}

// find inspects a package of another module.
func (in *inspector) find(p *goPackage) findings {
	if f, known := in.known[p.ImportPath]; known {
		return f
	}
	var found findings
	if s, err := p.parse(in.packages); err == nil { // if it does not parse, it does not build either
		found = s.findings()
	}
	in.known[p.ImportPath] = found
	return found
}

// findings returns the first things in a package of another module that cannot work.
func (s *source) findings() findings {
	var found findings
	place := func(pos token.Pos) string {
		at := s.positions.Position(pos)
		return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
	}
	transport := slices.ContainsFunc(s.files, func(f sourceFile) bool { return f.mentions(f.File, httpTransport) })
	for _, f := range s.files {
		if dialers := s.dialersIn(f, false); len(dialers) > 0 && found.dials == "" {
			found.dials = fmt.Sprintf("makes an http.Transport with a dialer (%s): every call through it fails with \"connection refused\"", place(dialers[0].pos))
		}
		for _, u := range f.uses(false) {
			if found.other == "" && (u.what != netDialer || !transport) {
				found.other = fmt.Sprintf("uses %s (%s): %s", u.what, place(u.pos), u.why)
			}
		}
	}
	return found
}

// netDialer is only reported without an http.Transport. With one, it matters only if the transport
// uses it.
const netDialer = "net.Dialer"

// A use is a place where code uses something that a bundle lacks.
type use struct {
	pos       token.Pos
	what, why string
}

// uses returns the first use in a file of each thing that cannot work.
func (f sourceFile) uses(own bool) []use {
	var uses []use
	for _, i := range f.Imports {
		for _, l := range limits {
			if l.pkg == importPath(i) && l.names == nil && (own || !l.ownOnly) {
				uses = append(uses, use{i.Pos(), l.pkg, l.why})
			}
		}
	}
	seen := make(map[qualified]bool)
	ast.Inspect(f.File, func(n ast.Node) bool {
		q := f.qualified(n)
		for _, l := range limits {
			if l.pkg == q.pkg && slices.Contains(l.names, q.name) && !seen[q] && (own || !l.ownOnly) {
				seen[q] = true
				uses = append(uses, use{n.Pos(), path.Base(q.pkg) + "." + q.name, l.why})
			}
		}
		return !f.guarded(n)
	})
	return uses
}
