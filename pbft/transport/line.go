package transport

import "slices"

// The connections of one peer stand in line for the Handler, in the order of
// their arrival. The first has the turn; the last is the current one, as long
// as it lasts.
//
// INVARIANT: of the connections in a line at most the last two are not closed.

// arrive makes a connection the peer's current one. If it is a successor the
// one before it hands over; all others before it end.
func (p *peer) arrive(c *connection, o opening) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current.Store(c) // before the older one refuses to take more
	for i, older := range p.line {
		if o == opensSuccessor && i == len(p.line)-1 {
			older.retire()
		} else {
			older.close(ErrReplaced)
		}
	}
	p.line = append(p.line, c)
	if len(p.line) == 1 {
		close(c.turn)
	}
}

// await waits for a connection's turn. It is false if the connection has ended
// before, and then it has left the line.
func (p *peer) await(c *connection) bool {
	select {
	case <-c.turn:
		return true
	case <-c.closed:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.line[0] == c {
		return true
	}
	p.remove(c)
	return false
}

// pass gives the turn of a connection to the one after it, which goes on for
// the Handler where this one has ended. It is false if there is none.
func (p *peer) pass(c *connection) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.line) < 2 {
		return false
	}
	p.remove(c)
	return true
}

// leave ends a connection's turn.
func (p *peer) leave(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remove(c)
}

// remove takes a connection out of the line, and lets the next one have its
// turn if it was the first. The caller holds mu.
func (p *peer) remove(c *connection) {
	i := slices.Index(p.line, c)
	p.line = slices.Delete(p.line, i, i+1)
	if i == 0 && len(p.line) > 0 {
		close(p.line[0].turn)
	}
}

// inLine are the connections in line.
func (p *peer) inLine() []*connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.line)
}
