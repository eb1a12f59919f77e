package fuse

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFusermount: the helper of users other than root is asked by its newer
// name, then by its older one.
func TestFusermount(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	if err := fusermount("-u", "/somewhere"); !errors.Is(err, ErrNoFUSE) {
		t.Errorf("without the helper it is %v", err)
	}
	program := func(name, script string) {
		must(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script), 0o755))
	}
	program("fusermount", `test "$*" = "-u -- /somewhere"`)
	if err := fusermount("-u", "/somewhere"); err != nil {
		t.Errorf("the older helper: %v", err)
	}
	program("fusermount3", "echo it is busy >&2; exit 1")
	if err := fusermount("-uz", "/somewhere"); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("a refusal is %v, want EBUSY", err)
	}
}
