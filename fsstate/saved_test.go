package fsstate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
)

// snap makes a snapshot as root and returns its root directory.
func (x *tree) snap(name string) Ino {
	x.t.Helper()
	info, status := x.CreateSnapshot(x.as(root), name)
	x.ok(status)
	return info.Root
}

func (x *tree) read(path string) string {
	x.t.Helper()
	b, status := x.Read(x.as(root), x.ino(path), 0, MaxIO)
	x.ok(status)
	return string(b)
}

// TestSnapshotKeepsWhatChanges: contents, names, modes and times stay as they
// were, whatever happens to the files of now.
func TestSnapshotKeepsWhatChanges(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	before := x.stat("dir/f")
	x.snap("one")
	x.write(x.ino("dir/f"), "other")
	x.set(alice, "dir/f", SetAttr{Mask: SetMode, Mode: 0o600})
	x.create(alice, "dir/new", 0o644)
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "ln"))
	x.ok(x.Rmdir(x.as(alice), RootIno, "empty"))
	x.snap("two")
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "f"))
	if got := x.read(".snapshots/one/dir/f") + x.read(".snapshots/two/dir/f"); got != "helloother" {
		t.Errorf("the snapshots have %q", got)
	}
	after := x.stat(".snapshots/one/dir/f")
	if before.Ino = before.Ino.in(1); after != before {
		t.Errorf("it is now %+v, was %+v", after, before)
	}
	for path, there := range map[string]bool{
		".snapshots/one/dir/ln": true, ".snapshots/one/empty": true, ".snapshots/one/dir/new": false,
		".snapshots/two/dir/new": true, ".snapshots/two/empty": false, "dir/f": false, ".snapshots/one/.snapshots": false,
	} {
		if got := x.find(path) != 0; got != there {
			t.Errorf("%s is there: %v", path, got)
		}
	}
	x.check()
}

// TestSnapshotsAreNotListed in the root directory, where ".." of them leads.
func TestSnapshotsAreNotListed(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	nlink := x.stat("").Nlink
	x.snap("one")
	x.snap("two")
	names := map[string]Ino{}
	for _, dir := range []Ino{RootIno, SnapshotsIno, RootIno.in(2)} {
		entries, eof, status := x.Readdir(x.as(bob), dir, 0, 100, true)
		if status != OK || !eof {
			t.Fatal(status, eof)
		}
		for _, e := range entries {
			names[fmt.Sprintf("%x/%s", dir, e.Name)] = e.Ino
			if e.Attr.Ino != e.Ino || e.Attr.Mode&typeMask == 0 {
				t.Errorf("%+v", e)
			}
		}
	}
	for name, want := range map[string]Ino{
		fmt.Sprintf("%x/.snapshots", RootIno): 0, fmt.Sprintf("%x/one", SnapshotsIno): RootIno.in(1),
		fmt.Sprintf("%x/two", SnapshotsIno): RootIno.in(2), fmt.Sprintf("%x/dir", RootIno.in(2)): x.ino("dir").in(2),
	} {
		if names[name] != want {
			t.Errorf("%s is %x, want %x", name, names[name], want)
		}
	}
	if x.stat("").Nlink != nlink || x.stat(".snapshots").Nlink != 4 {
		t.Error("links are counted otherwise")
	}
	for path, want := range map[string]Ino{
		".snapshots/..": RootIno, ".snapshots/one/..": SnapshotsIno, ".snapshots/one/dir/..": RootIno.in(1),
		".snapshots/two/dir/sub/..": x.ino("dir").in(2), ".snapshots/.": SnapshotsIno, ".snapshots/two/.": RootIno.in(2),
	} {
		if got := x.ino(path); got != want {
			t.Errorf("%s is %x, want %x", path, got, want)
		}
	}
}

// TestSnapshotsRefuseChanges of any kind, and nothing but the clock moves.
func TestSnapshotsRefuseChanges(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.snap("one")
	dir, f := x.ino(".snapshots/one/dir"), x.ino(".snapshots/one/dir/f")
	live := x.ino("dir")
	first := func(_ Attr, status Status) Status { return status }
	for name, change := range map[string]func(c *Context) Status{
		"write":         func(c *Context) Status { return first(x.Write(c, f, 0, []byte("x"), false)) },
		"setattr":       func(c *Context) Status { return first(x.Setattr(c, f, SetAttr{Mask: SetMode})) },
		"open to write": func(c *Context) Status { return first(x.Open(c, f, OpenRead|OpenWrite)) },
		"open to cut":   func(c *Context) Status { return first(x.Open(c, f, OpenRead|OpenTruncate)) },
		"access":        func(c *Context) Status { return x.Access(c, f, MayWrite) },
		"create":        func(c *Context) Status { _, _, s := x.Create(c, dir, "n", 0o644, OpenRead); return s },
		"create in it":  func(c *Context) Status { _, _, s := x.Create(c, SnapshotsIno, "n", 0o644, OpenRead); return s },
		"mkdir":         func(c *Context) Status { return first(x.Mkdir(c, dir, "n", 0o755)) },
		"symlink":       func(c *Context) Status { return first(x.Symlink(c, dir, "n", "f")) },
		"link to":       func(c *Context) Status { return first(x.Link(c, f, live, "n")) },
		"link from":     func(c *Context) Status { return first(x.Link(c, x.ino("dir/f"), dir, "n")) },
		"unlink":        func(c *Context) Status { return x.Unlink(c, dir, "f") },
		"rmdir":         func(c *Context) Status { return x.Rmdir(c, dir, "sub") },
		"rmdir one":     func(c *Context) Status { return x.Rmdir(c, SnapshotsIno, "one") },
		"rename from":   func(c *Context) Status { return x.Rename(c, dir, "f", live, "n", 0) },
		"rename to":     func(c *Context) Status { return x.Rename(c, live, "f", dir, "n", 0) },
	} {
		before := x.inodes.Digest()
		if status := change(x.as(root)); status != ROFS {
			t.Errorf("%s: %v, want %v", name, status, ROFS)
		}
		if x.inodes.Digest() != before {
			t.Errorf("%s has changed something", name)
		}
		x.check()
	}
}

// TestSnapshotsNameIsTaken in the root directory, and free elsewhere.
func TestSnapshotsNameIsTaken(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	first := func(_ Attr, status Status) Status { return status }
	for name, try := range map[string]struct {
		got  Status
		want Status
	}{
		"mkdir":       {first(x.Mkdir(x.as(root), RootIno, SnapshotsName, 0o755)), Exist},
		"rmdir":       {x.Rmdir(x.as(root), RootIno, SnapshotsName), Busy},
		"rename from": {x.Rename(x.as(root), RootIno, SnapshotsName, RootIno, "n", 0), Busy},
		"rename to":   {x.Rename(x.as(root), RootIno, "dir", RootIno, SnapshotsName, 0), Busy},
		"elsewhere":   {first(x.Mkdir(x.as(root), x.ino("dir"), SnapshotsName, 0o755)), OK},
	} {
		if try.got != try.want {
			t.Errorf("%s: %v, want %v", name, try.got, try.want)
		}
	}
}

// TestSnapshotsObeyPermissions of the files in them, as they were.
func TestSnapshotsObeyPermissions(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.snap("one")
	x.set(alice, "secret", SetAttr{Mask: SetMode, Mode: 0o755})
	if _, status := x.Lookup(x.as(bob), x.ino(".snapshots/one/secret"), "f"); status != Access {
		t.Errorf("bob looks into alice's secret: %v", status)
	}
	if status := x.Access(x.as(alice), x.ino(".snapshots/one/secret"), MayExec|MayRead); status != OK {
		t.Errorf("alice does not: %v", status)
	}
	for who, want := range map[uint32]Status{0: OK, alice.UID: Perm} {
		_, status := x.CreateSnapshot(x.as(Caller{UID: who}), fmt.Sprint("by", who))
		if status != want {
			t.Errorf("%d makes a snapshot: %v", who, status)
		}
		if status := x.DeleteSnapshot(x.as(Caller{UID: who}), fmt.Sprint("by", who)); status != want {
			t.Errorf("%d deletes a snapshot: %v", who, status)
		}
	}
	x.set(root, "", SetAttr{Mask: SetUID, UID: alice.UID})
	if _, status := x.CreateSnapshot(x.as(alice), "hers"); status != OK {
		t.Errorf("the owner of the root directory: %v", status)
	}
	x.set(root, "", SetAttr{Mask: SetMode, Mode: 0o700})
	if _, status := x.Snapshots(x.as(bob)); status != Access {
		t.Errorf("bob lists the snapshots: %v", status)
	}
}

// TestSnapshotNames are those of files, once each.
func TestSnapshotNames(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.snap("taken")
	for name, want := range map[string]Status{
		"taken": Exist, "": NoEnt, ".": Inval, "..": Inval, "a/b": Inval, "a\x00": Inval,
		strings.Repeat("n", MaxName): OK, strings.Repeat("n", MaxName+1): NameTooLong,
	} {
		if _, status := x.CreateSnapshot(x.as(root), name); status != want {
			t.Errorf("%.20q: %v, want %v", name, status, want)
		}
	}
	if status := x.DeleteSnapshot(x.as(root), "other"); status != NoEnt {
		t.Errorf("one that is not there is deleted: %v", status)
	}
	for i := x.snapshots.Len(); i < MaxSnapshots; i++ {
		x.snap(fmt.Sprint(i))
	}
	if _, status := x.CreateSnapshot(x.as(root), "more"); status != DQuot {
		t.Errorf("one more than there may be: %v", status)
	}
	if _, status := x.CreateSnapshot(&Context{Caller: root, ReadOnly: true}, "read"); status != MustOrder {
		t.Errorf("without being ordered: %v", status)
	}
	list, _ := x.Snapshots(x.as(bob))
	if len(list) != MaxSnapshots || list[0].Name != "taken" || list[0].Principal != 7 || list[0].Bytes == 0 || list[0].Inodes != uint64(x.inodes.Len()) {
		t.Errorf("%d snapshots, %+v", len(list), list[0])
	}
}

// TestDeletedSnapshotIsStale, also for those who have its files open, and its
// number comes back with no other.
func TestDeletedSnapshotIsStale(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.snap("one")
	f := x.ino(".snapshots/one/dir/f")
	if _, status := x.Open(x.as(alice), f, OpenRead); status != OK {
		t.Fatal(status)
	}
	x.check()
	x.ok(x.DeleteSnapshot(x.as(root), "one"))
	x.snap("one")
	if _, status := x.Read(x.as(alice), f, 0, 10); status != Stale {
		t.Errorf("reading what was deleted: %v", status)
	}
	if x.ino(".snapshots/one/dir/f") == f {
		t.Error("the inode number is used again")
	}
	x.ok(x.Release(x.as(alice), f, OpenRead))
	x.ok(x.DeleteSnapshot(x.as(root), "one"))
	if x.snapshots.Len() != 0 {
		t.Error("snapshots are left")
	}
}

// TestOpenedInSnapshotIsHeld: whoever has a file of a snapshot open may read it
// as somebody else, and it counts as an open until the lease is over.
func TestOpenedInSnapshotIsHeld(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.set(alice, "dir/f", SetAttr{Mask: SetMode, Mode: 0o600})
	x.snap("one")
	f := x.ino(".snapshots/one/dir/f")
	x.ok(x.only(x.Open(x.as(alice), f, OpenRead)))
	other := x.as(bob)
	other.Session.Number = uint64(alice.UID)
	if b, status := x.Read(other, f, 0, 10); string(b) != "hello" || status != OK {
		t.Errorf("%q, %v", b, status)
	}
	if _, status := x.Read(x.as(bob), f, 0, 10); status != Access {
		t.Errorf("in another session: %v", status)
	}
	whole := Lock{Kind: FileLock, Type: LockExclusive, End: MaxSize}
	x.ok(x.lock(alice, f, whole))
	x.ok(x.only(x.Open(x.as(bob), x.ino(".snapshots/one"), OpenRead)))
	x.now += 10 * x.limits.Lease
	x.ok(x.Renew(x.as(bob)))
	x.ok(x.Renew(x.as(bob)))
	if x.sessions.opens != 0 || x.locks.held != 0 {
		t.Errorf("%d opens and %d locks are left", x.sessions.opens, x.locks.held)
	}
}

// copyModel copies the files of a model.
func copyModel(m *model) *model {
	c := &model{clock: m.clock, files: map[Ino]*mFile{}}
	for ino, f := range m.files {
		g := *f
		g.xattrs = maps.Clone(f.xattrs)
		g.entries, g.blocks = map[string]Ino{}, map[uint64]*[BlockSize]byte{}
		for name, child := range f.entries {
			g.entries[name] = child
		}
		for index, b := range f.blocks {
			block := *b
			g.blocks[index] = &block
		}
		c.files[ino] = &g
	}
	return c
}

// asState is a snapshot as a file system of its own, to compare with a model.
func (s *State) asState(number uint64, m *model) *State {
	p, _ := s.snapshots.Get(number)
	own := &State{epoch: s.epoch + 1}
	own.inodes, own.clock = p.inodes, m.clock
	own.nextIno = m.next
	return own
}

// TestSnapshotsAgainstModel makes, and deletes, snapshots between random
// operations. Every one stays what the model was when it was made, and the
// operations, on whatever, answer as if there were none. A second state is
// transferred to at random points and goes on.
func TestSnapshotsAgainstModel(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 17))
			s, m, other := New(smallConfig), newModel(smallConfig), New(smallConfig)
			kept := map[uint64]*model{}
			for i, b := range randomOps(500+seed, 400) {
				if rng.IntN(40) == 0 {
					c := &Context{Now: s.clock}
					m.start(c, true)
					info, status := s.CreateSnapshot(c, fmt.Sprint(i))
					if status != OK && status != DQuot {
						t.Fatal(status)
					}
					if number, _ := info.Root.split(); status == OK {
						kept[number] = copyModel(m)
					}
				}
				if rng.IntN(60) == 0 && s.snapshots.Len() > 0 {
					list, _ := s.Snapshots(&Context{ReadOnly: true})
					gone := list[rng.IntN(len(list))]
					c := &Context{Now: s.clock}
					m.start(c, true)
					if status := s.DeleteSnapshot(c, gone.Name); status != OK {
						t.Fatal(status)
					}
					number, _ := gone.Root.split()
					delete(kept, number)
				}
				if err := step(s, m, decodeOp(b, m)); err != nil {
					t.Fatalf("operation %d: %v", i, err)
				}
				if rng.IntN(100) > 0 {
					continue
				}
				got, _, _ := transfer(t, other, s.Snapshot())
				s, other = got, s
				for number, m := range kept {
					own := s.asState(number, m)
					for ino, f := range m.files {
						if err := compareFile(own, m, ino, f); err != nil {
							t.Fatalf("snapshot %d after operation %d: %v", number, i, err)
						}
					}
				}
			}
		})
	}
}

// TestSnapshotsAreBounded: all together refer to at most SnapshotShare times the
// limits, so that what replicas must keep in memory is bounded, however much is
// overwritten between them; deleting one makes room.
func TestSnapshotsAreBounded(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.limits.Bytes = (x.blocks + 100) * BlockSize
	big := x.create(alice, "big", 0o644)
	made := 0
	create := func() Status {
		x.write(big, strings.Repeat(string(rune('a'+made)), 100*BlockSize))
		_, status := x.CreateSnapshot(x.as(root), fmt.Sprint("s", made))
		made++
		return status
	}
	for range SnapshotShare {
		x.ok(create())
	}
	if status := create(); status != NoSpace {
		t.Fatalf("one more than %d full snapshots: %v, want NoSpace", SnapshotShare, status)
	}
	x.ok(x.DeleteSnapshot(x.as(root), "s3"))
	x.ok(create())
	x.limits.Bytes = 1 << 30
	x.limits.Inodes = uint64(x.inodes.Len())
	if status := create(); status != NoSpace {
		t.Errorf("more inodes in snapshots than %d times the limit: %v, want NoSpace", SnapshotShare, status)
	}
	x.check()
}
