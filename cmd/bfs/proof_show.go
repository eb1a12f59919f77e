package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"bfs/bfs/proof"
	"bfs/pbft/message"
)

// describe says to people what a proof proves.
func describe(out io.Writer, s *proof.Statement, keys proof.Keys) error {
	a := s.File.Attr
	line := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("path", "%s", printable(s.Path))
	if s.Absent {
		line("proven", "there was no %s", printable(s.Missing))
	} else {
		line("proven", "%s, owner %d:%d, %d bytes, %d links, inode %d", modeText(a.Mode), a.UID, a.GID, a.Size, a.Nlink, a.Ino)
		line("modified", "%s, status changed %s", instant(a.Mtime), instant(a.Ctime))
		if target, ok := s.File.Inline(); ok && isSymlink(a) {
			line("target", "%s", printable(string(target)))
		}
		if blocks := s.File.ContentsDigest(); blocks != [32]byte{} {
			line("blocks", "%x: bfs verify --file compares a file", blocks)
		}
	}
	line("as of", "%s, sequence number %d", instant(int64(s.Time)), s.Sequence)
	line("state", "%x", s.Digest)
	_, err := fmt.Fprintf(out, "%-10s by the replicas %s, %d of %d, of cluster %s\n", "signed",
		strings.Trim(fmt.Sprint(s.Signers), "[]"), len(s.Signers), len(keys.Replicas), printable(keys.Cluster))
	return err
}

func instant(ns int64) string {
	return time.Unix(0, ns).UTC().Format("2006-01-02 15:04:05.999999999 UTC")
}

// statementLine is a statement for programs.
type statementLine struct {
	Path     string              `json:"path"`
	Absent   bool                `json:"absent"`
	Missing  string              `json:"missing,omitempty"`
	File     *provenLine         `json:"file,omitempty"`
	Sequence uint64              `json:"sequence"`
	Digest   string              `json:"digest"`
	Time     time.Time           `json:"time"`
	Signers  []message.ReplicaID `json:"signers"`
	Cluster  string              `json:"cluster"`
}

type provenLine struct {
	Inode  uint64    `json:"inode"`
	Mode   string    `json:"mode"`
	UID    uint32    `json:"uid"`
	GID    uint32    `json:"gid"`
	Links  uint32    `json:"links"`
	Size   uint64    `json:"size"`
	Mtime  time.Time `json:"mtime"`
	Ctime  time.Time `json:"ctime"`
	Target string    `json:"target,omitempty"`
	SHA256 string    `json:"sha256,omitempty"` // of the contents, if they are at hand
	Blocks string    `json:"blocks,omitempty"` // digest of those from the second on
}

func describeJSON(out io.Writer, s *proof.Statement, keys proof.Keys, content string) error {
	l := statementLine{
		Path: s.Path, Absent: s.Absent, Missing: s.Missing, Sequence: uint64(s.Sequence),
		Digest: fmt.Sprintf("%x", s.Digest), Time: time.Unix(0, int64(s.Time)).UTC(), Signers: s.Signers, Cluster: keys.Cluster,
	}
	if a := s.File.Attr; !s.Absent {
		l.File = &provenLine{
			Inode: uint64(a.Ino), Mode: fmt.Sprintf("%07o", a.Mode), UID: a.UID, GID: a.GID, Links: a.Nlink, Size: a.Size,
			Mtime: time.Unix(0, a.Mtime).UTC(), Ctime: time.Unix(0, a.Ctime).UTC(), SHA256: content,
		}
		if target, ok := s.File.Inline(); ok && isSymlink(a) {
			l.File.Target, l.File.SHA256 = string(target), ""
		}
		if blocks := s.File.ContentsDigest(); blocks != [32]byte{} {
			l.File.Blocks = fmt.Sprintf("%x", blocks)
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(l)
}
