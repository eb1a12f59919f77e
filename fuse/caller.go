package fuse

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"sync"

	"bfs/fsstate"
)

// A groupReader tells the supplementary groups of processes, which the kernel
// does not pass along. It reads them anew for every request, because a
// process may change them, from files it keeps open: an open
// /proc/TID/status belongs to that thread, and cannot be read once it has
// ended, even if another has its number by then. So nothing is ever stale.
type groupReader struct {
	proc string // where the proc file system is mounted

	mu    sync.Mutex
	files map[uint32]*os.File
	order []uint32 // keys of files, oldest first
}

func newGroupReader(proc string) *groupReader {
	return &groupReader{proc: proc, files: make(map[uint32]*os.File)}
}

// of returns the groups of the thread tid, none if they cannot be learnt. The
// replicas take no more than fsstate.MaxGroups: those beyond do not count.
func (g *groupReader) of(tid uint32) []uint32 {
	buf := statusBuffers.Get().(*[maxStatusFile]byte)
	defer statusBuffers.Put(buf)
	if f := g.kept(tid); f != nil {
		if n, _ := f.ReadAt(buf[:], 0); n > 0 {
			return parseGroups(buf[:n])
		}
	}
	f, err := os.Open(g.proc + "/" + strconv.FormatUint(uint64(tid), 10) + "/status")
	if err != nil {
		g.keep(tid, nil)
		return nil
	}
	n, _ := f.ReadAt(buf[:], 0)
	g.keep(tid, f)
	return parseGroups(buf[:n])
}

var statusBuffers = sync.Pool{New: func() any { return new([maxStatusFile]byte) }}

func (g *groupReader) kept(tid uint32) *os.File {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.files[tid]
}

// keep keeps f for the thread tid instead of what was kept for it. Whoever
// reads a file that is closed here opens it again.
func (g *groupReader) keep(tid uint32, f *os.File) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.files[tid] != nil {
		g.drop(tid)
	}
	if f == nil {
		return
	}
	if len(g.order) == maxGroupFiles {
		g.drop(g.order[0])
	}
	g.files[tid] = f
	g.order = append(g.order, tid)
}

// drop closes a file that is kept. g.mu is held.
func (g *groupReader) drop(tid uint32) {
	g.files[tid].Close()
	delete(g.files, tid)
	g.order = slices.DeleteFunc(g.order, func(t uint32) bool { return t == tid })
}

// close closes the files. The reader may be used again.
func (g *groupReader) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.order) > 0 {
		g.drop(g.order[0])
	}
}

// parseGroups finds the line "Groups:" of proc_pid_status(5).
func parseGroups(status []byte) []uint32 {
	_, rest, found := bytes.Cut(status, []byte("\nGroups:"))
	line, _, whole := bytes.Cut(rest, []byte("\n"))
	if !found {
		return nil
	}
	fields := bytes.Fields(line)
	if !whole && len(fields) > 0 {
		fields = fields[:len(fields)-1] // the last number may be cut
	}
	var groups []uint32
	for _, field := range fields[:min(len(fields), fsstate.MaxGroups)] {
		if n, err := strconv.ParseUint(string(field), 10, 32); err == nil {
			groups = append(groups, uint32(n))
		}
	}
	return groups
}
