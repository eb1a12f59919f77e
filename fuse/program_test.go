package fuse

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

// TestExecute: programs and scripts run from a mount, also by users who may
// execute but not read them.
func TestExecute(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	got := shell(t, m.Path(), `
		cp "$(command -v cat)" program
		chmod 711 program
		printf '#!/bin/sh\necho from the script\n' > script
		chmod 755 script
		echo from the program | ./program
		./script
		chmod 644 script
		./script 2>/dev/null || echo refused`)
	if want := "from the program\nfrom the script\nrefused\n"; got != want {
		t.Errorf("the programs printed %q, want %q", got, want)
	}
}

// TestGit keeps a repository in a mount.
func TestGit(t *testing.T) {
	t.Parallel()
	need(t, "git")
	m := mounted(t, newService())
	got := shell(t, m.Path(), `
		export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1
		git init -q repository
		cd repository
		git config user.name Test
		git config user.email test@localhost
		for i in 1 2 3; do
			mkdir -p "dir$i"
			seq "$i"000 > "dir$i/numbers"
			ln -s numbers "dir$i/link"
			git add .
			git commit -q -m "number $i"
		done
		git gc -q
		git fsck --strict
		git status --porcelain
		git clone -q . ../copy
		diff -r dir2 ../copy/dir2
		git rev-list --count HEAD`)
	if got != "3\n" {
		t.Errorf("git printed %q, want the count of commits, 3", got)
	}
}

// TestGoBuild builds and runs a Go program whose source, cache and binary are
// in a mount: the linker writes through a shared mapping.
func TestGoBuild(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles a part of the standard library")
	}
	need(t, "go")
	m := mounted(t, newService())
	must(t, os.Mkdir(m.Path()+"/program", 0o755))
	write(t, m.Path()+"/program/go.mod", "module program\n\ngo 1.26\n")
	write(t, m.Path()+"/program/main.go", "package main\n\nfunc main() { println(\"built\") }\n")
	got := shell(t, m.Path()+"/program", `
		export GOCACHE="$PWD/../cache" GOFLAGS=-p=2
		go build -o program .
		./program 2>&1`)
	if got != "built\n" {
		t.Errorf("the program printed %q", got)
	}
}

// TestTar copies a tree with its owners, modes, times and links.
func TestTar(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	got := shell(t, m.Path(), `
		mkdir -p from/dir to
		seq 100000 > from/dir/large
		ln from/dir/large from/hard
		ln -s dir/large from/soft
		chmod 751 from/dir
		touch -d '2001-02-03 04:05:06.789' from/dir/large from/dir
		cp -a from copy
		tar -C from -cf archive .
		tar -C to -xpf archive
		diff -r from to
		diff -r from copy
		stat -c '%a %Y %h' to/dir to/dir/large copy/dir copy/dir/large`)
	want := strings.Repeat("751 981173106 2\n644 981173106 2\n", 2)
	if got = strings.TrimSpace(got); got != strings.TrimSpace(want) {
		t.Errorf("the copies have\n%s\nwant\n%s", got, want)
	}
}

// TestSQLite writes to a data base in two mounts from four processes.
func TestSQLite(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	a, b := twoMounts(t)
	const script = `import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=60)
db.execute("create table if not exists t (who, n)")
for n in range(10):
    with db:
        last = db.execute("select count(*) from t where who = ?", sys.argv[2:]).fetchone()[0]
        db.execute("insert into t values (?, ?)", (sys.argv[2], last))
`
	write(t, a+"/script", script)
	got := shell(t, a, `
		for who in 1 2; do
			python3 script "$PWD/data" "a$who" &
			python3 script "`+b+`/data" "b$who" &
		done
		wait
		python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("pragma integrity_check").fetchone()[0])
print(db.execute("select count(*), count(distinct who || n) from t").fetchone())' "`+b+`/data"`)
	if got != "ok\n(40, 40)\n" {
		t.Errorf("the data base is %q", got)
	}
}
