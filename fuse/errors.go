package fuse

import "errors"

// What can keep a directory from being mounted. Mount wraps them with the
// path and the cause.
var (
	// ErrNoFUSE: this machine cannot mount.
	ErrNoFUSE = errors.New("FUSE is not available here: load the module (modprobe fuse), " +
		"install the fuse3 package, or in a container allow --device /dev/fuse --cap-add SYS_ADMIN; " +
		"the commands under `bfs fs` work without it")
	// ErrMounted: a BFS is mounted there already.
	ErrMounted = errors.New("a BFS is mounted there already: unmount it first or choose another directory")
	// ErrNotDirectory: the mount point is a file.
	ErrNotDirectory = errors.New("the mount point is not a directory: choose another")
	// ErrNotEmpty: what the directory holds would be hidden.
	ErrNotEmpty = errors.New("the mount point is not empty: choose an empty directory, or allow it (nonempty)")
	// ErrDeadMount: another FUSE file system's server died.
	ErrDeadMount = errors.New("the mount point belongs to a FUSE file system whose server is gone: " +
		"unmount it first (umount -l)")
	// ErrStillServing: Unmount gave up waiting. The mount point is free, but
	// another mount namespace shows the file system still, or an invoker has
	// not returned although its context had ended.
	ErrStillServing = errors.New("unmounted, but still in use: the connection ends with this process")
)
