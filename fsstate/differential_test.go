package fsstate

import (
	"bytes"
	"fmt"
)

var smallConfig = Config{
	Limits:   Limits{Bytes: 64*BlockSize + 7, Inodes: 48, Lease: 1600},
	RootMode: 0o777, RootUID: 0, RootGID: 10, Now: 1000,
}

// variants are what the sequences are run on: smallConfig with the policies
// that a cluster may choose.
var variants = []Config{
	smallConfig,
	varied(func(l *Limits) { l.Devices, l.Linger = DevicesAllow, 20 }),
	varied(func(l *Limits) { l.Devices, l.Atime = DevicesRefuse, AtimeStrict }),
	varied(func(l *Limits) { l.Atime, l.Linger = AtimeNone, 60 }),
	withQuotas(varied(func(l *Limits) { l.Quota, l.Linger = Quota{Bytes: 12 * BlockSize, Inodes: 9}, 400 })),
	withQuotas(varied(func(l *Limits) { l.Quota, l.QuotaBindsRoot = Quota{Inodes: 12}, true })),
}

func withQuotas(cfg Config) Config {
	cfg.Quotas = []OwnerQuota{{2, Quota{Bytes: 5*BlockSize + 1}}, {3, Quota{}}, {0, Quota{Inodes: 30}}}
	return cfg
}

func varied(change func(*Limits)) Config {
	cfg := smallConfig
	change(&cfg.Limits)
	return cfg
}

// compare returns how the state differs from the model.
func compare(s *State, m *model) error {
	if s.clock != m.clock || s.nextIno != m.next || s.inodes.Len() != len(m.files)+len(m.idle) {
		return fmt.Errorf("clock %d next %d inodes %d, want %d %d %d",
			s.clock, s.nextIno, s.inodes.Len(), m.clock, m.next, len(m.files)+len(m.idle))
	}
	for ino := range m.idle {
		if n, status := s.view(ino); status != OK || n.attr(ino) != m.stat(ino) {
			return fmt.Errorf("inode %d lingers as %+v, want %+v", ino, n.attr(ino), m.stat(ino))
		}
	}
	for ino, f := range m.files {
		if err := compareFile(s, m, ino, f); err != nil {
			return err
		}
	}
	if int(s.sessions.count) != len(m.sessions) || s.sessions.expired.Len() != len(m.expired) {
		return fmt.Errorf("%d sessions and %d expired, want %d and %d",
			s.sessions.count, s.sessions.expired.Len(), len(m.sessions), len(m.expired))
	}
	for _, r := range m.sessions {
		got, _ := s.sessions.get(r.id)
		if got.renewed != r.renewed || got.opens.counts.Len() != len(r.opens) {
			return fmt.Errorf("session %v renewed %d with %d opens, want %d and %d",
				r.id, got.renewed, got.opens.counts.Len(), r.renewed, len(r.opens))
		}
		for ino, o := range r.opens {
			if got := s.held(r.id, ino); got != (openCount{o[0], o[1], o[2]}) {
				return fmt.Errorf("session %v holds %d %+v, want %v", r.id, ino, got, *o)
			}
		}
	}
	return compareLocks(s, m)
}

func compareFile(s *State, m *model, ino Ino, f *mFile) error {
	n, status := s.get(ino)
	if got, want := n.attr(ino), m.stat(ino); status != OK || got != want {
		return fmt.Errorf("inode %d: %v %+v, want %+v", ino, status, got, want)
	}
	if f.kind() == mDir && n.parent != f.parent || n.entries.Len() != len(f.entries) {
		return fmt.Errorf("directory %d: parent %d, %d entries, want %d, %d",
			ino, n.parent, n.entries.Len(), f.parent, len(f.entries))
	}
	for name, child := range f.entries {
		if got := find(&n.entries, name).ino; got != child {
			return fmt.Errorf("directory %d: %q is %d, want %d", ino, name, got, child)
		}
	}
	if err := compareXattrs(&n, f); err != nil {
		return fmt.Errorf("inode %d: %w", ino, err)
	}
	if b, _ := n.blockAt(0); f.kind() == mLink && string(b) != f.target {
		return fmt.Errorf("link %d: target %q, want %q", ino, b, f.target)
	}
	for index := range f.reserved {
		if _, ok := n.runAt(index); !ok {
			return fmt.Errorf("inode %d: block %d is not reserved", ino, index)
		}
	}
	for index, want := range f.blocks {
		b, ok := n.blockAt(index)
		if got := append([]byte(b), make([]byte, BlockSize-len(b))...); !ok || !bytes.Equal(got, want[:]) {
			return fmt.Errorf("inode %d: block %d differs", ino, index)
		}
	}
	return nil
}
