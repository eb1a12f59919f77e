package fsstate

import "testing"

func TestPolicyNames(t *testing.T) {
	t.Parallel()
	for want, name := range atimeNames {
		var p AtimePolicy
		if err := p.UnmarshalText([]byte(name)); err != nil || p != AtimePolicy(want) || p.String() != name {
			t.Errorf("%s is read as %v, error %v", name, p, err)
		}
	}
	for want, name := range deviceNames {
		var p DevicePolicy
		if err := p.UnmarshalText([]byte(name)); err != nil || p != DevicePolicy(want) || p.String() != name {
			t.Errorf("%s is read as %v, error %v", name, p, err)
		}
	}
	p := AtimeNone
	if err := p.UnmarshalText([]byte("noatime")); err == nil || p != AtimeNone {
		t.Errorf("another name is read as %v, error %v", p, err)
	}
	if got := DevicePolicy(7).String(); got != "policy 7" {
		t.Error(got)
	}
}

// TestAtimePolicies reads a file, a directory, a link and a name, twice each,
// and holds which of that must be ordered and moves an access time.
func TestAtimePolicies(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f, ln, dir := x.ino("dir/f"), x.ino("dir/ln"), x.ino("dir")
	for _, r := range []struct {
		name    string
		ino     Ino // whose time it is
		relaxed bool
		read    func(c *Context) Status
	}{
		{"a file", f, true, func(c *Context) Status { _, status := x.Read(c, f, 0, 1); return status }},
		{"a link", ln, true, func(c *Context) Status { _, status := x.Readlink(c, ln); return status }},
		{"a listing", dir, true, func(c *Context) Status { _, _, status := x.Readdir(c, dir, 0, 1, false); return status }},
		{"a lookup", dir, false, func(c *Context) Status { return x.only(x.Lookup(c, dir, "f")) }},
	} {
		for policy, want := range [][2]bool{AtimeRelative: {r.relaxed, false}, AtimeStrict: {true, true}, AtimeNone: {}} {
			x.limits.Atime = AtimePolicy(policy)
			x.ok(x.only(x.Setattr(x.as(root), r.ino, SetAttr{Mask: SetAtime | SetMtime, Mtime: 1})))
			for round, moves := range want {
				c := x.as(alice)
				c.ReadOnly = true
				if status := r.read(c); (status == MustOrder) != moves {
					t.Errorf("%v, %s, round %d: a query comes to %v", x.limits.Atime, r.name, round, status)
				}
				c.ReadOnly = false
				x.ok(r.read(c))
				if n, _ := x.get(r.ino); (n.atime == x.clock) != moves {
					t.Errorf("%v, %s, round %d: the access time is %d at %d", x.limits.Atime, r.name, round, n.atime, x.clock)
				}
			}
		}
	}
}
