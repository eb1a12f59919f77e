package conformance

import (
	"strings"

	"golang.org/x/sys/unix"
)

// The sizes that Linux allows, of a value and of a list of names.
const maxXattr = 64 << 10

func (p kernelProcess) Lgetxattr(path, name string) ([]byte, error) {
	buf, n := make([]byte, maxXattr), 0
	err := p.thread.do(func() (err error) {
		n, err = unix.Lgetxattr(path, name, buf)
		return err
	})
	return buf[:max(n, 0)], err
}

func (p kernelProcess) Lsetxattr(path, name string, value []byte, flags int) error {
	return p.thread.do(func() error { return unix.Lsetxattr(path, name, value, flags) })
}

func (p kernelProcess) Lremovexattr(path, name string) error {
	return p.thread.do(func() error { return unix.Lremovexattr(path, name) })
}

func (p kernelProcess) Llistxattr(path string) ([]string, error) {
	buf, n := make([]byte, maxXattr), 0
	err := p.thread.do(func() (err error) {
		n, err = unix.Llistxattr(path, buf)
		return err
	})
	if err != nil || n == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00"), nil
}
