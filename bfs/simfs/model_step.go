package simfs

import "bfs/fsstate"

// step is what a call returns, and the tree after it.
func (t *tree) step(in input) (output, *tree) {
	if in.kind <= doReaddir {
		return t.apply(in), t
	}
	next := t.clone()
	out := next.apply(in)
	if out.status != fsstate.OK {
		return out, t
	}
	next.seal()
	return out, next
}

// apply carries a call out in place; the first kinds change nothing.
func (t *tree) apply(in input) output {
	switch in.kind {
	case doLookup:
		return t.lookup(in)
	case doGetattr:
		return t.attr(in.ino)
	case doRead:
		return t.read(in)
	case doReaddir:
		return t.readdir(in)
	case doCreate:
		return t.create(in)
	case doMkdir:
		return t.mkdir(in)
	case doWrite, doAppend:
		return t.write(in)
	case doTruncate:
		return t.truncate(in)
	case doChmod:
		return t.chmod(in)
	case doLink:
		return t.link(in)
	case doUnlink:
		return t.unlink(in)
	case doRmdir:
		return t.rmdir(in)
	case doRename:
		return t.rename(in)
	case doOpen:
		return t.open(in)
	}
	return t.release(in)
}

// search finds a name; ino is 0 if it is not there.
func (t *tree) search(dir fsstate.Ino, name string) (ino fsstate.Ino, status fsstate.Status) {
	f := t.files[dir]
	switch {
	case f == nil:
		return 0, fsstate.Stale
	case !f.isDir():
		return 0, fsstate.NotDir
	}
	return f.entries[name], fsstate.OK
}

func failed(status fsstate.Status) output { return output{status: status} }

func (t *tree) lookup(in input) output {
	ino, status := t.search(in.dir, in.name)
	switch {
	case status != fsstate.OK:
		return failed(status)
	case ino == 0:
		return failed(fsstate.NoEnt)
	}
	return t.attr(ino)
}

func (t *tree) readdir(in input) output {
	f := t.files[in.dir]
	switch {
	case f == nil:
		return failed(fsstate.Stale)
	case !f.isDir():
		return failed(fsstate.NotDir)
	}
	return output{data: f.listing()}
}

func (t *tree) create(in input) output {
	ino, status := t.search(in.dir, in.name)
	if status != fsstate.OK {
		return failed(status)
	}
	if ino == 0 {
		ino = t.make(in, &file{mode: typeFile | in.mode, names: 1})
		t.opens[holding{in.session, ino}]++
		out := t.attr(ino)
		out.made = true
		return out
	}
	switch {
	case in.flags&fsstate.OpenExclusive != 0:
		return failed(fsstate.Exist)
	case t.files[ino].isDir():
		return failed(fsstate.IsDir)
	}
	t.opens[holding{in.session, ino}]++
	if in.flags&fsstate.OpenTruncate != 0 {
		t.edit(ino).data = ""
	}
	return t.attr(ino)
}

// make puts a new file in its place.
func (t *tree) make(in input, f *file) fsstate.Ino {
	ino := t.next
	t.next++
	t.files[ino] = f
	t.edit(in.dir).entries[in.name] = ino
	return ino
}

// vacant says why a name cannot be given.
func (t *tree) vacant(in input) fsstate.Status {
	ino, status := t.search(in.dir, in.name)
	if status == fsstate.OK && ino != 0 {
		return fsstate.Exist
	}
	return status
}

func (t *tree) mkdir(in input) output {
	if status := t.vacant(in); status != fsstate.OK {
		return failed(status)
	}
	f := &file{mode: typeDir | in.mode, names: 1, parent: in.dir, entries: map[string]fsstate.Ino{}}
	return t.attr(t.make(in, f))
}

func (t *tree) link(in input) output {
	if status := t.vacant(in); status != fsstate.OK {
		return failed(status)
	}
	f := t.files[in.ino]
	switch {
	case f == nil:
		return failed(fsstate.Stale)
	case f.isDir():
		return failed(fsstate.Perm)
	case f.names == 0:
		return failed(fsstate.NoEnt)
	}
	t.edit(in.dir).entries[in.name] = in.ino
	t.edit(in.ino).names++
	return t.attr(in.ino)
}

func (t *tree) unlink(in input) output {
	ino, status := t.search(in.dir, in.name)
	switch {
	case status != fsstate.OK:
		return failed(status)
	case ino == 0:
		return failed(fsstate.NoEnt)
	case t.files[ino].isDir():
		return failed(fsstate.IsDir)
	}
	delete(t.edit(in.dir).entries, in.name)
	t.dropName(ino)
	return output{}
}

func (t *tree) rmdir(in input) output {
	ino, status := t.search(in.dir, in.name)
	switch {
	case status != fsstate.OK:
		return failed(status)
	case ino == 0:
		return failed(fsstate.NoEnt)
	case !t.files[ino].isDir():
		return failed(fsstate.NotDir)
	case len(t.files[ino].entries) > 0:
		return failed(fsstate.NotEmpty)
	}
	delete(t.edit(in.dir).entries, in.name)
	t.dropName(ino)
	return output{}
}

// dropName takes a name from a file; without names and holders it is gone.
func (t *tree) dropName(ino fsstate.Ino) {
	t.edit(ino).names--
	t.collect(ino)
}

func (t *tree) collect(ino fsstate.Ino) {
	if t.files[ino].names > 0 {
		return
	}
	for h := range t.opens {
		if h.ino == ino {
			return
		}
	}
	delete(t.files, ino)
}
