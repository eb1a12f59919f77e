package fsstate

import "bfs/fsstate/trie"

// Quota bounds what the files of one owner come to. 0 is no bound.
type Quota struct {
	Bytes  uint64 // of contents, in whole blocks, as Limits.Bytes counts them
	Inodes uint64 // files, directories and all else; hard links count once
}

// OwnerQuota is the quota of one owner.
type OwnerQuota struct {
	UID uint32
	Quota
}

// Usage is what the files of one owner come to, and what they may.
type Usage struct {
	UID           uint32
	Bytes, Inodes uint64
	Quota         Quota
}

// account is a row of the table of owners, which has those who own something
// and those with a quota of their own.
type account struct {
	blocks, inodes uint64
	own            bool // quota holds for this one; else Limits.Quota does
	quota          Quota
}

const accountBytes = 4*8 + 1

// AppendLeaf appends the canonical bytes.
func (a account) AppendLeaf(dst []byte) []byte {
	dst = appendUint64s(dst, a.blocks, a.inodes, a.quota.Bytes, a.quota.Inodes)
	if a.own {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func (a account) fromLeaf(b []byte) (account, []branch, bool) {
	if len(b) != accountBytes {
		return a, nil, false
	}
	r := leafReader{b}
	a.blocks, a.inodes = r.uint64(), r.uint64()
	a.quota = Quota{Bytes: r.uint64(), Inodes: r.uint64()}
	a.own = r.rest[0] == 1
	return a, nil, r.rest[0] <= 1
}

// setQuotas gives owners quotas of their own.
func setQuotas(e trie.Epoch, accounts *trie.Map[account], quotas []OwnerQuota) {
	for _, q := range quotas {
		accounts.Set(e, uint64(q.UID), account{own: true, quota: q.Quota})
	}
}

// quotaOf is the quota that holds for an account.
func (v *version) quotaOf(a *account) Quota {
	if a.own {
		return a.quota
	}
	return v.limits.Quota
}

// charge counts blocks and inodes more (or less) to an owner.
func (s *State) charge(uid uint32, blocks, inodes int64) {
	if blocks == 0 && inodes == 0 {
		return
	}
	s.blocks += uint64(blocks)
	a, _ := s.accounts.Get(uint64(uid))
	a.blocks += uint64(blocks)
	a.inodes += uint64(inodes)
	if a == (account{}) {
		s.accounts.Delete(s.epoch, uint64(uid))
		return
	}
	s.accounts.Set(s.epoch, uint64(uid), a)
}

// chargeAll counts all of an inode to its owner, or with -1 takes it back.
func (s *State) chargeAll(n *inode, sign int64) {
	s.charge(n.uid, sign*int64(n.blockCount()), sign)
}

// room tells whether the files of an owner may come to so much more: NoSpace
// if there is none for anybody, DQuot if there is none for him.
func (s *State) room(c *Context, uid uint32, blocks, inodes uint64) Status {
	if blocks > s.limits.Bytes/BlockSize-s.blocks {
		return NoSpace
	}
	return s.quotaLeft(c, uid, blocks, inodes)
}

// quotaLeft is room without regard to the limits that hold for all together.
// What is asked for of neither kind cannot be too much, although an owner may
// have more than his quota of it, given by root.
func (s *State) quotaLeft(c *Context, uid uint32, blocks, inodes uint64) Status {
	if c.Caller.isRoot() && !s.limits.QuotaBindsRoot {
		return OK
	}
	a, _ := s.accounts.Get(uint64(uid))
	q := s.quotaOf(&a)
	if exceeds(a.blocks, blocks, q.Bytes/BlockSize, q.Bytes) || exceeds(a.inodes, inodes, q.Inodes, q.Inodes) {
		return DQuot
	}
	return OK
}

// exceeds tells whether more than the bound are there with these, if quota
// says that there is a bound.
func exceeds(there, more, bound, quota uint64) bool {
	return quota > 0 && more > 0 && (there > bound || more > bound-there)
}

// Usage returns what the files of owners come to, from a number on and in the
// order of their numbers, at most limit and MaxPage of them, and whether these
// were the last. Root is told of all owners, others only of themselves.
func (s *State) Usage(c *Context, from uint32, limit int) (owners []Usage, eof bool, status Status) {
	if status = s.begin(c); status != OK {
		return nil, false, status
	}
	if limit <= 0 {
		return nil, false, Inval
	}
	if uid := c.Caller.UID; uid != rootUID {
		if uid < from {
			return nil, true, OK
		}
		a, _ := s.accounts.Get(uint64(uid))
		return []Usage{s.usage(uid, &a)}, true, OK
	}
	for uid, a := range s.accounts.Ascend(uint64(from)) {
		if len(owners) == min(limit, MaxPage) {
			return owners, false, OK
		}
		owners = append(owners, s.usage(uint32(uid), &a))
	}
	return owners, true, OK
}

func (v *version) usage(uid uint32, a *account) Usage {
	return Usage{UID: uid, Bytes: a.blocks * BlockSize, Inodes: a.inodes, Quota: v.quotaOf(a)}
}

// checkAccounts compares the accounts with what inodes there are.
func (s *State) checkAccounts() error {
	owned := make(map[uint64]account)
	for _, n := range s.inodes.Ascend(0) {
		if n.isIdle() {
			continue
		}
		a := owned[uint64(n.uid)]
		a.blocks += n.blockCount()
		a.inodes++
		owned[uint64(n.uid)] = a
	}
	for uid, a := range s.accounts.Ascend(0) {
		want := owned[uid]
		delete(owned, uid)
		if a.blocks != want.blocks || a.inodes != want.inodes {
			return broken("owner %d has %d blocks and %d inodes, %d and %d are counted", uid, want.blocks, want.inodes, a.blocks, a.inodes)
		}
		if a == (account{}) || !a.own && a.quota != (Quota{}) {
			return broken("owner %d has the row %+v", uid, a)
		}
	}
	if len(owned) > 0 {
		return broken("%d owners have no row", len(owned))
	}
	return s.accounts.CheckInvariants()
}
