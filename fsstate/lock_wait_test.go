package fsstate

import "testing"

// TestWaitsAreGrantedInOrder, those that can be.
func TestWaitsAreGrantedInOrder(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.ok(x.lock(alice, ino, exclusive(0, 9)))
	first := x.await(bob, ino, exclusive(0, 4))
	second := x.await(root, ino, exclusive(2, 6))
	third := x.await(root, ino, Lock{Type: LockExclusive, Start: 8, End: 9, Owner: 1})
	x.ok(x.lock(alice, ino, unlock(8, 9)))
	if !x.waits(bob, first) || !x.waits(root, second) || x.waits(root, third) {
		t.Fatal("of three who wait, only the third has nothing in his way")
	}
	x.ok(x.lock(alice, ino, unlock(0, 9)))
	if x.waits(bob, first) || !x.waits(root, second) {
		t.Fatal("the first who came gets it, and the second waits for him")
	}
	x.ok(x.lock(bob, ino, shared(0, 4)))
	if !x.waits(root, second) {
		t.Fatal("the second has it although it is shared")
	}
	x.ok(x.lock(bob, ino, unlock(2, 4)))
	if x.waits(root, second) {
		t.Fatal("the second waits for nothing")
	}
}

// TestGrantThatFrees: a wait that, when it is granted, shares what its owner
// had alone lets in one who came before it.
func TestGrantThatFrees(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.ok(x.lock(bob, ino, exclusive(0, 4)))
	x.ok(x.lock(alice, ino, exclusive(5, 9)))
	first := x.await(root, ino, shared(0, 3))
	second := x.await(bob, ino, shared(0, 9))
	x.ok(x.lock(alice, ino, unlock(5, 9)))
	if x.waits(root, first) || x.waits(bob, second) {
		t.Error("both can share it")
	}
}

func TestCancelLock(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.ok(x.lock(alice, ino, exclusive(0, 9)))
	ticket := x.await(bob, ino, exclusive(0, 9))
	granted := x.await(root, ino, exclusive(0, 9))
	cancel := func(c Caller, ticket uint64, want bool) {
		t.Helper()
		got, status := x.CancelLock(x.as(c), ticket)
		x.ok(status)
		if got != want {
			t.Errorf("withdrawn: %v, want %v", got, want)
		}
	}
	cancel(alice, ticket, false) // of another session
	cancel(bob, ticket+1000, false)
	cancel(bob, ticket, true)
	cancel(bob, ticket, false)
	x.ok(x.lock(alice, ino, unlock(0, 9)))
	cancel(root, granted, false)
	if got := x.lock(bob, ino, shared(0, 0)); got != Locked {
		t.Errorf("the lock that was granted before it was withdrawn: %v", got)
	}
}

// TestDeadlock: a wait that closes a ring is refused, however long the ring,
// and the others in it can go on.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	for _, owners := range []uint64{2, 3, 50} {
		x, ino := lockTree(t)
		who := []Caller{alice, bob, root}
		at := func(i uint64) (Caller, Lock) {
			return who[i%3], Lock{Type: LockExclusive, Owner: i, Start: i, End: i}
		}
		for i := range owners {
			c, l := at(i)
			x.ok(x.lock(c, ino, l))
		}
		for i := range owners - 1 {
			c, l := at(i)
			l.Start, l.End = i+1, i+1
			x.await(c, ino, l)
		}
		c, l := at(owners - 1)
		l.Start, l.End = 0, 0
		if _, got := x.SetLock(x.as(c), ino, l, true); got != Deadlock {
			t.Fatalf("%d owners: %v", owners, got)
		}
		if got := x.lock(c, ino, l); got != Locked {
			t.Errorf("without waiting: %v", got)
		}
		l = Lock{Type: Unlock, Owner: owners - 1, End: MaxSize}
		x.ok(x.lock(c, ino, l))
		if x.locks.waiting != owners-2 {
			t.Errorf("%d wait after one of %d has given up", x.locks.waiting, owners)
		}
	}
}

// TestFileLocksMayDeadlock: flock(2) has no EDEADLK.
func TestFileLocksMayDeadlock(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	other := x.create(root, "other", 0o666)
	for _, c := range []Caller{alice, bob} {
		x.ok(x.only(x.Open(x.as(c), other, OpenRead)))
	}
	x.ok(x.lock(alice, ino, flock(LockExclusive)))
	x.ok(x.lock(bob, other, flock(LockExclusive)))
	x.await(alice, other, flock(LockExclusive))
	x.await(bob, ino, flock(LockExclusive))
}

// TestLocksGoWithTheLastClose, and not before; those of other sessions stay.
func TestLocksGoWithTheLastClose(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.ok(x.only(x.Open(x.as(alice), ino, OpenRead)))
	x.ok(x.lock(alice, ino, exclusive(0, 9)))
	x.ok(x.lock(bob, ino, exclusive(20, 29)))
	ticket := x.await(root, ino, exclusive(0, 9))
	x.await(alice, ino, exclusive(20, 29))
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "f"))
	x.ok(x.Release(x.as(alice), ino, OpenRead|OpenWrite))
	if !x.waits(root, ticket) {
		t.Error("the lock has gone with the first of two closes")
	}
	x.ok(x.Release(x.as(alice), ino, OpenRead))
	if x.waits(root, ticket) || x.locks.waiting != 0 {
		t.Error("the lock or the wait has outlived the last close")
	}
	if got := x.lock(root, ino, exclusive(20, 29)); got != Locked {
		t.Errorf("the other session's lock: %v", got)
	}
}

// TestLocksGoWithTheLease: who waits for a session that is gone gets the lock,
// and a new life of that session has nothing of the old one's.
func TestLocksGoWithTheLease(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.limits.Lease = 800
	x.ok(x.lock(alice, ino, exclusive(0, 9)))
	lost := x.await(alice, ino, Lock{Type: LockExclusive, Owner: 1, End: 9})
	ticket := x.await(bob, ino, exclusive(0, 9))
	x.ok(x.Renew(x.at(bob, x.now+700)))
	if !x.waits(bob, ticket) {
		t.Fatal("granted within the lease")
	}
	x.ok(x.Renew(x.at(bob, x.now+250)))
	if x.waits(bob, ticket) {
		t.Error("not granted after the lease")
	}
	x.ok(x.only(x.Open(x.as(alice), ino, OpenRead|OpenWrite)))
	if w, _ := x.LockWaits(x.as(alice)); len(w.Tickets) != 0 || lost >= w.Since {
		t.Errorf("the new life waits for %+v, and ticket %d is not lost", w, lost)
	}
	if got := x.lock(alice, ino, exclusive(0, 9)); got != Locked {
		t.Errorf("the new life has the lock of the old one: %v", got)
	}
}

// TestWaitingMakesOthersLetGo: asking for waits is ordered while expired
// sessions hold something.
func TestWaitingMakesOthersLetGo(t *testing.T) {
	t.Parallel()
	x, _ := lockTree(t)
	x.limits.Lease = 800
	for i := range 3 * reapBatch {
		ino := x.create(alice, "dir/"+string(rune('A'+i)), 0o666)
		x.ok(x.only(x.Open(x.as(alice), ino, OpenWrite)))
		x.ok(x.lock(alice, ino, exclusive(0, 9)))
	}
	locked := x.locks.files.Len()
	x.ok(x.Renew(x.at(bob, 100_000)))
	if got := locked - x.locks.files.Len(); got > reapBatch/reapLocked {
		t.Errorf("one operation has given back the locks of %d files", got)
	}
	for rounds := 0; x.sessions.expired.Len() > 0; rounds++ {
		if _, status := x.LockWaits(&Context{ReadOnly: true}); status != MustOrder || rounds > 100 {
			t.Fatalf("round %d: %v", rounds, status)
		}
		_, status := x.LockWaits(x.as(bob))
		x.ok(status)
	}
	if _, status := x.LockWaits(&Context{ReadOnly: true}); status != OK || x.locks.files.Len() != 0 {
		t.Errorf("at the end: %v, and %d files have locks", status, x.locks.files.Len())
	}
}

// TestLockLimits: every bound is met, and holds, and what is given back can be
// had again.
func TestLockLimits(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	count := func(c Caller, wait bool, next func(i uint64) (Ino, Lock)) (n uint64) {
		for ; n <= MaxLocksAll; n++ {
			at, l := next(n)
			if _, status := x.SetLock(x.as(c), at, l, wait); status != OK {
				if status != NoLocks {
					t.Fatalf("lock %d: %v", n, status)
				}
				break
			}
		}
		x.check()
		return n
	}
	spaced := func(i uint64) (Ino, Lock) { return ino, exclusive(2*i, 2*i) }
	if n := count(alice, false, spaced); n != MaxLocksFile {
		t.Errorf("a file has %d locks, the bound is %d", n, MaxLocksFile)
	}
	x.ok(x.lock(alice, ino, exclusive(0, 4)))
	if got := x.lock(alice, ino, unlock(1, 1)); got != OK {
		t.Errorf("a split after three have become one: %v", got)
	}
	x.ok(x.lock(alice, ino, unlock(0, MaxSize)))
	x.ok(x.lock(alice, ino, exclusive(0, 9)))
	wait := func(i uint64) (Ino, Lock) { return ino, Lock{Type: LockExclusive, Owner: i, End: 9} }
	if n := count(bob, true, wait); n != MaxWaitsFile {
		t.Errorf("%d wait for a file, the bound is %d", n, MaxWaitsFile)
	}
	if n := count(root, false, func(i uint64) (Ino, Lock) { return ino, exclusive(100+2*i, 100+2*i) }); n != MaxLocksFile-2*MaxWaitsFile-1 {
		t.Errorf("%d locks beside those waits", n)
	}
}

// TestLockLimitsOfSession: so many locks of one session, and of all.
func TestLockLimitsOfSession(t *testing.T) {
	t.Parallel()
	x, _ := lockTree(t)
	var inos []Ino
	for i := range 2 {
		ino := x.create(root, "dir/"+string(rune('A'+i)), 0o666)
		x.ok(x.only(x.Open(x.as(alice), ino, OpenWrite)))
		x.ok(x.only(x.Open(x.as(bob), ino, OpenWrite)))
		inos = append(inos, ino)
	}
	last := inos[1]
	x.ok(x.lock(alice, inos[0], exclusive(0, 0)))
	x.locks.life(x.epoch, x.lifeOf(x.as(alice).Session)).held = MaxLocks
	if _, got := x.SetLock(x.as(alice), last, exclusive(0, 0), false); got != NoLocks {
		t.Errorf("a lock above the bound of the session: %v", got)
	}
	if _, got := x.SetLock(x.as(bob), last, exclusive(0, 0), false); got != OK {
		t.Errorf("a lock of another session: %v", got)
	}
	x.locks.held = MaxLocksAll
	if _, got := x.SetLock(x.as(bob), last, exclusive(5, 5), false); got != NoLocks {
		t.Errorf("a lock above the bound of all: %v", got)
	}
}

// TestLocksInSnapshots: the files of a snapshot can be locked like those of
// now, and are other files; locks end with the last close also if the snapshot
// is deleted meanwhile.
func TestLocksInSnapshots(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.snap("one")
	saved := x.ino(".snapshots/one/dir/f")
	for _, c := range []Caller{alice, bob} {
		x.ok(x.only(x.Open(x.as(c), saved, OpenRead)))
	}
	x.ok(x.lock(alice, ino, exclusive(0, 9)))
	x.ok(x.lock(alice, saved, shared(0, 9)))
	x.ok(x.lock(alice, saved, flock(LockExclusive)))
	if got := x.lock(bob, saved, flock(LockShared)); got != Locked {
		t.Errorf("a lock of the other session: %v", got)
	}
	x.ok(x.DeleteSnapshot(x.as(root), "one"))
	for _, c := range []Caller{alice, bob} {
		x.ok(x.Release(x.as(c), saved, OpenRead))
	}
	if f := x.lockedAt(saved); f.held.Len() != 0 {
		t.Error("the locks have outlived the snapshot")
	}
}
