package cluster

import (
	"fmt"
	"strconv"
	"strings"

	"bfs/fsstate"
)

// Quota bounds what one owner has. 0 is no bound.
type Quota struct {
	Bytes  uint64 `json:"bytes"`
	Inodes uint64 `json:"inodes"`
}

// OwnerQuota is the quota of one owner.
type OwnerQuota struct {
	UID uint32 `json:"uid"`
	Quota
}

// ParseOwnerQuota reads UID=BYTES:INODES.
func ParseOwnerQuota(text string) (OwnerQuota, error) {
	uid, rest, ok := strings.Cut(text, "=")
	bytes, inodes, both := strings.Cut(rest, ":")
	id, err := strconv.ParseUint(uid, 10, 32)
	b, errBytes := strconv.ParseUint(bytes, 10, 64)
	i, errInodes := strconv.ParseUint(inodes, 10, 64)
	if !ok || !both || err != nil || errBytes != nil || errInodes != nil {
		return OwnerQuota{}, fmt.Errorf("%q is not UID=BYTES:INODES in numbers, such as 1000=1073741824:10000; 0 is no bound", text)
	}
	return OwnerQuota{uint32(id), Quota{b, i}}, nil
}

// checkQuotas finds owners that are named twice, and too many of them.
func (f *Files) checkQuotas(k *checker) {
	if n := len(f.Quotas); n > maxQuotas {
		k.add("files.quotas", "there are %d; there can be at most %d", n, maxQuotas)
	}
	owners := seen{}
	for i, q := range f.Quotas {
		owners.once(k, fmt.Sprintf("files.quotas[%d].uid", i), strconv.FormatUint(uint64(q.UID), 10))
	}
}

func (f *Files) quotas() (all []fsstate.OwnerQuota) {
	for _, q := range f.Quotas {
		all = append(all, fsstate.OwnerQuota{UID: q.UID, Quota: fsstate.Quota(q.Quota)})
	}
	return all
}
