package fsstate

// Lookup returns the attributes of name in dir. The names "." and ".." are
// the directory itself and its parent.
func (s *State) Lookup(c *Context, dir Ino, name string) (Attr, Status) {
	if status := s.begin(c); status != OK {
		return Attr{}, status
	}
	n, status := s.view(dir)
	if status != OK {
		return Attr{}, status
	}
	p := place{dir: dir, node: n, name: name}
	if status = p.search(c, OK); status != OK {
		return Attr{}, status
	}
	if p.ino == 0 && !isDot(name) {
		return Attr{}, NoEnt
	}
	ino := dir.seen(p.ino)
	switch name {
	case ".":
		ino = dir
	case "..":
		ino = dir.above(&n)
	}
	if status = s.touchSearched(c, &p, ino); status != OK {
		return Attr{}, status
	}
	return s.attr(ino)
}

// attr returns the attributes of an inode that may be gone.
func (s *State) attr(ino Ino) (Attr, Status) {
	n, status := s.view(ino)
	if status != OK {
		return Attr{}, status
	}
	return n.attr(ino), OK
}

// Readlink returns the target of a symbolic link; Inval if ino is none.
func (s *State) Readlink(c *Context, ino Ino) (string, Status) {
	if status := s.begin(c); status != OK {
		return "", status
	}
	n, status := s.view(ino)
	if status != OK {
		return "", status
	}
	if !n.isSymlink() {
		return "", Inval
	}
	if status = s.touch(c, ino, &n); status != OK {
		return "", status
	}
	return string(n.first), OK
}

// Readdir returns the entries of a directory whose cookies are above cookie
// (0 starts), in the order of their cookies, at most limit and MaxPage of them,
// and whether these were the last. With plus they carry their attributes,
// which takes search permission too, as Lookup does; else of Attr only Ino and
// the file type in Mode are set. Cookies are at least 3 and below 1<<62; "."
// and ".." are not listed. Allowed if the session holds the directory open,
// else by the mode bits.
func (s *State) Readdir(c *Context, ino Ino, cookie uint64, limit int, plus bool) (entries []Dirent, eof bool, status Status) {
	if status = s.begin(c); status != OK {
		return nil, false, status
	}
	n, status := s.view(ino)
	if status == OK {
		status = s.mayList(c, ino, &n, plus)
	}
	if status == OK && limit <= 0 {
		status = Inval
	}
	if status == OK {
		status = s.touch(c, ino, &n)
	}
	if status != OK {
		return nil, false, status
	}
	entries, eof = s.list(ino, &n, cookie, min(limit, MaxPage), plus)
	return entries, eof, OK
}

func (s *State) mayList(c *Context, ino Ino, n *inode, plus bool) Status {
	switch {
	case !n.isDir():
		return NotDir
	case n.nlink == 0:
		return NoEnt
	case s.holds(c.Session, ino, OpenRead):
	case !c.Caller.may(n, MayRead):
		return Access
	}
	if plus && !c.Caller.may(n, MayExec) {
		return Access
	}
	return OK
}

func (s *State) list(dir Ino, n *inode, cookie uint64, limit int, plus bool) ([]Dirent, bool) {
	if cookie >= 1<<62 {
		return nil, true
	}
	entries := make([]Dirent, 0, min(limit, n.entries.Len()))
	for at, e := range n.entries.Ascend(cookie + 1) {
		if len(entries) == limit {
			return entries, false
		}
		entries = append(entries, s.dirent(dir, at, e, plus))
	}
	return entries, true
}

func (s *State) dirent(dir Ino, cookie uint64, e entry, plus bool) Dirent {
	ino := dir.seen(e.ino)
	child, _ := s.view(ino)
	d := Dirent{Name: e.name, Ino: ino, Cookie: cookie}
	if plus {
		d.Attr = child.attr(ino)
	} else {
		d.Attr = Attr{Ino: ino, Mode: child.mode & typeMask}
	}
	return d
}
