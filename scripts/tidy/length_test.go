package tidy

import (
	"bytes"
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The most lines that a file and a function may have, the line of the closing
// brace included.
const (
	maxFile         = 450
	maxFunction     = 70
	maxTestFile     = 700
	maxTestFunction = 150
)

// longer lists what is longer than that, with its present length: "dir/file.go",
// or "dir/file.go:name" for a function. The numbers may only go down.
var longer = map[string]int{}

func TestLengths(t *testing.T) {
	t.Parallel()
	lengths := map[string]int{}
	for _, f := range module(t) {
		measure(f, lengths)
	}
	report(t, checkLengths(lengths, longer))
}

// measure notes the length of a file and of its functions under their names.
func measure(f *file, lengths map[string]int) {
	lengths[f.path] = bytes.Count(f.src, []byte("\n"))
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			lengths[f.path+":"+functionName(fn)] = f.line(fn.End()) - f.line(fn.Pos()) + 1
		}
	}
}

func functionName(fn *ast.FuncDecl) string {
	if receiver := receiverName(fn); receiver != "" {
		return receiver + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// limitFor returns the limit for a name that measure has made.
func limitFor(name string) int {
	path, _, isFunction := strings.Cut(name, ":")
	isTest := strings.HasSuffix(path, "_test.go")
	switch {
	case isFunction && isTest:
		return maxTestFunction
	case isFunction:
		return maxFunction
	case isTest:
		return maxTestFile
	}
	return maxFile
}

func checkLengths(lengths, exceptions map[string]int) (breaches []string) {
	for _, name := range slices.Sorted(maps.Keys(lengths)) {
		length, limit := lengths[name], limitFor(name)
		excused, ok := exceptions[name]
		switch {
		case !ok && length > limit:
			breaches = append(breaches, fmt.Sprintf("%s has %d lines, more than %d; split it", name, length, limit))
		case ok && length > excused:
			breaches = append(breaches, fmt.Sprintf("%s has grown from %d to %d lines; exceptions may only shrink", name, excused, length))
		case ok && length <= limit:
			breaches = append(breaches, fmt.Sprintf("%s has %d lines and needs no exception any more; remove it", name, length))
		case ok && length < excused:
			breaches = append(breaches, fmt.Sprintf("%s has shrunk; lower its exception to %d", name, length))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(exceptions)) {
		if _, ok := lengths[name]; !ok {
			breaches = append(breaches, fmt.Sprintf("%s is gone; remove its exception", name))
		}
	}
	return breaches
}

func TestLengthsRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		length     int
		exceptions map[string]int
		want       string
	}{
		{"a.go", maxFile, nil, ""},
		{"a.go", maxFile + 1, nil, "split it"},
		{"a_test.go", maxFile + 1, nil, ""},
		{"a_test.go", maxTestFile + 1, nil, "split it"},
		{"a.go:f", maxFunction + 1, nil, "split it"},
		{"a_test.go:f", maxTestFunction + 1, nil, "split it"},
		{"a.go", 500, map[string]int{"a.go": 500}, ""},
		{"a.go", 501, map[string]int{"a.go": 500}, "grown"},
		{"a.go", 499, map[string]int{"a.go": 500}, "lower its exception to 499"},
		{"a.go", 400, map[string]int{"a.go": 500}, "remove it"},
		{"a.go", 400, map[string]int{"b.go": 500}, "b.go is gone"},
	} {
		expect(t, checkLengths(map[string]int{c.name: c.length}, c.exceptions), c.want)
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	measure(parsed(t, "p/a.go", "package p\n\n// F\nfunc F() {\n}\n\nfunc (x *T[V]) F() { _ = func() {\n} }\n"), got)
	want := map[string]int{"p/a.go": 8, "p/a.go:F": 2, "p/a.go:T.F": 2}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
