package bundle

import (
	"go/ast"
	"go/token"
	"slices"
)

// httpTransport calls through fetch, unless it has a dialer.
var httpTransport = qualified{"net/http", "Transport"}

// dialFields are the fields of an http.Transport that bypass fetch.
var dialFields = []string{"DialContext", "DialTLSContext", "Dial", "DialTLS"}

// A dialer is a place where code sets the dialer of an http.Transport.
type dialer struct {
	pos   token.Pos
	field string
}

// dialersIn returns the places where a file sets the dialer of an http.Transport.
func (s *source) dialersIn(f sourceFile, own bool) []dialer {
	if !f.mentions(f.File, httpTransport) {
		return nil
	}
	none := s.nilFunctions()
	var found []dialer
	add := func(field *ast.Ident, value ast.Expr) {
		if slices.Contains(dialFields, field.Name) && !isNil(value, none) && (own || !ofCaller(value)) {
			found = append(found, dialer{field.Pos(), field.Name})
		}
	}
	ast.PreorderStack(f.File, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if f.qualified(n.Type) == httpTransport {
				eachField(n, add)
			}
		case *ast.AssignStmt:
			// other modules may do so only on demand, as for the socket of a daemon
			if own || !slices.ContainsFunc(stack, isBranch) {
				eachAssignment(n, add)
			}
		}
		return !f.guarded(n)
	})
	return found
}

// eachField calls a function with the fields set in a literal.
func eachField(literal *ast.CompositeLit, visit func(*ast.Ident, ast.Expr)) {
	for _, e := range literal.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				visit(key, pair.Value)
			}
		}
	}
}

// eachAssignment calls a function with the fields set by a statement.
func eachAssignment(n *ast.AssignStmt, visit func(*ast.Ident, ast.Expr)) {
	for i, left := range n.Lhs {
		if field, ok := left.(*ast.SelectorExpr); ok {
			visit(field.Sel, valueOf(n, i))
		}
	}
}

// valueOf returns the value assigned to one of a statement's variables.
func valueOf(n *ast.AssignStmt, i int) ast.Expr { return n.Rhs[min(i, len(n.Rhs)-1)] }

func isBranch(n ast.Node) bool {
	switch n.(type) {
	case *ast.IfStmt, *ast.CaseClause:
		return true
	}
	return false
}

// nilFunctions returns the functions of a package that only return nil. Some packages have one
// instead of a dialer in WebAssembly.
func (s *source) nilFunctions() map[string]bool {
	none := make(map[string]bool)
	for _, f := range s.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Body != nil && len(fn.Body.List) == 1 {
				r, ok := fn.Body.List[0].(*ast.ReturnStmt)
				none[fn.Name.Name] = ok && len(r.Results) == 1 && isNil(r.Results[0], nil)
			}
		}
	}
	return none
}

// isNil reports whether a value is nil, or a call of a function that returns nil.
func isNil(value ast.Expr, none map[string]bool) bool {
	switch v := value.(type) {
	case *ast.Ident:
		return v.Name == "nil"
	case *ast.CallExpr:
		fn, ok := v.Fun.(*ast.Ident)
		return ok && none[fn.Name]
	}
	return false
}

// ofCaller reports whether a value uses a parameter of its function.
func ofCaller(value ast.Expr) bool {
	found := false
	ast.Inspect(value, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj != nil {
			_, parameter := id.Obj.Decl.(*ast.Field)
			found = found || parameter
		}
		return !found
	})
	return found
}
