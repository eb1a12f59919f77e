package fuse

import (
	"syscall"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// Cookies of the two entries that every directory has and the replicas do not
// list. Theirs are at least firstCookie.
const (
	cookieDot    = 1
	cookieDotDot = 2
)

// typicalEntry is what an entry of a listing takes, in bytes: 24 and a name
// of 17 to 24. Asking for as many as would fill the kernel's buffer then wastes
// little: what does not fit is asked for again.
const typicalEntry = 48

// ReadDir answers getdents(2) from any cookie on. It keeps nothing between
// calls, so that every call sees the directory as it is.
func (f *fileSystem) ReadDir(cancel <-chan struct{}, in *gofuse.ReadIn, out *gofuse.DirEntryList) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	if in.Offset < cookieDotDot {
		if err := f.dots(q, in, out); err != nil {
			return f.queryResult(q, "readdir", err)
		}
	}
	cookie := in.Offset
	if cookie <= cookieDotDot {
		cookie = 0
	}
	entries, err := f.page(q, in, cookie)
	if err != nil {
		return f.queryResult(q, "readdir", err)
	}
	for i := range entries {
		if !out.AddDirEntry(dirEntry(&entries[i])) {
			break
		}
	}
	return gofuse.OK
}

// page asks for as many entries as the kernel's buffer may hold, with their
// types.
func (f *fileSystem) page(q *query, in *gofuse.ReadIn, cookie uint64) ([]fsstate.Dirent, error) {
	caller, dir := f.caller(&in.InHeader), node(&in.InHeader)
	limit := min(max(int(in.Size)/typicalEntry, 1), fsstate.MaxPage)
	entries, _, err := f.client.Readdir(q, caller, dir, cookie, limit, false)
	return entries, err
}

func dirEntry(e *fsstate.Dirent) gofuse.DirEntry {
	return gofuse.DirEntry{Name: e.Name, Ino: uint64(e.Ino), Off: e.Cookie, Mode: e.Attr.Mode}
}

// dots adds "." and "..". They always fit: the smallest buffer is a page.
func (f *fileSystem) dots(q *query, in *gofuse.ReadIn, out *gofuse.DirEntryList) error {
	if in.Offset < cookieDot {
		out.AddDirEntry(gofuse.DirEntry{Name: ".", Ino: in.NodeId, Off: cookieDot, Mode: syscall.S_IFDIR})
	}
	parent, err := f.client.Lookup(q, f.caller(&in.InHeader), node(&in.InHeader), "..")
	if err != nil && !isStatus(err) {
		return err
	}
	// Without permission to search, or without a parent any more, the number
	// is left unknown, which go-fuse makes of 0.
	out.AddDirEntry(gofuse.DirEntry{Name: "..", Ino: uint64(parent.Ino), Off: cookieDotDot, Mode: syscall.S_IFDIR})
	return nil
}
