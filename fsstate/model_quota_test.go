package fsstate

import (
	"maps"
	"slices"
)

func (m *model) quotaOf(uid uint32) Quota {
	for _, q := range m.quotas {
		if q.UID == uid {
			return q.Quota
		}
	}
	return m.limits.Quota
}

// usage counts what an owner has.
func (m *model) usage(uid uint32) Usage {
	u := Usage{UID: uid, Quota: m.quotaOf(uid)}
	for _, f := range m.files {
		if f.attr.UID == uid {
			u.Bytes += uint64(m.blocksOf(f)) * 4096
			u.Inodes++
		}
	}
	return u
}

// quota tells whether an owner may have so many blocks and inodes more.
func (m *model) quota(c *Context, uid uint32, blocks, inodes uint64) Status {
	u := m.usage(uid)
	if c.Caller.UID == 0 && !m.limits.QuotaBindsRoot {
		return OK
	}
	if blocks > 0 && u.Quota.Bytes > 0 && u.Bytes+blocks*4096 > u.Quota.Bytes {
		return DQuot
	}
	if inodes > 0 && u.Quota.Inodes > 0 && u.Inodes+inodes > u.Quota.Inodes {
		return DQuot
	}
	return OK
}

func (m *model) Usage(c *Context, from uint32, limit int) ([]Usage, bool, Status) {
	if st := m.start(c, false); st != OK {
		return nil, false, st
	}
	if limit <= 0 {
		return nil, false, Inval
	}
	owners := map[uint32]bool{c.Caller.UID: true}
	if c.Caller.UID == 0 {
		clear(owners)
		for _, f := range m.files {
			owners[f.attr.UID] = true
		}
		for _, q := range m.quotas {
			owners[q.UID] = true
		}
	}
	var out []Usage
	for _, uid := range slices.Sorted(maps.Keys(owners)) {
		if uid >= from && len(out) == limit {
			return out, false, OK
		}
		if uid >= from {
			out = append(out, m.usage(uid))
		}
	}
	return out, true, OK
}
