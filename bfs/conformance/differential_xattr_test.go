package conformance

import (
	"fmt"
	"slices"
	"strings"
)

func (d *differential) attribute() string {
	return pick(d, "user.a", "user.a", "user.b", "trusted.a", "security.a", "security.capability", "user.", "other.a", "")
}

func (d *differential) setxattr() step {
	path, name, flags := d.path(), d.attribute(), pick(d, 0, 0, 0, 1, 2, 3, 4)
	value := strings.Repeat(pick(d, "x", "\x00"), pick(d, 0, 1, 10, 5000))
	if name == "security.capability" {
		value = fileCapabilities
	}
	text := fmt.Sprintf("setxattr %s %q %d of %d", path, name, flags, len(value))
	return step{text, func(p Process) (string, error) { return "", p.Lsetxattr(path, name, []byte(value), flags) }}
}

// setACL sets lists of few entries, most of them lawful.
func (d *differential) setACL() step {
	path, name := d.path(), pick(d, accessList, defaultList)
	entries := []string{"u::" + d.perm()}
	for range d.random.IntN(3) {
		entries = append(entries, named(pick[uint32](d, aliceID, bobID), d.perm()))
	}
	entries = append(entries, "g::"+d.perm())
	for range d.random.IntN(2) {
		entries = append(entries, namedGroup(pick[uint32](d, aliceID, bobID, staff), d.perm()))
	}
	if d.random.IntN(4) > 0 {
		entries = append(entries, "m::"+d.perm())
	}
	entries = append(entries, "o::"+d.perm())[d.random.IntN(20)/19:]
	text := fmt.Sprintf("setxattr %s %s %v", path, name, entries)
	return step{text, func(p Process) (string, error) { return "", p.Lsetxattr(path, name, []byte(aclOf(entries...)), 0) }}
}

func (d *differential) perm() string {
	return pick(d, "rwx", "rwx", "rw-", "r-x", "r--", "-wx", "--x", "---")
}

func (d *differential) getxattr() step {
	path, name := d.path(), pick(d, d.attribute(), accessList, defaultList)
	return pick(d,
		step{"getxattr " + path + " " + name, func(p Process) (string, error) {
			value, err := p.Lgetxattr(path, name)
			return digest(value), err
		}},
		step{"removexattr " + path + " " + name, func(p Process) (string, error) { return "", p.Lremovexattr(path, name) }},
		step{"listxattr " + path, func(p Process) (string, error) { return describeXattrs(p, path) }},
	)
}

// describeXattrs has all names, and the values that the caller may read.
func describeXattrs(p Process, path string) (string, error) {
	names, err := p.Llistxattr(path)
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		value, _ := p.Lgetxattr(path, name)
		fmt.Fprintf(&b, " %s=%s", name, digest(value))
	}
	return b.String(), err
}
