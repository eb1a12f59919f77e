package fsstate

import (
	"bfs/fsstate/trie"
)

// The root page is what State.Digest is the digest of: a label, numbers
// in little-endian order, and the digests of the tables.
const (
	rootLabel     = "bfs file state, version 3"
	rootNumbers   = 23
	rootTables    = 9
	rootPageBytes = len(rootLabel) + rootNumbers*8 + rootTables*len(trie.Digest{})
)

func (v *version) appendRootPage(dst []byte) []byte {
	dst = append(dst, rootLabel...)
	dst = appendUint64s(dst,
		v.limits.Bytes, v.limits.Inodes, uint64(v.limits.Lease), uint64(v.limits.Linger), uint64(v.limits.Devices), uint64(v.limits.Atime),
		v.limits.Quota.Bytes, v.limits.Quota.Inodes, oneIf(v.limits.QuotaBindsRoot),
		uint64(v.clock), uint64(v.nextIno), v.blocks, v.names,
		v.sessions.count, v.sessions.opens, v.sessions.nextTurn,
		v.locks.held, v.locks.waiting,
		v.nextSaved, uint64(v.savedAt),
		v.lingering.next, v.lingering.blocks, v.lingering.idle)
	for _, d := range []trie.Digest{
		v.inodes.Digest(),
		v.sessions.principals.Digest(),
		v.sessions.leases.Digest(),
		v.sessions.expired.Digest(),
		v.locks.files.Digest(),
		v.locks.lives.Digest(),
		v.snapshots.Digest(),
		v.accounts.Digest(),
		v.lingering.rows.Digest(),
	} {
		dst = append(dst, d[:]...)
	}
	return dst
}

// adoptRoot takes over what the root page of that digest says, and returns the
// tables that differ from v's. It changes nothing if the bytes are not that
// page.
func (v *version) adoptRoot(page []byte, want trie.Digest) ([]branch, bool) {
	if len(page) != rootPageBytes || trie.Sum(page) != want || string(page[:len(rootLabel)]) != rootLabel {
		return nil, false
	}
	r := leafReader{page[len(rootLabel):]}
	v.limits = Limits{
		Bytes: r.uint64(), Inodes: r.uint64(), Lease: r.int64(), Linger: r.int64(),
		Devices: DevicePolicy(r.uint64()), Atime: AtimePolicy(r.uint64()),
		Quota: Quota{Bytes: r.uint64(), Inodes: r.uint64()}, QuotaBindsRoot: r.uint64() == 1,
	}
	v.clock, v.nextIno = r.int64(), Ino(r.uint64())
	v.blocks, v.names = r.uint64(), r.uint64()
	v.sessions.count, v.sessions.opens, v.sessions.nextTurn = r.uint64(), r.uint64(), r.uint64()
	v.locks.held, v.locks.waiting = r.uint64(), r.uint64()
	v.nextSaved, v.savedAt = r.uint64(), r.int64()
	v.lingering.next, v.lingering.blocks, v.lingering.idle = r.uint64(), r.uint64(), r.uint64()
	return v.adoptTables(&r), true
}

func (v *version) adoptTables(r *leafReader) []branch {
	out := adopt(nil, &v.inodes, inodeTable, r.digest())
	out = adopt(out, &v.sessions.principals, principalTable, r.digest())
	out = adopt(out, &v.sessions.leases, leaseTable, r.digest())
	out = adopt(out, &v.sessions.expired, expiredTable, r.digest())
	out = adopt(out, &v.locks.files, lockedTable, r.digest())
	out = adopt(out, &v.locks.lives, lockerTable, r.digest())
	out = adopt(out, &v.snapshots, savedTable, r.digest())
	out = adopt(out, &v.accounts, accountTable, r.digest())
	return adopt(out, &v.lingering.rows, lingerers, r.digest())
}

func oneIf(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
