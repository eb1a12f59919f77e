package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// opcode is the number of an operation on the wire. Numbers never change and
// are never used again for another operation.
type opcode uint8

const (
	opNull opcode = iota
	opLookup
	opGetattr
	opSetattr
	opAccess
	opReadlink
	opCreate
	opOpen
	opRelease
	opRead
	opWrite
	opMkdir
	opSymlink
	opLink
	opUnlink
	opRmdir
	opRename
	opReaddir
	opStatfs
	opFsync
	opRenew
	opMknod
	opFallocate
	opSeek
	opCopyRange
	opCreateSnapshot
	opDeleteSnapshot
	opListSnapshots
	opSetLock
	opGetLock
	opCancelLock
	opLockWaits
	opGetxattr
	opSetxattr
	opRemovexattr
	opListxattr
	opUsage
	opTmpfile
	opEnd // one above the last
)

// operation is one file operation: a struct whose fields are its arguments.
type operation interface {
	code() opcode
	// arguments is how many elements appendArguments writes.
	arguments() int
	appendArguments(dst []byte) []byte
	// decodeArguments sets every field; the reader keeps the error. Byte
	// strings are parts of the reader's input.
	decodeArguments(r *wire.Reader)
	// apply carries the operation out and appends its result to dst.
	apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte
}

// kind is what is known of an operation before its arguments are.
type kind struct {
	name string
	make func() operation
	// query says that the operation can be answered without changing the
	// state, although some answers are that it must be ordered.
	query bool
}

// kinds has an entry for each opcode.
var kinds = [opEnd]kind{
	opNull:     {"null", func() operation { return new(null) }, true},
	opLookup:   {"lookup", func() operation { return new(lookup) }, true},
	opGetattr:  {"getattr", func() operation { return new(getattr) }, true},
	opSetattr:  {"setattr", func() operation { return new(setattr) }, false},
	opAccess:   {"access", func() operation { return new(access) }, true},
	opReadlink: {"readlink", func() operation { return new(readlink) }, true},
	opCreate:   {"create", func() operation { return new(create) }, false},
	opOpen:     {"open", func() operation { return new(open) }, false},
	opRelease:  {"release", func() operation { return new(release) }, false},
	opRead:     {"read", func() operation { return new(read) }, true},
	opWrite:    {"write", func() operation { return new(write) }, false},
	opMkdir:    {"mkdir", func() operation { return new(mkdir) }, false},
	opSymlink:  {"symlink", func() operation { return new(symlink) }, false},
	opLink:     {"link", func() operation { return new(link) }, false},
	opUnlink:   {"unlink", func() operation { return new(unlink) }, false},
	opRmdir:    {"rmdir", func() operation { return new(rmdir) }, false},
	opRename:   {"rename", func() operation { return new(rename) }, false},
	opReaddir:  {"readdir", func() operation { return new(readdir) }, true},
	opStatfs:   {"statfs", func() operation { return new(statfs) }, true},
	opFsync:    {"fsync", func() operation { return new(fsync) }, false},
	opRenew:    {"renew", func() operation { return new(renew) }, false},
	opMknod:    {"mknod", func() operation { return new(mknod) }, false},

	opFallocate:      {"fallocate", func() operation { return new(fallocate) }, false},
	opSeek:           {"seek", func() operation { return new(seek) }, true},
	opCopyRange:      {"copy", func() operation { return new(copyRange) }, false},
	opCreateSnapshot: {"create snapshot", func() operation { return new(createSnapshot) }, false},
	opDeleteSnapshot: {"delete snapshot", func() operation { return new(deleteSnapshot) }, false},
	opListSnapshots:  {"list snapshots", func() operation { return new(listSnapshots) }, true},

	opSetLock:    {"set lock", func() operation { return new(setLock) }, false},
	opGetLock:    {"get lock", func() operation { return new(getLock) }, true},
	opCancelLock: {"cancel lock", func() operation { return new(cancelLock) }, false},
	opLockWaits:  {"lock waits", func() operation { return new(lockWaits) }, true},

	opGetxattr:    {"getxattr", func() operation { return new(getxattr) }, true},
	opSetxattr:    {"setxattr", func() operation { return new(setxattr) }, false},
	opRemovexattr: {"removexattr", func() operation { return new(removexattr) }, false},
	opListxattr:   {"listxattr", func() operation { return new(listxattr) }, true},
	opUsage:       {"usage", func() operation { return new(usage) }, true},
	opTmpfile:     {"tmpfile", func() operation { return new(tmpfile) }, false},
}

// headerElements are the opcode and the caller, before the arguments.
const headerElements = 2

// appendOperation appends [opcode, caller, arguments…] to dst.
func appendOperation(dst []byte, caller *fsstate.Caller, op operation) []byte {
	dst = wire.AppendArray(dst, headerElements+op.arguments())
	dst = wire.AppendUint(dst, uint64(op.code()))
	dst = appendCaller(dst, caller)
	return op.appendArguments(dst)
}

// decodeOperation reads what appendOperation wrote, and nothing else.
func decodeOperation(b []byte) (fsstate.Caller, operation, error) {
	r := wire.NewReader(b)
	elements := r.ArrayMax(len(b))
	code := r.UintMax(uint64(opEnd - 1))
	caller := decodeCaller(&r)
	if err := r.Err(); err != nil {
		return fsstate.Caller{}, nil, err
	}
	op := kinds[code].make()
	if elements != headerElements+op.arguments() {
		r.Fail(0, "the arguments of "+kinds[code].name, wire.ErrLength)
	}
	op.decodeArguments(&r)
	return caller, op, r.Finish()
}

// opcodeOf looks at the head of an encoded operation only.
func opcodeOf(b []byte) (opcode, bool) {
	r := wire.NewReader(b)
	r.ArrayMax(len(b))
	code := r.UintMax(uint64(opEnd - 1))
	return opcode(code), r.Err() == nil
}
