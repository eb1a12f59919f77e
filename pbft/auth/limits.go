package auth

// Bounds and sizes, all in bytes unless they say otherwise.
const (
	// maxKeyFile bounds what is read of a private key file.
	maxKeyFile = 256
	// checksumSize is how much of a hash guards a key's text against typing
	// errors: one in 2^32 goes unnoticed.
	checksumSize = 4

	nodeSize    = 1 + 4 + 4 + 8 // kind, replica, principal, session
	shareSize   = 32            // an X25519 public key
	clusterSize = 32            // the hash of a cluster's name

	preludeSize = 8 + 2 // magic, version
	helloSize   = preludeSize + clusterSize + 2*nodeSize + shareSize
	answerSize  = 1 + shareSize + 64 // verdict, share, signature
	proofSize   = 64                 // signature
	confirmSize = 16
	verdictSize = 1

	linkKeySize    = 32 // AES-256
	requestKeySize = 32
	nonceSize      = 12

	// maxSessionsPerPrincipal bounds KeyringConfig.SessionsPerPrincipal.
	maxSessionsPerPrincipal = 1 << 16
)
