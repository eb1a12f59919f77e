package fsstate

// Rename moves a name, replacing what newName names if the types allow it: a
// directory replaces only an empty directory, anything else only what is no
// directory. With RenameExchange the names change places, whatever they are of.
// Names of the same inode are left alone.
func (s *State) Rename(c *Context, dir Ino, name string, newDir Ino, newName string, flags RenameFlags) Status {
	m, status := s.planMove(c, dir, name, newDir, newName, flags)
	if status != OK || m.from.ino == m.to.ino {
		return status
	}
	if status = m.allowed(c); status != OK {
		return status
	}
	if m.exchange {
		s.swap(m)
	} else {
		s.move(m)
	}
	return OK
}

// move is a rename that has been looked up.
type move struct {
	from, to place
	child    inode // what moves
	target   inode // what it replaces, if to.ino is not 0
	exchange bool  // target goes to where child was
}

func (m *move) changesParent() bool { return m.child.isDir() && m.from.dir != m.to.dir }

// planMove looks both names up and settles what does not depend on
// permissions.
func (s *State) planMove(c *Context, dir Ino, name string, newDir Ino, newName string, flags RenameFlags) (*move, Status) {
	if status := s.beginChange(c); status != OK {
		return nil, status
	}
	if flags > RenameExchange { // no other flag, and not both
		return nil, Inval
	}
	m := &move{exchange: flags == RenameExchange}
	var status Status
	if m.from, status = s.search(c, dir, name, Busy); status != OK {
		return nil, status
	}
	dots := Busy
	if flags&RenameNoReplace != 0 {
		dots = Exist
	}
	if m.to, status = s.search(c, newDir, newName, dots); status != OK {
		return nil, status
	}
	if m.from.ino == 0 || m.exchange && m.to.ino == 0 {
		return nil, NoEnt
	}
	if m.to.ino != 0 && flags&RenameNoReplace != 0 {
		return nil, Exist
	}
	return m, s.load(m)
}

// load fetches the inodes of a move and refuses one that would make a cycle.
func (s *State) load(m *move) Status {
	m.child = s.named(m.from.ino)
	if m.to.ino != 0 {
		m.target = s.named(m.to.ino)
	}
	if m.from.dir == m.to.dir {
		return OK
	}
	if status := s.notAbove(m.from.ino, &m.child, m.to.dir, Inval); status != OK {
		return status
	}
	full := NotEmpty
	if m.exchange {
		full = Inval
	}
	return s.notAbove(m.to.ino, &m.target, m.from.dir, full)
}

// notAbove returns bad if the directory n is dir or one of its ancestors. A
// dir more than MaxDepth deep is NameTooLong, which bounds the walk.
func (s *State) notAbove(ino Ino, n *inode, dir Ino, bad Status) Status {
	if ino == 0 || !n.isDir() {
		return OK
	}
	for range MaxDepth {
		if dir == ino {
			return bad
		}
		if dir == RootIno {
			return OK
		}
		above, status := s.get(dir)
		if status != OK {
			return OK // a removed directory, whose parent is gone too
		}
		dir = above.parent
	}
	return NameTooLong
}

// allowed tells whether the caller may make the move, and whether the types
// of what moves and what it replaces agree.
func (m *move) allowed(c *Context) Status {
	if status := c.Caller.mayRemove(&m.from.node, &m.child); status != OK {
		return status
	}
	if status := m.mayLand(c); status != OK {
		return status
	}
	return m.mayChangeParents(c)
}

// mayChangeParents tells whether the ".." of those that move may change, and
// whether the directories have room for them.
func (m *move) mayChangeParents(c *Context) Status {
	out, back := m.changesParent(), m.exchange && m.target.isDir() && m.from.dir != m.to.dir
	switch {
	case out && !c.Caller.may(&m.child, MayWrite), back && !c.Caller.may(&m.target, MayWrite):
		return Access
	case out && !m.target.isDir() && m.to.node.nlink >= MaxLinks:
		return MLink
	case back && !out && m.from.node.nlink >= MaxLinks:
		return MLink
	}
	return OK
}

func (m *move) mayLand(c *Context) Status {
	if m.to.ino == 0 {
		return m.to.vacant(c)
	}
	if status := c.Caller.mayRemove(&m.to.node, &m.target); status != OK {
		return status
	}
	switch {
	case m.exchange:
	case m.child.isDir() && !m.target.isDir():
		return NotDir
	case !m.child.isDir() && m.target.isDir():
		return IsDir
	case m.target.entries.Len() > 0:
		return NotEmpty
	}
	return OK
}

// move carries the move out.
func (s *State) move(m *move) {
	s.remove(&m.from)
	s.insert(&m.to, m.from.ino)
	if m.to.ino != 0 {
		if m.target.isDir() {
			s.edit(m.to.dir).nlink--
		}
		s.dropName(m.to.ino)
	}
	s.land(m.from.ino, &m.child, m.from.dir, m.to.dir)
}

// swap carries an exchange out.
func (s *State) swap(m *move) {
	s.insert(&m.from, m.to.ino)
	s.insert(&m.to, m.from.ino)
	s.land(m.from.ino, &m.child, m.from.dir, m.to.dir)
	s.land(m.to.ino, &m.target, m.to.dir, m.from.dir)
}

// land makes the inode, a copy of which is n, one that has moved.
func (s *State) land(ino Ino, n *inode, from, to Ino) {
	if n.isDir() && from != to {
		s.edit(from).nlink--
		s.edit(to).nlink++
		s.edit(ino).parent = to
	}
	s.edit(ino).ctime = s.clock
}
