package conformance

import (
	"bytes"
	"encoding/binary"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

type kernelFile struct {
	thread *thread
	fd     int
}

func (f *kernelFile) Pread(p []byte, offset int64) (int, error) {
	return f.transfer(p, offset, unix.Pread)
}

func (f *kernelFile) Pwrite(p []byte, offset int64) (int, error) {
	return f.transfer(p, offset, unix.Pwrite)
}

// transfer goes on after short counts until nothing more comes.
func (f *kernelFile) transfer(p []byte, offset int64, call func(int, []byte, int64) (int, error)) (int, error) {
	done := 0
	for {
		var n int
		err := f.thread.do(func() (err error) {
			n, err = call(f.fd, p[done:], offset+int64(done))
			return err
		})
		if err != nil {
			return done, err
		}
		if done += n; n == 0 || done == len(p) {
			return done, nil
		}
	}
}

func (f *kernelFile) Ftruncate(size int64) error {
	return f.thread.do(func() error { return unix.Ftruncate(f.fd, size) })
}

func (f *kernelFile) Fstat() (fsstate.Attr, error) {
	var st unix.Stat_t
	err := f.thread.do(func() error { return unix.Fstat(f.fd, &st) })
	return attrOf(&st), err
}

func (f *kernelFile) Fsync() error {
	return f.thread.do(func() error { return unix.Fsync(f.fd) })
}

func (f *kernelFile) Close() error {
	return f.thread.do(func() error { return unix.Close(f.fd) })
}

func (p kernelProcess) OpenDir(path string) (Dir, error) {
	f, err := p.Open(path, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	return &kernelDir{kernelFile: f.(*kernelFile)}, nil
}

type kernelDir struct{ *kernelFile }

// direntPage is small, so that directories of some tens of entries take
// several calls, and large enough for the longest name.
const direntPage = 1024

// Next may get a page of "." and ".." alone; it goes on then.
func (d *kernelDir) Next() ([]Entry, error) {
	for {
		buf, n := make([]byte, direntPage), 0
		err := d.thread.do(func() (err error) {
			n, err = unix.Getdents(d.fd, buf)
			return err
		})
		if err != nil || n == 0 {
			return nil, err
		}
		if entries := parseDirents(buf[:n]); len(entries) > 0 {
			return entries, nil
		}
	}
}

func (d *kernelDir) SeekTo(cookie int64) error {
	return d.thread.do(func() error {
		_, err := unix.Seek(d.fd, cookie, unix.SEEK_SET)
		return err
	})
}

// parseDirents reads linux_dirent64 structures: inode number and offset of 8
// bytes each, the record's length of 2, the type of 1, the name and a NUL.
func parseDirents(buf []byte) []Entry {
	const nameStart = 19
	var entries []Entry
	for len(buf) > 0 {
		size := binary.NativeEndian.Uint16(buf[16:])
		name, _, _ := bytes.Cut(buf[nameStart:size], []byte{0})
		entry := Entry{
			Name:   string(name),
			Ino:    fsstate.Ino(binary.NativeEndian.Uint64(buf)),
			Cookie: int64(binary.NativeEndian.Uint64(buf[8:])),
			Type:   uint32(buf[18]) << 12,
		}
		if entry.Name != "." && entry.Name != ".." {
			entries = append(entries, entry)
		}
		buf = buf[size:]
	}
	return entries
}

func (f *kernelFile) LinkAs(path string) error {
	return f.thread.do(func() error { return unix.Linkat(f.fd, "", unix.AT_FDCWD, path, unix.AT_EMPTY_PATH) })
}
