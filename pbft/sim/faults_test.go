package sim

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// TestEveryAttack plants each attack alone, where it can do the most, until it
// has acted; no run breaks the protocol.
func TestEveryAttack(t *testing.T) {
	t.Parallel()
	for _, a := range Attacks() {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			acted := 0
			for seed := uint64(0); seed < 3 || acted == 0 && seed < 40; seed++ {
				r, err := Run(New(onlyAttack(seed, a), nil))
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				acted += r.Coverage.Counts[attackName(a)]
			}
			if acted == 0 {
				t.Error("it never did anything")
			}
		})
	}
}

// onlyAttack is a run in which the first primary or the first client has one
// fault, and everything else works.
func onlyAttack(seed uint64, a Attack) Settings {
	s := Draw(seed, 1)
	s.Clients, s.Operations = max(s.Clients, 2), min(s.Operations, 20)
	s.Disturbances = int(seed%2) * 5
	s.Faults = []Planned{{Client: a.ByClient, Attacks: []Attack{a}}}
	return s
}

func TestAttackNames(t *testing.T) {
	t.Parallel()
	known := make(map[string]bool)
	for _, a := range Attacks() {
		if known[a.Name] {
			t.Errorf("two attacks are named %s", a.Name)
		}
		known[a.Name] = true
		if AttackNamed(a.Name).New == nil {
			t.Errorf("%s cannot be made", a.Name)
		}
	}
}

// TestFaultsWithinF: no draw has more than f faulty replicas, or leaves no
// client that is correct.
func TestFaultsWithinF(t *testing.T) {
	t.Parallel()
	for f := 1; f <= 3; f++ {
		for seed := range uint64(300) {
			s := Draw(seed, f)
			replicas, clients := 0, 0
			for _, p := range s.Faults {
				if p.Client {
					clients++
				} else {
					replicas++
				}
			}
			if replicas > f || clients >= s.Clients && clients > 0 {
				t.Fatalf("%d replicas and %d of %d clients are faulty: %v", replicas, clients, s.Clients, s)
			}
		}
	}
}

// TestKeysBindContents: what a fault alters is not authentic any more.
func TestKeysBindContents(t *testing.T) {
	t.Parallel()
	q := &message.Request{Client: message.ClientID{Principal: 1, Session: 1}, Timestamp: 1, Ack: 1, Operation: []byte("pay 1")}
	q.Seal()
	q.Auth = authenticator(q, 4)
	altered := *q
	altered.Operation = []byte("pay 9")
	altered.Seal()
	for id := range message.ReplicaID(4) {
		if !authentic(q, id) || authentic(&altered, id) {
			t.Errorf("replica %d: authentic=%t, altered authentic=%t", id, authentic(q, id), authentic(&altered, id))
		}
	}
	v := sealed(&message.ViewChange{View: 1, Replica: 2, Checkpoints: []message.Entry{{}}})
	forged := &message.ViewChange{View: 1, Replica: 1, Checkpoints: v.Checkpoints, Signature: v.Signature}
	forged.Seal()
	if !signed(v) || signed(forged) || signed(&message.NewView{View: 1, Changes: []*message.ViewChange{v, forged}}) {
		t.Error("signatures do not tell what was signed by whom")
	}
}

// TestCorrectNodesSendMessages: a frame that does not decode is a violation if
// its sender is correct, and only counted if it is not.
func TestCorrectNodesSendMessages(t *testing.T) {
	t.Parallel()
	s := Draw(1, 1)
	s.Faults = []Planned{{Node: 2, Attacks: []Attack{AttackNamed("broken-frames")}}}
	w := New(s, nil)
	w.deliver(message.ReplicaNode(2), message.ReplicaNode(0), []byte{1, 2, 3})
	if w.check.violation != nil || w.coverage.Counts[string(PathBadFrame)] != 1 {
		t.Errorf("from a faulty replica: %v", w.check.violation)
	}
	w.deliver(message.ReplicaNode(1), message.ReplicaNode(0), []byte{1, 2, 3})
	if w.check.violation == nil {
		t.Error("a correct replica sent garbage, and nobody minds")
	}
}

// TestDelayedSends: what a fault keeps back arrives later, and all else at once.
func TestDelayedSends(t *testing.T) {
	t.Parallel()
	s := onlyAttack(4, AttackNamed("slow-primary"))
	w := New(s, nil)
	seat := w.replicas[0].fault
	b := &message.PrePrepare{View: 0, Sequence: 1}
	b.Seal()
	out := seat.out(Parcel{To: message.ReplicaNode(1), Message: b})
	if len(out) != 1 || out[0].Delay <= s.Params.ViewTimeout/2 || out[0].Delay >= s.Params.ViewTimeout {
		t.Errorf("a proposal is kept back for %v, with a timeout of %v", out, s.Params.ViewTimeout)
	}
	c := &message.Commit{Sequence: 1}
	if out := seat.out(Parcel{To: message.ReplicaNode(1), Message: c}); len(out) != 1 || out[0].Delay != 0 {
		t.Errorf("a commit becomes %v", out)
	}
	if s.Params.ViewTimeout < pbft.Millisecond {
		t.Error("there is no timeout to stay under")
	}
}
