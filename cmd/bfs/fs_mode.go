package main

import (
	"io/fs"
	"syscall"

	"bfs/fsstate"
)

// typeLetters are what ls shows for the types of files.
var typeLetters = map[uint32]byte{
	syscall.S_IFREG:  '-',
	syscall.S_IFDIR:  'd',
	syscall.S_IFLNK:  'l',
	syscall.S_IFIFO:  'p',
	syscall.S_IFSOCK: 's',
	syscall.S_IFBLK:  'b',
	syscall.S_IFCHR:  'c',
}

// modeText is a mode as ls shows it: "drwxr-xr-x".
func modeText(mode uint32) string {
	text := []byte("?rwxrwxrwx")
	if letter, ok := typeLetters[mode&syscall.S_IFMT]; ok {
		text[0] = letter
	}
	for i := range 9 {
		if mode&(1<<(8-i)) == 0 {
			text[1+i] = '-'
		}
	}
	special := []struct {
		bit uint32
		at  int
		set byte // in lower case, with the execute bit
	}{{syscall.S_ISUID, 3, 's'}, {syscall.S_ISGID, 6, 's'}, {syscall.S_ISVTX, 9, 't'}}
	for _, s := range special {
		if mode&s.bit == 0 {
			continue
		}
		if text[s.at] == 'x' {
			text[s.at] = s.set
		} else {
			text[s.at] = s.set - 'a' + 'A'
		}
	}
	return string(text)
}

func permissions(a fsstate.Attr) fs.FileMode { return fs.FileMode(a.Mode & 0o777) }

func isDir(a fsstate.Attr) bool     { return a.Mode&syscall.S_IFMT == syscall.S_IFDIR }
func isRegular(a fsstate.Attr) bool { return a.Mode&syscall.S_IFMT == syscall.S_IFREG }
func isSymlink(a fsstate.Attr) bool { return a.Mode&syscall.S_IFMT == syscall.S_IFLNK }
