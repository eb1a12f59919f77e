package tidy

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

const moduleName = "bfs"

// floor says which packages of the module a package may import. A name that
// ends in "/..." stands for all packages below it.
type floor struct {
	imports []string
	tests   []string // what its tests may import besides
}

// floors is the whole building; a package that is not in it has no place.
// Nothing imports cmd.
var floors = map[string]floor{
	"pbft/wire":    {},
	"pbft/message": {imports: []string{"pbft/wire"}},
	"pbft/auth":    {imports: []string{"pbft/message", "pbft/wire"}},
	"pbft/transport": {
		imports: []string{"pbft/message", "pbft/wire"},
	},
	"pbft/storage": {imports: []string{"pbft/message", "pbft/wire"}},
	"pbft":         {imports: []string{"pbft/message"}, tests: []string{"pbft/sim", "pbft/wire"}},
	"pbft/sim": {
		imports: []string{"pbft", "pbft/message"},
		tests:   []string{"bfs", "fsstate"},
	},
	"pbft/runtime": {
		imports: []string{"pbft", "pbft/auth", "pbft/message", "pbft/storage", "pbft/transport", "pbft/wire"},
		tests:   []string{"pbft/sim"},
	},

	"fsstate/trie": {},
	"fsstate":      {imports: []string{"fsstate/trie"}},

	"bfs": {
		imports: []string{"fsstate", "pbft", "pbft/message", "pbft/wire"},
		tests:   []string{"bfs/conformance", "fsstate/trie", "pbft/sim"},
	},
	"bfs/proof": {
		imports: []string{"fsstate", "pbft", "pbft/auth", "pbft/message", "pbft/wire"},
		tests:   []string{"bfs"},
	},
	"bfs/conformance": {
		imports: []string{"bfs", "fsstate"},
		tests:   []string{"pbft/message"},
	},
	"bfs/cluster": {
		imports: []string{"bfs", "fsstate", "pbft", "pbft/auth", "pbft/message", "pbft/runtime"},
		tests:   []string{"bfs/conformance", "fuse"},
	},
	"fuse": {
		imports: []string{"bfs", "fsstate"},
		tests:   []string{"bfs/cluster", "bfs/conformance", "pbft/message"},
	},
	"bench": {imports: []string{"bfs", "bfs/cluster", "fsstate", "fuse", "pbft", "pbft/..."}},

	"bfs/simfs": {
		imports: []string{"bfs", "fsstate", "fsstate/model", "pbft", "pbft/message", "pbft/sim", "pbft/wire"},
	},

	"cmd/bfs":           {imports: everything},
	"cmd/bfs-sim":       {imports: everything},
	"cmd/bfs-byzantine": {imports: everything},
	"scripts/mutate":    {},
	"scripts/tidy":      {},
}

var everything = []string{"bench", "bfs", "bfs/...", "fsstate", "fsstate/...", "fuse", "pbft", "pbft/..."}

// foreign says who may import what from other modules; tests of other packages
// may too.
var foreign = map[string][]string{
	"github.com/hanwen/go-fuse/v2":      {"fuse"},
	"github.com/anishathalye/porcupine": {"bfs/simfs", "pbft/sim"},
	"github.com/urfave/cli/v2":          {"cmd/bfs", "cmd/bfs-sim", "cmd/bfs-byzantine"},
	"github.com/vmihailenco/msgpack/v5": {"pbft/wire"},
	"golang.org/x/crypto":               {"bfs", "fsstate", "fsstate/trie", "pbft", "pbft/auth", "pbft/message", "pbft/storage"},
	"golang.org/x/sys":                  {"bench", "bfs/cluster", "bfs/conformance", "cmd/bfs", "fuse", "pbft/storage", "pbft/transport"},
}

func TestFloors(t *testing.T) {
	t.Parallel()
	hold(t, checkFloors)
}

func checkFloors(f *file) []string {
	place, ok := floors[f.dir()]
	if !ok {
		return []string{f.breach(f.ast.Package, "package %s has no place in the table of floors", f.dir())}
	}
	var breaches []string
	f.imports(func(spec *ast.ImportSpec, imported string) {
		own, isOwn := strings.CutPrefix(imported, moduleName+"/")
		switch {
		case !isOwn && !mayImportForeign(f, imported):
			breaches = append(breaches, f.breach(spec.Pos(), "%s may not import %s: see the table of other modules", f.dir(), imported))
		case isOwn && !mayImport(f, place, own):
			breaches = append(breaches, f.breach(spec.Pos(), "%s may not import %s: imports go down only", f.dir(), own))
		}
	})
	return breaches
}

func mayImport(f *file, place floor, imported string) bool {
	if f.isTest() && (imported == f.dir() || allows(place.tests, imported)) {
		return true
	}
	return allows(place.imports, imported)
}

func allows(list []string, imported string) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		below, isTree := strings.CutSuffix(entry, "...")
		return entry == imported || isTree && strings.HasPrefix(imported, below)
	})
}

// mayImportForeign is about packages outside the module. Those of the standard
// library have no dot in their first element, and are the purity rule's affair.
func mayImportForeign(f *file, imported string) bool {
	host, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(host, ".") {
		return true
	}
	for name, users := range foreign {
		if imported == name || strings.HasPrefix(imported, name+"/") {
			return f.isTest() || slices.Contains(users, f.dir())
		}
	}
	return false
}

func TestFloorsRule(t *testing.T) {
	t.Parallel()
	tryRule(t, checkFloors, []example{
		{"down", "pbft/a.go", `package pbft; import "bfs/pbft/message"`, ""},
		{"up", "pbft/message/a.go", `package message; import "bfs/pbft"`, "imports go down only"},
		{"sideways", "pbft/auth/a.go", `package auth; import "bfs/pbft/transport"`, "imports go down only"},
		{"past a floor", "fuse/a.go", `package fuse; import "bfs/pbft/runtime"`, "imports go down only"},
		{"trie imports nothing", "fsstate/trie/a.go", `package trie; import "bfs/pbft/message"`, "imports go down only"},
		{"a command", "bench/a.go", `package bench; import "bfs/cmd/bfs"`, "imports go down only"},
		{"a tree", "bench/a.go", `package bench; import "bfs/pbft/transport"`, ""},
		{"a test imports itself", "pbft/a_test.go", `package pbft_test; import "bfs/pbft"`, ""},
		{"a test imports more", "fuse/a_test.go", `package fuse; import "bfs/bfs/cluster"`, ""},
		{"a test imports too much", "pbft/a_test.go", `package pbft; import "bfs/bfs"`, "imports go down only"},
		{"no place", "misc/a.go", `package misc`, "no place"},
		{"another module", "pbft/a.go", `package pbft; import "github.com/urfave/cli/v2"`, "other modules"},
		{"an unknown module", "cmd/bfs/a.go", `package main; import "example.org/x"`, "other modules"},
		{"a known module", "cmd/bfs/a.go", `package main; import "github.com/urfave/cli/v2"`, ""},
	})
}

// The table itself may not go round in circles, nor let anyone import cmd.
func TestFloorsTable(t *testing.T) {
	t.Parallel()
	height := map[string]int{}
	var climb func(name string, above []string) int
	climb = func(name string, above []string) int {
		if slices.Contains(above, name) {
			t.Fatalf("%s imports itself by way of %q", name, above)
		}
		if h, ok := height[name]; ok {
			return h
		}
		h := 0
		for other := range floors {
			if allows(floors[name].imports, other) {
				h = max(h, 1+climb(other, append(above, name)))
			}
			if strings.HasPrefix(other, "cmd/") && allows(floors[name].imports, other) {
				t.Errorf("%s may import %s", name, other)
			}
		}
		height[name] = h
		return h
	}
	for name := range floors {
		climb(name, nil)
	}
}
