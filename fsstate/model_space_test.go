package fsstate

import "maps"

// mayChange is the beginning of what changes a file's bytes.
func (m *model) mayChange(c *Context, ino Ino) (*mFile, Status) {
	f := m.files[ino]
	if st := bytesOf(f); st != OK {
		return nil, st
	}
	if m.opens(c.Session, ino)[1] == 0 && !f.can(c, "w") {
		return nil, Access
	}
	return f, OK
}

// attempt does to a file what change does, unless it takes more room than
// there is. No more than limit blocks can be had.
func (m *model) attempt(c *Context, f *mFile, change func(f *mFile)) Status {
	was, before := *f, m.blocksUsed()
	f.blocks, f.reserved = map[uint64]*[BlockSize]byte{}, maps.Clone(f.reserved)
	for index, b := range was.blocks {
		copied := *b
		f.blocks[index] = &copied
	}
	change(f)
	after, changed := m.blocksUsed(), *f
	*f = was
	if after > before && after*4096 > m.limits.Bytes {
		return NoSpace
	}
	if after > before {
		if st := m.quota(c, f.attr.UID, after-before, 0); st != OK {
			return st
		}
	}
	*f = changed
	m.wrote(c, f)
	return OK
}

func (m *model) Fallocate(c *Context, ino Ino, mode FallocMode, off, length uint64) (Attr, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, st
	}
	if mode != 0 && mode != 1 && mode != 3 && mode != 16 && mode != 17 {
		return Attr{}, NotSupported
	}
	f, st := m.mayChange(c, ino)
	if st != OK {
		return Attr{}, st
	}
	if length == 0 || off > 1<<63-1 {
		return Attr{}, Inval
	}
	if off+length > 1<<63-1 || off+length < off {
		return Attr{}, FBig
	}
	end := off + length
	if mode&2 == 0 && (end-1)/4096-off/4096 > 2*m.limits.Bytes/4096 {
		return Attr{}, NoSpace
	}
	st = m.attempt(c, f, func(f *mFile) {
		if mode > 1 {
			f.zero(off, end, mode&2 != 0)
		}
		if mode&2 != 0 {
			return
		}
		for index := off / 4096; index <= (end-1)/4096; index++ {
			f.reserved[index] = true
		}
		if mode&1 == 0 {
			f.attr.Size = max(f.attr.Size, end)
		}
	})
	if st != OK {
		return Attr{}, st
	}
	return m.stat(ino), OK
}

// zero makes zeros of bytes, and holes of whole blocks, reserved or not.
func (f *mFile) zero(off, end uint64, holes bool) {
	for index := range f.reserved {
		if holes && index*4096 >= off && index*4096+4096 <= end {
			delete(f.reserved, index)
		}
	}
	for index, b := range f.blocks {
		for i := range b {
			if at := index*4096 + uint64(i); off <= at && at < end {
				b[i] = 0
			}
		}
		if index*4096 >= off && index*4096+4096 <= end {
			delete(f.blocks, index)
		}
	}
}

func (m *model) Seek(c *Context, ino Ino, off uint64, whence Whence) (uint64, Status) {
	if st := m.start(c, false); st != OK {
		return 0, st
	}
	f := m.seen(ino)
	if st := bytesOf(f); st != OK {
		return 0, st
	}
	if m.opens(c.Session, ino) == (mOpens{}) && !f.can(c, "r") {
		return 0, Access
	}
	if whence != 3 && whence != 4 {
		return 0, Inval
	}
	if off >= f.attr.Size {
		return 0, NXIO
	}
	if whence == 4 {
		for off < f.attr.Size && f.blocks[off/4096] != nil {
			off = off/4096*4096 + 4096
		}
		return min(off, f.attr.Size), OK
	}
	first, some := uint64(0), false
	for index := range f.blocks {
		if at := max(index*4096, off); index >= off/4096 && (!some || at < first) {
			first, some = at, true
		}
	}
	if !some {
		return 0, NXIO
	}
	return first, OK
}

func (m *model) CopyRange(c *Context, r CopyRange) (uint64, Status) {
	if st := m.start(c, true); st != OK {
		return 0, st
	}
	from := m.seen(r.From)
	if st := bytesOf(from); st != OK {
		return 0, st
	}
	held := m.opens(c.Session, r.From)
	if held[0] == 0 && held[2] == 0 && !from.can(c, "r") {
		return 0, Access
	}
	to, st := m.mayChange(c, r.To)
	if st != OK {
		return 0, st
	}
	if r.FromOffset > 1<<63-1 || r.ToOffset > 1<<63-1 || r.Length > 1<<63-1 {
		return 0, Inval
	}
	if r.FromOffset >= from.attr.Size {
		r.Length = 0
	} else {
		r.Length = min(r.Length, from.attr.Size-r.FromOffset)
	}
	if r.ToOffset+r.Length > 1<<63-1 {
		return 0, FBig
	}
	if r.From == r.To && r.FromOffset < r.ToOffset+r.Length && r.ToOffset < r.FromOffset+r.Length {
		return 0, Inval
	}
	if r.Length == 0 {
		return 0, OK
	}
	aligned := r.FromOffset%4096 == r.ToOffset%4096
	if !aligned {
		r.Length = min(r.Length, 1<<20)
	}
	if !aligned && r.Length/4096 > m.limits.Bytes/4096 {
		return 0, NoSpace
	}
	source := *from
	if st = m.attempt(c, to, func(to *mFile) { to.copy(&source, r, aligned) }); st != OK {
		return 0, st
	}
	return r.Length, m.readTime(c, from)
}

// copy copies block by block of the target: whole ones become what the source
// has, others are written to.
func (f *mFile) copy(from *mFile, r CopyRange, aligned bool) {
	end := r.ToOffset + r.Length
	ends := r.FromOffset+r.Length >= from.attr.Size && end >= f.attr.Size
	touched := map[uint64]bool{r.ToOffset / 4096: true, (end - 1) / 4096: true}
	for index := range f.blocks {
		touched[index] = true
	}
	for index := range from.blocks {
		touched[(index*4096-r.FromOffset+r.ToOffset)/4096] = true
	}
	if !aligned {
		for index := r.ToOffset / 4096; index <= (end-1)/4096; index++ {
			touched[index] = true
		}
	}
	for index := range touched {
		first, last := index*4096, index*4096+4096
		if first >= end || last <= r.ToOffset {
			continue
		}
		whole := aligned && first >= r.ToOffset && (last <= end || ends)
		if delete := from.blocks[(first-r.ToOffset+r.FromOffset)/4096] == nil; whole && delete {
			f.blocks[index] = nil
			continue
		}
		if f.blocks[index] == nil {
			f.blocks[index] = new([BlockSize]byte)
		}
		for at := max(first, r.ToOffset); at < min(last, end); at++ {
			f.blocks[index][at%4096] = from.byteAt(at - r.ToOffset + r.FromOffset)
		}
	}
	maps.DeleteFunc(f.blocks, func(_ uint64, b *[BlockSize]byte) bool { return b == nil })
	f.attr.Size = max(f.attr.Size, end)
}
