package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// Keeper makes and deletes snapshots of the file system under test; bfs.Client
// does.
type Keeper interface {
	CreateSnapshot(ctx context.Context, caller fsstate.Caller, name string) (fsstate.SnapshotInfo, error)
	DeleteSnapshot(ctx context.Context, caller fsstate.Caller, name string) error
}

// RunSnapshots checks what holds of snapshots, which POSIX does not know,
// against fs. It may come before or after Run.
func RunSnapshots(t *testing.T, fs FS, keeper Keeper) {
	for _, c := range snapshotClaims {
		t.Run(c.name, func(t *testing.T) {
			k := &keeping{suite: newSuite(t, fs), keeper: keeper}
			c.check(k)
		})
	}
}

// keeping is a suite with snapshots.
type keeping struct {
	*suite
	keeper Keeper
	made   int
}

// snap makes a snapshot and returns the claim's directory in it.
func (k *keeping) snap() string {
	k.Helper()
	k.made++
	name := fmt.Sprint(strings.Trim(k.dir, "/"), k.made)
	_, err := k.keeper.CreateSnapshot(k.TB.Context(), fsstate.Caller{}, name)
	k.ok(err)
	k.Cleanup(func() {
		err := k.keeper.DeleteSnapshot(context.Background(), fsstate.Caller{}, name)
		if err != nil && err != error(fsstate.NoEnt) {
			k.Error(err)
		}
	})
	return "/" + fsstate.SnapshotsName + "/" + name + k.dir
}

// content is what p reads in a file.
func (k *keeping) content(p Process, path string) string {
	k.Helper()
	f, err := p.Open(path, unix.O_RDONLY, 0)
	k.ok(err)
	defer k.close(f)
	return k.pread(f, 100, 0)
}

var snapshotClaims = []struct {
	name  string
	check func(*keeping)
}{
	{"a snapshot stays as the files were", func(k *keeping) {
		k.put(k.alice, "f", "before")
		k.ok(k.alice.Symlink("f", k.at("l")))
		was, err := k.root.Lstat(k.at("f"))
		k.ok(err)
		in := k.snap()
		k.put(k.alice, "f", "after it")
		k.ok(k.alice.Chmod(k.at("f"), 0o600))
		k.ok(k.alice.Unlink(k.at("l")))
		equal(k.suite, "content", k.content(k.bob, in+"/f"), "before")
		equal(k.suite, "content through the link", k.content(k.bob, in+"/l"), "before")
		equal(k.suite, "content of now", k.get("f"), "after it")
		is, err := k.root.Lstat(in + "/f")
		k.ok(err)
		if is.Ino == was.Ino || is.Mode != was.Mode || is.Size != was.Size || is.Mtime != was.Mtime || is.Ctime != was.Ctime {
			k.Errorf("it was %+v, is %+v", was, is)
		}
	}},
	{"inode numbers are the snapshot's own, and stay", func(k *keeping) {
		k.put(k.alice, "f", "")
		one, two := k.snap(), k.snap()
		var seen []fsstate.Ino
		for range 2 {
			for _, path := range []string{k.dir, one, two} {
				a, err := k.root.Lstat(path + "/f")
				k.ok(err)
				seen = append(seen, a.Ino)
			}
		}
		equal(k.suite, "again", slices.Equal(seen[:3], seen[3:]), true)
		slices.Sort(seen)
		equal(k.suite, "different ones", len(slices.Compact(seen)), 3)
	}},
	{"snapshots are not listed in the root directory", func(k *keeping) {
		k.snap()
		d, err := k.root.OpenDir("/")
		k.ok(err)
		defer k.close(d)
		for {
			entries, err := d.Next()
			k.ok(err)
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				equal(k.suite, "an entry is the snapshots'", e.Name == fsstate.SnapshotsName, false)
			}
		}
	}},
	{"nothing in a snapshot can be changed", func(k *keeping) {
		k.put(k.alice, "f", "text")
		k.mkdir(k.alice, "d", 0o777)
		in := k.snap()
		for _, p := range []Process{k.root, k.alice} {
			for _, flags := range []int{unix.O_WRONLY, unix.O_RDWR, unix.O_RDONLY | unix.O_TRUNC} {
				_, err := p.Open(in+"/f", flags, 0)
				k.fails(err, "EROFS")
			}
			_, err := p.Open(in+"/n", createExclusive, 0o644)
			k.fails(err, "EROFS")
			k.fails(p.Mkdir(in+"/n", 0o755), "EROFS")
			k.fails(p.Symlink("f", in+"/n"), "EROFS")
			k.fails(p.Unlink(in+"/f"), "EROFS")
			k.fails(p.Rmdir(in+"/d"), "EROFS")
			k.fails(p.Rename(in+"/f", in+"/n"), "EROFS")
			k.fails(p.Rename(k.at("f"), in+"/n"), "EROFS", "EXDEV")
			k.fails(p.Link(k.at("f"), in+"/n"), "EROFS", "EXDEV")
			k.fails(p.Truncate(in+"/f", 0), "EROFS")
			k.fails(p.Chmod(in+"/f", 0o777), "EROFS")
			k.fails(p.Lchown(in+"/f", -1, staff), "EROFS")
			k.fails(p.Utimens(in+"/f", TimeNow, TimeNow), "EROFS")
			k.fails(p.Access(in+"/f", unix.W_OK), "EROFS")
			k.ok(p.Access(in+"/f", unix.R_OK))
		}
		equal(k.suite, "content", k.content(k.alice, in+"/f"), "text")
	}},
	{"reading obeys the permissions of then", func(k *keeping) {
		k.put(k.alice, "f", "text")
		k.ok(k.alice.Chmod(k.at("f"), 0o600))
		in := k.snap()
		k.ok(k.alice.Chmod(k.at("f"), 0o644))
		_, err := k.bob.Open(in+"/f", unix.O_RDONLY, 0)
		k.fails(err, "EACCES")
		equal(k.suite, "content", k.content(k.alice, in+"/f"), "text")
	}},
	{"a snapshot that is deleted is gone, also for those who have it open", func(k *keeping) {
		k.put(k.alice, "f", "text")
		in := k.snap()
		f, err := k.alice.Open(in+"/f", unix.O_RDONLY, 0)
		k.ok(err)
		name := strings.Split(in, "/")[2]
		k.ok(k.keeper.DeleteSnapshot(k.TB.Context(), fsstate.Caller{}, name))
		_, err = f.Pread(make([]byte, 10), 0)
		k.fails(err, "ESTALE")
		k.close(f)
		_, err = k.root.Lstat(in)
		k.fails(err, "ENOENT")
	}},
	{"dot dot leads out of a snapshot", func(k *keeping) {
		in := k.snap()
		for up, same := range map[string]string{in + "/..": strings.TrimSuffix(in, k.dir), in + "/../..": "/.snapshots", in + "/../../..": "/"} {
			a, err := k.root.Lstat(up)
			k.ok(err)
			b, err := k.root.Lstat(same)
			k.ok(err)
			equal(k.suite, up, a.Ino, b.Ino)
		}
	}},
	{"only root and the owner of the root directory keep snapshots", func(k *keeping) {
		alice := fsstate.Caller{UID: aliceID, GID: aliceID}
		_, err := k.keeper.CreateSnapshot(k.TB.Context(), alice, "hers")
		equal(k.suite, "making one", err, error(fsstate.Perm))
		equal(k.suite, "deleting one", k.keeper.DeleteSnapshot(k.TB.Context(), alice, "hers"), error(fsstate.Perm))
	}},
}
