package simfs

import "bfs/fsstate"

func (t *tree) rename(in input) output {
	child, target, status := t.move(in)
	if status == fsstate.OK && child != target {
		status = t.fits(child, target)
	}
	if status != fsstate.OK || child == target {
		return failed(status)
	}
	delete(t.edit(in.dir).entries, in.name)
	t.edit(in.newDir).entries[in.newName] = child
	if target != 0 {
		t.dropName(target)
	}
	if t.files[child].isDir() {
		t.edit(child).parent = in.newDir
	}
	return output{}
}

// move finds what moves and what it replaces, and refuses cycles.
func (t *tree) move(in input) (child, target fsstate.Ino, status fsstate.Status) {
	if child, status = t.search(in.dir, in.name); status != fsstate.OK {
		return 0, 0, status
	}
	if target, status = t.search(in.newDir, in.newName); status != fsstate.OK {
		return 0, 0, status
	}
	switch {
	case child == 0:
		status = fsstate.NoEnt
	case target != 0 && in.renameFlags&fsstate.RenameNoReplace != 0:
		status = fsstate.Exist
	case in.dir == in.newDir:
	case t.above(child, in.newDir):
		status = fsstate.Inval
	case t.above(target, in.dir):
		status = fsstate.NotEmpty
	}
	return child, target, status
}

// above says whether ino is a directory, and is dir or one that dir is in.
func (t *tree) above(ino, dir fsstate.Ino) bool {
	for ; dir != ino; dir = t.files[dir].parent {
		if dir == fsstate.RootIno {
			return false
		}
	}
	return true
}

// fits says whether a file can replace another.
func (t *tree) fits(child, target fsstate.Ino) fsstate.Status {
	from, to := t.files[child], t.files[target]
	switch {
	case to == nil:
		return fsstate.OK
	case from.isDir() && !to.isDir():
		return fsstate.NotDir
	case !from.isDir() && to.isDir():
		return fsstate.IsDir
	case len(to.entries) > 0:
		return fsstate.NotEmpty
	}
	return fsstate.OK
}
