#!/bin/sh
# What people do with a file system, in the current directory, with a check
# after each step. SOURCE is a tree of Go packages and SCRATCH a directory
# elsewhere. Prints "half" when half of the copying is done.
set -eu

# sums lists the SHA-256 of every file below $1.
sums() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }

# same compares the files and the names of two trees.
same() {
	sums "$1" >"$SCRATCH/one"
	sums "$2" >"$SCRATCH/other"
	cmp "$SCRATCH/one" "$SCRATCH/other"
	(cd "$1" && find . | sort) >"$SCRATCH/one"
	(cd "$2" && find . | sort) >"$SCRATCH/other"
	cmp "$SCRATCH/one" "$SCRATCH/other"
}

mkdir trees
cp -R "$SOURCE/crypto" trees
echo half
cp -R "$SOURCE/net" "$SOURCE/encoding" trees
for tree in net crypto encoding; do same "$SOURCE/$tree" "trees/$tree"; done
echo copied

tar -cf "$SCRATCH/trees.tar" trees
mkdir unpacked
tar -xf "$SCRATCH/trees.tar" -C unpacked
same trees unpacked/trees
echo unpacked

mkdir module module/greeting
cat >module/go.mod <<MODULE
module example.test/module

go 1.26
MODULE
cat >module/greeting/greeting.go <<CODE
package greeting

import (
	"encoding/json"
	"strings"
)

func Of(name string) (string, error) {
	text, err := json.Marshal(map[string]string{"hello": strings.ToUpper(name)})
	return string(text), err
}
CODE
cat >module/main.go <<CODE
package main

import (
	"fmt"

	"example.test/module/greeting"
)

func main() { fmt.Println(greeting.Of("mount")) }
CODE
(cd module && GOCACHE="$PWD/../cache" GOTMPDIR="$PWD" GOFLAGS=-mod=mod GOTOOLCHAIN=local GOWORK=off GOPROXY=off go build -o program .)
test "$(module/program)" = '{"hello":"MOUNT"} <nil>'
echo built

git init -q repository
cd repository
cp -R ../trees/encoding ../module/go.mod ../module/main.go ../module/greeting .
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.test GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.test
git add -A
git commit -q -m "first"
git fsck --full --strict
test -z "$(git status --porcelain)"
same ../trees/encoding encoding
echo committed
