package stub

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
)

// verify refuses to write methods that do not compile, that break other code of the package, or
// that do not fit the spec because a name means something else there.
func (t *clientType) verify(u *universe, path string, text []byte, edits []edit, added []*plan.Method) error {
	parsed, err := parseUserFile(u.fset, path, text)
	if err != nil {
		return err
	}
	v := verifier{t.user, u, parsed, edits}
	why, err := t.damage(v, added)
	if why != "" || err != nil { // find the reason, with the SDK's own import path
		u.alone = true
		why, err = t.damage(v, added)
	}
	if why != "" && err == nil {
		err = fmt.Errorf("methods cannot be added to %s: %s", path, why)
	}
	return err
}

// damage returns why methods cannot be added, "" if they can.
func (t *clientType) damage(v verifier, added []*plan.Method) (why string, err error) {
	if err := v.u.readSDK(t.opts.SDK); err != nil {
		return "", err
	}
	var now *clientType
	why = v.compare(t.user.files, func(p *userPackage, found func(types.Error)) { now, err = t.newClientType(p, v.u, found) })
	if err != nil {
		return "", err
	}
	for _, m := range added {
		obj, _ := now.lookup(m.GoName)
		method, ok := obj.(*types.Func)
		if why == "" && (!ok || compareSignatures(now.wanted[m.GoName], method.Signature()) != yes) {
			why = t.shadowed() + renameIt
		}
	}
	if why == "" && len(t.user.aside) > 0 {
		why = v.compare(t.user.all(), func(p *userPackage, found func(types.Error)) { v.u.check(userPath, p, found) })
	}
	return why, nil
}

// Advice for an author about methods that do not compile, and about code that they break.
const (
	renameIt = "; rename the conflicting name, or choose another place with --file or --type"
	changeIt = "; change that code first, or write the methods yourself"
)

// shadowed says which predeclared name of Go has another meaning in the package.
func (t *clientType) shadowed() string {
	for _, name := range types.Universe.Names() {
		if obj := t.pkg.Scope().Lookup(name); obj != nil {
			return fmt.Sprintf("%s is declared at %s, but they need Go's own", name, t.user.position(obj.Pos()))
		}
	}
	return "they would not fit the spec there"
}

// A verifier compares the type errors of a package before and after an edit.
type verifier struct {
	user  *userPackage
	u     *universe
	file  *userFile // as edited
	edits []edit
}

// A fault is a type error, and where it is in the unedited files.
type fault struct {
	pos     token.Pos
	message string
}

// compare returns why files of the package, which check type-checks, no longer compile after the
// edit, "" if they do.
//
// Files may have errors before: the author's own, and names of packages that are not read. A new
// error in a declaration that has lost one is not damage. There, code that called a missing
// method is checked further than before.
func (v verifier) compare(files []*userFile, check func(*userPackage, func(types.Error))) string {
	old := make(map[fault]bool) // and whether it is still there
	v.u.check(userPath, &userPackage{fset: v.u.fset, files: files}, func(err types.Error) { old[fault{err.Pos, err.Msg}] = false })
	var why string
	var fresh []fault
	check(&userPackage{fset: v.u.fset, files: v.edited(files)}, func(err types.Error) {
		pos, ok := v.unedited(files, err.Pos)
		f := fault{pos, err.Msg}
		_, known := old[f]
		switch {
		case !ok && why == "":
			why = strings.TrimSpace(err.Msg) + renameIt
		case known:
			old[f] = true
		case ok && !isFollowOn(err):
			fresh = append(fresh, f)
		}
	})
	if why != "" {
		return why
	}
	fixed := make(map[ast.Decl]bool)
	for f, remains := range old {
		if !remains {
			fixed[declarationAt(files, f.pos)] = true
		}
	}
	for _, f := range fresh {
		if !fixed[declarationAt(files, f.pos)] {
			return fmt.Sprintf("%s would no longer compile: %s", v.user.position(f.pos), strings.TrimSpace(f.message)) + changeIt
		}
	}
	return ""
}

// edited returns files with the edited one in its place, or at the end if it is new.
func (v verifier) edited(files []*userFile) []*userFile {
	files = slices.Clone(files)
	i := slices.IndexFunc(files, v.isEdited)
	if i < 0 {
		return append(files, v.file)
	}
	files[i] = v.file
	return files
}

func (v verifier) isEdited(f *userFile) bool { return f.path == v.file.path }

// unedited returns where a position was before the edit. It reports false if the edit has added
// what is there.
func (v verifier) unedited(files []*userFile, pos token.Pos) (token.Pos, bool) {
	if pos < v.file.FileStart || pos > v.file.FileEnd {
		return pos, true
	}
	offset := int(pos - v.file.FileStart)
	for _, e := range v.edits {
		if offset >= e.at && offset < e.at+len(e.text) {
			return pos, false
		}
		if offset >= e.at {
			offset -= len(e.text)
		}
	}
	if i := slices.IndexFunc(files, v.isEdited); i >= 0 {
		return files[i].FileStart + token.Pos(offset), true
	}
	return pos, false // a new file
}

// isFollowOn reports whether an error only follows from others. The type checker reports it only
// when it is the first.
func isFollowOn(err types.Error) bool {
	return strings.Index(err.Msg, "invalid operand") > 0 || strings.Index(err.Msg, "invalid type") > 0
}

// declarationAt returns the declaration at a position, or nil if there is none.
func declarationAt(files []*userFile, pos token.Pos) ast.Decl {
	for _, f := range files {
		for _, d := range f.Decls {
			if d.Pos() <= pos && pos < d.End() {
				return d
			}
		}
	}
	return nil
}
