package fsstate

// mLinger is a file that began to linger then.
type mLinger struct {
	ino   Ino
	since int64
}

// seen returns a file, also one that lingers, which may only be looked at.
func (m *model) seen(ino Ino) *mFile {
	if f := m.idle[ino]; f != nil {
		return f
	}
	return m.files[ino]
}

// letLinger puts a file aside that nothing refers to.
func (m *model) letLinger(ino Ino) {
	if m.limits.Linger > 0 {
		m.idle[ino] = m.files[ino]
		m.lingering = append(m.lingering, mLinger{ino, m.clock})
	}
	delete(m.files, ino)
}

func (m *model) endLinger() {
	for range 32 {
		if len(m.lingering) == 0 || m.clock-m.lingering[0].since < m.limits.Linger {
			return
		}
		delete(m.idle, m.lingering[0].ino)
		m.lingering = m.lingering[1:]
	}
}

// wake makes a file that lingers one like others, if there is room for it.
func (m *model) wake(c *Context, ino Ino) Status {
	f := m.idle[ino]
	if f == nil {
		return OK
	}
	blocks := uint64(m.blocksOf(f))
	if m.inodesUsed() >= m.limits.Inodes || (m.blocksUsed()+blocks)*4096 > m.limits.Bytes ||
		m.quota(c, f.attr.UID, blocks, 1) != OK {
		return Stale
	}
	m.files[ino] = f
	delete(m.idle, ino)
	return OK
}
