// Package fuse shows a BFS to the kernel as a mounted file system: every
// request that the kernel makes on behalf of a process becomes one operation
// of a bfs.Client, and its outcome an errno.
//
// Identity. The kernel's node id is the inode number, which is never used
// twice, and a file handle is the mode that the file was opened for and a number.
// So there is no table of nodes or handles, nothing to forget and nothing to
// leak; only who may have locks is remembered, to give them back when he closes.
// What a mount has open is known to the replicas, by its session: Open and
// Create register it, Release gives it back, and the lease is renewed meanwhile.
//
// The kernel does not wait for a release: the space of a removed file that was
// open is free a moment after the last close(2), not before it returns.
//
// Nothing is cached. Attributes and names are good for 0 seconds, names that
// do not exist are not remembered, and files are opened for direct I/O, so
// that a process sees what any other client has done as soon as it is done.
// Shared mappings work and are coherent with read and write on the same
// machine; a page of a mapped file is fetched once for each time the file is
// mapped by a process here, and written when it is synchronised or unmapped.
//
// A name that another client replaces again and again can be opened, read and
// looked at here all the same: what the kernel has found by it lingers at the
// replicas (fsstate.Limits.Linger). A change of its attributes by name can give
// ESTALE then, as on NFS: the kernel looks the name up a second time when the
// inode it found is gone, but not a third.
//
// Permissions are checked by the replicas alone, for the user, group and
// supplementary groups of the process that asks. The kernel does not tell the
// latter; they are read from /proc for each request that needs them. A process
// with more than fsstate.MaxGroups has the first of them.
//
// FIFOs, sockets and devices are names for something in the kernel of whoever
// opens them: processes on different machines do not meet in them. Mounts are
// nodev, so that devices can be kept here but not used.
//
// Where a mount is not POSIX. Linux asks a FUSE file system about permissions in
// access(2) and chdir(2), and with the operations that it passes on. For the rest
// the mount option default_permissions would have it judge by itself, with one
// more request for every directory of every path, and against those whom only
// an access control list lets in; it is not used. So nobody is asked
//
//   - who opens a FIFO or connects to a socket: their permission bits bind
//     nobody, but those of the directories on the way do. POSIX has EACCES;
//   - who goes through a directory and back at once, as in "dir/..": whether he
//     may search dir does not matter. POSIX has EACCES;
//   - before the kernel takes a file's capabilities away for a chown(2) or
//     truncate(2), which may then be refused: a capability is lost too many,
//     never too few, and mounts are nosuid;
//   - about sticky directories in protected_symlinks and its like, and whether
//     the linked file can be read in protected_hardlinks: these protections of
//     Linux, which are not of POSIX, do not work here.
//
// Where several errors apply the kernel may find another one first than on a
// file system of its own, as POSIX allows.
//
// pjdfstest, at its commit 85a8aea, makes 8,798 checks in a mount. 15 of them
// fail, all in tests/open/06.t and all about the opening of a FIFO, for the
// reason above; tmpfs passes all. It makes 29 checks more on ext4, of the change
// time after a rename, and 22 of posix_fallocate on FreeBSD alone: they pass
// here, too, when they are made. As root, with perl and openssl:
//
//	git clone https://github.com/pjd/pjdfstest ~/pjdfstest
//	(cd ~/pjdfstest && autoreconf -ifs && ./configure && make)
//	go run ./cmd/bfs up files -- prove -r ~/pjdfstest/tests
//
// The tests here make random system calls, and hostile ones, in a mount and on
// tmpfs, and compare outcomes and trees (go test ./fuse -run TestDifferential
// -ops 300000 -timeout 0); differential_lawful.go in bfs/conformance lists which
// errors may come in place of which.
//
// Interrupts. An operation that changes something runs to its end once it is
// submitted, and its caller learns what became of it, whatever signals come.
// One that changes nothing is given up a second after the first signal, with
// EINTR: long enough that programs whose timers go off see no EINTR while the
// replicas answer, short enough to kill a process that waits for them.
// Options.Timeout turns waiting for ever into EIO.
//
// Locks, flock(2)'s and fcntl(2)'s of ranges, are kept by the replicas and go
// for all mounts. A process loses those of ranges with its first close(2) of the
// file, as POSIX has it, before close returns; those of an open file go a moment
// after its last close, and all of a mount's with its session's lease when it is
// killed. Who waits is in a queue at the replicas, which this mount asks who has
// got his lock: after a millisecond, and then at intervals that double up to 64
// ms until something happens, with one query for all who wait here. A signal
// withdraws the request. F_GETLK tells the process for locks of this mount, and
// 0 for others. Locks of open files (F_OFD_) can be refused with EDEADLK as
// those of processes, from which the kernel does not tell them apart.
//
// Appending is done by the replicas, one write request at a time: requests of
// different clients never overwrite each other. A write(2) of more than 1 MiB
// is several requests.
//
// Copying. A copy_file_range(2), as cp makes it, is done by the replicas, who
// let both files share the blocks: no data moves, and a request of 4 GiB costs
// what one of a block does, if both offsets are the same.
//
// Extended attributes are kept by the replicas, access control lists among
// them. The kernel hands these on as they are and applies neither them nor the
// umask, which a directory's default list replaces: the mount asks for
// FUSE_DONT_MASK, and not for FUSE_POSIX_ACL, with which the kernel would check
// permissions by what it knows. It asks for a file's capabilities before
// chown(2) and truncate(2) with a read that is not ordered, and not at all
// before write(2). Programs that show whether a file has a list, as ls -l
// does, ask for it with one such read for each.
//
// What Linux file systems have and this one has not, at present: FICLONE (which
// Linux does not pass on: programs then use copy_file_range), and locks of
// directories between machines (the kernel keeps those for its own processes).
//
// Unmount never hangs: it waits a second for a busy mount point, then detaches
// it and ends the connection, also while operations wait for replicas that are
// gone. What a killed process left mounted is removed by the next Mount there.
//
// What the kernel, go-fuse and this package cost, on 4 cores of an AMD EPYC
// that were busy with other things, over a service in the same process
// (go test ./fuse -run xxx -bench .): a stat(2) 54 us, which is a lookup and a
// getattr, an open(2) with its close 65 us, a write of 4 KiB 25 us and of 1 MiB
// 1.1 ms, a read of 4 KiB 40 us and of 1 MiB 1.4 ms; a process's groups 11 us,
// for users other than root.
//
// Invariants. This package keeps no file data, names or attributes between
// requests. It never makes up an answer: what is not a status from the
// replicas is EIO (or EINTR), and logged. It does not know which invoker its
// client has. Every wait ends with the mount.
package fuse
