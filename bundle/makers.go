package bundle

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// A made client is a library's client that the connector's own code makes.
type made struct {
	*maker
	library  *Library
	pos      token.Pos
	name     string        // of the function or type: retryablehttp.NewClient
	variable string        // that it is assigned to: client or c.http; .http for a field of a literal
	function *ast.FuncDecl // that makes it; nil for a package variable
	cured    bool
}

// A setting is an assignment to a field, or a library's option outside the call that takes it.
type setting struct {
	path     string   // client.HTTPClient.Transport; .WithHTTPClient
	library  *Library // of an option
	function *ast.FuncDecl
	used     bool // it fixes a client made in the package
}

// uncured returns the library clients of a package that, judging by syntax, get no transport that
// works in a bundle.
func (s *source) uncured() []made {
	var clients []made
	var settings []*setting
	for _, f := range s.files {
		c, more := f.clients()
		clients, settings = append(clients, c...), append(settings, more...)
	}
	cure(clients, settings, made.hasByName)
	cure(clients, slices.DeleteFunc(slices.Clone(settings), func(s *setting) bool { return s.used }), made.hasByField)
	return slices.DeleteFunc(clients, func(c made) bool {
		return c.cured || slices.ContainsFunc(settings, c.mayHave)
	})
}

// cure marks the clients that settings fix.
func cure(clients []made, settings []*setting, cures func(made, *setting) bool) {
	for i, c := range clients {
		for _, s := range settings {
			if cures(c, s) {
				clients[i].cured, s.used = true, true
			}
		}
	}
}

// hasByName reports whether a setting applies to the client's variable.
func (c made) hasByName(s *setting) bool {
	base, ok := c.curedBy(s)
	return ok && base != "" && base == c.variable && (c.function == s.function || c.function == nil || strings.Contains(base, "."))
}

// hasByField reports whether a setting applies to the field that holds the client, in any
// variable.
func (c made) hasByField(s *setting) bool {
	base, ok := c.curedBy(s)
	return ok && strings.HasPrefix(c.variable, ".") && strings.HasSuffix(base, c.variable)
}

// mayHave reports whether a setting may fix the client through another variable: it fixes no
// other client of the package.
func (c made) mayHave(s *setting) bool {
	_, ok := c.curedBy(s)
	return ok && !s.used
}

// curedBy returns the variable of a setting, and whether the setting fixes the client.
func (c made) curedBy(s *setting) (base string, ok bool) {
	for _, cure := range c.cures {
		if base, ok := strings.CutSuffix(s.path, "."+cure); ok {
			return base, s.library == nil || s.library == c.library
		}
	}
	return "", false
}

// clients returns the library clients that a file makes, and its settings.
func (f sourceFile) clients() (clients []made, settings []*setting) {
	var inside ast.Node // a client, whose settings count only for itself
	ast.PreorderStack(f.File, nil, func(n ast.Node, stack []ast.Node) bool {
		if inside != nil && n.Pos() >= inside.End() {
			inside = nil
		}
		if l, m := f.makerOf(n, stack); m != nil {
			if inside == nil {
				inside = n
			}
			clients = append(clients, made{
				maker: m, library: l, pos: n.Pos(), name: pathOf(makes(n)),
				variable: variableOf(n, stack), function: functionOf(stack), cured: m.curedIn(n),
			})
		} else if inside == nil {
			settings = append(settings, f.settingsOf(n, functionOf(stack))...)
		}
		return true
	})
	return clients, settings
}

// makes returns the function of a call, or the type of a literal.
func makes(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return n.Fun
	case *ast.CompositeLit:
		return n.Type
	}
	return nil
}

// makerOf returns the maker of a client at a node, and its library, or nil.
func (f sourceFile) makerOf(n ast.Node, stack []ast.Node) (*Library, *maker) {
	if literal, ok := n.(*ast.CompositeLit); ok && len(literal.Elts) == 0 {
		if _, pointer := stack[len(stack)-1].(*ast.UnaryExpr); !pointer {
			return nil, nil // a zero value, as returned with an error
		}
	}
	q := f.qualified(makes(n))
	if l := libraryOf(q.pkg); l != nil {
		return l, l.maker(q.name)
	}
	return nil, nil
}

// curedIn reports whether a call or literal contains the fix.
func (m *maker) curedIn(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || slices.Contains(m.cures, n.Sel.Name)
		case *ast.KeyValueExpr:
			key, ok := n.Key.(*ast.Ident)
			found = found || ok && slices.Contains(m.cures, key.Name)
		}
		return !found
	})
	return found
}

// settingsOf returns the settings at a node in a function.
func (f sourceFile) settingsOf(n ast.Node, function *ast.FuncDecl) []*setting {
	var settings []*setting
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && isOther(valueOf(n, i), field) {
				settings = append(settings, &setting{path: pathOf(left), function: function})
			}
		}
	case *ast.SelectorExpr:
		q := f.qualified(n)
		if l := libraryOf(q.pkg); l != nil {
			settings = append(settings, &setting{path: "." + q.name, library: l, function: function})
		}
	}
	return settings
}

// isOther reports whether assigning a value to a field can fix it. A wrapper around the old
// value cannot, nor can another dialer.
func isOther(value ast.Expr, field *ast.SelectorExpr) bool {
	wrapper := false
	ast.Inspect(value, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		wrapper = wrapper || ok && pathOf(e) == pathOf(field)
		return !wrapper
	})
	return !wrapper && (!slices.Contains(dialFields, field.Sel.Name) || isNil(value, nil))
}

// variableOf returns the variable or field that a value is assigned to.
func variableOf(n ast.Node, stack []ast.Node) string {
	for _, parent := range slices.Backward(stack) {
		switch p := parent.(type) {
		case *ast.UnaryExpr, *ast.ParenExpr:
			n = p
			continue
		case *ast.KeyValueExpr:
			return "." + pathOf(p.Key)
		case *ast.AssignStmt:
			return pathOf(p.Lhs[min(indexOf(n, p.Rhs), len(p.Lhs)-1)]) // the parser accepts more values than variables
		case *ast.ValueSpec:
			return p.Names[min(indexOf(n, p.Values), len(p.Names)-1)].Name
		}
		return ""
	}
	return ""
}

// indexOf returns the index of a node in a list, or 0.
func indexOf(n ast.Node, list []ast.Expr) int {
	return max(0, slices.IndexFunc(list, func(e ast.Expr) bool { return e == n }))
}

func functionOf(stack []ast.Node) *ast.FuncDecl {
	for _, n := range stack {
		if fn, ok := n.(*ast.FuncDecl); ok {
			return fn
		}
	}
	return nil
}

// hint says how to fix the client.
func (c made) hint() string {
	variable := c.variable
	if variable == "" || variable == "_" || strings.HasPrefix(variable, ".") {
		variable = defaultVariable
	}
	return c.how + ": " + c.fixFor(variable)
}

// givesClient reports whether a package passes a working HTTP client to a package that is not
// in the table.
func (s *source) givesClient(pkg string) bool {
	return slices.ContainsFunc(s.files, func(f sourceFile) bool {
		found := false
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr, *ast.CompositeLit:
				found = found || f.qualified(makes(n)).pkg == pkg && f.hasClient(n)
			case *ast.AssignStmt:
				eachAssignment(n, func(_ *ast.Ident, value ast.Expr) { found = found || f.hasClient(value) })
			}
			return !found
		})
		return found
	})
}

// hasClient reports whether code uses an HTTP client that does not come from a library: one of
// net/http, that of a rest.Client, or a variable declared with one.
func (f sourceFile) hasClient(n ast.Node) bool {
	found := f.namesClient(n)
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj != nil {
			switch declared := id.Obj.Decl.(type) {
			case *ast.FuncDecl:
				found = found || f.namesClient(declared.Type)
			case ast.Node:
				found = found || f.namesClient(declared)
			}
		}
		return !found
	})
	return found
}

// namesClient reports whether code names a client of net/http, or HTTP() of a rest.Client.
func (f sourceFile) namesClient(n ast.Node) bool {
	found := f.mentions(n, qualified{"net/http", "Client"}, qualified{"net/http", "DefaultClient"}, qualified{"net/http", "DefaultTransport"})
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 0 {
			method, ok := call.Fun.(*ast.SelectorExpr)
			found = found || ok && method.Sel.Name == "HTTP"
		}
		return !found
	})
	return found
}
