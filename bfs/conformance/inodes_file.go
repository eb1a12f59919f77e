package conformance

import (
	"sync/atomic"

	"bfs/bfs"
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// file implements File over Operations.
type file struct {
	*process
	ino    fsstate.Ino
	mode   fsstate.OpenMode
	append bool
	owner  uint64 // of locks
	locked atomic.Bool
}

func (p *process) Open(path string, flags int, mode uint32) (File, error) {
	f := &file{process: p, mode: openMode(flags), append: flags&unix.O_APPEND != 0, owner: lockOwners.Add(1)}
	var err error
	if f.ino, err = p.openPath(path, f.mode, flags, mode); err != nil {
		return nil, err
	}
	return f, nil
}

func (p *process) openPath(path string, open fsstate.OpenMode, flags int, mode uint32) (fsstate.Ino, error) {
	if flags&unix.O_TMPFILE == unix.O_TMPFILE {
		return p.openTmpfile(path, open, flags, mode)
	}
	exclusive := flags&(unix.O_CREAT|unix.O_EXCL) == unix.O_CREAT|unix.O_EXCL
	place, err := p.find(path, flags&unix.O_NOFOLLOW == 0 && !exclusive)
	if err != nil {
		return 0, err
	}
	return p.openPlace(place, open, flags, mode)
}

func (p *process) openPlace(place bfs.Place, open fsstate.OpenMode, flags int, mode uint32) (fsstate.Ino, error) {
	if flags&unix.O_CREAT != 0 {
		if flags&unix.O_EXCL != 0 {
			open |= fsstate.OpenExclusive
		}
		attr, _, err := p.ops.Create(p.ctx, p.caller, place.Dir, place.Name, mode, open)
		return attr.Ino, err
	}
	switch {
	case !place.Found:
		return 0, fsstate.NoEnt
	case flags&unix.O_DIRECTORY != 0 && !isType(place.Attr, unix.S_IFDIR):
		return 0, fsstate.NotDir
	}
	attr, err := p.ops.Open(p.ctx, p.caller, place.Attr.Ino, open)
	return attr.Ino, err
}

func openMode(flags int) fsstate.OpenMode {
	mode := map[int]fsstate.OpenMode{
		unix.O_RDONLY: fsstate.OpenRead,
		unix.O_WRONLY: fsstate.OpenWrite,
		unix.O_RDWR:   fsstate.OpenRead | fsstate.OpenWrite,
	}[flags&unix.O_ACCMODE]
	if flags&unix.O_TRUNC != 0 {
		mode |= fsstate.OpenTruncate
	}
	return mode
}

// Pread goes on after short reads, which only the largest size asks for.
func (f *file) Pread(b []byte, offset int64) (int, error) {
	if f.mode&fsstate.OpenRead == 0 {
		return 0, errBadDescriptor
	}
	done := 0
	for done < len(b) {
		size := min(len(b)-done, bfs.MaxIO)
		data, err := f.ops.Read(f.ctx, f.caller, f.ino, uint64(offset)+uint64(done), uint32(size))
		done += copy(b[done:], data)
		if err != nil || len(data) < size {
			return done, err
		}
	}
	return done, nil
}

func (f *file) Pwrite(b []byte, offset int64) (int, error) {
	if f.mode&fsstate.OpenWrite == 0 {
		return 0, errBadDescriptor
	}
	done := 0
	for done < len(b) {
		size := min(len(b)-done, bfs.MaxIO)
		_, err := f.ops.Write(f.ctx, f.caller, f.ino, uint64(offset)+uint64(done), b[done:done+size], f.append)
		if err != nil {
			return done, err
		}
		done += size
	}
	return done, nil
}

func (f *file) Ftruncate(size int64) error {
	if size < 0 || f.mode&fsstate.OpenWrite == 0 {
		return fsstate.Inval
	}
	set := fsstate.SetAttr{Mask: fsstate.SetSize | fsstate.SetByHandle, Size: uint64(size)}
	_, err := f.ops.Setattr(f.ctx, f.caller, f.ino, set)
	return err
}

func (f *file) Fstat() (fsstate.Attr, error) { return f.ops.Getattr(f.ctx, f.caller, f.ino) }
func (f *file) Fsync() error                 { return f.ops.Fsync(f.ctx, f.caller, f.ino) }

func (f *file) Close() error {
	const toGiveBack = fsstate.OpenRead | fsstate.OpenWrite
	if f.locked.Load() {
		if err := f.dropLocks(); err != nil {
			return err
		}
	}
	return f.ops.Release(f.ctx, f.caller, f.ino, f.mode&toGiveBack)
}

// listingPage is how many entries of a directory are asked for at once.
const listingPage = 30

// dir implements Dir over Operations.
type dir struct {
	*file
	cookie uint64
}

func (p *process) OpenDir(path string) (Dir, error) {
	f, err := p.Open(path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	return &dir{file: f.(*file)}, nil
}

func (d *dir) Next() ([]Entry, error) {
	found, _, err := d.ops.Readdir(d.ctx, d.caller, d.ino, d.cookie, listingPage, false)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(found))
	for i, e := range found {
		d.cookie = e.Cookie
		entries[i] = Entry{e.Name, e.Ino, int64(e.Cookie), e.Attr.Mode & unix.S_IFMT}
	}
	return entries, nil
}

func (d *dir) SeekTo(cookie int64) error {
	d.cookie = uint64(cookie)
	return nil
}
