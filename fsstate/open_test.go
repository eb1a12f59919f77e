package fsstate

import "testing"

func TestOpen(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"for reading", bob, open("dir/f", OpenRead), OK},
		{"EACCES: for writing", bob, open("dir/f", OpenWrite), Access},
		{"EACCES: for both", bob, open("dir/f", OpenRead|OpenWrite), Access},
		{"root opens for writing", root, open("dir/f", OpenRead|OpenWrite), OK},
		{"EACCES: to execute what nobody may, even by root", root, open("dir/f", OpenExec), Access},
		{"a directory for reading", bob, open("dir", OpenRead), OK},
		{"EISDIR: a directory for writing", root, open("dir", OpenWrite), IsDir},
		{"EISDIR: a directory, O_TRUNC", root, open("dir", OpenRead|OpenTruncate), IsDir},
		{"EACCES: a directory to execute", root, open("dir", OpenExec), Access},
		{"EACCES: a directory", bob, open("secret", OpenRead), Access},
		{"ELOOP: a symbolic link", bob, open("dir/ln", OpenRead), Loop},
		{"EACCES: O_TRUNC takes write permission", bob, open("dir/f", OpenRead|OpenTruncate), Access},
		{"for nothing", bob, open("dir/f", 0), Inval},
		{"O_EXCL without create", bob, open("dir/f", OpenRead|OpenExclusive), Inval},
		{"unknown bits", bob, open("dir/f", OpenRead|64), Inval},
		{"ESTALE", bob, func(x *tree, c *Context) Status { return x.only(x.Open(c, 999, OpenRead)) }, Stale},
	})
}

// TestHandleOutlivesPermission: permission is checked at open, as POSIX has
// it, and for each session on its own.
func TestHandleOutlivesPermission(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("sticky/b")
	x.ok(x.only(x.Open(x.as(alice), ino, OpenWrite)))
	x.set(bob, "sticky/b", SetAttr{Mask: SetMode, Mode: 0o600})
	byHandle := SetAttr{Mask: SetSize | SetByHandle, Size: 10}
	steps := []struct {
		name string
		by   Caller
		do   func(*tree, *Context) Status
		want Status
	}{
		{"write by handle", alice, write("sticky/b", 0, "x"), OK},
		{"truncate by handle", alice, setattr("sticky/b", byHandle), OK},
		{"truncate by name", alice, setattr("sticky/b", SetAttr{Mask: SetSize}), Access},
		{"a handle for writing does not read", alice, read("sticky/b", 0, 1), Access},
		{"another session has none", carol, write("sticky/b", 0, "x"), Access},
		{"another session truncates", carol, setattr("sticky/b", byHandle), Access},
	}
	for _, c := range steps {
		if got := c.do(x, x.as(c.by)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	x.ok(x.Release(x.as(alice), ino, OpenWrite))
	if got := write("sticky/b", 0, "x")(x, x.as(alice)); got != Access {
		t.Errorf("after release: %v", got)
	}
}

func TestExecutableIsReadThroughItsHandle(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.set(alice, "dir/f", SetAttr{Mask: SetMode, Mode: 0o711})
	x.ok(open("dir/f", OpenExec)(x, x.as(bob)))
	if got := read("dir/f", 0, 5)(x, x.as(bob)); got != OK {
		t.Errorf("read: %v", got)
	}
	if got := open("dir/f", OpenRead)(x, x.as(bob)); got != Access {
		t.Errorf("open for reading: %v", got)
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	give := func(c Caller, mode OpenMode, want Status) {
		t.Helper()
		if got := x.Release(x.as(c), ino, mode); got != want {
			t.Errorf("release of %b by %d: %v, want %v", mode, c.UID, got, want)
		}
		x.check()
	}
	give(alice, OpenRead, Inval)
	x.ok(open("dir/f", OpenRead|OpenWrite)(x, x.as(alice)))
	x.ok(open("dir/f", OpenWrite|OpenTruncate)(x, x.as(alice)))
	give(bob, OpenRead, Inval)
	give(alice, OpenExec, Inval)
	give(alice, 0, Inval)
	give(alice, 64, Inval)
	give(alice, OpenWrite|OpenTruncate, OK)
	give(alice, OpenRead|OpenWrite, OK)
	give(alice, OpenWrite, Inval)
	if x.sessions.principals.Len() != 0 || x.sessions.leases.Len() != 0 {
		t.Error("a session that holds nothing is still in the table")
	}
}

func TestOpensAreBounded(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Bytes: 1 << 20, Inodes: 1 << 20}, RootMode: 0o777})
	open := func(principal uint32, number uint64, ino Ino) Status {
		_, status := s.Open(&Context{Session: Session{principal, number}}, ino, OpenRead)
		return status
	}
	for i := range uint64(MaxSessionsEach) {
		if status := open(1, i, RootIno); status != OK {
			t.Fatal(status)
		}
	}
	if status := open(1, MaxSessionsEach, RootIno); status != TooManyOpen {
		t.Errorf("a principal's session too many: %v", status)
	}
	if status := open(2, 0, RootIno); status != OK {
		t.Errorf("another principal: %v", status)
	}
	for i := s.sessions.count; i < MaxSessions; i++ {
		if status := open(3+uint32(i)/MaxSessionsEach, i, RootIno); status != OK {
			t.Fatal(status)
		}
	}
	if status := open(1000, 0, RootIno); status != TooManyOpen {
		t.Errorf("a session too many: %v", status)
	}
	if err := s.CheckInvariants(); err != nil {
		t.Fatal(err)
	}
}

func TestOpensOfOneSessionAreBounded(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Inodes: 100}, RootMode: 0o777})
	c := &Context{}
	for range MaxOpens {
		if _, status := s.Open(c, RootIno, OpenRead); status != OK {
			t.Fatal(status)
		}
	}
	if _, status := s.Open(c, RootIno, OpenRead); status != TooManyOpen {
		t.Errorf("the same directory once too often: %v", status)
	}
	counts := &s.sessions.edit(s.epoch, c.Session).opens.counts
	for i := range uint64(MaxOpens - 1) {
		counts.Set(s.epoch, 1000+i, openCount{readers: 1})
	}
	before := s.inodes.Digest()
	if _, _, status := s.Create(c, RootIno, "one more", 0o600, OpenRead); status != TooManyOpen {
		t.Errorf("create: %v", status)
	}
	if s.inodes.Digest() != before {
		t.Error("something changed")
	}
	counts.Delete(s.epoch, 1000)
	s.sessions.opens = MaxOpensAll
	if _, _, status := s.Create(c, RootIno, "one more", 0o600, OpenRead); status != TooManyOpen {
		t.Errorf("create, with the sum of all sessions' opens at its bound: %v", status)
	}
	s.sessions.opens--
	if _, _, status := s.Create(c, RootIno, "one more", 0o600, OpenRead); status != OK {
		t.Errorf("create with one less: %v", status)
	}
}
