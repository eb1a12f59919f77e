package bfs

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"bfs/fsstate"
	"bfs/pbft/wire"
)

// someone is the caller of the golden operations.
var someone = fsstate.Caller{UID: 1000, GID: 100, Groups: []uint32{4, 70000}}

var someLock = fsstate.Lock{Kind: fsstate.FileLock, Type: fsstate.LockExclusive, Start: 1, End: fsstate.MaxSize, Owner: 1 << 63, PID: 300}

// golden has every operation once, in the order of the opcodes, with its
// bytes: the wire format must not change unnoticed.
var golden = []struct {
	op    operation
	bytes string
}{
	{&null{resultSize: 3, argument: []byte("ab")}, "940093cd03e8649204ce0001117003c4026162"},
	{&lookup{dir: 1, name: "n"}, "940193cd03e8649204ce0001117001c4016e"},
	{&getattr{ino: 7}, "930293cd03e8649204ce0001117007"},
	{&setattr{ino: 7, set: fsstate.SetAttr{Mask: fsstate.SetMode | fsstate.SetMtime, Mode: 0o644, UID: 1, GID: 2, Size: 1 << 40, Atime: -1, Mtime: 1 << 60}}, "9a0393cd03e8649204ce000111700721cd01a40102cf0000010000000000ffcf1000000000000000"},
	{&access{ino: 7, mask: fsstate.MayRead | fsstate.MayExec}, "940493cd03e8649204ce000111700705"},
	{&readlink{ino: 7}, "930593cd03e8649204ce0001117007"},
	{&create{dir: 1, name: "n", mode: 0o600, open: fsstate.OpenRead | fsstate.OpenExclusive}, "960693cd03e8649204ce0001117001c4016ecd018011"},
	{&open{ino: 7, mode: fsstate.OpenWrite}, "940793cd03e8649204ce000111700702"},
	{&release{ino: 7, mode: fsstate.OpenWrite}, "940893cd03e8649204ce000111700702"},
	{&read{ino: 7, offset: 4096, size: MaxIO}, "950993cd03e8649204ce0001117007cd1000ce00100000"},
	{&write{ino: 7, offset: 4096, atEnd: true, data: []byte{0, 255}}, "960a93cd03e8649204ce0001117007cd1000c3c40200ff"},
	{&mkdir{dir: 1, name: "\xff", mode: 0o755}, "950b93cd03e8649204ce0001117001c401ffcd01ed"},
	{&symlink{dir: 1, name: "n", target: "../t"}, "950c93cd03e8649204ce0001117001c4016ec4042e2e2f74"},
	{&link{ino: 7, dir: 1, name: "n"}, "950d93cd03e8649204ce000111700701c4016e"},
	{&unlink{dir: 1, name: "n"}, "940e93cd03e8649204ce0001117001c4016e"},
	{&rmdir{dir: 1, name: "n"}, "940f93cd03e8649204ce0001117001c4016e"},
	{&rename{dir: 1, name: "n", newDir: 2, newName: "m", flags: fsstate.RenameNoReplace}, "971093cd03e8649204ce0001117001c4016e02c4016d01"},
	{&readdir{ino: 1, cookie: 1 << 61, max: 100, plus: true}, "961193cd03e8649204ce0001117001cf200000000000000064c3"},
	{&statfs{}, "921293cd03e8649204ce00011170"},
	{&fsync{ino: 7}, "931393cd03e8649204ce0001117007"},
	{&renew{}, "921493cd03e8649204ce00011170"},
	{&mknod{dir: 1, name: "n", mode: 0o020600, rdev: 0x103}, "961593cd03e8649204ce0001117001c4016ecd2180cd0103"},
	{&fallocate{ino: 7, mode: fsstate.FallocZeroRange, offset: 1, length: 1 << 40}, "961693cd03e8649204ce00011170071001cf0000010000000000"},
	{&seek{ino: 7, offset: 4096, whence: fsstate.SeekHole}, "951793cd03e8649204ce0001117007cd100004"},
	{&copyRange{fsstate.CopyRange{From: 7, To: 8, FromOffset: 1, ToOffset: 2, Length: 3}}, "971893cd03e8649204ce000111700708010203"},
	{&createSnapshot{"n"}, "931993cd03e8649204ce00011170c4016e"},
	{&deleteSnapshot{"n"}, "931a93cd03e8649204ce00011170c4016e"},
	{&listSnapshots{}, "921b93cd03e8649204ce00011170"},
	{&setLock{ino: 7, lock: someLock, wait: true}, "951c93cd03e8649204ce000111700796010101cf7fffffffffffffffcf8000000000000000cd012cc3"},
	{&getLock{ino: 7, lock: someLock}, "941d93cd03e8649204ce000111700796010101cf7fffffffffffffffcf8000000000000000cd012c"},
	{&cancelLock{ticket: 300}, "931e93cd03e8649204ce00011170cd012c"},
	{&lockWaits{}, "921f93cd03e8649204ce00011170"},
	{&getxattr{ino: 7, name: "user.a"}, "942093cd03e8649204ce0001117007c406757365722e61"},
	{&setxattr{ino: 7, name: "user.a", value: []byte{0}, flags: fsstate.XattrCreate}, "962193cd03e8649204ce0001117007c406757365722e61c4010001"},
	{&removexattr{ino: 7, name: "user.a"}, "942293cd03e8649204ce0001117007c406757365722e61"},
	{&listxattr{ino: 7}, "932393cd03e8649204ce0001117007"},
	{&usage{from: 1000, max: 100}, "942493cd03e8649204ce00011170cd03e864"},
	{&tmpfile{dir: 1, mode: 0o600, open: fsstate.OpenWrite, exclusive: true}, "962593cd03e8649204ce0001117001cd018002c3"},
}

func TestGoldenOperations(t *testing.T) {
	t.Parallel()
	if len(golden) != int(opEnd) {
		t.Fatalf("%d golden operations for %d opcodes", len(golden), opEnd)
	}
	for i, g := range golden {
		if got := hex.EncodeToString(appendOperation(nil, &someone, g.op)); got != g.bytes {
			t.Errorf("%s is written as\n%s, want\n%s", kinds[i].name, got, g.bytes)
		}
		if g.op.code() != opcode(i) {
			t.Errorf("%s has opcode %d, want %d", kinds[i].name, g.op.code(), i)
		}
	}
}

func TestOperationRoundTrip(t *testing.T) {
	t.Parallel()
	for _, g := range golden {
		b, err := hex.DecodeString(g.bytes)
		if err != nil {
			t.Fatal(err)
		}
		caller, op, err := decodeOperation(b)
		if err != nil {
			t.Errorf("%#v: %v", g.op, err)
			continue
		}
		if !reflect.DeepEqual(op, g.op) || !reflect.DeepEqual(caller, someone) {
			t.Errorf("%#v of %v came back as %#v of %v", g.op, someone, op, caller)
		}
	}
}

func TestOperationRefused(t *testing.T) {
	t.Parallel()
	good := appendOperation(nil, &someone, &getattr{ino: 7})
	crowd := fsstate.Caller{Groups: make([]uint32, fsstate.MaxGroups+1)}
	tests := []struct {
		name   string
		bytes  []byte
		reason error
	}{
		{"nothing", nil, wire.ErrTruncated},
		{"an empty array", wire.AppendArray(nil, 0), wire.ErrTruncated},
		{"no array", []byte{7}, wire.ErrType},
		{"a map", []byte{0x83, 2, 1, 1}, wire.ErrType},
		{"an unknown opcode", replaced(good, 1, byte(opEnd)), wire.ErrRange},
		{"a long form of the opcode", append([]byte{good[0], 0xcc, 2}, good[2:]...), wire.ErrNotCanonical},
		{"too few arguments", replaced(good, 1, byte(opLookup)), wire.ErrLength},
		{"too many arguments", replaced(good, 1, byte(opStatfs)), wire.ErrLength},
		{"a caller that is a number", []byte{0x93, 2, 1, 7}, wire.ErrType},
		{"trailing bytes", append(bytes.Clone(good), 0), wire.ErrTrailing},
		{"an early end", good[:len(good)-1], wire.ErrTruncated},
		{"a negative inode number", replaced(good, len(good)-1, 0xff), wire.ErrType},
		{"a umask of 0", []byte{0x93, 2, 0x94, 1, 2, 0x90, 0, 7}, wire.ErrLength},
		{"a umask of more than permissions", []byte{0x93, 2, 0x94, 1, 2, 0x90, 0xcd, 2, 0, 7}, wire.ErrRange},
		{"half a caller", []byte{0x93, 2, 0x92, 1, 2, 7}, wire.ErrType},
		{"too much of a value", appendOperation(nil, &someone, &setxattr{value: make([]byte, maxXattr+1)}), wire.ErrTooLong},
		{"too many groups", appendOperation(nil, &crowd, &renew{}), wire.ErrTooLong},
		{"too much data", appendOperation(nil, &someone, &write{data: make([]byte, MaxIO+1)}), wire.ErrTooLong},
		{"too long a result", appendOperation(nil, &someone, &null{resultSize: MaxIO + 1}), wire.ErrRange},
		{"a name beyond any path", appendOperation(nil, &someone, &lookup{name: strings.Repeat("n", MaxPath+1)}), wire.ErrTooLong},
	}
	for _, test := range tests {
		if _, _, err := decodeOperation(test.bytes); !errors.Is(err, test.reason) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.reason)
		}
	}
}

// A umask is part of a caller who has one.
func TestCallerWithUmask(t *testing.T) {
	t.Parallel()
	caller := someone
	caller.Umask = 0o27
	b := appendOperation(nil, &caller, &getattr{ino: 7})
	if got, want := hex.EncodeToString(b), "930294cd03e8649204ce000111701707"; got != want {
		t.Errorf("written as\n%s, want\n%s", got, want)
	}
	if got, _, err := decodeOperation(b); err != nil || !reflect.DeepEqual(got, caller) {
		t.Errorf("came back as %+v: %v", got, err)
	}
}

func replaced(b []byte, at int, with byte) []byte {
	b = bytes.Clone(b)
	b[at] = with
	return b
}

// Every proper prefix of an operation, and none of its extensions, is one.
func TestOperationIsSelfContained(t *testing.T) {
	t.Parallel()
	for _, g := range golden {
		b := appendOperation(nil, &someone, g.op)
		for n := range b {
			if _, _, err := decodeOperation(b[:n]); err == nil {
				t.Errorf("the first %d of the %d bytes of %#v are accepted", n, len(b), g.op)
			}
		}
	}
}

// A name that is longer than names may be, but could be meant as one, must
// reach the state, which has a status for it.
func TestLongNamesReachTheState(t *testing.T) {
	t.Parallel()
	op := &lookup{dir: 1, name: strings.Repeat("n", MaxPath)}
	_, got, err := decodeOperation(appendOperation(nil, &someone, op))
	if err != nil || !reflect.DeepEqual(got, op) {
		t.Errorf("error %v, or another name", err)
	}
}

func TestLargestOperation(t *testing.T) {
	t.Parallel()
	caller := fsstate.Caller{UID: math.MaxUint32, GID: math.MaxUint32, Groups: make([]uint32, fsstate.MaxGroups), Umask: maxUmask}
	for i := range caller.Groups {
		caller.Groups[i] = math.MaxUint32
	}
	path := strings.Repeat("n", MaxPath)
	largest := &write{ino: math.MaxUint64, offset: math.MaxUint64, atEnd: true, data: make([]byte, MaxIO)}
	// The rest of the header is rounded up: the few groups' array needs 3.
	if n := len(appendOperation(nil, &caller, largest)); n > MaxOperation || n < MaxOperation-6 {
		t.Errorf("the largest write has %d bytes, MaxOperation is %d", n, MaxOperation)
	}
	for _, op := range []operation{
		&null{resultSize: MaxIO, argument: make([]byte, MaxIO)},
		&symlink{dir: math.MaxUint64, name: path, target: path},
		&rename{dir: math.MaxUint64, name: path, newDir: math.MaxUint64, newName: path, flags: math.MaxUint32},
	} {
		if n := len(appendOperation(nil, &caller, op)); n > MaxOperation {
			t.Errorf("a %s has %d bytes, MaxOperation is %d", kinds[op.code()].name, n, MaxOperation)
		}
	}
}

func FuzzDecodeOperation(f *testing.F) {
	for _, g := range golden {
		f.Add(appendOperation(nil, &someone, g.op))
		f.Add(appendOperation(nil, &fsstate.Caller{}, g.op))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		caller, op, err := decodeOperation(b)
		if err != nil {
			return
		}
		if again := appendOperation(nil, &caller, op); !bytes.Equal(again, b) {
			t.Errorf("%x was read as %#v, which is written as %x", b, op, again)
		}
		if code, ok := opcodeOf(b); !ok || code != op.code() {
			t.Errorf("%x begins like opcode %d (%v) and is %d", b, code, ok, op.code())
		}
	})
}
