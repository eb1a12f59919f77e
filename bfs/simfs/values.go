package simfs

import (
	"fmt"
	"slices"
	"strings"

	"bfs/fsstate"
	"bfs/pbft/message"
)

// input is a call as the model sees it: the arguments of its kind.
type input struct {
	session     message.ClientID
	kind        kind
	ino         fsstate.Ino
	dir         fsstate.Ino
	name        string
	newDir      fsstate.Ino
	newName     string
	mode        uint32
	flags       fsstate.OpenMode
	renameFlags fsstate.RenameFlags
	offset      uint64
	size        uint64
	data        string
}

// output is what a call returned, without times and block counts.
type output struct {
	status fsstate.Status
	made   bool
	ino    fsstate.Ino
	mode   uint32
	nlink  uint32
	size   uint64
	data   string // what was read or listed
}

func (o *output) setAttr(a fsstate.Attr) {
	o.ino, o.mode, o.nlink, o.size = a.Ino, a.Mode, a.Nlink, a.Size
}

// listing is what a directory contains, in the order of names.
func listing(entries []fsstate.Dirent, eof bool) string {
	lines := make([]string, 0, len(entries)+1)
	for _, e := range entries {
		lines = append(lines, listed(e.Name, e.Ino))
	}
	slices.Sort(lines)
	if !eof {
		lines = append(lines, "…")
	}
	return strings.Join(lines, " ")
}

func listed(name string, ino fsstate.Ino) string { return fmt.Sprintf("%s=%d", name, ino) }

// describe is a call and its outcome in words.
func describe(in, out any) string { return fmt.Sprintf("%v -> %v", in, out) }

// String is the call in words.
func (in input) String() string {
	text := kindNames[in.kind]
	switch in.kind {
	case doLookup, doUnlink, doRmdir:
		return fmt.Sprintf("%s %d/%s", text, in.dir, in.name)
	case doReaddir:
		return fmt.Sprintf("%s %d", text, in.dir)
	case doCreate, doMkdir:
		return fmt.Sprintf("%s %d/%s mode=%o flags=%d", text, in.dir, in.name, in.mode, in.flags)
	case doRename:
		return fmt.Sprintf("%s %d/%s %d/%s flags=%d", text, in.dir, in.name, in.newDir, in.newName, in.renameFlags)
	case doLink:
		return fmt.Sprintf("%s %d at %d/%s", text, in.ino, in.dir, in.name)
	}
	return fmt.Sprintf("%s %d offset=%d size=%d mode=%o data=%s", text, in.ino, in.offset, in.size, in.mode, short(in.data))
}

// String is the outcome in words.
func (o output) String() string {
	if o.status != fsstate.OK {
		return o.status.String()
	}
	return fmt.Sprintf("ino=%d mode=%o nlink=%d size=%d made=%t data=%s", o.ino, o.mode, o.nlink, o.size, o.made, short(o.data))
}

func short(data string) string {
	const most = 60
	if len(data) <= most {
		return fmt.Sprintf("%q", data)
	}
	return fmt.Sprintf("%q… of %d", data[:most], len(data))
}
