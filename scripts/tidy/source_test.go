package tidy

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the module's directory, seen from this package's.
const root = "../.."

// file is one parsed source file.
type file struct {
	path string // from the module's root, with slashes
	src  []byte
	set  *token.FileSet
	ast  *ast.File
}

func (f *file) dir() string { return path.Dir(f.path) }

func (f *file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f *file) isMain() bool { return f.ast.Name.Name == "main" }

func (f *file) line(p token.Pos) int { return f.set.Position(p).Line }

// breach describes a broken rule at a place in the file.
func (f *file) breach(at token.Pos, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", f.path, f.line(at), fmt.Sprintf(format, args...))
}

// imports calls visit for each imported path.
func (f *file) imports(visit func(spec *ast.ImportSpec, path string)) {
	for _, spec := range f.ast.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			visit(spec, p)
		}
	}
}

func parse(name string, src []byte) (*file, error) {
	return parseInto(token.NewFileSet(), name, src)
}

func parseInto(set *token.FileSet, name string, src []byte) (*file, error) {
	tree, err := parser.ParseFile(set, name, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return &file{path: name, src: src, set: set, ast: tree}, nil
}

// parsed parses a source that a test of a rule made up.
func parsed(t *testing.T, name, src string) *file {
	t.Helper()
	f, err := parse(name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var loadModule = sync.OnceValues(func() ([]*file, error) {
	var files []*file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipDirectory(name, entry.Name())
		}
		if !strings.HasSuffix(name, ".go") || !entry.Type().IsRegular() {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f, err := parse(filepath.ToSlash(short), src)
		files = append(files, f)
		return err
	})
	return files, err
})

// skipDirectory skips what the go command skips too.
func skipDirectory(name, base string) error {
	if name != root && (base == "testdata" || base[0] == '.' || base[0] == '_') {
		return fs.SkipDir
	}
	return nil
}

// module returns all Go files of the module.
func module(t *testing.T) []*file {
	t.Helper()
	files, err := loadModule()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// packages groups files by directory; the directories come sorted.
func packages(files []*file) ([]string, map[string][]*file) {
	byDir := map[string][]*file{}
	for _, f := range files {
		byDir[f.dir()] = append(byDir[f.dir()], f)
	}
	var dirs []string
	for dir := range byDir {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return dirs, byDir
}

// rule finds the breaches in one file.
type rule func(f *file) []string

// hold applies a rule to every file of the module.
func hold(t *testing.T, r rule) {
	t.Helper()
	for _, f := range module(t) {
		report(t, r(f))
	}
}

func report(t *testing.T, breaches []string) {
	t.Helper()
	for _, b := range breaches {
		t.Error(b)
	}
}

// example is a source and what the rule under test has to say about it.
type example struct {
	name string
	path string
	src  string
	want string // part of the one breach; "" if there is none
}

func tryRule(t *testing.T, r rule, examples []example) {
	t.Helper()
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			expect(t, r(parsed(t, e.path, e.src)), e.want)
		})
	}
}

func expect(t *testing.T, got []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("unexpected: %q", got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0], want)):
		t.Errorf("got %q, want one breach with %q", got, want)
	}
}

// The rules mean nothing if the walk does not find the sources.
func TestModuleIsFound(t *testing.T) {
	t.Parallel()
	dirs, _ := packages(module(t))
	for _, dir := range []string{"pbft", "fsstate", "fsstate/trie", "scripts/tidy"} {
		if !slices.Contains(dirs, dir) {
			t.Errorf("no sources in %s, only in %q", dir, dirs)
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !bytes.HasPrefix(mod, []byte("module "+moduleName+"\n")) {
		t.Errorf("the module is not %q: %v", moduleName, err)
	}
}
