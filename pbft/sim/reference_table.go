package sim

import (
	"slices"

	"bfs/pbft"
	"bfs/pbft/message"
)

// refTable is one principal's part of the reference's last-reply table.
type refTable struct {
	newest   uint64 // session number
	sessions []*refSession
}

type refSession struct {
	number uint64
	low    message.Timestamp // all below are acknowledged
	used   message.Time
	done   map[message.Timestamp]bool
}

// admit says whether a request is to be carried out now: it is the first under
// its timestamp in a session that is known or new. It notes that it was.
func (t *refTable) admit(q *message.Request, now message.Time, p pbft.Params) bool {
	s := t.session(q.Client.Session, p.Sessions)
	if s == nil {
		return false
	}
	s.used = now
	s.low = max(s.low, q.Ack)
	if q.Timestamp < s.low || s.done[q.Timestamp] || q.Timestamp-s.low >= message.Timestamp(p.ClientWindow) {
		return false
	}
	s.done[q.Timestamp] = true
	return true
}

// session finds a session or opens it; nil if it is one of the past.
func (t *refTable) session(number uint64, limit int) *refSession {
	for _, s := range t.sessions {
		if s.number == number {
			return s
		}
	}
	if number <= t.newest {
		return nil
	}
	if len(t.sessions) == limit {
		t.forgetOldest()
	}
	t.newest = number
	s := &refSession{number: number, low: 1, done: make(map[message.Timestamp]bool)}
	t.sessions = append(t.sessions, s)
	return s
}

func (t *refTable) forgetOldest() {
	oldest := slices.MinFunc(t.sessions, func(a, b *refSession) int { return int(a.used - b.used) })
	t.sessions = slices.DeleteFunc(t.sessions, func(s *refSession) bool { return s == oldest })
}
