package conformance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// TestDifferential makes the same random system calls on Linux and on the
// file state. Every outcome must be the same, and now and then the trees.
func TestDifferential(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("changing the file ids of threads needs root")
	}
	const seeds, steps = 5, 1000
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			state := newState()
			ops := NewState(state, fsstate.Session{Principal: 1, Number: 1}, ticker())
			linux := inMemory(t)
			needXattrs(t, linux)
			d := &differential{T: t, random: rand.New(rand.NewPCG(seed, 1)), here: Inodes{t.Context(), ops}, linux: linux}
			d.run(steps)
			checkInvariants(t, state)
		})
	}
}

type differential struct {
	*testing.T
	random      *rand.Rand
	here, linux FS
	history     []string
}

// step is one system call, or some that belong together.
type step struct {
	text string
	call func(p Process) (outcome string, err error)
}

func (d *differential) run(steps int) {
	callers := []fsstate.Caller{
		{}, {UID: aliceID, GID: aliceID, Groups: []uint32{staff}}, {UID: bobID, GID: bobID, Groups: []uint32{staff}},
		{UID: aliceID, GID: aliceID, Groups: []uint32{staff}, Umask: 0o27},
	}
	for _, fs := range []FS{d.here, d.linux} {
		if err := fs.As(callers[0]).Chmod("/", 0o777); err != nil {
			d.Fatal(err)
		}
	}
	for i := range steps {
		d.compare(callers[d.random.IntN(len(callers))], d.next())
		if i%50 == 0 {
			d.compare(callers[0], step{"tree", wholeTree})
		}
	}
}

// compare makes a step on both sides.
func (d *differential) compare(caller fsstate.Caller, s step) {
	d.Helper()
	d.history = append(d.history, fmt.Sprintf("%d: %s", caller.UID, s.text))
	here, linux := outcome(d.here, caller, s), outcome(d.linux, caller, s)
	if here != linux && !(refusals[here] && refusals[linux] && strings.HasPrefix(s.text, "rename")) {
		d.Fatalf("after\n%s\ngot  %s\nwant %s", strings.Join(d.history, "\n"), here, linux)
	}
}

// refusals of a rename may come in any order.
var refusals = map[string]bool{"ENOTEMPTY": true, "EACCES": true}

func outcome(fs FS, caller fsstate.Caller, s step) string {
	result, err := s.call(fs.As(caller))
	if err != nil {
		return fs.ErrorName(err)
	}
	return "ok " + result
}

func pick[T any](d *differential, from ...T) T { return from[d.random.IntN(len(from))] }

// path is one of few, so that the calls meet.
func (d *differential) path() string {
	path := ""
	for range 1 + d.random.IntN(3) {
		path += "/" + pick(d, "a", "b", "c")
	}
	return path
}

func (d *differential) mode() uint32 {
	return pick[uint32](d, 0o777, 0o777, 0o755, 0o750, 0o700, 0o711, 0o666, 0o644, 0o640, 0o2777, 0o6755, 0o060, 0)
}

// next is a random step. There are no hard links among them and no sticky
// bits, for which Linux has protections of its own that can be switched off.
func (d *differential) next() step {
	makers := []func() step{
		d.mkdir, d.mkdir, d.mkdir, d.open, d.open, d.open, d.symlink, d.rename, d.rename, d.remove, d.look,
		d.mknod, d.chmod, d.chown, d.truncate, d.utimens, d.list, d.locks, d.setxattr, d.setACL, d.setACL, d.getxattr,
	}
	return pick(d, makers...)()
}

func (d *differential) mkdir() step {
	path, mode := d.path(), d.mode()
	return step{fmt.Sprintf("mkdir %s %o", path, mode), func(p Process) (string, error) { return "", p.Mkdir(path, mode) }}
}

func (d *differential) open() step {
	path, mode := d.path(), d.mode()
	flags := pick(d, unix.O_RDONLY, unix.O_WRONLY, unix.O_RDWR) |
		pick(d, 0, unix.O_CREAT, unix.O_CREAT, unix.O_CREAT|unix.O_EXCL) |
		pick(d, 0, 0, unix.O_TRUNC) | pick(d, 0, unix.O_APPEND) | pick(d, 0, 0, unix.O_NOFOLLOW)
	data := strings.Repeat(pick(d, "x", "y"), d.random.IntN(6000))
	offset := int64(d.random.IntN(6000))
	text := fmt.Sprintf("open %s %#x %o and write %d at %d", path, flags, mode, len(data), offset)
	return step{text, func(p Process) (string, error) {
		f, err := p.Open(path, flags, mode)
		if err != nil {
			return "", err
		}
		defer f.Close()
		result := ""
		if flags&unix.O_ACCMODE != unix.O_RDONLY {
			n, err := f.Pwrite([]byte(data), offset)
			result = fmt.Sprint(n, err)
		}
		if flags&unix.O_ACCMODE != unix.O_WRONLY {
			buf := make([]byte, 20000)
			n, err := f.Pread(buf, 0)
			result += fmt.Sprint(err != nil, digest(buf[:n]))
		}
		return result, nil
	}}
}

// mknod makes no FIFOs, whose opening waits, and no devices, which are the host's.
func (d *differential) mknod() step {
	path, kind, mode := d.path(), pick[uint32](d, unix.S_IFSOCK, unix.S_IFREG, unix.S_IFDIR), d.mode()
	return step{fmt.Sprintf("mknod %s %o", path, kind|mode), func(p Process) (string, error) { return "", p.Mknod(path, kind|mode, 0) }}
}

// locks opens a file three times, makes random requests for locks through the
// three, and asks what is locked.
func (d *differential) locks() step {
	path := d.path()
	var requests []func(files []File) string
	for range 12 {
		who, kind := d.random.IntN(3), fsstate.LockType(d.random.IntN(3))
		start, length := int64(d.random.IntN(12)), int64(d.random.IntN(6))
		how := pick(d, unix.LOCK_SH, unix.LOCK_EX, unix.LOCK_UN) | unix.LOCK_NB
		requests = append(requests, pick(d,
			func(files []File) string { return d.nameOf(files[who].Lock(kind, start, length, false)) },
			func(files []File) string { return d.nameOf(files[who].Lock(kind, start, length, false)) },
			func(files []File) string { return d.nameOf(files[who].Flock(how)) },
		))
	}
	return step{"locks " + path, func(p Process) (outcome string, err error) {
		var files []File
		for range 3 {
			f, err := p.Open(path, unix.O_RDWR, 0)
			if err != nil {
				return "", err
			}
			defer f.Close()
			files = append(files, f)
		}
		for _, request := range requests {
			outcome += request(files) + " " + d.lockMap(files) + "\n"
		}
		return outcome, nil
	}}
}

// lockMap tells for each of the first bytes whether each file could lock it.
func (d *differential) lockMap(files []File) (all string) {
	for _, f := range files {
		for at := range int64(18) {
			found, err := f.GetLock(fsstate.LockExclusive, at, 1)
			all += fmt.Sprint(found.Type, d.nameOf(err))
		}
	}
	return all
}

func (d *differential) nameOf(err error) string {
	if err == nil {
		return "."
	}
	if name := d.here.ErrorName(err); name != err.Error() {
		return name
	}
	return d.linux.ErrorName(err)
}

func (d *differential) symlink() step {
	path, target := d.path(), pick(d, "a", "b/c", "../b", "c", "./a/../b", "/a/b")
	return step{fmt.Sprintf("symlink %s %s", target, path), func(p Process) (string, error) { return "", p.Symlink(target, path) }}
}

func (d *differential) rename() step {
	from, to := d.path(), d.path()
	return pick(d,
		step{"rename " + from + " " + to, func(p Process) (string, error) { return "", p.Rename(from, to) }},
		step{"rename -n " + from + " " + to, func(p Process) (string, error) { return "", p.RenameNoReplace(from, to) }},
		step{"rename -x " + from + " " + to, func(p Process) (string, error) { return "", p.RenameExchange(from, to) }},
	)
}

func (d *differential) remove() step {
	path := d.path()
	return pick(d,
		step{"unlink " + path, func(p Process) (string, error) { return "", p.Unlink(path) }},
		step{"rmdir " + path, func(p Process) (string, error) { return "", p.Rmdir(path) }},
	)
}

func (d *differential) look() step {
	path, mask := d.path(), uint32(d.random.IntN(8))
	return pick(d,
		step{"stat " + path, func(p Process) (string, error) { return describe(p.Stat(path)) }},
		step{"lstat " + path, func(p Process) (string, error) { return describe(p.Lstat(path)) }},
		step{"readlink " + path, func(p Process) (string, error) { return p.Readlink(path) }},
		step{fmt.Sprintf("access %s %o", path, mask), func(p Process) (string, error) { return "", p.Access(path, mask) }},
	)
}

func (d *differential) chmod() step {
	path, mode := d.path(), d.mode()
	return step{fmt.Sprintf("chmod %s %o", path, mode), func(p Process) (string, error) { return "", p.Chmod(path, mode) }}
}

// chown always sets the group: setting neither id never reaches a file
// system, although Linux takes the set-id bits then.
func (d *differential) chown() step {
	path, uid, gid := d.path(), pick(d, -1, -1, aliceID, bobID), pick(d, aliceID, bobID, staff)
	return step{fmt.Sprintf("chown %s %d %d", path, uid, gid), func(p Process) (string, error) { return "", p.Lchown(path, uid, gid) }}
}

func (d *differential) truncate() step {
	path, size := d.path(), int64(d.random.IntN(9000)-10)
	return step{fmt.Sprintf("truncate %s %d", path, size), func(p Process) (string, error) { return "", p.Truncate(path, size) }}
}

func (d *differential) utimens() step {
	path, atime, mtime := d.path(), pick(d, TimeNow, TimeOmit, longAgo), pick(d, TimeNow, TimeOmit, longAgo)
	return step{fmt.Sprintf("utimens %s %d %d", path, atime, mtime), func(p Process) (string, error) { return "", p.Utimens(path, atime, mtime) }}
}

func (d *differential) list() step {
	path := d.path()
	return step{"list " + path, func(p Process) (string, error) {
		names, err := names(p, path)
		return strings.Join(names, " "), err
	}}
}

func names(p Process, path string) ([]string, error) {
	dir, err := p.OpenDir(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var all []string
	for {
		entries, err := dir.Next()
		if err != nil || len(entries) == 0 {
			slices.Sort(all)
			return all, err
		}
		for _, e := range entries {
			all = append(all, e.Name)
		}
	}
}

// describe leaves out what may differ: inode numbers, sizes of directories,
// and the times but for whether the mtime is the one that was set.
func describe(a fsstate.Attr, err error) (string, error) {
	if isType(a, unix.S_IFDIR) {
		a.Size = 0
	}
	return fmt.Sprintf("%o links %d owner %d:%d size %d old %v", a.Mode, a.Nlink, a.UID, a.GID, a.Size, a.Mtime == longAgo), err
}

// wholeTree describes everything.
func wholeTree(p Process) (string, error) {
	var b strings.Builder
	err := describeTree(p, "/", &b)
	return b.String(), err
}

func describeTree(p Process, path string, b *strings.Builder) error {
	attr, err := p.Lstat(path)
	text, _ := describe(attr, nil)
	attributes, _ := describeXattrs(p, path)
	fmt.Fprintf(b, "%s: %s%s\n", path, text, attributes)
	if err != nil || !isType(attr, unix.S_IFDIR) {
		return err
	}
	all, err := names(p, path)
	for _, name := range all {
		if err == nil {
			err = describeTree(p, strings.TrimSuffix(path, "/")+"/"+name, b)
		}
	}
	return err
}

func digest(b []byte) string {
	sum := uint32(len(b))
	for _, c := range b {
		sum = sum*31 + uint32(c)
	}
	return fmt.Sprint(len(b), " bytes ", sum)
}
