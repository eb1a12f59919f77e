package message

// Limits that do not depend on the configuration.
const (
	// maxVersion bounds Report.Version, in bytes.
	maxVersion = 64
	// maxFields is a number of elements that no message's array exceeds.
	maxFields = 32
	// sizeRequestMin is what the encoding of a request takes at least,
	// without its authenticator: 8 elements, the operation's head is two
	// bytes long and the authenticator's too.
	sizeRequestMin = 1 + 6 + 2 + 2
)

// Sizes that the encodings of fields do not exceed, in bytes.
const (
	sizeHead      = 3 + 1 // an array's head and the label
	sizeUint      = 1 + 8
	sizeBool      = 1
	sizeBytesHead = 1 + 4
	sizeDigest    = 2 + 32
)
