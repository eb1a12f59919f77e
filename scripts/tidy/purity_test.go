package tidy

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// pure lists the packages in which the same inputs must give the same outputs
// on every replica.
var pure = []string{"fsstate", "fsstate/trie", "pbft", "pbft/message", "pbft/wire"}

// pureImports is what they may import from outside the module: what has no
// state, clock, randomness or input and output of its own.
var pureImports = []string{
	"bytes", "cmp", "container/heap", "container/list", "crypto/sha256", "crypto/subtle", "encoding/binary", "encoding/hex",
	"errors", "fmt", "hash", "io", "iter", "maps", "math", "math/bits", "slices", "sort", "strconv", "strings",
	"unicode", "unicode/utf8",
	"github.com/vmihailenco/msgpack/v5", "github.com/vmihailenco/msgpack/v5/msgpcode", "golang.org/x/crypto/blake2b",
}

// excusedImports are exceptions to pureImports, each with its reason.
var excusedImports = map[string]map[string]string{
	"pbft/message": {"sync": "a pool of hash states, each reset before use, so what it gives does not show"},
}

func isPure(f *file) bool { return !f.isTest() && slices.Contains(pure, f.dir()) }

func TestPurity(t *testing.T) {
	t.Parallel()
	hold(t, checkPurity)
}

func checkPurity(f *file) []string {
	if !isPure(f) {
		return nil
	}
	return append(impureImports(f), concurrency(f)...)
}

func impureImports(f *file) (breaches []string) {
	f.imports(func(spec *ast.ImportSpec, imported string) {
		_, excused := excusedImports[f.dir()][imported]
		if excused || strings.HasPrefix(imported, moduleName+"/") || slices.Contains(pureImports, imported) {
			return
		}
		breaches = append(breaches, f.breach(spec.Pos(), "%s is pure and may not import %s", f.dir(), imported))
	})
	return breaches
}

// concurrency finds goroutines and all use of channels.
func concurrency(f *file) (breaches []string) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		what := ""
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "a go statement"
		case *ast.SelectStmt:
			what = "a select"
		case *ast.ChanType:
			what = "a channel"
		case *ast.SendStmt:
			what = "a send"
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				what = "a receive"
			}
		}
		if what != "" {
			breaches = append(breaches, f.breach(n.Pos(), "%s is pure and may not have %s", f.dir(), what))
		}
		return true
	})
	return breaches
}

func TestPurityRule(t *testing.T) {
	t.Parallel()
	tryRule(t, checkPurity, []example{
		{"clock", "pbft/a.go", `package pbft; import "time"`, "may not import time"},
		{"randomness", "fsstate/a.go", `package fsstate; import "math/rand/v2"`, "may not import math/rand/v2"},
		{"logging", "pbft/message/a.go", `package message; import "log/slog"`, "may not import log/slog"},
		{"locks", "fsstate/trie/a.go", `package trie; import "sync/atomic"`, "may not import sync/atomic"},
		{"unsafe", "pbft/wire/a.go", `package wire; import "unsafe"`, "may not import unsafe"},
		{"excused", "pbft/message/a.go", `package message; import "sync"`, ""},
		{"not excused", "pbft/a.go", `package pbft; import "sync"`, "may not import sync"},
		{"harmless", "pbft/a.go", `package pbft; import ("fmt"; "bfs/pbft/message")`, ""},
		{"goroutine", "pbft/a.go", `package pbft; func a() { go a() }`, "a go statement"},
		{"channel", "pbft/a.go", `package pbft; var c chan int`, "a channel"},
		{"select", "pbft/a.go", `package pbft; func a() { select {} }`, "a select"},
		{"send", "pbft/a.go", `package pbft; func a() { c <- 1 }`, "a send"},
		{"receive", "pbft/a.go", `package pbft; func a() { <-c }`, "a receive"},
		{"tests may", "pbft/a_test.go", `package pbft; import "time"; func a() { go a() }`, ""},
		{"others may", "pbft/runtime/a.go", `package runtime; import "time"; func a() { go a() }`, ""},
	})
}
