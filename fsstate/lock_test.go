package fsstate

import (
	"slices"
	"testing"
)

// lock asks for a lock without waiting.
func (x *tree) lock(c Caller, ino Ino, l Lock) Status {
	x.t.Helper()
	_, status := x.SetLock(x.as(c), ino, l, false)
	x.check()
	return status
}

// await asks for a lock that is not to be had now, and returns the ticket.
func (x *tree) await(c Caller, ino Ino, l Lock) uint64 {
	x.t.Helper()
	ticket, status := x.SetLock(x.as(c), ino, l, true)
	x.ok(status)
	if ticket == 0 {
		x.t.Fatalf("%+v is granted at once", l)
	}
	return ticket
}

// waits tells whether the caller's session waits with that ticket.
func (x *tree) waits(c Caller, ticket uint64) bool {
	x.t.Helper()
	w, status := x.LockWaits(x.as(c))
	x.ok(status)
	if ticket < w.Since {
		x.t.Fatalf("ticket %d is lost: the session began with %d", ticket, w.Since)
	}
	return slices.Contains(w.Tickets, ticket)
}

// lockTree is a tree whose file dir/f alice, bob and root have open to read
// and write.
func lockTree(t *testing.T) (*tree, Ino) {
	t.Helper()
	x := newTree(t)
	x.limits.Lease = 1 << 40
	ino := x.ino("dir/f")
	x.edit(ino).mode |= 0o666
	for _, c := range []Caller{alice, bob, root} {
		x.ok(x.only(x.Open(x.as(c), ino, OpenRead|OpenWrite)))
	}
	return x, ino
}

func shared(from, to uint64) Lock    { return Lock{Start: from, End: to} }
func exclusive(from, to uint64) Lock { return Lock{Type: LockExclusive, Start: from, End: to} }
func unlock(from, to uint64) Lock    { return Lock{Type: Unlock, Start: from, End: to} }

func flock(kind LockType) Lock { return Lock{Kind: FileLock, Type: kind, End: MaxSize} }

// ranges is what alice has after some requests, by the first byte.
func (x *tree) ranges(ino Ino) (out []Lock) {
	f := x.lockedAt(ino)
	for _, h := range f.held.Ascend(0) {
		out = append(out, h.Lock)
	}
	slices.SortFunc(out, func(a, b Lock) int { return int(a.Start) - int(b.Start) })
	return out
}

func TestLockRanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ ask, want []Lock }{
		"neighbours grow together":       {[]Lock{shared(0, 9), shared(10, 19)}, []Lock{shared(0, 19)}},
		"from both sides":                {[]Lock{shared(0, 9), shared(20, 29), shared(10, 19)}, []Lock{shared(0, 29)}},
		"a gap stays":                    {[]Lock{shared(0, 9), shared(11, 19)}, []Lock{shared(0, 9), shared(11, 19)}},
		"neighbours of other types stay": {[]Lock{shared(0, 9), exclusive(10, 19)}, []Lock{shared(0, 9), exclusive(10, 19)}},
		"one inside changes nothing":     {[]Lock{shared(0, 9), shared(3, 5)}, []Lock{shared(0, 9)}},
		"a hole splits":                  {[]Lock{shared(0, 9), unlock(3, 5)}, []Lock{shared(0, 2), shared(6, 9)}},
		"an upgrade splits":              {[]Lock{shared(0, 9), exclusive(3, 5)}, []Lock{shared(0, 2), exclusive(3, 5), shared(6, 9)}},
		"a downgrade joins":              {[]Lock{shared(0, 2), exclusive(3, 5), shared(6, 9), shared(3, 5)}, []Lock{shared(0, 9)}},
		"an end is cut off":              {[]Lock{exclusive(0, 9), unlock(5, MaxSize)}, []Lock{exclusive(0, 4)}},
		"a beginning is cut off":         {[]Lock{exclusive(5, MaxSize), unlock(0, 6)}, []Lock{exclusive(7, MaxSize)}},
		"several are replaced":           {[]Lock{shared(0, 1), shared(4, 5), shared(8, 20), exclusive(1, 10)}, []Lock{shared(0, 0), exclusive(1, 10), shared(11, 20)}},
		"the last byte there may be":     {[]Lock{exclusive(MaxSize, MaxSize), exclusive(0, MaxSize-1)}, []Lock{exclusive(0, MaxSize)}},
		"nothing to give back":           {[]Lock{unlock(0, MaxSize)}, nil},
		"all given back":                 {[]Lock{shared(0, 1), exclusive(3, 4), unlock(0, MaxSize)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, ino := lockTree(t)
			for _, l := range test.ask {
				x.ok(x.lock(alice, ino, l))
			}
			if got := x.ranges(ino); !slices.Equal(got, test.want) {
				t.Errorf("the locks are %v, want %v", got, test.want)
			}
		})
	}
}

func TestLockConflicts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		held, asked Lock
		want        Status
	}{
		"sharing":                         {shared(0, 9), shared(5, 15), OK},
		"exclusive against shared":        {shared(0, 9), exclusive(9, 15), Locked},
		"shared against exclusive":        {exclusive(0, 9), shared(9, 15), Locked},
		"beside it":                       {exclusive(0, 9), exclusive(10, 15), OK},
		"around it":                       {exclusive(5, 5), shared(0, MaxSize), Locked},
		"file locks are another family":   {exclusive(0, MaxSize), flock(LockExclusive), OK},
		"record locks are another":        {flock(LockExclusive), exclusive(0, MaxSize), OK},
		"file locks shared":               {flock(LockShared), flock(LockShared), OK},
		"file lock against shared":        {flock(LockShared), flock(LockExclusive), Locked},
		"file lock against exclusive":     {flock(LockExclusive), flock(LockShared), Locked},
		"given back by one without locks": {exclusive(0, 9), unlock(0, 9), OK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, ino := lockTree(t)
			x.ok(x.lock(alice, ino, test.held))
			if got := x.lock(bob, ino, test.asked); got != test.want {
				t.Errorf("another session: %v, want %v", got, test.want)
			}
			y, ino := lockTree(t)
			y.ok(y.lock(alice, ino, test.held))
			if test.asked.Owner = 1; y.lock(alice, ino, test.asked) != test.want {
				t.Error("another owner of the same session is treated otherwise")
			}
		})
	}
}

func TestLockRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		l    Lock
		want Status
	}{
		"an unknown kind":              {Lock{Kind: 2}, Inval},
		"an unknown type":              {Lock{Type: 3}, Inval},
		"a range backwards":            {shared(5, 4), Inval},
		"an end beyond all sizes":      {shared(0, MaxSize+1), Inval},
		"the largest number":           {shared(1<<64-1, 1<<64-1), Inval},
		"a file lock of a range":       {Lock{Kind: FileLock, End: 4}, Inval},
		"exclusive, open to read only": {exclusive(0, 1), NotOpen},
	} {
		x, ino := lockTree(t)
		x.ok(x.Release(x.as(alice), ino, OpenWrite))
		before := x.locks.files.Digest()
		for _, wait := range []bool{false, true} {
			if _, got := x.SetLock(x.as(alice), ino, test.l, wait); got != test.want {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
		if x.locks.files.Digest() != before {
			t.Errorf("%s: something is locked", name)
		}
		if _, got := x.GetLock(x.as(alice), ino, test.l); test.want == Inval && got != Inval {
			t.Errorf("%s: asking for it gives %v", name, got)
		}
	}
	x, ino := lockTree(t)
	for _, l := range []Lock{shared(0, 1), unlock(0, 1), flock(LockShared)} {
		if got := x.lock(carol, ino, l); got != NotOpen {
			t.Errorf("%+v of one who has nothing open: %v", l, got)
		}
		if got := x.lock(alice, 999, l); got != Stale {
			t.Errorf("%+v of no inode: %v", l, got)
		}
	}
	if _, got := x.GetLock(x.as(carol), ino, shared(0, 1)); got != NotOpen {
		t.Errorf("asking as one who has nothing open: %v", got)
	}
}

func TestGetLock(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.ok(x.lock(alice, ino, Lock{Start: 10, End: 19, Owner: 1, PID: 41}))
	x.ok(x.lock(alice, ino, Lock{Start: 5, End: 25, Owner: 2, PID: 42}))
	ask := func(c Caller, l Lock) Lock {
		t.Helper()
		readOnly := x.as(c)
		readOnly.ReadOnly = true
		got, status := x.GetLock(readOnly, ino, l)
		x.ok(status)
		return got
	}
	if got := ask(bob, exclusive(0, 100)); got != shared(5, 25) {
		t.Errorf("another session sees %+v, want the first byte's lock, without a process", got)
	}
	want := Lock{Start: 10, End: 19, PID: 41}
	if got := ask(alice, Lock{Type: LockExclusive, Owner: 2, End: 100}); got != want {
		t.Errorf("another owner of the same session sees %+v, want %+v", got, want)
	}
	for _, free := range []Lock{shared(0, 100), exclusive(26, 100), flock(LockExclusive)} {
		if got := ask(bob, free); got != (Lock{Type: Unlock}) {
			t.Errorf("%+v is in the way of %+v", got, free)
		}
	}
}

// TestFileLockChangesType: as flock(2) has it, what the owner had is given up
// before he asks for the other type, and lost if that is not to be had.
func TestFileLockChangesType(t *testing.T) {
	t.Parallel()
	x, ino := lockTree(t)
	x.ok(x.lock(alice, ino, flock(LockShared)))
	x.ok(x.lock(alice, ino, flock(LockShared)))
	x.ok(x.lock(alice, ino, flock(LockExclusive)))
	x.ok(x.lock(alice, ino, flock(LockShared)))
	x.ok(x.lock(bob, ino, flock(LockShared)))
	if got := x.lock(alice, ino, flock(LockExclusive)); got != Locked {
		t.Fatalf("an upgrade against another's lock: %v", got)
	}
	x.ok(x.lock(bob, ino, flock(LockExclusive)))
	ticket := x.await(alice, ino, flock(LockExclusive))
	x.ok(x.lock(bob, ino, flock(LockShared)))
	x.ok(x.lock(bob, ino, flock(LockExclusive)))
	x.ok(x.lock(bob, ino, flock(LockShared)))
	if !x.waits(alice, ticket) {
		t.Error("the lock is granted while another shares it")
	}
	ticket2 := x.await(root, ino, flock(LockExclusive))
	x.ok(x.lock(bob, ino, Lock{Kind: FileLock, Type: Unlock, End: MaxSize}))
	if x.waits(alice, ticket) || !x.waits(root, ticket2) {
		t.Error("the first who waited should have it, and the second wait")
	}
}
