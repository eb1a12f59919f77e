package fsstate

import (
	"fmt"
	"testing"
)

// leaseTree is a tree with Lease 800 in which alice has an unlinked file open
// since time 1000.
func leaseTree(t *testing.T) (*tree, Ino) {
	x := newTree(t)
	ino := x.ino("dir/f")
	x.now = 999
	x.ok(x.only(x.Open(x.as(alice), ino, OpenRead)))
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "f"))
	return x, ino
}

// at is a caller's context at a time.
func (x *tree) at(c Caller, now int64) *Context {
	x.now = now - 1
	return x.as(c)
}

func TestLeaseRunsOut(t *testing.T) {
	t.Parallel()
	x, ino := leaseTree(t)
	x.ok(x.Renew(x.at(bob, 1800)))
	if _, status := x.Getattr(x.as(bob), ino); status != OK {
		t.Errorf("within the lease: %v", status)
	}
	x.ok(x.Renew(x.at(bob, 1900)))
	if _, status := x.Getattr(x.as(bob), ino); status != Stale {
		t.Errorf("after 9/8 of it: %v", status)
	}
	if status := x.Release(x.as(alice), ino, OpenRead); status != Inval {
		t.Errorf("release: %v", status)
	}
	x.check()
}

func TestLeaseIsRenewedByAnyOrderedOperation(t *testing.T) {
	t.Parallel()
	x, ino := leaseTree(t)
	for now := int64(1000); now < 10_000; now += 799 {
		if _, status := x.Getattr(x.at(alice, now), ino); status != OK {
			t.Fatalf("at %d: %v", now, status)
		}
		x.check()
	}
	x.ok(x.Renew(x.at(bob, x.now+800)))
	if _, status := x.Getattr(&Context{ReadOnly: true, Session: x.as(alice).Session}, ino); status != OK {
		t.Errorf("within the lease: %v", status)
	}
	x.ok(x.Renew(x.at(bob, x.now+101)))
	if _, status := x.Getattr(x.as(bob), ino); status != Stale {
		t.Errorf("a read-only operation renewed it: %v", status)
	}
}

// TestLeaseRunsOutForItsOwner: whoever comes back too late has lost his files,
// even if nobody else has been here since.
func TestLeaseRunsOutForItsOwner(t *testing.T) {
	t.Parallel()
	x, ino := leaseTree(t)
	if _, status := x.Read(x.at(alice, 3000), ino, 0, 1); status != Stale {
		t.Errorf("read: %v", status)
	}
	x.check()
}

func TestLeaseOfZeroNeverEnds(t *testing.T) {
	t.Parallel()
	x, ino := leaseTree(t)
	x.limits.Lease = 0
	x.ok(x.Renew(x.at(bob, 1<<62)))
	if _, status := x.Getattr(x.as(bob), ino); status != OK {
		t.Error(status)
	}
}

// TestExpiryIsGradual: no operation gives back more than reapBatch opens,
// however many a session had, and a session that has expired can start anew
// meanwhile.
func TestExpiryIsGradual(t *testing.T) {
	t.Parallel()
	const files = 5*reapBatch + 1
	x := newTree(t)
	for i := range files {
		path := fmt.Sprintf("dir/%d", i)
		dir, name := x.split(path)
		x.ok(x.only(x.Open(x.as(alice), x.create(alice, path, 0o600), OpenRead)))
		x.ok(x.Unlink(x.as(alice), dir, name))
	}
	before := x.inodes.Len()
	x.ok(x.only(x.Open(x.at(alice, 100_000), x.ino("dir/f"), OpenRead)))
	for gone := 1; gone <= 6; gone++ {
		if left := before - min(gone*reapBatch, files); x.inodes.Len() != left {
			t.Errorf("after %d operations %d inodes, want %d", gone, x.inodes.Len(), left)
		}
		x.ok(x.Renew(x.as(bob)))
	}
	if x.sessions.expired.Len() != 0 || !x.holds(x.as(alice).Session, x.ino("dir/f"), OpenRead) {
		t.Error("not all was given back, or too much")
	}
}

// TestExpiryKeepsUp: as many sessions as there can be, all expired at once,
// are gone after as many operations.
func TestExpiryKeepsUp(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Inodes: 10, Lease: 100}, RootMode: 0o777})
	const sessions = 1000
	for i := range sessions {
		c := &Context{Session: Session{Principal: uint32(i) / 100, Number: uint64(i)}, Now: 1}
		if _, status := s.Open(c, RootIno, OpenRead); status != OK {
			t.Fatal(status)
		}
	}
	for i := range sessions {
		if left := s.sessions.count; left != uint64(sessions-i) {
			t.Fatalf("%d sessions after %d operations", left, i)
		}
		s.Renew(&Context{Session: Session{Principal: 99}, Now: 1000})
	}
	if err := s.CheckInvariants(); err != nil {
		t.Error(err)
	}
}
