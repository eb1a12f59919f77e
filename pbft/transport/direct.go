package transport

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// directWriter writes what the kernel takes at once, without waiting for
// more room. One goroutine uses it at a time.
type directWriter struct {
	raw     syscall.RawConn
	attempt func(fd uintptr) (done bool) // d.writev, bound once
	buffers net.Buffers
	n       int
	err     error
}

// newDirectWriter returns nil if conn has no file descriptor.
func newDirectWriter(conn net.Conn) *directWriter {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	d := &directWriter{raw: raw}
	d.attempt = d.writev
	return d
}

// write returns how much of the buffers was written, which may be nothing.
func (d *directWriter) write(buffers net.Buffers) (int, error) {
	d.buffers, d.n, d.err = buffers, 0, nil
	err := d.raw.Write(d.attempt)
	d.buffers = nil
	if err == nil {
		err = d.err
	}
	return d.n, err
}

// writev always reports to be done, lest the runtime wait for room.
func (d *directWriter) writev(fd uintptr) bool {
	var n int
	var err error = unix.EINTR
	for err == unix.EINTR {
		if len(d.buffers) == 1 {
			n, err = unix.Write(int(fd), d.buffers[0])
		} else {
			n, err = unix.Writev(int(fd), d.buffers)
		}
	}
	switch {
	case err == nil:
		d.n = n
	case err != unix.EAGAIN:
		d.err = err
	}
	return true
}
