package pbft

import (
	"slices"
	"testing"

	"bfs/pbft/message"
)

// The decision of a new view (TOCS'02, section 2.3.5) as a pure function of
// VIEW-CHANGE messages. In these tables a digest is one letter.

// said makes VIEW-CHANGE messages readable: at is the stable checkpoint, held
// the checkpoints above it, p and q the sets P and Q.
type said struct {
	at   message.Sequence
	held []message.Entry
	p, q []message.Entry
}

// e is the batch d of sequence number n and view v.
func e(n message.Sequence, v message.View, d byte) message.Entry {
	return message.Entry{Sequence: n, View: v, Digest: message.Digest{d}}
}

// state is the digest of the state at n that correct replicas have.
func state(n message.Sequence) message.Entry {
	if n == 0 {
		return message.Entry{}
	}
	return e(n, 0, 'S')
}

// messages makes the VIEW-CHANGE messages for view 9, of replicas 0, 1, ….
func messages(all []said) []*message.ViewChange {
	var out []*message.ViewChange
	for i, s := range all {
		out = append(out, &message.ViewChange{
			View: 9, Replica: message.ReplicaID(i), Stable: s.at,
			Checkpoints: append([]message.Entry{state(s.at)}, s.held...),
			Prepared:    s.p, PrePrepared: s.q,
		})
	}
	return out
}

func entries(list ...message.Entry) []message.Entry { return list }

// null stands for the null request in what a table wants.
const null = '-'

func TestDecideCheckpoint(t *testing.T) {
	t.Parallel()
	s4, s8 := entries(state(4)), entries(state(8))
	for _, c := range []struct {
		name string
		f    int
		in   []said
		want message.Sequence
		ok   bool
	}{
		{"the initial state", 1, []said{{}, {}, {}}, 0, true},
		{"two messages", 1, []said{{}, {}}, 0, false},
		{"f+1 hold it", 1, []said{{held: s4}, {held: s4}, {}}, 4, true},
		{"only f hold it", 1, []said{{held: s4}, {}, {}}, 0, true},
		{"the highest of several", 1, []said{{held: entries(state(4), state(8))}, {at: 4, held: s8}, {held: s4}}, 8, true},
		{"two digests, f hold each", 1, []said{{held: s4}, {held: entries(e(4, 0, 'X'))}, {}}, 0, true},
		{"stable at f+1, ahead of the third", 1, []said{{at: 4}, {at: 4}, {}}, 4, true},
		{"one is past 0, nobody else holds 4", 1, []said{{at: 4}, {}, {}}, 0, false},
		{"the same, and a fourth that is not past 0", 1, []said{{at: 4}, {}, {}, {}}, 0, true},
		{"the same, and a fourth that holds 4", 1, []said{{at: 4}, {}, {}, {held: s4}}, 4, true},
		{"a liar far ahead", 1, []said{{at: 1 << 60}, {at: 4}, {at: 4}, {held: s4}}, 4, true},
		{"a liar far ahead among three", 1, []said{{at: 1 << 60}, {at: 4}, {at: 4}}, 0, false},
		{"f=2: three hold it", 2, []said{{held: s4}, {held: s4}, {held: s4}, {}, {}}, 4, true},
		{"f=2: two hold it", 2, []said{{held: s4}, {held: s4}, {}, {}, {}}, 0, true},
		{"f=2: two liars hold another", 2, []said{{held: entries(e(8, 0, 'X'))}, {held: entries(e(8, 0, 'X'))}, {held: s4}, {held: s4}, {held: s4}}, 4, true},
	} {
		d, ok := decide(DefaultParams(c.f), messages(c.in))
		if ok != c.ok || ok && d.start != state(c.want) {
			t.Errorf("%s: start %v, decided %t; want %d, %t", c.name, d.start.Sequence, ok, c.want, c.ok)
		}
	}
}

func TestDecideBatches(t *testing.T) {
	t.Parallel()
	a1 := entries(e(1, 0, 'a'))
	all := func(s said, n int) []said { return slices.Repeat([]said{s}, n) }
	for _, c := range []struct {
		name string
		f    int
		in   []said
		want string // letters and nulls from start+1 on; "?" for undecided
	}{
		{"nothing prepared", 1, all(said{q: a1}, 3), ""},
		{"prepared everywhere", 1, all(said{p: a1, q: a1}, 3), "a"},
		{"prepared at one, agreed to by f+1", 1, []said{{p: a1, q: a1}, {q: a1}, {}}, "a"},
		{"A2: prepared at one, agreed to by f", 1, []said{{p: a1, q: a1}, {}, {}}, "?"},
		{"B with a fourth message", 1, []said{{p: a1}, {}, {}, {}}, "-"},
		{"A2: a liar's P and Q, and three that know nothing", 1, []said{{p: a1, q: a1}, {}, {}, {}}, "-"},
		{"A2: agreed to another batch in that view", 1, []said{{p: a1, q: a1}, {q: entries(e(1, 0, 'b'))}, {}}, "?"},
		{"A2: agreed in an earlier view only", 1, []said{{p: entries(e(1, 3, 'a')), q: entries(e(1, 3, 'a'))}, {q: entries(e(1, 2, 'a'))}, {}}, "?"},
		{"A2: agreed in a later view", 1, []said{{p: entries(e(1, 3, 'a')), q: entries(e(1, 3, 'a'))}, {q: entries(e(1, 5, 'a'))}, {}}, "a"},
		{"A1: the later view wins", 1, []said{
			{p: entries(e(1, 1, 'a')), q: entries(e(1, 1, 'a'), e(1, 2, 'b'))},
			{p: entries(e(1, 2, 'b')), q: entries(e(1, 1, 'a'), e(1, 2, 'b'))},
			{q: entries(e(1, 1, 'a'), e(1, 2, 'b'))}}, "b"},
		{"A1: a liar claims a later view without support", 1, []said{
			{p: entries(e(1, 7, 'x')), q: entries(e(1, 7, 'x'))}, {p: a1, q: a1}, {p: a1, q: a1}}, "?"},
		{"A1: the same with a fourth message", 1, []said{
			{p: entries(e(1, 7, 'x')), q: entries(e(1, 7, 'x'))}, {p: a1, q: a1}, {p: a1, q: a1}, {q: a1}}, "a"},
		{"A1: another digest in the same view", 1, []said{
			{p: entries(e(1, 0, 'x')), q: entries(e(1, 0, 'x'))}, {p: a1, q: a1}, {q: a1}}, "?"},
		{"one number of several views", 1, []said{
			{p: entries(e(1, 4, 'a')), q: entries(e(1, 5, 'a'))},
			{p: entries(e(1, 5, 'a')), q: entries(e(1, 5, 'a'))},
			{p: entries(e(1, 2, 'b')), q: entries(e(1, 5, 'a'), e(1, 2, 'b'))}}, "a"},
		{"a gap is filled with null", 1, all(said{p: entries(e(1, 0, 'a'), e(3, 0, 'c')), q: entries(e(1, 0, 'a'), e(3, 0, 'c'))}, 3), "a-c"},
		{"nothing below the checkpoint", 1, all(said{at: 4, p: entries(e(5, 0, 'a')), q: entries(e(5, 0, 'a'))}, 3), "a"},
		{"messages past n do not count for null", 1, []said{{at: 4}, {held: entries(state(4))}, {p: entries(e(6, 0, 'a')), q: entries(e(6, 0, 'a'))}, {at: 4, q: entries(e(6, 0, 'a'))}}, "-a"},
		{"f=2: f+1 of five agreed", 2, []said{{p: a1, q: a1}, {q: a1}, {q: a1}, {}, {}}, "a"},
		{"f=2: f of five agreed", 2, []said{{p: a1, q: a1}, {q: a1}, {}, {}, {}}, "?"},
		{"f=2: two liars claim a later view", 2, []said{
			{p: entries(e(1, 7, 'x')), q: entries(e(1, 7, 'x'))}, {p: entries(e(1, 7, 'x')), q: entries(e(1, 7, 'x'))},
			{p: a1, q: a1}, {p: a1, q: a1}, {p: a1, q: a1}, {q: a1}, {q: a1}}, "a"},
	} {
		if got := chosen(DefaultParams(c.f), c.in); got != c.want {
			t.Errorf("%s: chosen %q, want %q", c.name, got, c.want)
		}
	}
}

// chosen is a decision in letters.
func chosen(p Params, in []said) string {
	d, ok := decide(p, messages(in))
	if !ok {
		return "?"
	}
	out := ""
	for _, digest := range d.chosen {
		if digest == nullDigest {
			out += string(rune(null))
		} else {
			out += string(rune(digest[0]))
		}
	}
	return out
}

// Which messages decide, in whatever order, must not matter: the primary and
// every backup must come to one decision.
func TestDecideInAnyOrder(t *testing.T) {
	t.Parallel()
	x, a := e(1, 7, 'x'), e(1, 2, 'a')
	in := messages([]said{
		{p: entries(x), q: entries(x)},
		{p: entries(a, e(3, 1, 'c')), q: entries(a, e(3, 1, 'c'))},
		{held: entries(state(4)), p: entries(a), q: entries(a, e(3, 1, 'c'))},
		{q: entries(a)},
	})
	want, ok := decide(DefaultParams(1), in)
	if !ok || len(want.chosen) != 3 {
		t.Fatalf("decided %t, %d batches; want 3", ok, len(want.chosen))
	}
	for range 24 {
		in[0], in[1], in[2], in[3] = in[1], in[3], in[0], in[2]
		got, ok := decide(DefaultParams(1), in)
		if !ok || got.start != want.start || !slices.Equal(got.chosen, want.chosen) {
			t.Fatal("another order of the messages gave another decision")
		}
	}
}

// The null request's digest is that of an empty batch of time 0, in any view
// and at any number.
func TestNullDigest(t *testing.T) {
	t.Parallel()
	if d := nullBatch(7, 40).Digest(); d != nullDigest || len(nullBatch(7, 40).Requests) != 0 {
		t.Error("null requests differ from each other")
	}
	timed := &message.PrePrepare{Sequence: 1, Time: 1}
	timed.Seal()
	if timed.Digest() == nullDigest {
		t.Error("an empty batch with a time counts as null")
	}
}

// One liar's VIEW-CHANGE with a far stable point and a P entry above it makes
// decide() choose null for every number up to there: the new primary and every
// backup that repeats the decision run out of memory. The decision must end at
// start + L.
func TestDecideIsBounded(t *testing.T) {
	p := DefaultParams(1)
	vc := func(i message.ReplicaID, stable message.Sequence) *message.ViewChange {
		return &message.ViewChange{View: 1, Replica: i, Stable: stable, Checkpoints: []message.Entry{{Sequence: stable}}}
	}
	liar := vc(3, 1<<20) // 1<<60 would hang
	liar.Prepared = []message.Entry{{Sequence: 1<<20 + 1, Digest: message.Digest{1}}}
	d, ok := decide(p, []*message.ViewChange{vc(0, 0), vc(1, 0), vc(2, 0), liar})
	if !ok || len(d.chosen) > p.LogSize {
		t.Errorf("ok=%t, %d batches chosen, want at most L=%d", ok, len(d.chosen), p.LogSize)
	}
}
