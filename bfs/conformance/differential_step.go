package conformance

import (
	"fmt"
	"strings"

	"bfs/fsstate"
)

// A step is one system call, or some that belong together: plain data, so
// that a sequence of them can be kept.
type step struct {
	Call   string
	By     int    `json:",omitempty"` // index of callers
	Path   string `json:",omitempty"`
	To     string `json:",omitempty"` // the other path, or a link's target
	Flags  int    `json:",omitempty"`
	Mode   uint32 `json:",omitempty"`
	UID    int    `json:",omitempty"`
	GID    int    `json:",omitempty"`
	Offset int64  `json:",omitempty"` // or the first of two times
	Length int64  `json:",omitempty"` // or the second
	Fill   string `json:",omitempty"` // what data or a value repeats
	Name   string `json:",omitempty"` // of an extended attribute
	List   string `json:",omitempty"` // an access control list's entries
	Slot   int    `json:",omitempty"` // of an open file
	Other  int    `json:",omitempty"` // another open file

	Locks []lockRequest `json:",omitempty"`
}

// A side is one of the two file systems, and the files held open there.
type side struct {
	fs   FS
	held [slots]File
}

// slots is how many files are held open at once.
const slots = 4

func (w *side) closeAll() {
	for i := range w.held {
		_ = w.release(i)
	}
}

func (w *side) release(slot int) error {
	f := w.held[slot]
	w.held[slot] = nil
	if f == nil {
		return nil
	}
	return f.Close()
}

// outcome is what came of a step, in words.
func (w *side) outcome(s step) string {
	result, err := calls[s.Call](w, w.fs.As(callers[s.By]), s)
	if err != nil {
		return w.fs.ErrorName(err)
	}
	return "ok " + result
}

func (s step) data() []byte { return []byte(strings.Repeat(s.Fill, int(s.Length))) }

type call func(w *side, p Process, s step) (string, error)

// plain is a call that returns nothing.
func plain(f func(p Process, s step) error) call {
	return func(_ *side, p Process, s step) (string, error) { return "", f(p, s) }
}

var calls = map[string]call{
	"mkdir":     plain(func(p Process, s step) error { return p.Mkdir(s.Path, s.Mode) }),
	"mknod":     plain(func(p Process, s step) error { return p.Mknod(s.Path, s.Mode, 0) }),
	"symlink":   plain(func(p Process, s step) error { return p.Symlink(s.To, s.Path) }),
	"link":      plain(func(p Process, s step) error { return p.Link(s.Path, s.To) }),
	"rename":    plain(func(p Process, s step) error { return p.Rename(s.Path, s.To) }),
	"rename -n": plain(func(p Process, s step) error { return p.RenameNoReplace(s.Path, s.To) }),
	"rename -x": plain(func(p Process, s step) error { return p.RenameExchange(s.Path, s.To) }),
	"unlink":    plain(func(p Process, s step) error { return p.Unlink(s.Path) }),
	"rmdir":     plain(func(p Process, s step) error { return p.Rmdir(s.Path) }),
	"chmod":     plain(func(p Process, s step) error { return p.Chmod(s.Path, s.Mode) }),
	"chown":     plain(func(p Process, s step) error { return p.Lchown(s.Path, s.UID, s.GID) }),
	"truncate":  plain(func(p Process, s step) error { return p.Truncate(s.Path, s.Length) }),
	"utimens":   plain(func(p Process, s step) error { return p.Utimens(s.Path, s.Offset, s.Length) }),
	"access":    plain(func(p Process, s step) error { return p.Access(s.Path, s.Mode) }),
	"setxattr":  plain(func(p Process, s step) error { return p.Lsetxattr(s.Path, s.Name, s.value(), s.Flags) }),
	"rmxattr":   plain(func(p Process, s step) error { return p.Lremovexattr(s.Path, s.Name) }),
	"stat":      func(_ *side, p Process, s step) (string, error) { return describe(p.Stat(s.Path)) },
	"lstat":     func(_ *side, p Process, s step) (string, error) { return describe(p.Lstat(s.Path)) },
	"readlink":  func(_ *side, p Process, s step) (string, error) { return p.Readlink(s.Path) },
	"listxattr": func(_ *side, p Process, s step) (string, error) { return describeXattrs(p, s.Path) },
	"getxattr":  getxattr,
	"open":      openAndClose,
	"list":      list,
	"locks":     makeLockRequests,
	"tree":      wholeTree,

	"hold":      hold,
	"release":   func(w *side, _ Process, s step) (string, error) { return "", w.release(s.Slot) },
	"pread":     throughFile(func(f File, s step) (string, error) { return contents(f, s.Offset, s.Length) }),
	"pwrite":    throughFile(pwrite),
	"ftruncate": throughFile(func(f File, s step) (string, error) { return "", f.Ftruncate(s.Length) }),
	"fstat":     throughFile(func(f File, s step) (string, error) { return describe(f.Fstat()) }),
	"fsync":     throughFile(func(f File, s step) (string, error) { return "", f.Fsync() }),
	"fallocate": throughFile(func(f File, s step) (string, error) { return "", f.Fallocate(s.Mode, s.Offset, s.Length) }),
	"seek":      throughFile(seek),
	"tmpfile":   tmpfile,
	"copy":      copyBetween,
}

// value is an extended attribute's, or an access control list.
func (s step) value() []byte {
	if s.List != "" {
		return []byte(aclOf(strings.Fields(s.List)...))
	}
	if s.Name == "security.capability" {
		return []byte(fileCapabilities)
	}
	return s.data()
}

func getxattr(_ *side, p Process, s step) (string, error) {
	value, err := p.Lgetxattr(s.Path, s.Name)
	return digest(value), err
}

func list(_ *side, p Process, s step) (string, error) {
	names, err := names(p, s.Path)
	return strings.Join(names, " "), err
}

// A lockRequest is made through one of three open files of the same name.
type lockRequest struct {
	Who           int
	Kind          fsstate.LockType
	Start, Length int64
	Flock         int `json:",omitempty"` // if not 0, instead
}

// makeLockRequests opens a file three times, makes the requests, and asks
// after each what is locked.
func makeLockRequests(w *side, p Process, s step) (outcome string, err error) {
	var files []File
	for range 3 {
		f, err := p.Open(s.Path, s.Flags, 0)
		if err != nil {
			return "", err
		}
		defer f.Close()
		files = append(files, f)
	}
	for _, r := range s.Locks {
		if r.Flock != 0 {
			err = files[r.Who].Flock(r.Flock)
		} else {
			err = files[r.Who].Lock(r.Kind, r.Start, r.Length, false)
		}
		outcome += w.nameOf(err) + " " + w.lockMap(files) + "\n"
	}
	return outcome, nil
}

// lockMap tells for each of the first bytes whether each file could lock it.
func (w *side) lockMap(files []File) (all string) {
	for _, f := range files {
		for at := range int64(18) {
			found, err := f.GetLock(fsstate.LockExclusive, at, 1)
			all += fmt.Sprint(found.Type, w.nameOf(err))
		}
	}
	return all
}

func (w *side) nameOf(err error) string {
	if err == nil {
		return "."
	}
	return w.fs.ErrorName(err)
}
