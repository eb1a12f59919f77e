package auth

import (
	"testing"

	"bfs/pbft/message"
)

func TestStatements(t *testing.T) {
	t.Parallel()
	id, other := newIdentity(t), newIdentity(t)
	d := message.Sum([]byte("a view change"))
	s := id.Sign("home", d)
	if !id.Public().Verify("home", d, s) {
		t.Fatal("a right signature is refused")
	}
	if s != id.Sign("home", d) {
		t.Error("signing the same twice gave two signatures: the core must be deterministic")
	}
	flipped := s
	flipped[20] ^= 1
	for name, ok := range map[string]bool{
		"another key":       other.Public().Verify("home", d, s),
		"another cluster":   id.Public().Verify("away", d, s),
		"another digest":    id.Public().Verify("home", message.Digest{1}, s),
		"a flipped bit":     id.Public().Verify("home", d, flipped),
		"a zero key":        PublicKey{}.Verify("home", d, s),
		"another statement": id.Public().verify("purpose 1 ", statement("home", d), s[:]),
	} {
		if ok {
			t.Errorf("%s: the signature was accepted", name)
		}
	}
}
