package fsstate

import (
	"fmt"
	"slices"
	"strings"
)

// AtimePolicy says which reads move access times.
type AtimePolicy uint32

const (
	// AtimeRelative: a read moves an access time that is not after the last
	// change, or a day old (Linux's relatime). Most reads need not be ordered.
	AtimeRelative AtimePolicy = iota
	// AtimeStrict: every read of a file, directory or symbolic link does, and
	// every successful Lookup moves its directory's, as in the paper's strict
	// BFS (OSDI '99, section 7); POSIX leaves it open what pathname resolution
	// does. All of them have to be ordered.
	AtimeStrict
	// AtimeNone: no read does (noatime).
	AtimeNone
)

// DevicePolicy says who may make device nodes.
type DevicePolicy uint32

const (
	// DevicesRootOnly: root may, others get Perm, as Linux has it.
	DevicesRootOnly DevicePolicy = iota
	// DevicesAllow: whoever may write to the directory may.
	DevicesAllow
	// DevicesRefuse: nobody may, and gets Perm.
	DevicesRefuse
)

var (
	atimeNames  = []string{"relatime", "strict", "none"}
	deviceNames = []string{"root-only", "allow", "refuse"}
)

// String is the policy's name in configurations.
func (p AtimePolicy) String() string { return policyName(atimeNames, uint32(p)) }

// String is the policy's name in configurations.
func (p DevicePolicy) String() string { return policyName(deviceNames, uint32(p)) }

// MarshalText writes the name.
func (p AtimePolicy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// MarshalText writes the name.
func (p DevicePolicy) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name, and says which there are if it is none.
func (p *AtimePolicy) UnmarshalText(text []byte) error {
	return parsePolicy(atimeNames, string(text), (*uint32)(p))
}

// UnmarshalText reads a name, and says which there are if it is none.
func (p *DevicePolicy) UnmarshalText(text []byte) error {
	return parsePolicy(deviceNames, string(text), (*uint32)(p))
}

func policyName(names []string, p uint32) string {
	if p < uint32(len(names)) {
		return names[p]
	}
	return fmt.Sprint("policy ", p)
}

func parsePolicy(names []string, text string, p *uint32) error {
	i := slices.Index(names, text)
	if i < 0 {
		return fmt.Errorf("%q is no policy: choose one of %s", text, strings.Join(names, ", "))
	}
	*p = uint32(i)
	return nil
}

// atimeDue tells whether a read is to move the access time of n. With
// AtimeStrict it is even if nothing would change, because the present of a
// query is later than that of the state.
func (s *State) atimeDue(n *inode) bool {
	switch s.limits.Atime {
	case AtimeNone:
		return false
	case AtimeStrict:
		return true
	}
	return n.atime <= n.mtime || n.atime <= n.ctime || n.atime <= s.clock-day
}

// day is in nanoseconds.
const day = 24 * 60 * 60 * 1_000_000_000

// touch moves the access time of ino, a copy of which is n, if a read is to.
// Those in snapshots stay.
func (s *State) touch(c *Context, ino Ino, n *inode) Status {
	if ino.isSaved() || !s.atimeDue(n) {
		return OK
	}
	if c.ReadOnly {
		return MustOrder
	}
	if n.atime != s.clock {
		s.edit(ino).atime = s.clock
	}
	return OK
}

// touchSearched is touch for the directory of p, in which ino was found.
func (s *State) touchSearched(c *Context, p *place, ino Ino) Status {
	if s.limits.Atime != AtimeStrict {
		return OK
	}
	if _, status := s.view(ino); status != OK {
		return status // the parent of a removed directory
	}
	return s.touch(c, p.dir, &p.node)
}
