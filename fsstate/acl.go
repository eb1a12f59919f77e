package fsstate

import "encoding/binary"

// acl is an access control list as Linux has it in extended attributes: a
// version of 4 bytes, and for each entry its tag and permissions, of 2 bytes
// each, and the id of 4 bytes, all little-endian. Every acl in the state is
// valid, at most MaxACL long, not minimal if it is an access list, and has
// noACLID where an entry has no id: so at its end, and it does not end in zero.
type acl string

// The parts of an acl, with Linux's numbers.
const (
	aclVersion   = 2
	aclHead      = 4
	aclEntrySize = 8
	noACLID      = 1<<32 - 1
)

// aclTag says whom an entry is for.
type aclTag uint16

const (
	aclOwner      aclTag = 0x01
	aclUser       aclTag = 0x02
	aclGroupOwner aclTag = 0x04
	aclGroup      aclTag = 0x08
	aclMask       aclTag = 0x10
	aclOther      aclTag = 0x20
)

type aclEntry struct {
	tag  aclTag
	perm uint16
	id   uint32
}

func (a acl) count() int { return (len(a) - aclHead) / aclEntrySize }

func (a acl) entry(i int) aclEntry {
	b := a[aclHead+i*aclEntrySize:][:aclEntrySize]
	return aclEntry{
		tag:  aclTag(uint16(b[0]) | uint16(b[1])<<8),
		perm: uint16(b[2]) | uint16(b[3])<<8,
		id:   uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24,
	}
}

// parseACL takes apart what a caller wants to set. No entries, with OK, stand
// for no list at all. Whether they make sense together it does not tell.
func parseACL(value []byte) ([]aclEntry, Status) {
	switch {
	case len(value) == 0:
		return nil, OK
	case len(value) < aclHead:
		return nil, Inval
	case binary.LittleEndian.Uint32(value) != aclVersion:
		return nil, NotSupported
	case (len(value)-aclHead)%aclEntrySize != 0:
		return nil, Inval
	}
	list := acl(value)
	entries := make([]aclEntry, list.count())
	for i := range entries {
		e := list.entry(i)
		switch {
		case !e.tag.valid(), e.tag.named() && e.id == noACLID:
			return nil, Inval
		case !e.tag.named():
			e.id = noACLID
		}
		entries[i] = e
	}
	return entries, OK
}

// makeACL is the inverse of entry; no entries are no list.
func makeACL(entries []aclEntry) acl {
	if len(entries) == 0 {
		return ""
	}
	le := binary.LittleEndian
	b := le.AppendUint32(make([]byte, 0, aclHead+len(entries)*aclEntrySize), aclVersion)
	for _, e := range entries {
		b = le.AppendUint16(b, uint16(e.tag))
		b = le.AppendUint16(b, e.perm)
		b = le.AppendUint32(b, e.id)
	}
	return acl(b)
}

// validACL tells whether the entries are in the order of their tags, with one
// for the owner, the group and the others each, and a mask if there are users
// or groups by name. These may come twice; the first counts (as Linux).
func validACL(entries []aclEntry) bool {
	var last aclTag
	var seen [aclOther + 1]int
	for _, e := range entries {
		if e.perm&^7 != 0 || e.tag < last {
			return false
		}
		last = e.tag
		seen[e.tag]++
	}
	masks := seen[aclMask] == 1 || seen[aclMask] == 0 && seen[aclUser]+seen[aclGroup] == 0
	return seen[aclOwner] == 1 && seen[aclGroupOwner] == 1 && seen[aclOther] == 1 && masks
}

func (t aclTag) valid() bool {
	return t == aclOwner || t == aclUser || t == aclGroupOwner || t == aclGroup || t == aclMask || t == aclOther
}

// named tells whether entries of the tag have an id.
func (t aclTag) named() bool { return t == aclUser || t == aclGroup }

// allows tells whether the list lets a caller who is not the owner do all of
// mask to a file of group gid: by the entry of his name, else by any of his
// groups', both within the mask, else by the others' (acl(5)).
func (a acl) allows(c *Caller, gid uint32, mask AccessMask) bool {
	want := uint16(mask)
	member := false
	for i := range a.count() {
		e := a.entry(i)
		granted := e.perm&want == want
		switch e.tag {
		case aclUser:
			if e.id == c.UID {
				return granted && a.mask()&want == want
			}
		case aclGroupOwner, aclGroup:
			if e.tag == aclGroupOwner {
				e.id = gid
			}
			if !c.inGroup(e.id) {
				continue
			}
			if granted {
				return a.mask()&want == want
			}
			member = true
		case aclOther:
			return granted && !member
		}
	}
	return false
}

// hasMask tells whether the last entry but one is a mask.
func (a acl) hasMask() bool { return a.entry(a.count()-2).tag == aclMask }

// mask is what users by name and groups have at most.
func (a acl) mask() uint16 {
	if a.hasMask() {
		return a.entry(a.count() - 2).perm
	}
	return 7
}
