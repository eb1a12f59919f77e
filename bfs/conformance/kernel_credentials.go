package conformance

import (
	"fmt"
	"unsafe"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// The functions of packages syscall and unix set the credentials of all
// threads. These change the calling thread alone.

func setgroups(groups []uint32) error {
	var first unsafe.Pointer
	if len(groups) > 0 {
		first = unsafe.Pointer(&groups[0])
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(first), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// setIDs sets the ids that count for files. Setting the user's to other than
// 0 takes the capabilities that override permissions away.
func setIDs(caller fsstate.Caller) error {
	unix.RawSyscall(unix.SYS_SETFSGID, uintptr(caller.GID), 0, 0)
	unix.RawSyscall(unix.SYS_SETFSUID, uintptr(caller.UID), 0, 0)
	const ask = ^uintptr(0) // an invalid id: the call only returns the present one
	gid, _, _ := unix.RawSyscall(unix.SYS_SETFSGID, ask, 0, 0)
	uid, _, _ := unix.RawSyscall(unix.SYS_SETFSUID, ask, 0, 0)
	if uint32(uid) != caller.UID || uint32(gid) != caller.GID {
		return fmt.Errorf("the file ids are %d:%d, not %d:%d (run as root)", uid, gid, caller.UID, caller.GID)
	}
	if caller.UID != 0 {
		return dropCapabilities()
	}
	return nil
}

// dropCapabilities takes away what setIDs leaves and others than root have
// not: those for trusted and security attributes.
func dropCapabilities() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&head, &sets[0]); err != nil {
		return fmt.Errorf("capget: %w", err)
	}
	sets[0].Effective &^= 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_SETFCAP
	if err := unix.Capset(&head, &sets[0]); err != nil {
		return fmt.Errorf("capset: %w", err)
	}
	return nil
}
