package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// ticket is the result of setLock: 0, or what the request waits with.
type ticket struct{ number uint64 }

func appendTicket(dst []byte, res *ticket, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status == fsstate.OK {
		dst = wire.AppendUint(dst, res.number)
	}
	return dst
}

func (*ticket) fields() int                     { return 1 }
func (res *ticket) decodeFields(r *wire.Reader) { res.number = r.Uint() }

// foundLock is the result of getLock.
type foundLock struct{ lock fsstate.Lock }

func appendFoundLock(dst []byte, res *foundLock, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status == fsstate.OK {
		dst = appendLock(dst, &res.lock)
	}
	return dst
}

func (*foundLock) fields() int                     { return 1 }
func (res *foundLock) decodeFields(r *wire.Reader) { res.lock = decodeLock(r) }

// cancelled is the result of cancelLock: whether there was a wait to end.
type cancelled struct{ withdrawn bool }

func appendCancelled(dst []byte, res *cancelled, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status == fsstate.OK {
		dst = wire.AppendBool(dst, res.withdrawn)
	}
	return dst
}

func (*cancelled) fields() int                     { return 1 }
func (res *cancelled) decodeFields(r *wire.Reader) { res.withdrawn = r.Bool() }

// waiting is the result of lockWaits: [since, [ticket…]].
type waiting struct{ waits fsstate.LockWaits }

func appendWaiting(dst []byte, res *waiting, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status != fsstate.OK {
		return dst
	}
	dst = wire.AppendUint(dst, res.waits.Since)
	dst = wire.AppendArray(dst, len(res.waits.Tickets))
	for _, n := range res.waits.Tickets {
		dst = wire.AppendUint(dst, n)
	}
	return dst
}

func (*waiting) fields() int { return 2 }

func (res *waiting) decodeFields(r *wire.Reader) {
	res.waits.Since = r.Uint()
	if n := r.ArrayMax(fsstate.MaxWaits); n > 0 {
		res.waits.Tickets = make([]uint64, n)
		for i := range res.waits.Tickets {
			res.waits.Tickets[i] = r.Uint()
		}
	}
}
