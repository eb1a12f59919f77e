package fuse

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"
)

func TestEveryStatusHasAnErrno(t *testing.T) {
	t.Parallel()
	for _, status := range fsstate.Statuses() {
		errno, ok := errnos[status]
		if !ok {
			t.Errorf("status %d (%v) has no errno", status, status)
		}
		if (status == fsstate.OK) != (errno == 0) {
			t.Errorf("status %d (%v) has errno %d", status, status, errno)
		}
	}
	if extra := len(errnos) - len(fsstate.Statuses()); extra != 0 {
		t.Errorf("the table has %d entries more than there are statuses", extra)
	}
}

func TestErrno(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want syscall.Errno
	}{
		{nil, 0},
		{fsstate.NoEnt, syscall.ENOENT},
		{fmt.Errorf("walk: %w", fsstate.Loop), syscall.ELOOP},
		{fmt.Errorf("%w: %w", bfs.ErrUnavailable, context.DeadlineExceeded), syscall.EIO},
		{bfs.ErrMalformed, syscall.EIO},
		{fsstate.Status(99999), syscall.EIO},
		{errors.New("anything"), syscall.EIO},
	}
	for _, test := range tests {
		if got := Errno(test.err); got != test.want {
			t.Errorf("%v: got %v, want %v", test.err, got, test.want)
		}
	}
}
