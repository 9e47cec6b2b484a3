package generator

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/generator/internal/gosource"
	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// An apiReader reads the API of a generated package from its types and syntax, independently of the
// plan.
type apiReader struct {
	pkg     checkedPackage
	wire    map[string][]string // wire names by fields ("Account.Key") and variables
	ordered map[string][]string // wire names of the fields of types, in their order
	changes map[string][]string // the types whose changes a struct carries
	methods map[string]string   // variables by methods of the client
	lines   []string
}

// readAPI returns the lines that [plan.Package.API] should give for a package.
func readAPI(p checkedPackage) []string {
	r := &apiReader{
		pkg: p, wire: make(map[string][]string), methods: make(map[string]string),
		ordered: make(map[string][]string), changes: make(map[string][]string),
	}
	for _, f := range p.files {
		for _, d := range f.Decls {
			r.readWire(d)
		}
	}
	for owner, types := range r.changes {
		r.nameChanges(owner, types)
	}
	for _, name := range p.Scope().Names() {
		if o := p.Scope().Lookup(name); o.Exported() {
			r.object(o)
		}
	}
	slices.Sort(r.lines)
	return r.lines
}

// apiMap is an API by the names of its lines.
func apiMap(lines []string) map[string]string {
	api := make(map[string]string, len(lines))
	for _, l := range lines {
		_, rest, _ := strings.Cut(l, " ")
		name, _, _ := strings.Cut(rest, " ")
		api[name] = l
	}
	return api
}

func (r *apiReader) readWire(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch {
		case d.Recv == nil && d.Name.Name == "New":
			r.readHandlers(d.Body)
		case d.Recv != nil && d.Name.Name == "WireTypes":
			r.readTypes(gosource.BaseName(d.Recv.List[0].Type), d.Body)
		case d.Recv != nil && (d.Name.Name == "ConfigItems" || strings.HasPrefix(strings.ToLower(d.Name.Name), "wirefields")):
			r.readFields(gosource.BaseName(d.Recv.List[0].Type), d.Body)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR && len(v.Values) == 1 {
				if call, ok := v.Values[0].(*ast.CallExpr); ok {
					r.wire[v.Names[0].Name] = literals(call.Args)
				}
			}
		}
	}
}

// readHandlers reads the table of methods: sdk.Unary(AccountRead, Client.AccountRead).
func (r *apiReader) readHandlers(body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 2 {
			variable, isName := call.Args[0].(*ast.Ident)
			method, isMethod := call.Args[1].(*ast.SelectorExpr)
			if isName && isMethod {
				r.methods[method.Sel.Name] = variable.Name
			}
		}
		return true
	})
}

// readFields reads calls such as w.Key("key", sdk.KeyTypeSimple, &a.Key) and config.Choice(items,
// "mode", &c.Mode): the first string is the wire name. Alternatives repeat a field.
func (r *apiReader) readFields(owner string, body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		for _, arg := range call.Args {
			address, ok := arg.(*ast.UnaryExpr)
			if !ok || address.Op != token.AND {
				continue
			}
			if names := literals(call.Args); len(names) > 0 {
				r.ordered[owner] = append(r.ordered[owner], names[0])
				r.wire[owner+"."+address.X.(*ast.SelectorExpr).Sel.Name] = append(names[:1], keyTypes(call.Args)...)
			}
		}
		return true
	})
}

// readTypes reads calls such as new(AccountAttributes).
func (r *apiReader) readTypes(owner string, body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			r.changes[owner] = append(r.changes[owner], call.Args[0].(*ast.Ident).Name)
		}
		return true
	})
}

// nameChanges names the fields of a struct of changes as the SDK does: after the fields of the
// types it changes, each name once.
func (r *apiReader) nameChanges(owner string, changed []string) {
	var names []string
	for _, t := range changed {
		for _, name := range r.ordered[t] {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	fields := r.pkg.Scope().Lookup(owner).Type().Underlying().(*types.Struct)
	for i := range fields.NumFields() {
		if i < len(names) {
			r.wire[owner+"."+fields.Field(i).Name()] = names[i : i+1]
		}
	}
}

// keyTypes returns the wire names of key types among arguments.
func keyTypes(args []ast.Expr) []string {
	var all []string
	for _, a := range args {
		if s, ok := a.(*ast.SelectorExpr); ok && strings.HasPrefix(s.Sel.Name, "KeyType") {
			all = append(all, map[string]string{"KeyTypeSimple": "simple", "KeyTypeCompound": "compound"}[s.Sel.Name])
		}
	}
	return all
}

// literals returns the string literals among arguments.
func literals(args []ast.Expr) []string {
	var texts []string
	for _, a := range args {
		if l, ok := a.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, _ := strconv.Unquote(l.Value) // a literal that parses can be unquoted
			texts = append(texts, text)
		}
	}
	return texts
}

func (r *apiReader) add(kind, name, typ string, wire ...string) {
	text := []string{kind, name, typ}
	for _, w := range wire {
		text = append(text, strconv.Quote(w))
	}
	r.lines = append(r.lines, strings.Join(text, " "))
}

func (r *apiReader) object(o types.Object) {
	switch o := o.(type) {
	case *types.Func:
		r.add("func", o.Name(), r.typ(o.Type()))
	case *types.Const:
		r.add("const", o.Name(), r.typ(o.Type()), constant.StringVal(o.Val()))
	case *types.Var:
		r.add("var", o.Name(), r.typ(o.Type()), r.wire[o.Name()]...)
	case *types.TypeName:
		if alias, ok := o.Type().(*types.Alias); ok {
			r.add("type", o.Name(), "= "+r.typ(alias.Rhs()))
			return
		}
		r.named(o.Name(), o.Type())
	}
}

func (r *apiReader) named(name string, typ types.Type) {
	switch u := typ.Underlying().(type) {
	case *types.Struct:
		r.add("type", name, "struct")
		if types.Comparable(typ) {
			r.lines = append(r.lines, "comparable "+name+".==")
		}
		for i := range u.NumFields() {
			if f := u.Field(i); f.Exported() {
				r.add("field", name+"."+f.Name(), r.typ(f.Type()), r.wire[name+"."+f.Name()]...)
			}
		}
	case *types.Interface:
		r.add("type", name, "interface")
	default:
		r.add("type", name, r.typ(u))
	}
	methods := types.NewMethodSet(typ)
	if !types.IsInterface(typ) {
		methods = types.NewMethodSet(types.NewPointer(typ)) // it also has those of the type
	}
	for i := range methods.Len() {
		m := methods.At(i).Obj()
		if !m.Exported() {
			continue
		}
		var wire []string
		if slices.Contains([]string{"Client", "UnimplementedClient", "Memory"}, name) {
			wire = r.wire[r.methods[m.Name()]]
		}
		r.add("method", name+"."+m.Name(), r.typ(m.Type()), wire...)
	}
}

// typ returns a type as generated code writes it, without parameter names.
func (r *apiReader) typ(t types.Type) string {
	return types.TypeString(unnamed(t), func(p *types.Package) string {
		if p == r.pkg.Package {
			return ""
		}
		return p.Name()
	})
}

// unnamed strips the names of parameters and results from a signature.
func unnamed(t types.Type) types.Type {
	s, ok := t.(*types.Signature)
	if !ok {
		return t
	}
	without := func(vars *types.Tuple) *types.Tuple {
		var list []*types.Var
		for i := range vars.Len() {
			list = append(list, types.NewParam(token.NoPos, nil, "", unnamed(vars.At(i).Type())))
		}
		return types.NewTuple(list...)
	}
	return types.NewSignatureType(nil, nil, nil, without(s.Params()), without(s.Results()), s.Variadic())
}

// planAPI returns the plan's lines for a spec.
func planAPI(spec *schema.Spec, opts Options) []plan.Line { return plan.New(spec, opts.plan()).API() }

// textsOf returns the texts of lines, sorted.
func textsOf(lines []plan.Line) []string {
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.Text)
	}
	slices.Sort(texts)
	return texts
}

// TestAPI compares the API that the plan lists with what a compiler finds in the generated package:
// every exported declaration has one line, with its type and wire names.
func TestAPI(t *testing.T) {
	t.Parallel()
	for _, c := range goldenCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkAPI(t, readSpec(t, c.spec), c.opts)
		})
	}
	for _, path := range glob(t, corpus, "specs", "*.json") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			if spec := readValid(t, path); spec != nil {
				checkAPI(t, spec, testOptions)
			}
		})
	}
	for _, text := range []string{
		`{"name":"x","commands":["std:entitlement:list"],"sourceConfig":[]}`,
		`{"name":"x","commands":["std:account:create"],"sourceConfig":[]}`,
		`{"name":"x","commands":["acme:sync"],"sourceConfig":[]}`,
		string(hostileSpec(t, `"%s\n`)),
	} {
		checkAPI(t, parseSpec(t, "connector-spec.json", []byte(text)), testOptions)
	}
}

// checkAPI compares the API of a spec's plan with that of its package.
func checkAPI(t *testing.T, spec *schema.Spec, opts Options) {
	t.Helper()
	actual := readAPI(mustCompile(t, generate(t, spec, opts)))
	listed := textsOf(planAPI(spec, opts))
	if d := cmp.Diff(actual, listed); d != "" {
		t.Errorf("-package +plan:\n%s", d)
	}
}

// TestAPIKeys: a line for part of the spec has a wire name, a line that every package has does not,
// and each position exists in the spec.
func TestAPIKeys(t *testing.T) {
	t.Parallel()
	always := make(map[string]bool)
	for _, l := range planAPI(parseSpec(t, "empty", []byte(`{"name":"x","commands":["std:spec:read"],"sourceConfig":[]}`)), testOptions) {
		always[l.Name] = true
	}
	for _, c := range goldenCases(t) {
		spec := readSpec(t, c.spec)
		for _, l := range planAPI(spec, c.opts) {
			if always[l.Name] != (len(l.Keys) == 0) {
				t.Errorf("%s: %q has keys %q", c.name, l.Text, l.Keys)
			}
			if l.At != "" && !spec.File.Has(l.At) {
				t.Errorf("%s: %q is at %s, where the spec has nothing", c.name, l.Text, l.At)
			}
		}
	}
}
