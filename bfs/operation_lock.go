package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on locks.

type setLock struct {
	ino  fsstate.Ino
	lock fsstate.Lock
	wait bool
}

func (*setLock) code() opcode   { return opSetLock }
func (*setLock) arguments() int { return 3 }

func (o *setLock) appendArguments(dst []byte) []byte {
	return wire.AppendBool(appendLock(appendIno(dst, o.ino), &o.lock), o.wait)
}

func (o *setLock) decodeArguments(r *wire.Reader) {
	o.ino, o.lock, o.wait = decodeIno(r), decodeLock(r), r.Bool()
}

func (o *setLock) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	n, status := s.SetLock(c, o.ino, o.lock, o.wait)
	return appendTicket(dst, &ticket{n}, status)
}

type getLock struct {
	ino  fsstate.Ino
	lock fsstate.Lock
}

func (*getLock) code() opcode   { return opGetLock }
func (*getLock) arguments() int { return 2 }

func (o *getLock) appendArguments(dst []byte) []byte {
	return appendLock(appendIno(dst, o.ino), &o.lock)
}

func (o *getLock) decodeArguments(r *wire.Reader) { o.ino, o.lock = decodeIno(r), decodeLock(r) }

func (o *getLock) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	lock, status := s.GetLock(c, o.ino, o.lock)
	return appendFoundLock(dst, &foundLock{lock}, status)
}

type cancelLock struct{ ticket uint64 }

func (*cancelLock) code() opcode   { return opCancelLock }
func (*cancelLock) arguments() int { return 1 }

func (o *cancelLock) appendArguments(dst []byte) []byte { return wire.AppendUint(dst, o.ticket) }
func (o *cancelLock) decodeArguments(r *wire.Reader)    { o.ticket = r.Uint() }

func (o *cancelLock) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	withdrawn, status := s.CancelLock(c, o.ticket)
	return appendCancelled(dst, &cancelled{withdrawn}, status)
}

type lockWaits struct{}

func (*lockWaits) code() opcode                      { return opLockWaits }
func (*lockWaits) arguments() int                    { return 0 }
func (*lockWaits) appendArguments(dst []byte) []byte { return dst }
func (*lockWaits) decodeArguments(*wire.Reader)      {}

func (*lockWaits) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	waits, status := s.LockWaits(c)
	return appendWaiting(dst, &waiting{waits}, status)
}

const lockElements = 6

func appendLock(dst []byte, l *fsstate.Lock) []byte {
	dst = wire.AppendArray(dst, lockElements)
	dst = wire.AppendUint(dst, uint64(l.Kind))
	dst = wire.AppendUint(dst, uint64(l.Type))
	dst = wire.AppendUint(dst, l.Start)
	dst = wire.AppendUint(dst, l.End)
	dst = wire.AppendUint(dst, l.Owner)
	return wire.AppendUint(dst, uint64(l.PID))
}

func decodeLock(r *wire.Reader) fsstate.Lock {
	r.Array(lockElements)
	return fsstate.Lock{
		Kind:  fsstate.LockKind(decodeUint32(r)),
		Type:  fsstate.LockType(decodeUint32(r)),
		Start: r.Uint(),
		End:   r.Uint(),
		Owner: r.Uint(),
		PID:   decodeUint32(r),
	}
}
