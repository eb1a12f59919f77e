package tidy

import (
	"go/ast"
	"go/token"
	"regexp"
	"testing"
)

// notes are the words by which people leave work for later. They are put
// together here so that this file does not contain them.
var notes = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

func TestWords(t *testing.T) {
	t.Parallel()
	hold(t, checkNotes)
	hold(t, checkSkips)
}

func checkNotes(f *file) (breaches []string) {
	start := f.set.File(f.ast.FileStart).Pos(0)
	for _, at := range notes.FindAllIndex(f.src, -1) {
		breaches = append(breaches, f.breach(start+token.Pos(at[0]), "%s: do it, or leave it out", f.src[at[0]:at[1]]))
	}
	return breaches
}

// checkSkips finds tests that are skipped without a word.
func checkSkips(f *file) (breaches []string) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || len(call.Args) > 0 {
			return true
		}
		if name := selector.Sel.Name; name == "SkipNow" || name == "Skip" && isTesting(selector.X) {
			breaches = append(breaches, f.breach(n.Pos(), "a test is skipped without a reason; give %s one", name))
		}
		return true
	})
	return breaches
}

// isTesting tells by the name whether x is a test's handle.
func isTesting(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && (id.Name == "t" || id.Name == "b" || id.Name == "f" || id.Name == "tb")
}

func TestWordsRule(t *testing.T) {
	t.Parallel()
	const note = "TO" + "DO"
	tryRule(t, checkNotes, []example{
		{"comment", "pbft/a.go", "package pbft\n\n// " + note + ": later\n", "a.go:3: " + note},
		{"string", "pbft/a.go", "package pbft; var a = \"" + note + "\"", note},
		{"part of a word", "pbft/a.go", "package pbft; var AUTO" + "DOC int", ""},
	})
	tryRule(t, checkSkips, []example{
		{"silent", "pbft/a_test.go", "package pbft; func TestA(t *testing.T) { t.Skip() }", "without a reason"},
		{"now", "pbft/a_test.go", "package pbft; func BenchmarkA(b *testing.B) { b.SkipNow() }", "without a reason"},
		{"with a reason", "pbft/a_test.go", "package pbft; func TestA(t *testing.T) { t.Skip(\"no FUSE here\") }", ""},
		{"something else", "pbft/a.go", "package pbft; func a(d *decoder) { d.Skip() }", ""},
	})
}
