package message

// MaxAccepted is how many entries a sequence number may have in the
// PrePrepared set of a ViewChange.
const MaxAccepted = 8

// MaxPages is how many pages one FetchState may ask for, and MaxPagePath bounds
// a page's path, in bytes.
const (
	MaxPages    = 64
	MaxPagePath = 128
)

// Limits that do not depend on the configuration.
const (
	// maxVersion bounds Report.Version, in bytes.
	maxVersion = 64
	// maxFields is a number of elements that no message's array exceeds.
	maxFields = 32
	// sizeRequestMin is what the encoding of a request takes at least,
	// without its authenticator: 9 elements, the operation's head is two
	// bytes long and the authenticator's too.
	sizeRequestMin = 1 + 7 + 2 + 2
	// entryFields and checkpointFields are the elements of an entry of a
	// view-change's sets, sizeEntryMin and sizeCheckpointMin what its
	// encoding takes at least.
	entryFields       = 3
	checkpointFields  = 2
	sizeEntryMin      = 1 + 2 + sizeDigest
	sizeCheckpointMin = 1 + 1 + sizeDigest
	// pageFields are the elements of a page's name, sizePageIDMin what its
	// encoding takes at least.
	pageFields    = 2
	sizePageIDMin = 1 + 2 + sizeDigest
	// sizeViewChangeMin is what the encoding of a view-change message takes
	// at least: a head, 4 numbers, one checkpoint, two empty sets.
	sizeViewChangeMin = 1 + 4 + 1 + sizeCheckpointMin + 2 + sizeSignature
)

// Sizes that the encodings of fields do not exceed, in bytes.
const (
	sizeHead      = 3 + 1 // an array's head and the label
	sizeUint      = 1 + 8
	sizeBool      = 1
	sizeBytesHead = 1 + 4
	sizeArrayHead = 1 + 4
	sizeDigest    = 2 + 32
	sizeSignature = 2 + 64
	sizeEntry     = 1 + 2*sizeUint + sizeDigest
)
