package simfs

import "bfs/fsstate"

// regular says why an inode has no contents.
func (t *tree) regular(ino fsstate.Ino) fsstate.Status {
	f := t.files[ino]
	switch {
	case f == nil:
		return fsstate.Stale
	case f.isDir():
		return fsstate.IsDir
	}
	return fsstate.OK
}

func (t *tree) read(in input) output {
	if status := t.regular(in.ino); status != fsstate.OK {
		return failed(status)
	}
	data := t.files[in.ino].data
	from := min(in.offset, uint64(len(data)))
	return output{data: data[from:min(from+in.size, uint64(len(data)))]}
}

func (t *tree) write(in input) output {
	if status := t.regular(in.ino); status != fsstate.OK {
		return failed(status)
	}
	f := t.edit(in.ino)
	offset := in.offset
	if in.kind == doAppend {
		offset = uint64(len(f.data))
	}
	end := offset + uint64(len(in.data))
	tail := ""
	if end < uint64(len(f.data)) {
		tail = f.data[end:]
	}
	f.data = resized(f.data, offset) + in.data + tail
	return t.attr(in.ino)
}

// resized is data cut off at size, or with zeros up to there.
func resized(data string, size uint64) string {
	if size <= uint64(len(data)) {
		return data[:size]
	}
	return data + string(make([]byte, size-uint64(len(data))))
}

func (t *tree) truncate(in input) output {
	if status := t.regular(in.ino); status != fsstate.OK {
		return failed(status)
	}
	f := t.edit(in.ino)
	f.data = resized(f.data, in.size)
	return t.attr(in.ino)
}

func (t *tree) chmod(in input) output {
	if t.files[in.ino] == nil {
		return failed(fsstate.Stale)
	}
	f := t.edit(in.ino)
	f.mode = f.mode&typeMask | in.mode
	return t.attr(in.ino)
}

func (t *tree) open(in input) output {
	if status := t.regular(in.ino); status != fsstate.OK {
		return failed(status)
	}
	t.opens[holding{in.session, in.ino}]++
	return t.attr(in.ino)
}

func (t *tree) release(in input) output {
	h := holding{in.session, in.ino}
	if t.opens[h] == 0 {
		return failed(fsstate.Inval)
	}
	t.opens[h]--
	if t.opens[h] == 0 {
		delete(t.opens, h)
		t.collect(in.ino)
	}
	return output{}
}
