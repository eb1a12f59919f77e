package auth

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// The words that keys' texts begin with. They also enter the checksums, so
// that one kind of key never passes for the other.
const (
	publicWord  = "bfs-pub-1"
	privateWord = "bfs-key-1"
)

// ErrBadKey is wrapped by every error about the text of a key.
var ErrBadKey = errors.New("not a valid key")

// PublicKey is a principal's long-term Ed25519 public key. It is comparable.
// The zero PublicKey is nobody's.
type PublicKey [ed25519.PublicKeySize]byte

// IsZero says that the key has not been set.
func (k PublicKey) IsZero() bool { return k == PublicKey{} }

// String is the key's text: one line, "bfs-pub-1 " and 48 characters.
func (k PublicKey) String() string { return formatKey(publicWord, k[:]) }

// MarshalText is String, for configuration files.
func (k PublicKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is ParsePublicKey, for configuration files.
func (k *PublicKey) UnmarshalText(text []byte) error {
	parsed, err := ParsePublicKey(string(text))
	if err != nil {
		return err
	}
	*k = parsed
	return nil
}

// ParsePublicKey reads what String writes, and nothing else. The errors wrap
// ErrBadKey.
func ParsePublicKey(text string) (PublicKey, error) {
	raw, err := parseKey(publicWord, text)
	if err != nil {
		return PublicKey{}, err
	}
	return PublicKey(raw), nil
}

// verify checks a signature that sign made for the same purpose.
func (k PublicKey) verify(purpose string, digest [32]byte, signature []byte) bool {
	return ed25519.Verify(k[:], signed(purpose, digest), signature)
}

// signed is what an Ed25519 signature covers: the purpose keeps signatures
// made for one use from being shown in another.
func signed(purpose string, digest [32]byte) []byte {
	return append([]byte(purpose), digest[:]...)
}

// formatKey writes "word text" where text is 32 bytes and their checksum in
// base64, 48 characters without padding.
func formatKey(word string, key []byte) string {
	sum := checksum(word, key)
	return word + " " + base64.RawURLEncoding.EncodeToString(append(key[:len(key):len(key)], sum[:]...))
}

func parseKey(word, text string) ([]byte, error) {
	rest, found := strings.CutPrefix(text, word+" ")
	if !found {
		return nil, wrongWord(word, text)
	}
	// DecodeString skips line breaks, which would give one key many texts.
	if strings.ContainsAny(rest, "\r\n") {
		return nil, fmt.Errorf("%w: it must be a single line", ErrBadKey)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil {
		return nil, fmt.Errorf("%w: the text after %q is not base64: copy the whole line again", ErrBadKey, word)
	}
	const size = ed25519.PublicKeySize // a private key's seed has the same
	if len(raw) != size+checksumSize {
		return nil, fmt.Errorf("%w: it has %d characters after %q instead of 48: copy the whole line again",
			ErrBadKey, len(rest), word)
	}
	if sum := checksum(word, raw[:size]); string(sum[:]) != string(raw[size:]) {
		return nil, fmt.Errorf("%w: the checksum does not match, so a character is wrong: copy the whole line again", ErrBadKey)
	}
	return raw[:size:size], nil
}

func wrongWord(word, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%w: it is empty; it must start with %q", ErrBadKey, word)
	case word == publicWord && strings.HasPrefix(text, privateWord):
		return fmt.Errorf("%w: this is a private key where a public key (%q) belongs; keep it secret", ErrBadKey, publicWord)
	case word == privateWord && strings.HasPrefix(text, publicWord):
		return fmt.Errorf("%w: this is a public key where a private key (%q) belongs", ErrBadKey, privateWord)
	default:
		return fmt.Errorf("%w: it must start with %q and one space", ErrBadKey, word)
	}
}

func checksum(word string, key []byte) [checksumSize]byte {
	sum := blake2b.Sum256(append([]byte(word+" checksum "), key...))
	return [checksumSize]byte(sum[:checksumSize])
}
