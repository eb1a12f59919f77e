package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on the snapshots that users make.

type createSnapshot struct{ name string }

func (*createSnapshot) code() opcode   { return opCreateSnapshot }
func (*createSnapshot) arguments() int { return 1 }

func (o *createSnapshot) appendArguments(dst []byte) []byte { return wire.AppendBytes(dst, o.name) }
func (o *createSnapshot) decodeArguments(r *wire.Reader)    { o.name = decodeName(r) }

func (o *createSnapshot) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	info, status := s.CreateSnapshot(c, o.name)
	return appendSnapshots(dst, []fsstate.SnapshotInfo{info}, status)
}

type deleteSnapshot struct{ name string }

func (*deleteSnapshot) code() opcode   { return opDeleteSnapshot }
func (*deleteSnapshot) arguments() int { return 1 }

func (o *deleteSnapshot) appendArguments(dst []byte) []byte { return wire.AppendBytes(dst, o.name) }
func (o *deleteSnapshot) decodeArguments(r *wire.Reader)    { o.name = decodeName(r) }

func (o *deleteSnapshot) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.DeleteSnapshot(c, o.name))
}

type listSnapshots struct{}

func (*listSnapshots) code() opcode                      { return opListSnapshots }
func (*listSnapshots) arguments() int                    { return 0 }
func (*listSnapshots) appendArguments(dst []byte) []byte { return dst }
func (*listSnapshots) decodeArguments(*wire.Reader)      {}

func (*listSnapshots) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	list, status := s.Snapshots(c)
	return appendSnapshots(dst, list, status)
}

// snapshots is the result of what returns snapshots, in an array.
type snapshots struct{ list []fsstate.SnapshotInfo }

const snapshotElements = 7

func appendSnapshots(dst []byte, list []fsstate.SnapshotInfo, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, 1)
	if status != fsstate.OK {
		return dst
	}
	dst = wire.AppendArray(dst, len(list))
	for i := range list {
		dst = appendSnapshot(dst, &list[i])
	}
	return dst
}

func appendSnapshot(dst []byte, s *fsstate.SnapshotInfo) []byte {
	dst = wire.AppendArray(dst, snapshotElements)
	dst = wire.AppendBytes(dst, s.Name)
	dst = appendIno(dst, s.Root)
	dst = wire.AppendInt(dst, s.Made)
	dst = wire.AppendUint(dst, uint64(s.UID))
	dst = wire.AppendUint(dst, uint64(s.Principal))
	dst = wire.AppendUint(dst, s.Bytes)
	return wire.AppendUint(dst, s.Inodes)
}

func (*snapshots) fields() int { return 1 }

func (res *snapshots) decodeFields(r *wire.Reader) {
	count := r.ArrayMax(fsstate.MaxSnapshots)
	for i := 0; i < count && r.Err() == nil; i++ {
		r.Array(snapshotElements)
		res.list = append(res.list, fsstate.SnapshotInfo{
			Name:      decodeEntryName(r),
			Root:      decodeIno(r),
			Made:      r.Int(),
			UID:       decodeUint32(r),
			Principal: decodeUint32(r),
			Bytes:     r.Uint(),
			Inodes:    r.Uint(),
		})
	}
}
