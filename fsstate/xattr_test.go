package fsstate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func setxattr(path, name, value string, flags XattrFlags) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.Setxattr(c, x.ino(path), name, []byte(value), flags) }
}

func getxattr(path, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status {
		_, status := x.Getxattr(c, x.ino(path), name)
		return status
	}
}

func removexattr(path, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.Removexattr(c, x.ino(path), name) }
}

func TestXattrRules(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a user attribute of a file", alice, setxattr("dir/f", "user.a", "v", 0), OK},
		{"without write permission", bob, setxattr("dir/f", "user.a", "v", 0), Access},
		{"of a symbolic link", alice, setxattr("dir/ln", "user.a", "v", 0), Perm},
		{"of a sticky directory of another's", alice, setxattr("sticky", "user.a", "v", 0), Perm},
		{"a trusted one by root", root, setxattr("dir/ln", "trusted.a", "v", 0), OK},
		{"a trusted one by others", alice, setxattr("dir/f", "trusted.a", "v", 0), Perm},
		{"a trusted one is not there for others", alice, getxattr("dir/f", "trusted.a"), NoXattr},
		{"a security one by root", root, setxattr("dir/f", "security.a", "v", 0), OK},
		{"a security one by the owner", alice, setxattr("dir/f", "security.a", "v", 0), Perm},
		{"replacing none", alice, setxattr("dir/f", "user.a", "v", XattrReplace), NoXattr},
		{"odd flags", alice, setxattr("dir/f", "user.a", "v", 4), Inval},
		{"no name", alice, setxattr("dir/f", "", "v", 0), Range},
		{"a long name", alice, setxattr("dir/f", "user."+strings.Repeat("n", 251), "v", 0), Range},
		{"the longest name", alice, setxattr("dir/f", "user."+strings.Repeat("n", 250), "v", 0), OK},
		{"a name with a zero byte", alice, setxattr("dir/f", "user.a\x00b", "v", 0), Inval},
		{"a namespace alone", alice, setxattr("dir/f", "user.", "v", 0), Inval},
		{"another namespace", root, setxattr("dir/f", "os2.a", "v", 0), NotSupported},
		{"another system name", root, setxattr("dir/f", "system.a", "v", 0), NotSupported},
		{"too long a value", alice, setxattr("dir/f", "user.a", strings.Repeat("v", MaxXattrValue+1), 0), XattrTooBig},
		{"the longest value", alice, setxattr("dir/f", "user.a", strings.Repeat("v", MaxXattrValue), 0), OK},
		{"removing none", alice, removexattr("dir/f", "user.a"), NoXattr},
		{"removing without permission", bob, removexattr("dir/f", "user.a"), Access},
		{"reading without permission", bob, getxattr("secret", "user.a"), Access},
		{"removing capabilities without permission", bob, removexattr("dir/f", capabilityName), Perm},
	})
}

// TestXattrValues: what is set is read, whatever zeros it has and however
// often it changes; an order that is refused changes nothing.
func TestXattrValues(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	for _, size := range []int{0, 1, 63, 4095, 4096, 4097, 8192, 20000, MaxXattrValue, 5000, 10, 0} {
		for _, value := range [][]byte{make([]byte, size), bytes.Repeat([]byte("ab\x00"), size/3)} {
			x.ok(x.Setxattr(x.as(alice), ino, "user.a", value, 0))
			got, status := x.Getxattr(x.as(alice), ino, "user.a")
			if status != OK || !bytes.Equal(got, value) {
				t.Fatalf("a value of %d bytes comes back as %d: %v", len(value), len(got), status)
			}
		}
	}
	if status := x.Setxattr(x.as(alice), ino, "user.a", nil, XattrCreate); status != Exist {
		t.Errorf("creating what exists: %v", status)
	}
	before := x.inodes.Digest()
	x.ok(x.Setxattr(x.as(alice), ino, "user.b", make([]byte, 9000), XattrCreate))
	x.ok(x.Removexattr(x.as(alice), ino, "user.b"))
	after := x.stat("dir/f")
	x.set(root, "dir/f", SetAttr{Mask: SetMtime, Mtime: after.Mtime})
	if x.stat("dir/f").Ctime <= after.Ctime || x.inodes.Digest() == before {
		t.Error("the change time stands still")
	}
}

// TestXattrLimits: no inode has more than it may, and none more than there is
// room for; all of it is free when it goes.
func TestXattrLimits(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Bytes: 300 * BlockSize, Inodes: 10}, RootMode: 0o777})
	c := &Context{}
	f, _, _ := s.Create(c, RootIno, "f", 0o600, OpenWrite)
	for i := range MaxXattrs {
		check(t, s.Setxattr(c, f.Ino, fmt.Sprint("user.", i), []byte("v"), 0))
	}
	if a, _ := s.Getattr(c, f.Ino); a.Blocks != MaxXattrs*xattrUnit/512 {
		t.Errorf("%d attributes count as %d", MaxXattrs, a.Blocks)
	}
	refuse := func(what string, name string, size int) {
		t.Helper()
		before := s.Digest()
		if status := s.Setxattr(c, f.Ino, name, make([]byte, size), 0); status != NoSpace || s.Digest() != before {
			t.Errorf("%s: %v, or it changed something", what, status)
		}
	}
	refuse("one attribute more", "user.more", 1)
	for i := range 15 {
		check(t, s.Setxattr(c, f.Ino, fmt.Sprint("user.", i), make([]byte, MaxXattrValue-64), 0))
	}
	refuse("more bytes than an inode may have", "user.20", MaxXattrValue)
	if _, status := s.Write(c, f.Ino, 0, make([]byte, 55*BlockSize), false); status != OK {
		t.Fatal(status)
	}
	refuse("more bytes than there are", "user.20", 6*BlockSize)
	if err := s.CheckInvariants(); err != nil {
		t.Error(err)
	}
	check(t, s.Unlink(c, RootIno, "f"))
	check(t, s.Release(c, f.Ino, OpenWrite))
	if st, _ := s.Statfs(c); st.BytesFree != st.Bytes {
		t.Errorf("%d bytes of %d are free at the end", st.BytesFree, st.Bytes)
	}
}

// TestXattrNamesThatCollide fills a bucket, as names made for it would.
func TestXattrNamesThatCollide(t *testing.T) {
	t.Parallel()
	var n inode
	const bucket = 1 << 20
	for i := range ordinals {
		key, found, status := n.findXattrIn(bucket, fmt.Sprint("user.", i))
		if found || status != OK || key != bucket+uint64(i)*xattrKeys {
			t.Fatalf("name %d goes to %d: %v", i, key, status)
		}
		n.putXattr(1, key, fmt.Sprint("user.", i), nil)
	}
	if _, _, status := n.findXattrIn(bucket, "user.more"); status != NoSpace {
		t.Errorf("a name too many: %v", status)
	}
	n.dropXattr(1, bucket+3*xattrKeys)
	if key, found, _ := n.findXattrIn(bucket, "user.5"); !found || key != bucket+5*xattrKeys {
		t.Errorf("one behind a gap is at %d, %v", key, found)
	}
	if key, found, _ := n.findXattrIn(bucket, "user.more"); found || key != bucket+3*xattrKeys {
		t.Errorf("the gap is at %d, not %d", bucket+3*xattrKeys, key)
	}
}

func TestListxattr(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	for _, name := range []string{"user.b", "trusted.t", "user.a", "security.s"} {
		x.ok(x.Setxattr(x.as(root), ino, name, nil, 0))
	}
	for _, test := range []struct {
		by   Caller
		want string
	}{{root, "[security.s trusted.t user.a user.b]"}, {bob, "[security.s user.a user.b]"}} {
		names, status := x.Listxattr(x.as(test.by), ino)
		slices.Sort(names)
		if fmt.Sprint(names) != test.want || status != OK {
			t.Errorf("%d sees %v: %v", test.by.UID, names, status)
		}
	}
	if _, status := x.Listxattr(x.as(root), gone(x)); status != Stale {
		t.Errorf("of what is gone: %v", status)
	}
}

// TestSnapshotsKeepXattrs, and refuse to change them.
func TestSnapshotsKeepXattrs(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.ok(x.Setxattr(x.as(alice), x.ino("dir/f"), "user.a", []byte("old"), 0))
	x.snap("one")
	x.ok(x.Setxattr(x.as(alice), x.ino("dir/f"), "user.a", []byte("new"), 0))
	f := x.ino(".snapshots/one/dir/f")
	if got, status := x.Getxattr(x.as(bob), f, "user.a"); string(got) != "old" {
		t.Errorf("the snapshot has %q: %v", got, status)
	}
	if names, _ := x.Listxattr(x.as(bob), f); fmt.Sprint(names) != "[user.a]" {
		t.Errorf("the snapshot has %v", names)
	}
	set := x.Setxattr(x.as(root), f, "user.a", nil, 0)
	if remove := x.Removexattr(x.as(root), f, "user.a"); set != ROFS || remove != ROFS {
		t.Errorf("changes of a snapshot: %v, %v", set, remove)
	}
}

// TestCapabilitiesGo with the trust in the contents, whoever changes them;
// other attributes stay.
func TestCapabilitiesGo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(x *tree, c *Context) Status
		gone bool
	}{
		"a write":             {write("dir/f", 0, "x"), true},
		"a write of nothing":  {write("dir/f", 0, ""), false},
		"a truncation":        {setattr("dir/f", SetAttr{Mask: SetSize, Size: 1}), true},
		"opening to truncate": {open("dir/f", OpenWrite|OpenTruncate), true},
		"punching a hole": {func(x *tree, c *Context) Status {
			return x.only(x.Fallocate(c, x.ino("dir/f"), FallocPunchHole|FallocKeepSize, 0, 2))
		}, true},
		"a copy to it": {func(x *tree, c *Context) Status {
			_, status := x.CopyRange(c, CopyRange{From: x.create(root, "g", 0o644), To: x.ino("dir/f"), Length: 0})
			return status
		}, false},
		"a new group":          {setattr("dir/f", SetAttr{Mask: SetGID, GID: 5}), true},
		"chmod":                {setattr("dir/f", SetAttr{Mask: SetMode, Mode: 0o711}), false},
		"another attribute":    {setxattr("dir/f", "user.b", "x", 0), false},
		"the owner takes them": {func(x *tree, _ *Context) Status { return removexattr("dir/f", capabilityName)(x, x.as(alice)) }, true},
	} {
		x := newTree(t)
		for _, attribute := range []string{capabilityName, "user.a"} {
			x.ok(x.Setxattr(x.as(root), x.ino("dir/f"), attribute, []byte("\x01"), 0))
		}
		x.ok(test.do(x, x.as(root)))
		if got := getxattr("dir/f", capabilityName)(x, x.as(root)); (got == NoXattr) != test.gone {
			t.Errorf("%s: %v", name, got)
		}
		x.ok(getxattr("dir/f", "user.a")(x, x.as(root)))
	}
}
