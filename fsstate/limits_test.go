package fsstate

import "testing"

func TestStatfs(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Bytes: 10*BlockSize + 1, Inodes: 5}, RootMode: 0o777})
	want := Statfs{Bytes: 10 * BlockSize, BytesFree: 10 * BlockSize, Inodes: 5, InodesFree: 4}
	if got, status := s.Statfs(&Context{}); status != OK || got != want {
		t.Errorf("an empty one: %+v %v", got, status)
	}
	a, _, _ := s.Create(&Context{}, RootIno, "f", 0o600, OpenWrite)
	if _, status := s.Write(&Context{}, a.Ino, 100*BlockSize-1, []byte("xy"), false); status != OK {
		t.Fatal(status)
	}
	want.BytesFree, want.InodesFree = 8*BlockSize, 3
	if got, _ := s.Statfs(&Context{}); got != want {
		t.Errorf("with a sparse file of two blocks: %+v", got)
	}
}

// TestNoSpace fills the file system, finds that nothing more goes in, and
// that all comes back.
func TestNoSpace(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Bytes: 10 * BlockSize, Inodes: 4}, RootMode: 0o777})
	c := &Context{}
	f, _, _ := s.Create(c, RootIno, "f", 0o600, OpenWrite)
	g, _, _ := s.Create(c, RootIno, "g", 0o600, OpenWrite)
	write := func(ino Ino, block, blocks int) Status {
		_, status := s.Write(c, ino, uint64(block)*BlockSize, make([]byte, blocks*BlockSize), false)
		return status
	}
	refuse := func(what string, got Status, before [32]byte) {
		t.Helper()
		if got != NoSpace || s.Digest() != before {
			t.Errorf("%s: %v, or it changed something", what, got)
		}
	}
	before := s.Digest()
	refuse("eleven blocks", write(f.Ino, 0, 11), before)
	if status := write(f.Ino, 0, 10); status != OK {
		t.Fatal(status)
	}
	before = s.Digest()
	refuse("one more", write(g.Ino, 0, 1), before)
	refuse("one that is there and one more", write(f.Ino, 9, 2), before)
	_, status := s.Symlink(c, RootIno, "l", "target")
	refuse("a symbolic link", status, before)
	if status := write(f.Ino, 3, 5); status != OK {
		t.Errorf("writing over what is there: %v", status)
	}
	if _, status = s.Mkdir(c, RootIno, "d", 0o700); status != OK {
		t.Fatal(status)
	}
	before = s.Digest()
	_, status = s.Mkdir(c, RootIno, "e", 0o700)
	refuse("an inode more", status, before)
	_, _, status = s.Create(c, RootIno, "e", 0o700, OpenRead)
	refuse("a file more", status, before)
	_, status = s.Link(c, f.Ino, RootIno, "e")
	refuse("a name more", status, before)
	if status = s.Unlink(c, RootIno, "f"); status != OK {
		t.Fatal(status)
	}
	if status = s.Release(c, f.Ino, OpenWrite); status != OK {
		t.Fatal(status)
	}
	if status = write(g.Ino, 5, 10); status != OK {
		t.Errorf("after the removal: %v", status)
	}
}

func TestMaxLinks(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Inodes: 100}, RootMode: 0o777})
	c := &Context{}
	f, _, _ := s.Create(c, RootIno, "f", 0o600, OpenWrite)
	for _, name := range []string{"d", "e", "full"} {
		s.Mkdir(c, RootIno, name, 0o700)
	}
	full, _ := s.Lookup(c, RootIno, "full")
	s.Mkdir(c, full.Ino, "one", 0o700)
	s.edit(f.Ino).nlink = MaxLinks - 1
	s.edit(full.Ino).nlink = MaxLinks - 1
	mkdir := func(name string) Status { _, status := s.Mkdir(c, full.Ino, name, 0o700); return status }
	link := func(name string) Status { _, status := s.Link(c, f.Ino, RootIno, name); return status }
	for _, step := range []struct {
		what      string
		got, want Status
	}{
		{"the last name", link("last"), OK},
		{"a name too many", link("more"), MLink},
		{"the last subdirectory", mkdir("last"), OK},
		{"a subdirectory too many", mkdir("more"), MLink},
		{"one too many by rename", s.Rename(c, RootIno, "d", full.Ino, "more", 0), MLink},
		{"a new name within", s.Rename(c, full.Ino, "one", full.Ino, "other", 0), OK},
		{"one in another's place", s.Rename(c, RootIno, "d", full.Ino, "other", 0), OK},
		{"a file", s.Rename(c, RootIno, "f", full.Ino, "f", 0), OK},
	} {
		if step.got != step.want {
			t.Errorf("%s: %v, want %v", step.what, step.got, step.want)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	seen := map[Status]bool{}
	texts := map[string]bool{}
	for _, s := range Statuses() {
		if seen[s] || texts[s.String()] {
			t.Errorf("%d comes twice", s)
		}
		seen[s], texts[s.String()] = true, true
		if statusText[s] == "" {
			t.Errorf("%d has no text", s)
		}
	}
	if len(seen) != len(statusText) {
		t.Errorf("%d statuses, %d texts", len(seen), len(statusText))
	}
	if got := Status(12345).Error(); got != "unknown status 12345" {
		t.Error(got)
	}
}
