package bundle

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// A made client is one that the connector's own code has a library make.
type made struct {
	*maker
	library  *Library
	pos      token.Pos
	name     string        // what makes it: retryablehttp.NewClient
	variable string        // what it is assigned to: client or c.http; .http for a field of a literal
	function *ast.FuncDecl // that it is made in; nil for a variable of the package
	cured    bool
}

// A setting is a field that is assigned to, or an option of a library that is made
// outside of the call that takes it.
type setting struct {
	path     string   // client.HTTPClient.Transport; .WithHTTPClient
	library  *Library // of an option
	function *ast.FuncDecl
	used     bool // for a client that is made in the package
}

// uncured returns the clients of libraries that a package makes and, as far as syntax
// tells, gives no transport that works in a bundle.
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

// cure marks the clients that settings cure.
func cure(clients []made, settings []*setting, cures func(made, *setting) bool) {
	for i, c := range clients {
		for _, s := range settings {
			if cures(c, s) {
				clients[i].cured, s.used = true, true
			}
		}
	}
}

// hasByName reports whether a setting is of the variable that holds the client.
func (c made) hasByName(s *setting) bool {
	base, ok := c.curedBy(s)
	return ok && base != "" && base == c.variable && (c.function == s.function || c.function == nil || strings.Contains(base, "."))
}

// hasByField reports whether a setting is of a field that the client is in, of any
// variable.
func (c made) hasByField(s *setting) bool {
	base, ok := c.curedBy(s)
	return ok && strings.HasPrefix(c.variable, ".") && strings.HasSuffix(base, c.variable)
}

// mayHave reports whether a setting may cure the client, by way of another variable:
// it cures none that is made in the package.
func (c made) mayHave(s *setting) bool {
	_, ok := c.curedBy(s)
	return ok && !s.used
}

// curedBy returns what a setting is of, and whether it is one that cures.
func (c made) curedBy(s *setting) (base string, ok bool) {
	for _, cure := range c.cures {
		if base, ok := strings.CutSuffix(s.path, "."+cure); ok {
			return base, s.library == nil || s.library == c.library
		}
	}
	return "", false
}

// clients returns the clients that a file has libraries make, and its settings.
func (f sourceFile) clients() (clients []made, settings []*setting) {
	var inside ast.Node // a client, whose own settings count for it alone
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

// makes returns what a call calls, or what a literal is of.
func makes(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return n.Fun
	case *ast.CompositeLit:
		return n.Type
	}
	return nil
}

// makerOf returns what makes a client at a node, and the library it is of, or nil.
func (f sourceFile) makerOf(n ast.Node, stack []ast.Node) (*Library, *maker) {
	if literal, ok := n.(*ast.CompositeLit); ok && len(literal.Elts) == 0 {
		if _, pointer := stack[len(stack)-1].(*ast.UnaryExpr); !pointer {
			return nil, nil // the zero value beside an error
		}
	}
	q := f.qualified(makes(n))
	if l := libraryOf(q.pkg); l != nil {
		return l, l.maker(q.name)
	}
	return nil, nil
}

// curedIn reports whether a call or literal has the cure in it.
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

// settingsOf returns what a node in a function sets.
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

// isOther reports whether a value that a field gets cures what it had: a wrapper around
// that does not, nor does another dialer.
func isOther(value ast.Expr, field *ast.SelectorExpr) bool {
	wrapper := false
	ast.Inspect(value, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		wrapper = wrapper || ok && pathOf(e) == pathOf(field)
		return !wrapper
	})
	return !wrapper && (!slices.Contains(dialFields, field.Sel.Name) || isNil(value, nil))
}

// variableOf returns what a value is assigned to.
func variableOf(n ast.Node, stack []ast.Node) string {
	for _, parent := range slices.Backward(stack) {
		switch p := parent.(type) {
		case *ast.UnaryExpr, *ast.ParenExpr:
			n = p
			continue
		case *ast.KeyValueExpr:
			return "." + pathOf(p.Key)
		case *ast.AssignStmt:
			return pathOf(p.Lhs[min(indexOf(n, p.Rhs), len(p.Lhs)-1)]) // more values than variables can be parsed
		case *ast.ValueSpec:
			return p.Names[min(indexOf(n, p.Values), len(p.Names)-1)].Name
		}
		return ""
	}
	return ""
}

// indexOf returns where a node is in a list; one that holds it otherwise has it first.
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

// hint says how to cure the client.
func (c made) hint() string {
	variable := c.variable
	if variable == "" || variable == "_" || strings.HasPrefix(variable, ".") {
		variable = defaultVariable
	}
	return c.how + ": " + c.fixFor(variable)
}

// givesClient reports whether a package gives another one, which the table does not
// have, an HTTP client that works.
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

// hasClient reports whether code has an HTTP client in it that does not come from a
// library: one of net/http, or that of a rest.Client, or a variable that is declared so.
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
