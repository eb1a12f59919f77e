package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

func (p *process) openTmpfile(path string, open fsstate.OpenMode, flags int, mode uint32) (fsstate.Ino, error) {
	if open&fsstate.OpenWrite == 0 {
		return 0, fsstate.Inval // the kernel knows, before it looks
	}
	place, err := p.need(path, true)
	if err != nil {
		return 0, err
	}
	attr, err := p.ops.Tmpfile(p.ctx, p.caller, place.Attr.Ino, mode, open, flags&unix.O_EXCL != 0)
	return attr.Ino, err
}

func (f *file) LinkAs(path string) error {
	to, err := f.find(path, false)
	if err != nil {
		return err
	}
	_, err = f.ops.Link(f.ctx, f.caller, f.ino, to.Dir, to.Name)
	return err
}
