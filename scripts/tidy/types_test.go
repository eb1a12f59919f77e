package tidy

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// orderMark, with a reason behind it, allows a range over a map on its line.
const orderMark = "//tidy:order "

// typed is a package with the types of its expressions.
type typed struct {
	files []*file
	info  *types.Info
}

// checkTypes type-checks files of one package, which must share a FileSet.
func checkTypes(set *token.FileSet, files []*file, from types.Importer) (*typed, error) {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Uses:  map[*ast.Ident]types.Object{},
		Defs:  map[*ast.Ident]types.Object{},
	}
	var trees []*ast.File
	for _, f := range files {
		trees = append(trees, f.ast)
	}
	config := types.Config{Importer: from}
	_, err := config.Check(files[0].dir(), set, trees, info)
	return &typed{files, info}, err
}

// exportData returns an importer that reads what the compiler wrote about
// the packages named and all that they import.
func exportData(t *testing.T, set *token.FileSet, names ...string) types.Importer {
	t.Helper()
	list := exec.Command("go", append([]string{"list", "-deps", "-export", "-f", "{{.ImportPath}}\t{{.Export}}"}, names...)...)
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	where := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, export, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		where[name] = export
	}
	return importer.ForCompiler(set, "gc", func(name string) (io.ReadCloser, error) {
		if where[name] == "" {
			return nil, fmt.Errorf("no export data for %s", name)
		}
		return os.Open(where[name])
	})
}

func TestPureTypes(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	var names []string
	for _, dir := range pure {
		names = append(names, "./"+dir)
	}
	from := exportData(t, set, names...)
	_, byDir := packages(module(t))
	for _, dir := range pure {
		pkg, err := checkTypes(set, reparsed(t, set, byDir[dir]), from)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		report(t, checkPureTypes(pkg))
	}
}

// reparsed parses the files that are not tests again, into one FileSet.
func reparsed(t *testing.T, set *token.FileSet, files []*file) []*file {
	var out []*file
	for _, f := range files {
		if f.isTest() {
			continue
		}
		again, err := parseInto(set, f.path, f.src)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, again)
	}
	return out
}

// checkPureTypes finds floating point, and map orders that could show.
func checkPureTypes(pkg *typed) (breaches []string) {
	for _, f := range pkg.files {
		sorted := map[ast.Node]bool{} // calls whose result is sorted at once
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if isMap(pkg.info.TypeOf(n.X)) && !orderExcused(f, n.Pos()) {
					breaches = append(breaches, f.breach(n.Pos(), "the order of this map may show; sort its keys, or say why not with %s", orderMark))
				}
			case *ast.CallExpr:
				breaches = append(breaches, mapSequence(pkg, f, n, sorted)...)
			case ast.Expr:
				if isFloat(pkg.info.TypeOf(n)) {
					breaches = append(breaches, f.breach(n.Pos(), "%s is pure and may not have floating point", f.dir()))
					return false
				}
			}
			return true
		})
	}
	return breaches
}

// mapSequence finds sequences of the maps package in the order of a map,
// unless they are sorted on the spot.
func mapSequence(pkg *typed, f *file, call *ast.CallExpr, sorted map[ast.Node]bool) []string {
	switch callee(pkg, call) {
	case "slices.Sorted", "slices.SortedFunc", "slices.SortedStableFunc":
		sorted[call.Args[0]] = true
	case "maps.Keys", "maps.Values", "maps.All":
		if !sorted[call] && !orderExcused(f, call.Pos()) {
			return []string{f.breach(call.Pos(), "the order of this sequence may show; pass it to slices.Sorted")}
		}
	}
	return nil
}

// callee is the qualified name of a called function of another package.
func callee(pkg *typed, call *ast.CallExpr) string {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if object, ok := pkg.info.Uses[selector.Sel].(*types.Func); ok && object.Pkg() != nil {
		return object.Pkg().Path() + "." + object.Name()
	}
	return ""
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	if parameter, ok := types.Unalias(t).(*types.TypeParam); ok {
		return anyMap(parameter)
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// anyMap tells whether a type parameter may be a map.
func anyMap(parameter *types.TypeParam) bool {
	constraint, ok := parameter.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for embedded := range constraint.EmbeddedTypes() {
		union, ok := embedded.(*types.Union)
		if !ok {
			union = types.NewUnion([]*types.Term{types.NewTerm(true, embedded)})
		}
		for term := range union.Terms() {
			if isMap(term.Type()) {
				return true
			}
		}
	}
	return false
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0
}

// orderExcused looks for the mark, with a reason, on the line of at.
func orderExcused(f *file, at token.Pos) bool {
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			reason, marked := strings.CutPrefix(c.Text, orderMark)
			if marked && f.line(c.Pos()) == f.line(at) && strings.TrimSpace(reason) != "" {
				return true
			}
		}
	}
	return false
}

func TestPureTypesRule(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	from := exportData(t, set, "maps", "slices")
	const order, float = "may show", "floating point"
	for _, e := range []example{
		{"map", "", `func a(m map[int]int) { for range m {} }`, order},
		{"named map", "", `type M map[int]int; func a(m M) { for k := range m { _ = k } }`, order},
		{"map in a struct", "", `type s struct{ m map[int]int }; func a(x *s) { for range x.m {} }`, order},
		{"type parameter", "", `func a[M ~map[int]int](m M) { for range m {} }`, order},
		{"excused", "", "func a(m map[int]int) {\n for range m { //tidy:order it only counts\n } }", ""},
		{"no reason", "", "func a(m map[int]int) {\n for range m { //tidy:order \n } }", order},
		{"elsewhere", "", "func a(m map[int]int) {\n //tidy:order it only counts\n for range m {} }", order},
		{"slice", "", `func a(m []int) { for range m {} }`, ""},
		{"keys", "", `func a(m map[int]int) { for range maps.Keys(m) {} }`, order},
		{"values", "", `func a(m map[int]int) []int { return slices.Collect(maps.Values(m)) }`, order},
		{"sorted keys", "", `func a(m map[int]int) []int { return slices.Sorted(maps.Keys(m)) }`, ""},
		{"variable", "", `var x float64`, float},
		{"product", "", `func a(n int) int { x := 1.5; return n }; var _ = a`, float},
		{"conversion", "", `func a(n int) int { return int(float32(n)) }`, float},
		{"whole constant", "", `const second int64 = 1e9`, ""},
	} {
		t.Run(e.name, func(t *testing.T) {
			src := "package p\nimport (\"maps\"; \"slices\")\nvar _, _ = maps.Clone[map[int]int], slices.Max[[]int]\n" + e.src
			f, err := parseInto(set, "pbft/"+e.name+".go", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			pkg, err := checkTypes(set, []*file{f}, from)
			if err != nil && !strings.Contains(err.Error(), "declared and not used") {
				t.Fatal(err)
			}
			if breaches := checkPureTypes(pkg); e.want == "" || len(breaches) == 0 {
				expect(t, breaches, e.want)
			} else {
				expect(t, breaches[:1], e.want)
			}
		})
	}
}
