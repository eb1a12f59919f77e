package fsstate

import "testing"

func TestSetattr(t *testing.T) {
	t.Parallel()
	now := SetAtimeNow | SetMtimeNow
	try(t, []attempt{
		{"chmod by the owner", alice, setattr("dir/f", SetAttr{Mask: SetMode, Mode: 0o600}), OK},
		{"EPERM: chmod by another", bob, setattr("dir/f", SetAttr{Mask: SetMode, Mode: 0o600}), Perm},
		{"EPERM: chmod by a member of the group", carol, setattr("dir/f", SetAttr{Mask: SetMode, Mode: 0o600}), Perm},
		{"chmod of a symbolic link", alice, setattr("dir/ln", SetAttr{Mask: SetMode}), NotSupported},
		{"chown by root", root, setattr("dir/f", SetAttr{Mask: SetUID | SetGID, UID: 9, GID: 9}), OK},
		{"EPERM: giving away", alice, setattr("dir/f", SetAttr{Mask: SetUID, UID: bob.UID}), Perm},
		{"EPERM: taking", bob, setattr("dir/f", SetAttr{Mask: SetUID, UID: bob.UID}), Perm},
		{"chown to oneself", alice, setattr("dir/f", SetAttr{Mask: SetUID, UID: alice.UID}), OK},
		{"chgrp to one's own group", alice, setattr("dir/f", SetAttr{Mask: SetGID, GID: staff}), OK},
		{"EPERM: chgrp to another's", alice, setattr("dir/f", SetAttr{Mask: SetGID, GID: 20}), Perm},
		{"EPERM: chgrp of another's", carol, setattr("dir/f", SetAttr{Mask: SetGID, GID: staff}), Perm},
		{"chown of a symbolic link", root, setattr("dir/ln", SetAttr{Mask: SetUID, UID: 9}), OK},
		{"the id that means no change", root, setattr("dir/f", SetAttr{Mask: SetUID, UID: 1<<32 - 1}), Inval},
		{"truncate", alice, setattr("dir/f", SetAttr{Mask: SetSize, Size: 2}), OK},
		{"EACCES: truncate", bob, setattr("dir/f", SetAttr{Mask: SetSize, Size: 2}), Access},
		{"EACCES: a handle one does not have", bob, setattr("dir/f", SetAttr{Mask: SetSize | SetByHandle}), Access},
		{"EISDIR: truncate", alice, setattr("dir", SetAttr{Mask: SetSize}), IsDir},
		{"EINVAL: truncate of a symbolic link", alice, setattr("dir/ln", SetAttr{Mask: SetSize}), Inval},
		{"EFBIG: truncate", alice, setattr("dir/f", SetAttr{Mask: SetSize, Size: MaxSize + 1}), FBig},
		{"to the largest size", alice, setattr("dir/f", SetAttr{Mask: SetSize, Size: MaxSize}), OK},
		{"explicit times by the owner", alice, setattr("dir/f", SetAttr{Mask: SetAtime | SetMtime}), OK},
		{"EPERM: explicit times by a writer", bob, setattr("sticky/a", SetAttr{Mask: SetAtime | SetMtime}), Perm},
		{"both times to now by a writer", bob, setattr("sticky/a", SetAttr{Mask: now}), OK},
		{"EACCES: both times to now by a reader", bob, setattr("dir/f", SetAttr{Mask: now}), Access},
		{"EPERM: one time to now by a writer", bob, setattr("sticky/a", SetAttr{Mask: SetMtimeNow}), Perm},
		{"size and time by a writer", bob, setattr("sticky/a", SetAttr{Mask: SetSize | SetMtimeNow}), OK},
		{"a time twice", alice, setattr("dir/f", SetAttr{Mask: SetMtime | SetMtimeNow}), Inval},
		{"unknown bits", alice, setattr("dir/f", SetAttr{Mask: setAll + 1}), Inval},
		{"all or nothing", alice, setattr("dir/f", SetAttr{Mask: SetMode | SetUID, UID: bob.UID}), Perm},
		{"nothing", bob, setattr("dir/f", SetAttr{}), OK},
	})
}

// TestSetIDBits has the cases in which the set-id bits must go, and stay.
func TestSetIDBits(t *testing.T) {
	t.Parallel()
	chown := SetAttr{Mask: SetUID | SetGID, UID: alice.UID, GID: staff}
	chmod := SetAttr{Mask: SetMode, Mode: 0o6755}
	for _, c := range []struct {
		name       string
		mode, want uint32
		gid        uint32
		by         Caller
		do         func(x *tree, c *Context, ino Ino) Status
	}{
		{"write by the owner", 0o6777, 0o777, staff, alice, poke},
		{"write by another", 0o6777, 0o777, staff, bob, poke},
		{"write by root", 0o6777, 0o6777, staff, root, poke},
		{"write by a member, no group execution", 0o6767, 0o2767, staff, carol, poke},
		{"write by an outsider, no group execution", 0o6767, 0o767, staff, bob, poke},
		{"truncate", 0o6777, 0o777, staff, bob, change(SetAttr{Mask: SetSize})},
		{"chown by root", 0o6777, 0o777, staff, root, change(chown)},
		{"chown by root, no group execution", 0o6767, 0o2767, staff, root, change(chown)},
		{"chgrp by the owner", 0o6777, 0o777, staff, alice, change(SetAttr{Mask: SetGID, GID: staff})},
		{"chmod by the owner", 0o777, 0o6755, staff, alice, change(chmod)},
		{"chmod to a group not his", 0o777, 0o4755, 99, alice, change(chmod)},
		{"chmod by root", 0o777, 0o6755, 99, root, change(chmod)},
		{"chown and chmod at once", 0o777, 0o755, staff, root,
			change(SetAttr{Mask: SetMode | SetUID, Mode: 0o6755, UID: 9})},
		{"times", 0o6777, 0o6777, staff, alice, change(SetAttr{Mask: SetMtimeNow})},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := newTree(t)
			x.set(root, "dir/f", SetAttr{Mask: SetGID, GID: c.gid})
			x.set(root, "dir/f", SetAttr{Mask: SetMode, Mode: c.mode})
			x.ok(c.do(x, x.as(c.by), x.ino("dir/f")))
			if got := x.stat("dir/f").Mode & permMask; got != c.want {
				t.Errorf("mode %o becomes %o, want %o", c.mode, got, c.want)
			}
		})
	}
}

func poke(x *tree, c *Context, ino Ino) Status {
	return x.only(x.Write(c, ino, 0, []byte("x"), false))
}

func change(set SetAttr) func(*tree, *Context, Ino) Status {
	return func(x *tree, c *Context, ino Ino) Status { return x.only(x.Setattr(c, ino, set)) }
}

func TestChownKeepsTheBitsOfDirectories(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.set(root, "dir", SetAttr{Mask: SetMode, Mode: 0o6755})
	a := x.set(root, "dir", SetAttr{Mask: SetUID | SetGID, UID: 8, GID: 9})
	if a.Mode != typeDir|0o6755 || a.UID != 8 || a.GID != 9 {
		t.Errorf("%+v", a)
	}
}

// TestAccess goes through all modes for each class of caller.
func TestAccess(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	classes := []struct {
		by    Caller
		shift uint
	}{{alice, 6}, {carol, 3}, {bob, 0}}
	for mode := uint32(0); mode <= 0o777; mode++ {
		x.set(alice, "dir/f", SetAttr{Mask: SetMode, Mode: mode})
		for mask := AccessMask(0); mask <= 7; mask++ {
			for _, class := range classes {
				want := OK
				if uint32(mask)&(mode>>class.shift) != uint32(mask) {
					want = Access
				}
				if got := x.Access(x.as(class.by), ino, mask); got != want {
					t.Fatalf("mode %o, uid %d, mask %o: %v, want %v", mode, class.by.UID, mask, got, want)
				}
			}
			want := OK
			if mask&MayExec != 0 && mode&0o111 == 0 {
				want = Access
			}
			if got := x.Access(x.as(root), ino, mask); got != want {
				t.Fatalf("mode %o, root, mask %o: %v, want %v", mode, mask, got, want)
			}
		}
	}
	if got := x.Access(x.as(root), ino, 8); got != Inval {
		t.Errorf("mask 8: %v", got)
	}
	if got := x.Access(x.as(root), x.ino("secret"), 7); got != OK {
		t.Errorf("root in a directory: %v", got)
	}
}
