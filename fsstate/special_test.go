package fsstate

import "testing"

func mknod(dir, name string, mode uint32) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Mknod(c, x.ino(dir), name, mode, 0x503)) }
}

func TestMknod(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a FIFO", alice, mknod("dir", "p", typeFIFO|0o640), OK},
		{"a socket", alice, mknod("dir", "p", typeSocket|0o640), OK},
		{"a regular file", alice, mknod("dir", "p", typeRegular|0o640), OK},
		{"a character device", root, mknod("dir", "p", typeCharacter|0o640), OK},
		{"a block device", root, mknod("dir", "p", typeBlock|0o640), OK},
		{"EPERM: a character device, not root", alice, mknod("dir", "p", typeCharacter|0o640), Perm},
		{"EPERM: a block device, not root", alice, mknod("dir", "p", typeBlock|0o640), Perm},
		{"EPERM: a directory", alice, mknod("dir", "p", typeDir|0o640), Perm},
		{"EINVAL: a symbolic link", alice, mknod("dir", "p", typeSymlink|0o640), Inval},
		{"EINVAL: no type", alice, mknod("dir", "p", 0o640), Inval},
		{"EINVAL: no such type", alice, mknod("dir", "p", 0o030000), Inval},
		{"EEXIST", alice, mknod("dir", "f", typeFIFO), Exist},
		{"EEXIST before EPERM", alice, mknod("dir", "f", typeCharacter), Exist},
		{"EACCES", bob, mknod("dir", "p", typeFIFO), Access},
		{"ENOTDIR", alice, mknod("dir/f", "p", typeFIFO), NotDir},
		{"ENAMETOOLONG", alice, mknod("dir", tooLong, typeFIFO), NameTooLong},
	})
}

func TestDevicePolicy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy         DevicePolicy
		byRoot, byUser Status
	}{
		{DevicesRootOnly, OK, Perm}, {DevicesAllow, OK, OK}, {DevicesRefuse, Perm, Perm}, {DevicesRefuse + 1, Perm, Perm},
	} {
		x := newTree(t)
		x.limits.Devices = test.policy
		if got := mknod("", "r", typeBlock)(x, x.as(root)); got != test.byRoot {
			t.Errorf("policy %d: %v for root", test.policy, got)
		}
		if got := mknod("", "u", typeCharacter)(x, x.as(alice)); got != test.byUser {
			t.Errorf("policy %d: %v for a user", test.policy, got)
		}
	}
}

// A special file has attributes and no bytes, and it is not opened here.
func TestSpecialFiles(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	for name, mode := range map[string]uint32{"fifo": typeFIFO, "socket": typeSocket, "char": typeCharacter, "block": typeBlock} {
		x.ok(mknod("", name, mode|0o6640)(x, x.as(root)))
		a := x.stat(name)
		rdev := uint32(0)
		if isDevice(mode) {
			rdev = 0x503
		}
		if a.Mode != mode|0o6640 || a.Rdev != rdev || a.Nlink != 1 || a.Size != 0 || a.Blocks != 0 {
			t.Errorf("%s: %+v", name, a)
		}
		for _, step := range []struct {
			what string
			do   func(*tree, *Context) Status
			by   Caller
			want Status
		}{
			{"opening", open(name, OpenRead), root, NXIO},
			{"opening without permission", open(name, OpenRead), bob, Access},
			{"creating", create("", name, OpenWrite), root, NXIO},
			{"reading", read(name, 0, 1), root, Inval},
			{"writing", write(name, 0, "x"), root, Inval},
			{"truncating", setattr(name, SetAttr{Mask: SetSize}), root, Inval},
			{"a second name", link(name, "", "second"), root, OK},
			{"a move", rename("", "second", "dir", "second"), root, OK},
			{"another mode", setattr(name, SetAttr{Mask: SetMode, Mode: 0o600}), root, OK},
			{"a removal", unlink("dir", "second"), root, OK},
		} {
			if got := step.do(x, x.as(step.by)); got != step.want {
				t.Errorf("%s of %s: %v, want %v", step.what, name, got, step.want)
			}
		}
		x.check()
	}
}
