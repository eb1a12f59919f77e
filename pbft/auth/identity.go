package auth

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ErrKeyFileExposed says that others than its owner can read or change a
// private key file.
var ErrKeyFileExposed = errors.New("private key file is open to others")

// Identity is a principal's long-term private key. Printing it shows the
// public key only.
type Identity struct {
	private ed25519.PrivateKey
}

// NewIdentity makes an identity from the system's randomness.
func NewIdentity() (*Identity, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return &Identity{private: private}, nil
}

// Public is the key that others know the identity by.
func (id *Identity) Public() PublicKey {
	return PublicKey(id.private.Public().(ed25519.PublicKey))
}

// String names the identity by its public key.
func (id *Identity) String() string { return "holder of " + id.Public().String() }

// GoString is String, so that no verb of fmt shows the private key.
func (id *Identity) GoString() string { return id.String() }

func (id *Identity) sign(purpose string, digest [32]byte) []byte {
	return ed25519.Sign(id.private, signed(purpose, digest))
}

// WriteFile writes the private key as one line to a new file that only its
// owner can read (0600), making the directory (0700) if it is missing. It
// never overwrites: if the file exists, the error matches fs.ErrExist.
func (id *Identity) WriteFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the directory for a private key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("making a private key file: %w", err)
	}
	_, err = io.WriteString(file, formatKey(privateWord, id.private.Seed())+"\n")
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("writing a private key file: %w", err), os.Remove(path))
	}
	return nil
}

// ReadIdentity reads a file that WriteFile wrote. It refuses a file that its
// group or others may read or write (ErrKeyFileExposed), and one that is not
// exactly one private key (ErrBadKey).
func ReadIdentity(path string) (*Identity, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading a private key: %w", err)
	}
	defer file.Close()
	if err := checkPrivate(file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("reading a private key: %w", err)
	}
	seed, err := parseKey(privateWord, strings.TrimSuffix(string(text), "\n"))
	if err != nil {
		return nil, fmt.Errorf("private key file %s: %w", path, err)
	}
	return &Identity{private: ed25519.NewKeyFromSeed(seed)}, nil
}

// checkPrivate looks at the open file, not at its path, so that it cannot be
// exchanged between the check and the reading.
func checkPrivate(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading a private key: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("private key file %s: %w: it is not a regular file", file.Name(), ErrBadKey)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%w: %s has mode %04o; run: chmod 600 %s", ErrKeyFileExposed, file.Name(), mode, file.Name())
	}
	return nil
}
