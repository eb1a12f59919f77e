package tidy

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"strings"
	"testing"
)

func TestComments(t *testing.T) {
	t.Parallel()
	hold(t, checkExported)
	dirs, byDir := packages(module(t))
	for _, dir := range dirs {
		report(t, checkPackageDoc(dir, byDir[dir]))
	}
}

// checkPackageDoc wants one package comment, in doc.go.
func checkPackageDoc(dir string, files []*file) (breaches []string) {
	found := false
	for _, f := range files {
		isDoc := path.Base(f.path) == "doc.go"
		found = found || isDoc && f.ast.Doc != nil
		if f.ast.Doc != nil && !isDoc && !f.isTest() {
			breaches = append(breaches, f.breach(f.ast.Package, "the package comment belongs into doc.go"))
		}
	}
	if !found {
		breaches = append(breaches, fmt.Sprintf("%s: no doc.go with a package comment", dir))
	}
	return breaches
}

// checkExported wants a comment on every name that others can use.
func checkExported(f *file) (breaches []string) {
	if f.isTest() || f.isMain() {
		return nil
	}
	for i, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			receiver := receiverName(d)
			if d.Name.IsExported() && d.Doc == nil && (receiver == "" || ast.IsExported(receiver)) {
				breaches = append(breaches, f.breach(d.Pos(), "%s is exported and has no comment", functionName(d)))
			}
		case *ast.GenDecl:
			if i == 0 || !listsValuesOf(f.ast.Decls[i-1], d) {
				breaches = append(breaches, checkDeclaration(f, d)...)
			}
		}
	}
	return breaches
}

// listsValuesOf tells whether d is a group of constants of the type declared
// right above it, whose comment then goes for all of them.
func listsValuesOf(above ast.Decl, d *ast.GenDecl) bool {
	types, ok := above.(*ast.GenDecl)
	if !ok || types.Tok != token.TYPE || types.Doc == nil || len(types.Specs) != 1 || d.Tok != token.CONST {
		return false
	}
	first, ok := d.Specs[0].(*ast.ValueSpec)
	if !ok {
		return false
	}
	id, ok := first.Type.(*ast.Ident)
	return ok && id.Name == types.Specs[0].(*ast.TypeSpec).Name.Name
}

// checkDeclaration takes the comment of a group of constants or variables for
// one of each member.
func checkDeclaration(f *file, d *ast.GenDecl) (breaches []string) {
	for _, spec := range d.Specs {
		var names []*ast.Ident
		documented := d.Doc != nil
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			names = []*ast.Ident{spec.Name}
			documented = spec.Doc != nil || d.Doc != nil && !d.Lparen.IsValid()
		case *ast.ValueSpec:
			names = spec.Names
			documented = documented || spec.Doc != nil || spec.Comment != nil || inRun(d, spec)
		}
		for _, name := range names {
			if name.IsExported() && !documented {
				breaches = append(breaches, f.breach(name.Pos(), "%s is exported and has no comment", name.Name))
			}
		}
	}
	return breaches
}

// inRun tells whether a constant without type and value repeats one above it
// that has a comment.
func inRun(d *ast.GenDecl, spec *ast.ValueSpec) bool {
	if d.Tok != token.CONST || spec.Type != nil || spec.Values != nil {
		return false
	}
	documented := false
	for _, s := range d.Specs {
		other := s.(*ast.ValueSpec)
		if other.Values != nil {
			documented = other.Doc != nil || other.Comment != nil
		}
		if other == spec {
			break
		}
	}
	return documented
}

// receiverName is the name of the type that fn is a method of, or "".
func receiverName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

func TestCommentsRule(t *testing.T) {
	t.Parallel()
	const missing = "has no comment"
	tryRule(t, checkExported, []example{
		{"function", "p/a.go", "package p\nfunc F() {}", missing},
		{"commented", "p/a.go", "package p\n// F is.\nfunc F() {}", ""},
		{"not exported", "p/a.go", "package p\nfunc f() {}", ""},
		{"method", "p/a.go", "package p\nfunc (t *T[V]) F() {}", "T.F"},
		{"method of an unexported type", "p/a.go", "package p\nfunc (t *t) F() {}", ""},
		{"type", "p/a.go", "package p\ntype T int", missing},
		{"type in a group", "p/a.go", "package p\n// Types.\ntype (\nT int\n)", missing},
		{"constant", "p/a.go", "package p\nconst A = 1", missing},
		{"group", "p/a.go", "package p\n// Things.\nconst (\nA = 1\nB = 2\n)", ""},
		{"line", "p/a.go", "package p\nvar (\nA = 1 // is one\n)", ""},
		{"run", "p/a.go", "package p\nconst (\n// A and more.\nA = iota\nB\n)", ""},
		{"run without", "p/a.go", "package p\nconst (\na = iota\nB\n)", missing},
		{"values of a type", "p/a.go", "package p\n// T is.\ntype T int\nconst (\nA T = iota\nB\n)", ""},
		{"values of another type", "p/a.go", "package p\n// T is.\ntype T int\nconst A int = 1", missing},
		{"test", "p/a_test.go", "package p\nfunc F() {}", ""},
		{"command", "cmd/a/a.go", "package main\nfunc F() {}", ""},
	})
}

func TestPackageDocRule(t *testing.T) {
	t.Parallel()
	plain := parsed(t, "p/a.go", "package p")
	doc := parsed(t, "p/doc.go", "// Package p is.\npackage p")
	expect(t, checkPackageDoc("p", []*file{plain, doc}), "")
	expect(t, checkPackageDoc("p", []*file{plain}), "no doc.go")
	expect(t, checkPackageDoc("p", []*file{parsed(t, "p/doc.go", "package p")}), "no doc.go")
	twice := parsed(t, "p/b.go", "// Package p is this too.\npackage p")
	expect(t, checkPackageDoc("p", []*file{doc, twice}), "belongs into doc.go")
	if !strings.Contains(checkPackageDoc("p", []*file{doc, twice})[0], "b.go") {
		t.Error("the wrong file is named")
	}
}
