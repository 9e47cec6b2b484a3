package stub

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/usage"
	"github.com/conngen/conngen/schema/protocol"
)

// A clientType is the author's client, type-checked.
type clientType struct {
	client
	user      *userPackage
	declared  *declaration // nil if there is none yet
	pkg       *types.Package
	named     *types.Named     // nil likewise
	methodSet *types.MethodSet // of a pointer to it
	wanted    map[string]*types.Signature
	unread
	universe *universe
}

// An unread is an embedded part of a client that cannot be read. Which methods the client has from
// it is unknown.
type unread struct {
	depth  int          // depth of the methods that the client has from it, as the length of their index; 0 for none
	fields []*types.Var // fields of the client that lead to it
}

// newClientType type-checks the user's package. If found is not nil, it checks function bodies too
// and reports their errors to found. It refuses a type that cannot have methods.
func (c client) newClientType(user *userPackage, u *universe, found func(types.Error)) (*clientType, error) {
	declared, err := user.client(c.opts.Type)
	if err != nil {
		return nil, err
	}
	pkg := u.check(userPath, user, found)
	connector, err := u.Import(c.opts.Import)
	if err != nil {
		return nil, err
	}
	want, ok := connector.Scope().Lookup("Client").Type().Underlying().(*types.Interface)
	if !ok {
		return nil, fmt.Errorf("package %s has no interface Client", c.opts.Import)
	}
	t := &clientType{client: c, user: user, universe: u, declared: declared, pkg: pkg, wanted: make(map[string]*types.Signature)}
	for m := range want.Methods() {
		t.wanted[m.Name()] = m.Signature()
	}
	if declared == nil {
		return t, nil
	}
	at, name := user.position(declared.name.Pos()), declared.name.Name
	obj, ok := t.pkg.Scope().Lookup(name).(*types.TypeName)
	switch {
	case !ok:
		return nil, usage.Errorf("%s: %s is not a type; name the type of the client with --type", at, name)
	case obj.IsAlias():
		return nil, usage.Errorf("%s: %s is an alias; name the type itself with --type", at, name)
	}
	t.named, ok = obj.Type().(*types.Named)
	if !ok {
		return nil, usage.Errorf("%s: %s cannot have methods; name the type of the client with --type", at, name)
	}
	switch t.named.Underlying().(type) {
	case *types.Interface:
		return nil, usage.Errorf("%s: %s is an interface; name the type that implements it with --type", at, name)
	case *types.Pointer:
		return nil, usage.Errorf("%s: %s is a pointer, which cannot have methods; name the type that it points to with --type", at, name)
	}
	if t.unread, ok = unreadOf(t.named); !ok {
		return nil, fmt.Errorf("%s: %s embeds a generic type that embeds itself without end", at, name)
	}
	t.methodSet = types.NewMethodSet(types.NewPointer(t.named))
	return t, nil
}

// unreadOf finds what a type embeds, directly or indirectly, whose type could not be resolved. It
// reports false for an infinite type, in which nothing can be looked up.
func unreadOf(named *types.Named) (u unread, ok bool) {
	s, ok := named.Underlying().(*types.Struct)
	if !ok {
		return u, true
	}
	for field := range s.Fields() {
		if !field.Embedded() {
			continue
		}
		e := embedding{seen: []types.Type{named}}
		depth := e.depth(field.Type(), 2, []*types.Named{named})
		if e.endless {
			return u, false
		}
		if depth == 0 {
			continue
		}
		u.fields = append(u.fields, field)
		if u.depth == 0 || depth < u.depth {
			u.depth = depth
		}
	}
	return u, true
}

// An embedding is a search through embedded types.
type embedding struct {
	seen    []types.Type
	endless bool
}

// maxInstances is how often a generic type may embed itself with other arguments. Go rejects a
// type that grows without end, such as type T[A any] struct{ *T[[]A] }, but it does not check this
// for types with other errors.
const maxInstances = 8

// depth returns the depth of the methods that the embedded type t has from something whose type
// could not be resolved, 0 for none; t's own methods are at depth. path is what embeds t.
func (e *embedding) depth(t types.Type, depth int, path []*types.Named) int {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if isUnread(t) {
		return depth
	}
	if e.endless || slices.ContainsFunc(e.seen, func(other types.Type) bool { return types.Identical(t, other) }) {
		return 0
	}
	e.seen = append(e.seen, t)
	if named, ok := t.(*types.Named); ok {
		path = append(path[:len(path):len(path)], named)
		instances := 0
		for _, outer := range path {
			if outer.Origin() == named.Origin() {
				instances++
			}
		}
		if e.endless = instances > maxInstances; e.endless {
			return 0
		}
	}
	found := 0
	for _, inner := range embeddedIn(t) {
		d := depth
		if _, ok := t.Underlying().(*types.Struct); ok {
			d++
		}
		if d = e.depth(inner, d, path); d > 0 && (found == 0 || d < found) {
			found = d
		}
	}
	return found
}

// isUnread reports whether the contents of a type could not be resolved.
func isUnread(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Invalid
}

// embeddedIn returns the types that a struct or interface embeds.
func embeddedIn(t types.Type) []types.Type {
	switch t := t.Underlying().(type) {
	case *types.Struct:
		var all []types.Type
		for field := range t.Fields() {
			if field.Embedded() {
				all = append(all, field.Type())
			}
		}
		return all
	case *types.Interface:
		return slices.Collect(t.EmbeddedTypes())
	}
	return nil
}

// A verdict says what a client needs.
type verdict struct {
	missing  []*plan.Method
	unsure   []string // methods that may be missing
	problems []Problem
}

// verdict compares the client's methods with those that the spec requires.
func (t *clientType) verdict() verdict {
	var v verdict
	aside := t.user.methodsAside(t.opts.Type)
	for _, m := range t.methods {
		obj, index := t.lookup(m.GoName)
		other, isAside := aside[m.GoName]
		switch {
		case len(index) != 1 && isAside:
			v.problems = append(v.problems, t.aside(other))
		case t.depth > 0 && (obj == nil && index == nil || len(index) >= t.depth):
			v.unsure = append(v.unsure, m.GoName)
		case obj == nil && index != nil:
			v.problems = append(v.problems, t.ambiguous(m.GoName))
		case t.isUnimplemented(m, obj):
			v.missing = append(v.missing, m)
		case isMethod(obj):
			v.problems = append(v.problems, t.compare(m.GoName, obj.(*types.Func), index)...)
		case len(index) == 1:
			v.problems = append(v.problems, t.user.problem(Unfit, obj.Pos(), "field %s has the name of a method that the spec needs; rename the field", m.GoName))
		default:
			v.missing = append(v.missing, m)
		}
	}
	v.problems = append(v.problems, t.idle()...)
	if len(v.unsure) > 0 {
		v.problems = append(v.problems, t.unknown(v.unsure))
	}
	slices.SortStableFunc(v.problems, func(a, b Problem) int { return comparePositions(a.Position, b.Position) })
	return v
}

func isMethod(obj types.Object) bool {
	_, ok := obj.(*types.Func)
	return ok
}

// isUnimplemented reports whether a method is that of the generated UnimplementedClient, where it
// does nothing.
func (t *clientType) isUnimplemented(m *plan.Method, obj types.Object) bool {
	method, ok := obj.(*types.Func)
	if !ok || m.Default != protocol.NoAnswer || method.Pkg().Path() != t.opts.Import {
		return false
	}
	named, ok := method.Signature().Recv().Type().(*types.Named)
	return ok && named.Obj().Name() == "UnimplementedClient"
}

// lookup returns the client's method or field with a name. If the name is ambiguous, only the
// index is not nil.
func (t *clientType) lookup(name string) (types.Object, []int) {
	if t.named == nil {
		return nil, nil
	}
	if s := t.methodSet.Lookup(t.pkg, name); s != nil {
		return s.Obj(), s.Index()
	}
	obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(t.named), true, t.pkg, name)
	return obj, index
}

// aside returns the problem of a method in a file that is not built here.
func (t *clientType) aside(d declaration) Problem {
	at, name := d.name.Pos(), d.name.Name
	if d.file.isTest() {
		return t.user.problem(Unfit, at, "method %s is in a test file, which is not part of the connector; move it to another file", name)
	}
	return t.user.problem(Unknown, at, "method %s is in a file that is not built on this system because of its name, build constraints or cgo; whether it fits the spec is unknown", name)
}

// problem returns a problem with the name at a position.
func (u *userPackage) problem(kind Kind, pos token.Pos, format string, args ...any) Problem {
	return Problem{kind, u.place(pos), fmt.Sprintf(format, args...)}
}

// ambiguous returns the problem of a method that the client has more than once at the same depth.
func (t *clientType) ambiguous(name string) Problem {
	var from []*types.Var
	var texts []string
	for field := range t.named.Underlying().(*types.Struct).Fields() {
		if !field.Embedded() {
			continue
		}
		if obj, index, _ := types.LookupFieldOrMethod(field.Type(), true, t.pkg, name); obj != nil || index != nil {
			from, texts = append(from, field), append(texts, t.text(field.Type()))
		}
	}
	at := t.named.Obj().Pos()
	if len(from) > 0 {
		at = from[len(from)-1].Pos()
	}
	return t.user.problem(Unfit, at, "method %s is ambiguous, so %s lacks it: it is in %s; write a method that calls the right one", name, t.opts.Type, strings.Join(texts, " and "))
}

// unknown returns the problem of methods that the client may have from an unreadable part.
func (t *clientType) unknown(names []string) Problem {
	var texts, reasons []string
	for _, field := range t.fields {
		file, expr := t.user.embedded(field)
		texts = append(texts, types.ExprString(expr))
		if reason := t.search(t.user, file, expr); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	return t.user.problem(Unknown, t.fields[0].Pos(), "%s embeds %s, and whether it has %s is unknown: %s, or write the methods",
		t.opts.Type, strings.Join(texts, " and "), strings.Join(names, ", "), strings.Join(reasons, "; "))
}

// compare returns the problem of a method whose signature differs from the spec's.
func (t *clientType) compare(name string, method *types.Func, index []int) []Problem {
	want := t.wanted[name]
	is := method.Signature()
	fits := compareSignatures(want, is)
	if fits == yes {
		return nil
	}
	at, has := method.Pos(), ""
	if len(index) > 1 {
		field := t.named.Underlying().(*types.Struct).Field(index[0])
		has = fmt.Sprintf(", which %s has from %s,", t.opts.Type, t.text(field.Type()))
		if method.Pkg() != t.pkg {
			at = field.Pos()
		}
	}
	isText, wantText := t.texts(is, want)
	if fits == maybe {
		return []Problem{t.user.problem(Unknown, at, "method %s%s has types that cannot be read, so whether it fits the spec is unknown: it is %s, and should be %s", name, has, isText, wantText)}
	}
	return []Problem{t.user.problem(Unfit, at, "method %s%s no longer fits the spec: it is %s, and should be %s", name, has, isText, wantText)}
}

// An answer says whether something is true.
type answer int

const (
	yes answer = iota
	maybe
	no
)

// compareSignatures tells whether two signatures are identical. With an unknown type in one, they
// may be.
func compareSignatures(want, is *types.Signature) answer {
	if want.Variadic() != is.Variadic() {
		return no
	}
	return max(compareTuples(want.Params(), is.Params()), compareTuples(want.Results(), is.Results()))
}

func compareTuples(want, is *types.Tuple) answer {
	if want.Len() != is.Len() {
		return no
	}
	found := yes
	for i := range want.Len() {
		switch a, b := want.At(i).Type(), is.At(i).Type(); {
		case types.Identical(a, b):
		case isInvalid(b):
			found = max(found, maybe)
		default:
			return no
		}
	}
	return found
}

// idle returns the problems of methods that look like a command's but belong to none: exported
// methods that take a context and a type of the generated package or the SDK.
func (t *clientType) idle() []Problem {
	var problems []Problem
	if t.named == nil {
		return nil
	}
	for m := range t.named.Methods() {
		if m.Exported() && t.wanted[m.Name()] == nil && t.isCommand(m.Signature()) {
			problems = append(problems, t.user.problem(Unfit, m.Pos(), "method %s belongs to no command of the spec: nothing calls it", m.Name()))
		}
	}
	return problems
}

func (t *clientType) isCommand(s *types.Signature) bool {
	if s.Params().Len() < 2 || types.TypeString(types.Unalias(s.Params().At(0).Type()), nil) != "context.Context" {
		return false
	}
	found := false
	types.TypeString(s.Params(), func(p *types.Package) string {
		found = found || p.Path() == t.opts.Import || p.Path() == t.opts.SDK
		return ""
	})
	return found
}

// text returns a type as code in the user's package writes it.
func (t *clientType) text(typ types.Type) string {
	return types.TypeString(typ, t.qualifier)
}

func (t *clientType) qualifier(p *types.Package) string {
	if p == t.pkg {
		return ""
	}
	return p.Name()
}

// texts returns two different signatures as code writes them, with the paths of packages if their
// names alone look the same.
func (t *clientType) texts(a, b *types.Signature) (string, string) {
	a, b = unnamed(a), unnamed(b)
	if first, second := t.text(a), t.text(b); first != second {
		return first, second
	}
	return types.TypeString(a, nil), types.TypeString(b, nil)
}

// unnamed returns a signature without the names of its parameters.
func unnamed(s *types.Signature) *types.Signature {
	without := func(tuple *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range tuple.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, v.Pkg(), "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, without(s.Params()), without(s.Results()), s.Variadic())
}
