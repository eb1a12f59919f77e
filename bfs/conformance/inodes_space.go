package conformance

import "bfs/fsstate"

func (f *file) Fallocate(mode uint32, offset, length int64) error {
	switch {
	case f.mode&fsstate.OpenWrite == 0:
		return errBadDescriptor
	case offset < 0 || length <= 0:
		return fsstate.Inval
	}
	_, err := f.ops.Fallocate(f.ctx, f.caller, f.ino, fsstate.FallocMode(mode), uint64(offset), uint64(length))
	return err
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	found, err := f.ops.Seek(f.ctx, f.caller, f.ino, uint64(offset), fsstate.Whence(whence))
	return int64(found), err
}

func (f *file) CopyRange(offset int64, to File, toOffset, length int64) (int64, error) {
	target := to.(*file)
	if f.mode&fsstate.OpenRead == 0 || target.mode&fsstate.OpenWrite == 0 || target.append {
		return 0, errBadDescriptor
	}
	done := uint64(0)
	for done < uint64(length) {
		n, err := f.ops.CopyRange(f.ctx, f.caller, fsstate.CopyRange{
			From: f.ino, FromOffset: uint64(offset) + done,
			To: target.ino, ToOffset: uint64(toOffset) + done,
			Length: uint64(length) - done,
		})
		if err != nil || n == 0 {
			return int64(done), err
		}
		done += n
	}
	return int64(done), nil
}
