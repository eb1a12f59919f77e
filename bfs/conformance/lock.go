package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// toTheEnd is the length of a range that has no end.
const toTheEnd = 0

var lockClaims = []claim{
	{"a locked range is locked for others", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockExclusive, 10, 10, false))
		s.fails(b.Lock(fsstate.LockShared, 19, 5, false), "EAGAIN", "EACCES")
		s.fails(b.Lock(fsstate.LockExclusive, 0, toTheEnd, false), "EAGAIN", "EACCES")
		s.ok(b.Lock(fsstate.LockExclusive, 20, 5, false))
		s.ok(b.Lock(fsstate.LockExclusive, 0, 10, false))
		s.ok(a.Lock(fsstate.Unlock, 0, 15, false))
		s.ok(b.Lock(fsstate.LockShared, 0, 15, false))
		s.fails(b.Lock(fsstate.LockShared, 15, 1, false), "EAGAIN", "EACCES")
	}},
	{"a lock can be shared", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockShared, 0, 100, false))
		s.ok(b.Lock(fsstate.LockShared, 50, 100, false))
		s.fails(a.Lock(fsstate.LockExclusive, 0, 100, false), "EAGAIN", "EACCES")
		s.ok(a.Lock(fsstate.LockExclusive, 0, 50, false))
		s.ok(b.Lock(fsstate.Unlock, 0, toTheEnd, false))
		s.ok(a.Lock(fsstate.LockExclusive, 0, toTheEnd, false))
	}},
	{"locks are split, replaced and joined", func(s *suite) {
		a, b := s.both()
		s.lockedAs(b, fsstate.Unlock, 0, 0)
		s.ok(a.Lock(fsstate.LockExclusive, 0, 100, false))
		s.ok(a.Lock(fsstate.LockShared, 40, 20, false))
		s.lockedAs(b, fsstate.LockExclusive, 0, 39)
		s.ok(a.Lock(fsstate.Unlock, 0, 40, false))
		s.lockedAs(b, fsstate.LockShared, 40, 59)
		s.ok(a.Lock(fsstate.LockShared, 60, 40, false))
		s.lockedAs(b, fsstate.LockShared, 40, 99)
		s.ok(a.Lock(fsstate.LockShared, 100, toTheEnd, false))
		s.lockedAs(b, fsstate.LockShared, 40, fsstate.MaxSize)
		s.ok(a.Lock(fsstate.Unlock, 0, 50, false))
		s.lockedAs(b, fsstate.LockShared, 50, fsstate.MaxSize)
		s.ok(a.Lock(fsstate.Unlock, 51, toTheEnd, false))
		s.lockedAs(b, fsstate.LockShared, 50, 50)
	}},
	{"a lock needs the access it is for", func(s *suite) {
		s.put(s.alice, "f", "x")
		reads, writes := s.open(s.alice, "f", unix.O_RDONLY, 0), s.open(s.alice, "f", unix.O_WRONLY, 0)
		s.fails(reads.Lock(fsstate.LockExclusive, 0, 1, false), "EBADF")
		s.fails(writes.Lock(fsstate.LockShared, 0, 1, false), "EBADF")
		s.ok(reads.Lock(fsstate.LockShared, 0, 1, false))
		s.ok(writes.Lock(fsstate.LockExclusive, 1, 1, false))
		s.ok(reads.Flock(unix.LOCK_EX | unix.LOCK_NB))
	}},
	{"flock locks the whole file", func(s *suite) {
		a, b := s.both()
		s.ok(a.Flock(unix.LOCK_SH | unix.LOCK_NB))
		s.ok(b.Flock(unix.LOCK_SH | unix.LOCK_NB))
		s.ok(b.Flock(unix.LOCK_UN))
		s.fails(b.Flock(unix.LOCK_EX|unix.LOCK_NB), "EAGAIN")
		s.ok(a.Flock(unix.LOCK_EX | unix.LOCK_NB))
		s.fails(b.Flock(unix.LOCK_SH|unix.LOCK_NB), "EAGAIN")
		s.ok(a.Flock(unix.LOCK_SH | unix.LOCK_NB))
		s.ok(b.Flock(unix.LOCK_SH | unix.LOCK_NB))
	}},
	{"an upgrade by flock that fails loses the lock", func(s *suite) {
		a, b := s.both()
		s.ok(a.Flock(unix.LOCK_SH | unix.LOCK_NB))
		s.ok(b.Flock(unix.LOCK_SH | unix.LOCK_NB))
		s.fails(a.Flock(unix.LOCK_EX|unix.LOCK_NB), "EAGAIN")
		s.ok(b.Flock(unix.LOCK_EX | unix.LOCK_NB))
	}},
	{"flock and locks of ranges do not meet", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockExclusive, 0, toTheEnd, false))
		s.ok(b.Flock(unix.LOCK_EX | unix.LOCK_NB))
		s.lockedAs(b, fsstate.LockExclusive, 0, fsstate.MaxSize)
	}},
	{"locks go with the descriptor", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockExclusive, 0, 10, false))
		s.ok(a.Flock(unix.LOCK_EX | unix.LOCK_NB))
		another := s.open(s.alice, "f", unix.O_RDWR, 0)
		s.close(another)
		s.fails(b.Flock(unix.LOCK_EX|unix.LOCK_NB), "EAGAIN")
		s.close(a)
		s.ok(b.Flock(unix.LOCK_EX))
		s.ok(b.Lock(fsstate.LockExclusive, 0, 10, true))
	}},
	{"who waits for a lock gets it", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockExclusive, 0, 10, false))
		s.ok(a.Flock(unix.LOCK_EX | unix.LOCK_NB))
		got := make(chan error)
		go func() { got <- b.Lock(fsstate.LockShared, 5, 1, true) }()
		s.ok(a.Lock(fsstate.Unlock, 5, 1, false))
		s.ok(<-got)
		go func() { got <- b.Flock(unix.LOCK_SH) }()
		s.ok(a.Flock(unix.LOCK_SH))
		s.ok(<-got)
	}},
	{"a file without names keeps its locks", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockExclusive, 0, 10, false))
		s.ok(s.root.Unlink(s.at("f")))
		s.fails(b.Lock(fsstate.LockExclusive, 0, 10, false), "EAGAIN", "EACCES")
		s.put(s.alice, "f", "another")
		c := s.open(s.alice, "f", unix.O_RDWR, 0)
		s.ok(c.Lock(fsstate.LockExclusive, 0, 10, false))
		s.close(a)
		s.ok(b.Lock(fsstate.LockExclusive, 0, 10, true))
	}},
	{"locks are advice", func(s *suite) {
		a, b := s.both()
		s.ok(a.Lock(fsstate.LockExclusive, 0, toTheEnd, false))
		s.ok(a.Flock(unix.LOCK_EX | unix.LOCK_NB))
		s.pwrite(b, "written", 0)
		equal(s, "contents", s.get("f"), "written")
		s.ok(b.Ftruncate(0))
	}},
	{"a range must make sense", func(s *suite) {
		a, _ := s.both()
		s.fails(a.Lock(fsstate.LockShared, -1, 1, false), "EINVAL")
		s.ok(a.Lock(fsstate.LockShared, 1<<63-1, 1, false))
		s.ok(a.Lock(fsstate.Unlock, 5, toTheEnd, false))
	}},
}

// both returns a file as Alice and as Bob have it open.
func (s *suite) both() (alice, bob File) {
	s.Helper()
	s.close(s.open(s.alice, "f", createReadWrite, 0o666))
	return s.open(s.alice, "f", unix.O_RDWR, 0), s.open(s.bob, "f", unix.O_RDWR, 0)
}

// lockedAs checks which lock is in the way of one of the whole file.
func (s *suite) lockedAs(f File, kind fsstate.LockType, start, end uint64) {
	s.Helper()
	got, err := f.GetLock(fsstate.LockExclusive, 0, toTheEnd)
	s.ok(err)
	equal(s, "type of the lock", got.Type, kind)
	if kind != fsstate.Unlock {
		equal(s, "first byte", got.Start, start)
		equal(s, "last byte", got.End, end)
	}
}
