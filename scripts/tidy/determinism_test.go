package tidy

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// seeded lists the packages that run under a fake clock and from a seed.
var seeded = []string{"pbft/sim"}

// What seeded packages may not use, since the seed does not govern it: whole
// packages, and names of packages that are harmless otherwise.
var (
	unseededImports = []string{"crypto/rand", "math/rand"}
	unseededNames   = map[string][]string{
		"time": {
			"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer",
		},
		"math/rand/v2": {
			"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint", "UintN", "Uint32", "Uint32N",
			"Uint64", "Uint64N", "Float32", "Float64", "ExpFloat64", "NormFloat64", "Perm", "Shuffle", "N",
		},
	}
)

func TestSeededPackages(t *testing.T) {
	t.Parallel()
	hold(t, checkSeeded)
}

func checkSeeded(f *file) []string {
	if f.isTest() || !slices.Contains(seeded, f.dir()) {
		return nil
	}
	var breaches []string
	names := map[string]string{} // of imported packages in the file
	f.imports(func(spec *ast.ImportSpec, imported string) {
		names[localName(spec, imported)] = imported
		if slices.Contains(unseededImports, imported) {
			breaches = append(breaches, f.breach(spec.Pos(), "%s may not import %s: the seed does not govern it", f.dir(), imported))
		}
	})
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if _, ok := n.(*ast.GoStmt); ok {
			breaches = append(breaches, f.breach(n.Pos(), "%s may not have a go statement: the order is the scheduler's", f.dir()))
		}
		if name := unseeded(n, names); name != "" {
			breaches = append(breaches, f.breach(n.Pos(), "%s may not use %s: the seed does not govern it", f.dir(), name))
		}
		return true
	})
	return breaches
}

// unseeded returns the qualified name that n uses, if it is a forbidden one.
func unseeded(n ast.Node, names map[string]string) string {
	selector, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := selector.X.(*ast.Ident)
	if !ok || !slices.Contains(unseededNames[names[pkg.Name]], selector.Sel.Name) {
		return ""
	}
	return pkg.Name + "." + selector.Sel.Name
}

// localName is the name by which a file knows an imported package. The last
// element of a path that is a major version does not count.
func localName(spec *ast.ImportSpec, imported string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	parts := strings.Split(imported, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	return last
}

func TestSeededRule(t *testing.T) {
	t.Parallel()
	tryRule(t, checkSeeded, []example{
		{"seeded randomness", "pbft/sim/a.go", `package sim; import "math/rand/v2"; var r = rand.New(rand.NewPCG(1, 2))`, ""},
		{"global randomness", "pbft/sim/a.go", `package sim; import "math/rand/v2"; var r = rand.IntN(3)`, "rand.IntN"},
		{"under another name", "pbft/sim/a.go", `package sim; import dice "math/rand/v2"; var r = dice.N(3)`, "dice.N"},
		{"old randomness", "pbft/sim/a.go", `package sim; import "math/rand"`, "import math/rand"},
		{"a unit of time", "pbft/sim/a.go", `package sim; import "time"; var t = time.Second`, ""},
		{"the clock", "pbft/sim/a.go", `package sim; import "time"; var t = time.Now()`, "time.Now"},
		{"goroutine", "pbft/sim/a.go", `package sim; func a() { go a() }`, "a go statement"},
		{"not seeded", "pbft/runtime/a.go", `package runtime; import "time"; var t = time.Now()`, ""},
	})
}
