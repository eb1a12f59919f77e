package fsstate

import (
	"reflect"
	"testing"
)

const aliceUID, bobUID = 1, 2

// quotaTree is newTree, in which alice owns 8 inodes and 2 blocks and may have
// one block and two inodes more.
func quotaTree(t *testing.T) *tree {
	x := newTree(t)
	a, _ := x.accounts.Get(aliceUID)
	if a.blocks != 2 || a.inodes != 8 {
		t.Fatalf("alice has %+v", a)
	}
	a.own, a.quota = true, Quota{Bytes: 3 * BlockSize, Inodes: 10}
	x.accounts.Set(x.epoch, aliceUID, a)
	return x
}

// TestQuota: what goes beyond a quota is refused whole, and all else goes on.
func TestQuota(t *testing.T) {
	t.Parallel()
	long := string(repeated('x', 3*BlockSize))
	falloc := func(x *tree, c *Context) Status { return x.only(x.Fallocate(c, x.ino("dir/f"), 0, 0, 9*BlockSize)) }
	copies := func(x *tree, c *Context) Status {
		_, status := x.CopyRange(c, CopyRange{From: x.ino("big"), To: x.ino("dir/f"), Length: 3 * BlockSize})
		return status
	}
	for _, test := range []struct {
		name string
		by   Caller
		do   func(*tree, *Context) Status
		want Status
	}{
		{"a block more", alice, write("dir/f", BlockSize, "x"), OK},
		{"a block that is there", alice, write("dir/f", 0, "other"), OK},
		{"three blocks, two of them more", alice, write("dir/f", 0, long), DQuot},
		{"two blocks more, written by another", carol, write("sticky/a", 0, long), DQuot},
		{"two blocks more, by root", root, write("dir/f", 0, long), OK},
		{"a file of another's", alice, write("sticky/b", 0, long), OK},
		{"reserving", alice, falloc, DQuot},
		{"a copy", alice, copies, DQuot},
		{"a copy by root", root, copies, OK},
		{"growing with a hole", alice, setattr("dir/f", SetAttr{Mask: SetSize, Size: 1 << 40}), OK},
		{"cutting", alice, setattr("dir/f", SetAttr{Mask: SetSize}), OK},
		{"a file", alice, create("", "new", OpenWrite), OK},
		{"a second link", alice, link("dir/f", "", "new"), OK},
		{"a rename", alice, rename("dir", "f", "", "f"), OK},
		{"an exchange", alice, exchange("dir", "f", "secret", "f"), OK},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			x := quotaTree(t)
			x.write(x.create(bob, "big", 0o644), long)
			before, digest := x.blocks, x.inodes.Digest()
			if got := test.do(x, x.as(test.by)); got != test.want {
				t.Fatalf("came to %q, want %q", got, test.want)
			}
			if test.want != OK && (x.blocks != before || x.inodes.Digest() != digest) {
				t.Error("it failed, but changed something")
			}
			x.check()
		})
	}
}

func repeated(b byte, times int) []byte {
	out := make([]byte, times)
	for i := range out {
		out[i] = b
	}
	return out
}

func TestInodeQuota(t *testing.T) {
	t.Parallel()
	x := quotaTree(t)
	x.ok(mkdir("", "one")(x, x.as(alice)))
	x.ok(create("", "two", OpenWrite)(x, x.as(alice)))
	before := x.inodes.Digest()
	for name, make := range map[string]func(*tree, *Context) Status{
		"a file": create("", "new", OpenWrite), "a directory": mkdir("", "new"),
		"a link": symlink("", "new", "x"), "a FIFO": mknod("", "new", typeFIFO),
	} {
		if got := make(x, x.as(alice)); got != DQuot || x.inodes.Digest() != before {
			t.Errorf("%s: %v, or something has changed", name, got)
		}
	}
	x.ok(create("", "two", OpenWrite)(x, x.as(alice)))
	x.ok(mkdir("", "bobs")(x, x.as(bob)))
	x.ok(rmdir("", "one")(x, x.as(alice)))
	x.ok(mkdir("", "again")(x, x.as(alice)))
}

// TestChownMovesUsage, and minds the new owner's quota where it binds root.
func TestChownMovesUsage(t *testing.T) {
	t.Parallel()
	x := quotaTree(t)
	ino := x.create(bob, "bobs", 0o644)
	x.write(ino, string(repeated('x', 2*BlockSize)))
	give := SetAttr{Mask: SetUID, UID: aliceUID}
	x.limits.QuotaBindsRoot = true
	before := x.inodes.Digest()
	if got := setattr("bobs", give)(x, x.as(root)); got != DQuot || x.inodes.Digest() != before {
		t.Errorf("a file too large for its new owner: %v", got)
	}
	x.limits.QuotaBindsRoot = false
	x.ok(setattr("bobs", give)(x, x.as(root)))
	a, _ := x.accounts.Get(aliceUID)
	b, _ := x.accounts.Get(bobUID)
	if a.blocks != 4 || a.inodes != 9 || b.blocks != 0 || b.inodes != 1 {
		t.Errorf("alice has %+v, bob %+v", a, b)
	}
	if got := write("bobs", 2*BlockSize, "x")(x, x.as(alice)); got != DQuot {
		t.Errorf("a block more above the quota: %v", got)
	}
	x.ok(write("bobs", 0, "other")(x, x.as(alice)))
	x.ok(unlink("", "bobs")(x, x.as(alice)))
	if a, _ = x.accounts.Get(aliceUID); a.blocks != 2 || a.inodes != 8 {
		t.Errorf("after the removal alice has %+v", a)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	x := quotaTree(t)
	x.limits.Quota = Quota{Bytes: 1 << 20}
	all := []Usage{
		{UID: 0, Inodes: 3, Quota: Quota{Bytes: 1 << 20}},
		{UID: 1, Bytes: 2 * BlockSize, Inodes: 8, Quota: Quota{Bytes: 3 * BlockSize, Inodes: 10}},
		{UID: 2, Inodes: 1, Quota: Quota{Bytes: 1 << 20}},
	}
	for _, test := range []struct {
		name  string
		by    Caller
		from  uint32
		limit int
		want  []Usage
		eof   bool
	}{
		{"all", root, 0, 10, all, true},
		{"the first two", root, 0, 2, all[:2], false},
		{"the rest", root, 2, 2, all[2:], true},
		{"alice's own", alice, 0, 10, all[1:2], true},
		{"alice beyond her own", alice, 2, 10, nil, true},
		{"who has nothing", carol, 0, 10, []Usage{{UID: 3, Quota: Quota{Bytes: 1 << 20}}}, true},
	} {
		c := x.as(test.by)
		c.ReadOnly = true
		got, eof, status := x.Usage(c, test.from, test.limit)
		if status != OK || eof != test.eof || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v %v %v", test.name, got, eof, status)
		}
	}
	if _, _, status := x.Usage(x.as(root), 0, 0); status != Inval {
		t.Errorf("none at all: %v", status)
	}
}
