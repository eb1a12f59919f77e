package conformance

import "golang.org/x/sys/unix"

func (f *kernelFile) Fallocate(mode uint32, offset, length int64) error {
	return f.thread.do(func() error { return unix.Fallocate(f.fd, mode, offset, length) })
}

func (f *kernelFile) Seek(offset int64, whence int) (found int64, err error) {
	err = f.thread.do(func() (err error) {
		found, err = unix.Seek(f.fd, offset, whence)
		return err
	})
	return found, err
}

func (f *kernelFile) CopyRange(offset int64, to File, toOffset, length int64) (done int64, err error) {
	for done < length {
		from, into, n := offset+done, toOffset+done, 0
		err = f.thread.do(func() (err error) {
			n, err = unix.CopyFileRange(f.fd, &from, to.(*kernelFile).fd, &into, int(length-done), 0)
			return err
		})
		if err != nil || n == 0 {
			break
		}
		done += int64(n)
	}
	return done, err
}
