package tidy

import (
	"bytes"
	"go/format"
	"testing"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	hold(t, checkFormat)
}

func checkFormat(f *file) []string {
	formatted, err := format.Source(f.src)
	if err != nil {
		return []string{f.breach(f.ast.Package, "%v", err)}
	}
	if bytes.Equal(formatted, f.src) {
		return nil
	}
	return []string{f.breach(f.ast.Package, "not as gofmt leaves it; run gofmt -w %s", f.path)}
}

func TestFormatRule(t *testing.T) {
	t.Parallel()
	tryRule(t, checkFormat, []example{
		{"formatted", "pbft/a.go", "package pbft\n\nvar a = 1\n", ""},
		{"spaces", "pbft/a.go", "package pbft\n\nvar a  = 1\n", "gofmt"},
		{"no last newline", "pbft/a.go", "package pbft", "gofmt"},
	})
}
