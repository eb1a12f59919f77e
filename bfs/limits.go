package bfs

import "bfs/fsstate"

// What the longest encodings come to, in bytes. An integer of 32 bits takes
// at most 5, one of 64 bits 9, a name 2 and its bytes.
const (
	maxUint32 = 5
	maxUint64 = 9
	maxBool   = 1
	maxFixed  = 1 // the head of an array of at most 15 elements, an opcode, OK
	maxHead   = 5 // the head of a long array or byte string
	maxName   = 2 + fsstate.MaxName
	maxCaller = maxFixed + 3*maxUint32 + maxHead + fsstate.MaxGroups*maxUint32
	// maxXattr is more than the longest value of an extended attribute.
	maxXattr  = fsstate.MaxXattrValue + 1
	maxAttr   = maxFixed + 5*maxUint32 + 7*maxUint64
	maxDirent = maxFixed + 2*maxUint64 + maxName + maxAttr
	maxHeader = 2*maxFixed + maxCaller

	// maxArguments are those of a write; maxFields are the bytes of a read or
	// the entries of a page.
	maxArguments = 2*maxUint64 + maxBool + maxHead + MaxIO
	maxFields    = maxHead + max(MaxIO, fsstate.MaxPage*maxDirent+maxBool)
)

const (
	// MaxIO is the most bytes that one Read or Write moves, and the most
	// that one Null carries each way.
	MaxIO = fsstate.MaxIO
	// MaxOperation is the longest operation, in bytes.
	MaxOperation = maxHeader + maxArguments
	// MaxResult is the longest result, in bytes.
	MaxResult = 2*maxFixed + maxFields
	// MaxPathLinks is how many symbolic links a Walk follows before it gives
	// up with fsstate.Loop, as Linux does.
	MaxPathLinks = 40
	// maxAnew is how often a path is resolved when what it led to is removed
	// in between, which Linux does twice.
	maxAnew = 10
	// MaxPath is the longest path that a Walk takes, in bytes.
	MaxPath = 4096
)
