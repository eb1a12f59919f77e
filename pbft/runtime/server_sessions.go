package runtime

import "bfs/pbft/message"

// account is what a server remembers of a principal: as much as the
// replicated last-reply table does, so that exactly once means the same.
//
// INVARIANT: all session numbers are at most newest; there are at most
// Params.Sessions windows.
type account struct {
	newest  uint64
	windows map[uint64]*window
}

// window is the replies of one session that the client may still lack.
type window struct {
	low     message.Timestamp // all below are acknowledged
	used    message.Time
	replies []*message.Reply // by timestamp modulo the length
}

// open returns a session's window, making one for a session that is newer
// than all before it; nil if the session is expired.
func (s *server) open(id message.ClientID) *window {
	a := s.accounts[id.Principal]
	if a == nil {
		a = &account{windows: make(map[uint64]*window)}
		s.accounts[id.Principal] = a
	}
	if w := a.windows[id.Session]; w != nil {
		return w
	}
	if id.Session <= a.newest {
		return nil
	}
	if len(a.windows) >= s.params.Sessions {
		a.evict()
		s.sessions--
	}
	w := &window{low: 1, replies: make([]*message.Reply, s.params.ClientWindow)}
	a.newest = id.Session
	a.windows[id.Session] = w
	s.sessions++
	return w
}

// evict forgets the session that was idle for longest.
func (a *account) evict() {
	var oldest uint64
	var found *window
	for number, w := range a.windows {
		if found == nil || w.used < found.used {
			oldest, found = number, w
		}
	}
	delete(a.windows, oldest)
}

func (w *window) slot(t message.Timestamp) int {
	return int(t % message.Timestamp(len(w.replies)))
}

// acknowledge forgets the replies below ack.
func (w *window) acknowledge(ack message.Timestamp) {
	size := message.Timestamp(len(w.replies))
	if ack > w.low+size {
		clear(w.replies)
		w.low = ack
	}
	for ; w.low < ack; w.low++ {
		w.replies[w.slot(w.low)] = nil
	}
}
