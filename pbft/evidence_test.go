package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// TestEvidence: what a replica shows of its stable checkpoint hangs together,
// and stays there when the replica has gone on.
func TestEvidence(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	r := g.replicas[1]
	if _, ok := r.Evidence(); ok {
		t.Error("evidence before any checkpoint")
	}
	g.run(1, 1, 4)
	e, ok := r.Evidence()
	c := e.Entry()
	if p := r.Report(); !ok || c.Sequence != p.Stable || c.Digest != p.StableDigest || c.Sequence == 0 {
		t.Fatalf("evidence %v of %+v, the report says %+v", ok, c, p)
	}
	before := g.services[1].Digest()
	g.run(1, 5, 9)
	page := r.EvidencePage(&e, pbft.RootPage(c.Digest))
	root, err := pbft.ReadRoot(page, c)
	if err != nil || root.Service != before || root.Clock == 0 {
		t.Errorf("the root says %+v, %v", root, err)
	}
	if len(r.EvidencePage(&e, pbft.ServicePage(pbft.PageID{Digest: root.Service}))) == 0 {
		t.Error("no page of the service")
	}
	for _, id := range []pbft.PageID{{}, {Path: "r"}, {Path: "t"}, {Path: "s"}, {Path: "v"}, {Path: "x"}} {
		if r.EvidencePage(&e, id) != nil {
			t.Errorf("page %q of a digest that is nobody's", id.Path)
		}
	}
	for i := range page {
		lie := append([]byte(nil), page...)
		lie[i] ^= 1
		if _, err := pbft.ReadRoot(lie, c); err == nil {
			t.Fatalf("byte %d changed, and it is taken", i)
		}
	}
	if _, err := pbft.ReadRoot(page, message.Entry{Sequence: c.Sequence + 1, Digest: c.Digest}); err == nil {
		t.Error("taken for another checkpoint")
	}
}

// TestEvidenceOfTheReplies is not given: they are other clients' affair.
func TestEvidenceOfTheReplies(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 4)
	r := g.replicas[0]
	e, _ := r.Evidence()
	// The digests that would name them are in the root page, after label,
	// sequence number, clock and the service's digest.
	page := r.EvidencePage(&e, pbft.RootPage(e.Entry().Digest))
	table := pbft.PageID{Path: "t", Digest: message.Digest(page[len(page)-32:])}
	if r.EvidencePage(&e, table) != nil {
		t.Error("the table of replies is shown")
	}
}
