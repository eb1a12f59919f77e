package fsstate

import (
	"fmt"
	"strings"
	"testing"
)

// TestACLDecides is the algorithm of acl(5), case by case: the file is
// alice's and of group staff, and bob is in group 20 alone.
func TestACLDecides(t *testing.T) {
	t.Parallel()
	dave := Caller{UID: 4, GID: 40, Groups: []uint32{20, 50}}
	for _, test := range []struct {
		name string
		list string
		by   Caller
		want AccessMask // all that is allowed
	}{
		{"the owner's entry alone counts for her", listOf(user(4), namedUser(1, 7), group(7), mask(7), other(7)), alice, 4},
		{"a user by name", listOf(user(0), namedUser(2, 6), group(0), mask(7), other(0)), bob, 6},
		{"within the mask", listOf(user(0), namedUser(2, 6), group(0), mask(5), other(7)), bob, 4},
		{"a user by name before his groups", listOf(user(0), namedUser(2, 1), group(0), namedGroup(20, 7), mask(7), other(7)), bob, 1},
		{"the group of the file", listOf(user(0), namedUser(9, 7), group(5), mask(7), other(7)), carol, 5},
		{"the group of the file within the mask", listOf(user(0), namedUser(9, 7), group(7), mask(2), other(7)), carol, 2},
		{"a group by name", listOf(user(0), group(0), namedGroup(20, 3), mask(7), other(4)), bob, 3},
		{"the others, for who is named nowhere", listOf(user(0), namedUser(9, 7), group(7), mask(7), other(2)), bob, 2},
		{"root", listOf(user(0), namedUser(9, 7), group(0), mask(1), other(0)), root, 7},
		{"a mask that gives nothing leaves the others' bits", listOf(user(7), namedUser(2, 7), group(7), mask(0), other(4)), bob, 4},
		{"each right by one group is not both by one", listOf(user(0), group(0), namedGroup(20, 4), namedGroup(50, 2), mask(7), other(0)), dave, 0},
		{"the first of two entries for a user", listOf(user(0), namedUser(2, 1), namedUser(2, 6), group(0), mask(7), other(0)), bob, 1},
	} {
		x := newTree(t)
		x.ok(x.Setxattr(x.as(alice), x.ino("dir/f"), accessACLName, []byte(test.list), 0))
		for want := AccessMask(1); want < 8; want++ {
			allowed := x.Access(x.as(test.by), x.ino("dir/f"), want) == OK
			if test.want == 0 && want != want&-want {
				if allowed {
					t.Errorf("%s: %o is allowed", test.name, want)
				}
			} else if test.want != 0 && allowed != (want&^test.want == 0) {
				t.Errorf("%s: %o is allowed: %v", test.name, want, allowed)
			}
		}
	}
}

// TestACLAndMode: the mode shows the list, and changes it.
func TestACLAndMode(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	acl := func(name string) string {
		value, _ := x.Getxattr(x.as(bob), ino, name)
		return string(value)
	}
	set := func(list string) { x.ok(x.Setxattr(x.as(alice), ino, accessACLName, []byte(list), 0)) }
	mode := func(want uint32) {
		t.Helper()
		if got := x.stat("dir/f").Mode & permMask; got != want {
			t.Errorf("the mode is %o, not %o", got, want)
		}
	}
	set(listOf(user(6), namedUser(2, 7), group(4), mask(5), other(1)))
	mode(0o651)
	x.set(alice, "dir/f", SetAttr{Mask: SetMode, Mode: 0o4732})
	if want := listOf(user(7), namedUser(2, 7), group(4), mask(3), other(2)); acl(accessACLName) != want {
		t.Errorf("chmod makes it %x, not %x", acl(accessACLName), want)
	}
	mode(0o4732)
	x.ok(x.Removexattr(x.as(alice), ino, accessACLName))
	mode(0o4732)
	set(listOf(user(4), group(2), other(1)))
	mode(0o4421)
	if acl(accessACLName) != "" || acl(defaultACLName) != "" {
		t.Error("a list that the mode says is kept")
	}
	x.set(root, "dir/f", SetAttr{Mask: SetMode | SetGID, Mode: 0o2770, GID: 99})
	set(listOf(user(7), group(7), mask(7), other(0)))
	mode(0o770)
}

// TestACLRefused: what is no list of Linux's is none here.
func TestACLRefused(t *testing.T) {
	t.Parallel()
	good := listOf(user(7), namedUser(2, 7), group(7), mask(7), other(0))
	many := []mACE{user(7)}
	for i := range uint32(maxACLEntries - 4) {
		many = append(many, namedUser(i, 7))
	}
	most := append(many[:len(many):len(many)], group(7), mask(7), other(7))
	try(t, []attempt{
		{"by the owner", alice, setxattr("dir/f", accessACLName, good, XattrCreate|XattrReplace), OK},
		{"by others", bob, setxattr("dir/f", accessACLName, good, 0), Perm},
		{"removed by others", bob, removexattr("dir/f", accessACLName), Perm},
		{"removed though not there", alice, removexattr("dir/f", accessACLName), OK},
		{"of a symbolic link", alice, setxattr("dir/ln", accessACLName, good, 0), NotSupported},
		{"a default list of a file", alice, setxattr("dir/f", defaultACLName, good, 0), Access},
		{"no default list of a file", alice, removexattr("dir/f", defaultACLName), OK},
		{"the most entries", alice, setxattr("dir/f", accessACLName, listOf(most...), 0), OK},
		{"one more", alice, setxattr("dir/f", accessACLName, listOf(append(many, namedUser(1, 7), group(7), mask(7), other(7))...), 0), XattrTooBig},
		{"another version", alice, setxattr("dir/f", accessACLName, "\x03"+good[1:], 0), NotSupported},
		{"a short head", alice, setxattr("dir/f", accessACLName, good[:3], 0), Inval},
		{"a cut entry", alice, setxattr("dir/f", accessACLName, good[:len(good)-1], 0), Inval},
		{"an odd tag", alice, setxattr("dir/f", accessACLName, strings.Replace(good, "\x10", "\x12", 1), 0), Inval},
		{"a permission that there is not", alice, setxattr("dir/f", accessACLName, listOf(user(8), group(7), other(0)), 0), Inval},
		{"nobody's name", alice, setxattr("dir/f", accessACLName, listOf(user(7), namedUser(noACLID, 7), group(7), mask(7), other(0)), 0), Inval},
		{"no mask", alice, setxattr("dir/f", accessACLName, listOf(user(7), namedUser(2, 7), group(7), other(0)), 0), Inval},
		{"no owner", alice, setxattr("dir/f", accessACLName, listOf(group(7), other(0)), 0), Inval},
		{"no group", alice, setxattr("dir/f", accessACLName, listOf(user(7), other(0)), 0), Inval},
		{"no others", alice, setxattr("dir/f", accessACLName, listOf(user(7), group(7)), 0), Inval},
		{"two owners", alice, setxattr("dir/f", accessACLName, listOf(user(7), user(7), group(7), other(0)), 0), Inval},
		{"two masks", alice, setxattr("dir/f", accessACLName, listOf(user(7), group(7), mask(7), mask(7), other(0)), 0), Inval},
		{"out of order", alice, setxattr("dir/f", accessACLName, listOf(group(7), user(7), other(0)), 0), Inval},
	})
}

// TestACLInherited: what is made in a directory with a default list, with
// which mode and umask.
func TestACLInherited(t *testing.T) {
	t.Parallel()
	list := listOf(user(7), namedUser(2, 7), group(5), mask(7), other(5))
	for _, test := range []struct {
		list        string
		mode, umask uint32
		want        uint32
		access      string
	}{
		{"", 0o666, 0o27, 0o640, ""},
		{list, 0o666, 0o77, 0o664, listOf(user(6), namedUser(2, 7), group(5), mask(6), other(4))},
		{list, 0o700, 0o77, 0o700, listOf(user(7), namedUser(2, 7), group(5), mask(0), other(0))},
		{listOf(user(7), group(5), other(1)), 0o677, 0o77, 0o651, ""},
	} {
		x := newTree(t)
		x.ok(x.Setxattr(x.as(alice), x.ino("empty"), defaultACLName, []byte(test.list), 0))
		by := alice
		by.Umask = test.umask
		x.mkdir(by, "empty/d", test.mode)
		x.create(by, "empty/f", test.mode)
		for _, path := range []string{"empty/d", "empty/f"} {
			access, _ := x.Getxattr(x.as(bob), x.ino(path), accessACLName)
			inherited, _ := x.Getxattr(x.as(bob), x.ino(path), defaultACLName)
			if mode := x.stat(path).Mode & permMask; mode != test.want || string(access) != test.access {
				t.Errorf("%s of %x: mode %o and list %x", path, test.list, mode, access)
			}
			if isDir := path == "empty/d"; (string(inherited) == test.list) != (isDir || test.list == "") {
				t.Errorf("%s of %x has the default list %x", path, test.list, inherited)
			}
		}
		x.ok(x.only(x.Symlink(x.as(by), x.ino("empty"), "l", "f")))
		if mode := x.stat("empty/l").Mode & permMask; mode != 0o777 {
			t.Errorf("a symbolic link has mode %o", mode)
		}
	}
}

// TestInheritedACLNeedsRoom: a list is charged, or nothing is made.
func TestInheritedACLNeedsRoom(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Bytes: 2 * BlockSize, Inodes: 10}, RootMode: 0o777})
	c := &Context{}
	list := listOf(user(7), namedUser(2, 7), group(5), mask(7), other(5))
	check(t, s.Setxattr(c, RootIno, defaultACLName, []byte(list), 0))
	check(t, second(s.Mkdir(c, RootIno, "d", 0o777)))
	for i, kind := range []func() Status{
		func() Status { return second(s.Mkdir(c, RootIno, "e", 0o777)) },
		func() Status { _, _, status := s.Create(c, RootIno, "e", 0o666, OpenRead); return status },
	} {
		before := s.Digest()
		if status := kind(); status != NoSpace || s.Digest() != before {
			t.Errorf("%d: %v, or something changed", i, status)
		}
	}
	if err := s.CheckInvariants(); err != nil {
		t.Error(fmt.Errorf("at the end: %w", err))
	}
}
