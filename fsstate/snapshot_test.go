package fsstate

import (
	"errors"
	"fmt"
	"testing"
)

// goAstray does some other operations, and undoes them all.
func goAstray(s *State, m *model, seed uint64) {
	version := s.Snapshot()
	for _, b := range mixedOps(seed, 20) {
		o := decodeOp(b, m)
		o.run(s)
	}
	s.Restore(version)
}

func checkVersions(t *testing.T, s *State, kept map[*Snapshot][32]byte) {
	t.Helper()
	if len(kept) < 50 {
		t.Fatalf("only %d snapshots", len(kept))
	}
	for version, want := range kept {
		if version.Digest() != want {
			t.Fatal("a version changed after it was taken")
		}
		s.Restore(version)
		if err := s.CheckInvariants(); err != nil || s.Digest() != want {
			t.Fatalf("a restored version is another one: %v", err)
		}
	}
}

// TestRestoreIntoAnotherState: what one state continues from a version does
// not disturb the other.
func TestRestoreIntoAnotherState(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	version := x.Snapshot()
	other := New(Config{})
	other.Restore(version)
	x.mkdir(alice, "dir/mine", 0o755)
	want := x.Digest()
	if _, status := other.Lookup(x.as(alice), x.ino("dir"), "mine"); status != NoEnt {
		t.Errorf("the other state sees what came later: %v", status)
	}
	for i := range 10 {
		if _, status := other.Mkdir(x.as(alice), x.ino("dir"), fmt.Sprint(i), 0o755); status != OK {
			t.Fatal(status)
		}
	}
	if x.Digest() != want || version.Digest() == want || other.CheckInvariants() != nil {
		t.Error("the states disturb one another")
	}
	x.check()
}

// TestDigestCoversEverything changes each part of the state by itself.
func TestDigestCoversEverything(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	x.ok(open("dir/f", OpenRead)(x, x.as(alice)))
	id := x.as(alice).Session
	x.ok(x.lock(alice, ino, Lock{End: 9}))
	x.ok(open("dir/f", OpenRead|OpenWrite)(x, x.as(root)))
	x.await(root, ino, Lock{Type: LockExclusive, End: 9})
	for name, change := range map[string]func(s *State){
		"limit of bytes":                func(s *State) { s.limits.Bytes++ },
		"limit of inodes":               func(s *State) { s.limits.Inodes++ },
		"lease":                         func(s *State) { s.limits.Lease++ },
		"clock":                         func(s *State) { s.clock++ },
		"next inode":                    func(s *State) { s.nextIno++ },
		"blocks":                        func(s *State) { s.blocks++ },
		"device policy":                 func(s *State) { s.limits.Devices++ },
		"atime policy":                  func(s *State) { s.limits.Atime++ },
		"quota of bytes":                func(s *State) { s.limits.Quota.Bytes++ },
		"quota of inodes":               func(s *State) { s.limits.Quota.Inodes++ },
		"whom quotas bind":              func(s *State) { s.limits.QuotaBindsRoot = true },
		"time to linger":                func(s *State) { s.limits.Linger++ },
		"what lingers":                  func(s *State) { s.lingering.rows.Set(s.epoch, 0, lingerer{}) },
		"turn of the next that lingers": func(s *State) { s.lingering.next++ },
		"blocks that linger":            func(s *State) { s.lingering.blocks++ },
		"inodes that linger":            func(s *State) { s.lingering.idle++ },
		"linkable":                      func(s *State) { s.edit(ino).linkable = true },
		"an account":                    func(s *State) { s.charge(9, 0, 1) },
		"names":                         func(s *State) { s.names++ },
		"opens":                         func(s *State) { s.sessions.opens++ },
		"sessions":                      func(s *State) { s.sessions.count++ },
		"next turn":                     func(s *State) { s.sessions.nextTurn++ },
		"renewal":                       func(s *State) { s.sessions.edit(s.epoch, id).renewed++ },
		"turn":                          func(s *State) { s.sessions.edit(s.epoch, id).turn++ },
		"order":                         func(s *State) { s.sessions.leases.Set(s.epoch, 99, lease{id}) },
		"expired":                       func(s *State) { s.sessions.expired.Set(s.epoch, 99, openSet{}) },
		"session":                       func(s *State) { s.sessions.add(s.epoch, Session{1, 1}, 5) },
		"reader":                        func(s *State) { s.hold(id, ino, OpenRead) },
		"writer":                        func(s *State) { s.hold(id, ino, OpenWrite) },
		"execution":                     func(s *State) { s.hold(id, ino, OpenExec) },
		"life":                          func(s *State) { s.sessions.edit(s.epoch, id).opens.life++ },
		"locks":                         func(s *State) { s.locks.held++ },
		"waits":                         func(s *State) { s.locks.waiting++ },
		"locks of one":                  func(s *State) { s.locks.life(s.epoch, s.lifeOf(id)).held++ },
		"a lock":                        func(s *State) { s.locks.file(s.epoch, ino).held.Set(s.epoch, 99, lockRow{}) },
		"a wait":                        func(s *State) { s.locks.file(s.epoch, ino).queue.Set(s.epoch, 99, lockRow{}) },
		"a ticket":                      func(s *State) { s.locks.life(s.epoch, 99).waits.Set(s.epoch, 99, lockWait{ino}) },
		"mode":                          func(s *State) { s.edit(ino).mode ^= 1 },
		"nlink":                         func(s *State) { s.edit(ino).nlink++ },
		"uid":                           func(s *State) { s.edit(ino).uid++ },
		"gid":                           func(s *State) { s.edit(ino).gid++ },
		"size":                          func(s *State) { s.edit(ino).size++ },
		"atime":                         func(s *State) { s.edit(ino).atime++ },
		"mtime":                         func(s *State) { s.edit(ino).mtime++ },
		"ctime":                         func(s *State) { s.edit(ino).ctime++ },
		"btime":                         func(s *State) { s.edit(ino).btime++ },
		"parent":                        func(s *State) { s.edit(ino).parent++ },
		"openers":                       func(s *State) { s.edit(ino).openers++ },
		"reserved":                      func(s *State) { s.edit(ino).reserved.Set(s.epoch, 9, run{1}) },
		"unwritten": func(s *State) {
			s.edit(ino).reserved.Set(s.epoch, 9, run{1})
			one := s.Digest()
			if s.edit(ino).unwritten++; s.Digest() == one {
				t.Error("the digest does not cover the count of unwritten blocks")
			}
		},
		"a byte": func(s *State) { s.edit(ino).first = "hellO" },
		"an empty first block": func(s *State) {
			s.edit(ino).first, s.edit(ino).hasFirst = "", false
			hole := s.Digest()
			if s.edit(ino).hasFirst = true; s.Digest() == hole {
				t.Error("a hole and a block of zeros are the same to the digest")
			}
		},
		"an empty block": func(s *State) { s.edit(ino).setBlock(s.epoch, 1, "") },
		"a name": func(s *State) {
			s.edit(RootIno).entries.Set(s.epoch, 8, entry{name: "x", ino: ino})
		},
	} {
		s := x.clone()
		before := s.Digest()
		change(s)
		if s.Digest() == before {
			t.Errorf("the digest does not cover: %s", name)
		}
	}
}

// TestCheckInvariantsFinds breaks each invariant by itself.
func TestCheckInvariantsFinds(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino, dir, ln := x.ino("dir/f"), x.ino("dir"), x.ino("dir/ln")
	x.ok(open("dir/f", OpenRead)(x, x.as(alice)))
	id := x.as(alice).Session
	x.ok(x.lock(alice, ino, Lock{End: 9}))
	x.ok(open("dir/f", OpenRead|OpenWrite)(x, x.as(root)))
	x.await(root, ino, Lock{Type: LockExclusive, End: 9})
	life := x.lifeOf(id)
	lock := func(s *State, key uint64, row lockRow) {
		s.locks.file(s.epoch, ino).held.Set(s.epoch, key, row)
		s.locks.life(s.epoch, row.life).held++
		s.locks.held++
	}
	entryAt := func(s *State, name string, e entry) {
		s.edit(dir).entries.Set(s.epoch, bucketOf(name), e)
	}
	for name, change := range map[string]func(s *State){
		"blocks counted":                  func(s *State) { s.blocks++ },
		"an account that counts too much": func(s *State) { s.charge(1, 0, 1) },
		"an account of another":           func(s *State) { s.edit(ino).uid = 2 },
		"an account of nothing":           func(s *State) { s.accounts.Set(s.epoch, 9, account{}) },
		"an owner without an account":     func(s *State) { s.accounts.Delete(s.epoch, 1) },
		"blocks beyond the limit":         func(s *State) { s.limits.Bytes = 0 },
		"inodes beyond the limit":         func(s *State) { s.limits.Inodes = 3 },
		"number not yet given":            func(s *State) { s.nextIno = ino },
		"nlink of a file":                 func(s *State) { s.edit(ino).nlink++ },
		"nlink of a directory":            func(s *State) { s.edit(dir).nlink++ },
		"openers":                         func(s *State) { s.edit(ino).openers++ },
		"parent":                          func(s *State) { s.edit(dir).parent = ino },
		"orphan":                          func(s *State) { s.inodes.Set(s.epoch, uint64(s.nextIno-1), inode{}) },
		"entry without an inode":          func(s *State) { entryAt(s, "x", entry{"x", 999}) },
		"entry at a wrong cookie":         func(s *State) { entryAt(s, "x", entry{"y", ino}) },
		"entry dot":                       func(s *State) { entryAt(s, ".", entry{".", ino}) },
		"entry in a file":                 func(s *State) { s.edit(ino).entries.Set(s.epoch, 8, entry{"x", ino}) },
		"block beyond the end":            func(s *State) { s.edit(ino).setBlock(s.epoch, 1, ""); s.blocks++ },
		"bytes beyond the end":            func(s *State) { s.edit(ino).first = "hello!" },
		"zeros at a block's end":          func(s *State) { s.edit(ino).first = "hell\x00" },
		"directory with a size":           func(s *State) { s.edit(dir).size = 1 },
		"size beyond all bounds":          func(s *State) { s.edit(ino).size = MaxSize + 1 },
		"hole with bytes":                 func(s *State) { s.edit(ino).hasFirst = false; s.blocks-- },
		"link without a target":           func(s *State) { s.blocks -= s.edit(ln).cutAfter(s.epoch, 0) },
		"session without opens":           func(s *State) { s.sessions.add(s.epoch, Session{1, 1}, 5) },
		"session without a lease":         func(s *State) { s.sessions.edit(s.epoch, id).turn++ },
		"lease without a session":         func(s *State) { s.sessions.leases.Set(s.epoch, 99, lease{id}) },
		"names counted":                   func(s *State) { s.names++ },
		"opens counted":                   func(s *State) { s.sessions.opens++ },
		"sessions counted":                func(s *State) { s.sessions.count++ },
		"principal without any":           func(s *State) { s.sessions.principals.Set(s.epoch, 1, principal{}) },
		"expired without opens":           func(s *State) { s.sessions.expired.Set(s.epoch, 99, openSet{}) },
		"open counted zero times":         func(s *State) { s.sessions.edit(s.epoch, id).opens.counts.Set(s.epoch, uint64(ino), openCount{}) },
		"open of no inode":                func(s *State) { s.sessions.edit(s.epoch, id).opens.counts.Set(s.epoch, 999, openCount{readers: 1}) },
		"locks counted":                   func(s *State) { s.locks.held++ },
		"waits counted":                   func(s *State) { s.locks.waiting++ },
		"locks of one counted":            func(s *State) { s.locks.life(s.epoch, life).held++ },
		"nobody's row of locks":           func(s *State) { s.locks.life(s.epoch, 99) },
		"row without locks":               func(s *State) { s.locks.file(s.epoch, dir) },
		"lock of who has not opened it":   func(s *State) { lock(s, 0, lockRow{99, Lock{Start: 20, End: 30}}) },
		"locks that conflict":             func(s *State) { lock(s, 0, lockRow{life, Lock{Type: LockExclusive, Owner: 5, End: 3}}) },
		"locks that overlap":              func(s *State) { lock(s, 0, lockRow{life, Lock{Start: 3, End: 30}}) },
		"locks that touch":                func(s *State) { lock(s, 0, lockRow{life, Lock{Start: 10, End: 30}}) },
		"lock of no type":                 func(s *State) { lock(s, 0, lockRow{life, Lock{Type: Unlock, Start: 20, End: 30}}) },
		"lock numbered too high":          func(s *State) { lock(s, 9999, lockRow{life, Lock{Start: 20, End: 30}}) },
		"wait for nothing": func(s *State) {
			s.locks.file(s.epoch, ino).held.DeleteFrom(s.epoch, 0)
			s.locks.lives.Delete(s.epoch, life)
			lock(s, 0, lockRow{life, Lock{Start: 20, End: 30}})
			s.locks.held = 1
		},
		"wait without a ticket": func(s *State) {
			s.locks.life(s.epoch, s.lifeOf(x.as(root).Session)).waits.DeleteFrom(s.epoch, 0)
		},
		"order against the renewal": func(s *State) {
			s.hold(Session{1, 1}, ino, OpenRead)
			s.sessions.edit(s.epoch, id).renewed = s.clock + 1
		},
	} {
		s := x.clone()
		if err := s.CheckInvariants(); err != nil {
			t.Fatal(err)
		}
		change(s)
		if s.CheckInvariants() == nil {
			t.Errorf("not found: %s", name)
		}
	}
}

// TestVersionIsReadByAnotherGoroutine: a version whose digest was asked for
// can be handed over while the state goes on. It is the race detector's test.
func TestVersionIsReadByAnotherGoroutine(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	version := x.Snapshot()
	want := version.Digest()
	context := x.as(alice)
	done := make(chan error)
	go func() {
		s := new(State)
		s.Restore(version)
		var err error
		for range 20 {
			err = errors.Join(err, s.CheckInvariants())
		}
		if s.Digest() != want {
			err = errors.Join(err, errors.New("the version has another digest"))
		}
		if _, status := s.Mkdir(context, RootIno, "elsewhere", 0o755); status != OK {
			err = errors.Join(err, status)
		}
		done <- errors.Join(err, s.CheckInvariants())
	}()
	for i := range 200 {
		x.mkdir(alice, fmt.Sprintf("dir/%d", i), 0o755)
		x.Digest()
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if x.find("elsewhere") != 0 {
		t.Error("what was made elsewhere is here")
	}
}

// TestDigestIsFixed holds the digest of a known tree, because replicas of
// different builds have to agree on it. It changes only together with the
// version that digest() names.
func TestDigestIsFixed(t *testing.T) {
	t.Parallel()
	const want = "c0bfc07ab69553d17c60c3f2188beeb99cdcec2baf4965e09634bde1ea1bcb29"
	if got := fmt.Sprintf("%x", newTree(t).Digest()); got != want {
		t.Errorf("the digest is %s, want %s", got, want)
	}
}
