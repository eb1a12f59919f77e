package main

// mutation is one mistake: in each edit old, which occurs exactly once in the
// file, is replaced by new.
type mutation struct {
	name   string
	breaks string // what it breaks
	kind   kind   // of the violations that catch it for its own reason
	edits  []edit
}

// edit is of a file below pbft.
type edit struct{ file, old, new string }

// kind matches the violations of one kind. A mutation that breaks safety and
// shows only in a crash or in a run that stands still is not caught.
type kind string

const (
	// forks: correct replicas execute, keep or certify different things.
	forks kind = ` differ at n=|is stable, and|ends with the state|state diverged at|executed n=\d+ after`
	// undone: a client has accepted what can be undone, or was; or what was
	// never committed.
	undone kind = `may be undone|what was committed has|never committed|not linearizable|accepted a read|is no result of|accepted status`
	// invalid: what no client has asked for is executed, or twice.
	invalid kind = `nobody has|no client has|is no result of|what was committed has`
	unsafe       = forks + "|" + undone + "|" + invalid
	// stands: the run gets nowhere, in spite of a network that works.
	stands kind = `no convergence|more than \d+ events|views? .* replaced|` + hangs
	// bounds: a replica holds more than it may.
	bounds kind = `it may hold`
	// misled: a replica believes what only liars say.
	misled kind = `believes that it is behind`
	// crash: a replica finds that its own invariants do not hold.
	crash kind = `^panic: pbft: `
)

// mutations are the mistakes, by the section of the core.
var mutations = []mutation{
	// Certificates.
	{"small-quorum", "two quorums need not share a correct replica", unsafe, []edit{
		{"params.go", "Quorum() int { return 2*p.Faults + 1 }", "Quorum() int { return 2 * p.Faults }"},
		{"message/codec.go", "quorum() int { return 2*((l.Replicas-1)/3) + 1 }", "quorum() int { return 2 * ((l.Replicas - 1) / 3) }"}}},
	{"small-weak", "f replicas, all of them faulty, are believed", unsafe, []edit{
		{"params.go", "Weak() int { return p.Faults + 1 }", "Weak() int { return p.Faults }"}}},
	{"prepared-with-2f-1", "a batch counts as prepared with one prepare too few", unsafe, []edit{
		{"normal.go", "s.prepares.count(s.batch.View, s.digest) < 2*r.params.Faults", "s.prepares.count(s.batch.View, s.digest) < 2*r.params.Faults-1"}}},
	{"committed-with-2f", "2f commits commit a batch", unsafe, []edit{
		{"normal.go", "either >= r.params.Quorum()", "either >= r.params.Quorum()-1"}}},
	{"committed-by-f", "f replicas' word commits a batch", unsafe, []edit{
		{"normal.go", "return committed >= r.params.Weak() ||", "return committed >= r.params.Faults ||"},
		{"normal.go", "case s.stated.count(0, d) >= r.params.Weak():", "case s.stated.count(0, d) >= r.params.Faults:"},
		{"normal.go", "if s.committed || s.stated.count(0, c.Digest) < r.params.Weak() {", "if s.committed || s.stated.count(0, c.Digest) < r.params.Faults {"}}},
	{"no-water-mark", "sequence numbers have no upper limit", bounds, []edit{
		{"log.go", "return n > l.low && n-l.low <= l.window", "return n > l.low"}}},
	{"no-vouching", "batches are prepared although nobody has checked their requests or time", invalid, []edit{
		{"normal.go", "if (s.unchecked || s.offClock) &&", "if false &&"}}},
	{"vouching-by-f", "f replicas' word makes a batch authentic", invalid, []edit{
		{"normal.go", "thePrimary+s.prepares.count(s.batch.View, s.digest) < r.params.Weak()", "thePrimary+s.prepares.count(s.batch.View, s.digest) < r.params.Faults"}}},
	{"doubts-settled-by-f", "f replicas' word makes a request authentic", invalid, []edit{
		{"request.go", "vouchers >= r.params.Weak()", "vouchers >= r.params.Faults"}}},
	// Execution and replies.
	{"no-exactly-once", "a request that was executed is executed again", unsafe, []edit{
		{"sessions.go", "case e.timestamp == ts:", "case e.timestamp == ts && false:"}}},
	{"no-session-floor", "a session that was forgotten begins anew", unsafe, []edit{
		{"sessions.go", "if p.find(id.Session) == nil && id.Session <= p.newest {", "if false {"}}},
	{"time-goes-back", "the ordered time is whatever the primary proposes", unsafe, []edit{
		{"execute.go", "r.clock = max(s.batch.Time, r.clock+1)", "r.clock = s.batch.Time"}}},
	{"own-clock-only", "a new primary proposes times before the last one committed", stands, []edit{
		{"normal.go", "r.proposedTime = max(r.proposedTime+1, r.now, r.clock+1)", "r.proposedTime = r.now"}}},
	{"no-rollback", "tentative effects stay when the view changes", unsafe, []edit{
		{"execute.go", "r.restore(r.tentative.before)", "_ = r.tentative.before"}}},
	{"rollback-keeps-replies", "replies to what was rolled back stay cached", unsafe, []edit{
		{"execute.go", "r.restore(r.tentative.before)", "after := r.sessions.version()\n\tr.restore(r.tentative.before)\n\tr.sessions.restore(after)"}}},
	{"reads-too-early", "reads are answered from tentative state", undone, []edit{
		{"reads.go", "return r.tentative == nil && r.executed >= r.readable", "return true"}}},
	{"reads-after-rollback", "reads are answered without what was rolled back, and may be complete", undone, []edit{
		{"reads.go", "return r.tentative == nil && r.executed >= r.readable", "return r.tentative == nil"}}},
	// The client.
	{"weak-client", "clients accept f+1 equal replies", undone, []edit{
		{"params.go", "Quorum:       p.Quorum(),", "Quorum:       p.Weak(),"}}},
	{"tentative-across-views", "tentative replies of different views count together", undone, []edit{
		{"client.go", "(!o.Tentative || o.View == r.View)", "(!o.Tentative || o.View <= r.View || r.Tentative)"}}},
	{"reads-of-any-position", "answers to a read count together though they are of different states", undone, []edit{
		{"client.go", "if a.ReadOnly != b.ReadOnly || a.ReadOnly && a.Position != b.Position {", "if a.ReadOnly != b.ReadOnly {"}}},
	// Checkpoints and state transfer.
	{"stable-with-2f", "2f replicas make a checkpoint stable", forks, []edit{
		{"checkpoint.go", "e.votes.count(0, v.digest) < r.params.Quorum()", "e.votes.count(0, v.digest) < r.params.Quorum()-1"}}},
	{"checkpoint-digest-ignored", "a checkpoint is stable whatever state the others have", unsafe, []edit{
		{"checkpoint.go", "if v.digest != own.digest {", "if false {"}}},
	{"tentative-checkpoint", "a checkpoint is taken of tentative state", unsafe, []edit{
		{"execute.go", "r.executeBatch(s, true)", "r.executeBatch(s, true)\n\t\tif (r.executed+1)%message.Sequence(r.params.CheckpointInterval) == 0 {\n\t\t\tr.executed++\n\t\t\tr.takeCheckpoint()\n\t\t\tr.executed--\n\t\t}"},
		{"execute.go", "if r.executed%message.Sequence(r.params.CheckpointInterval) == 0 {", "if r.executed%message.Sequence(r.params.CheckpointInterval) == 0 && r.checkpoints.at(r.executed) == nil {"}}},
	{"replies-not-in-digest", "the last replies are not part of the state's digest", unsafe, []edit{
		{"sessions.go", "if e := &s.replies[i]; e.timestamp != 0 {", "if e := &s.replies[i]; e.timestamp != 0 && s.low == 0 {"}}},
	{"sessions-not-in-digest", "the last-reply table is neither in the state's digest nor fetched with it", unsafe, []edit{
		{"execute.go", "d = message.Sum(r.sessions.page())", "empty := newSessions(r.params)\n\td = message.Sum(empty.page())"},
		{"assembly.go", "return ifDigest(c.version.sessions.page(), id.Digest)", "return []byte(labelSessions)"}}},
	{"pages-not-verified", "pages of the state are taken from anyone as they are", crash, []edit{
		{"assembly.go", "if message.Sum(data) != id.Digest {", "if false {"},
		{"assembly.go", "if message.ResultDigest(data) != id.Digest || len(data)", "if len(data)"}}},
	{"installed-unverified", "a state is installed though it is not the one that was certified", unsafe, []edit{
		{"assembly.go", "if message.Sum(data) != id.Digest {", "if false {"},
		{"assembly.go", "if message.ResultDigest(data) != id.Digest || len(data)", "if len(data)"},
		{"transfer.go", "if c.digest != a.target.Digest {", "if false {"}}},
	{"goal-by-f", "a checkpoint that f replicas claim is fetched", stands, []edit{
		{"transfer.go", "r.claimed(c) >= r.params.Weak()", "r.claimed(c) >= r.params.Faults"}}},
	{"behind-by-f", "f replicas can make another believe that it is behind", misled, []edit{
		{"status.go", "behind := gone >= r.params.Weak()", "behind := gone >= r.params.Faults"}}},
	// View changes.
	{"no-A1", "an older batch is chosen though a later view prepared another", unsafe, []edit{
		{"decide.go", "ok && notContradicted(p, changes, e) && vouchedFor", "ok && vouchedFor"}}},
	{"small-A1", "a batch is chosen though only 2f replicas do not contradict it", unsafe, []edit{
		{"decide.go", "count++\n\t\t}\n\t}\n\treturn count >= p.Quorum()", "count++\n\t\t}\n\t}\n\treturn count >= p.Quorum()-1"}}},
	{"no-A2", "a liar's P entry is chosen though nobody has agreed to the batch", unsafe, []edit{
		{"decide.go", "notContradicted(p, changes, e) && vouchedFor(p, changes, e) {", "notContradicted(p, changes, e) {"}}},
	{"small-A2", "a batch is chosen that f replicas have agreed to", unsafe, []edit{
		{"decide.go", "break\n\t\t\t}\n\t\t}\n\t}\n\treturn count >= p.Weak()", "break\n\t\t\t}\n\t\t}\n\t}\n\treturn count >= p.Faults"}}},
	{"small-B", "null is chosen though only 2f replicas have nothing prepared", unsafe, []edit{
		{"decide.go", "return nullDigest, none >= p.Quorum()", "return nullDigest, none >= p.Quorum()-1"}}},
	{"no-B", "null is chosen whenever no batch can be", unsafe, []edit{
		{"decide.go", "return nullDigest, none >= p.Quorum()", "return nullDigest, none >= 0"}}},
	{"wrong-null", "the null request has another digest", stands, []edit{
		{"decide.go", "return nullDigest, none >=", "return message.Digest{1}, none >="}}},
	{"checkpoint-of-f", "a view starts at a checkpoint that f replicas claim", stands, []edit{
		{"decide.go", "held >= p.Weak() &&", "held >= p.Faults &&"}}},
	{"no-P", "VIEW-CHANGE does not tell what prepared", unsafe, []edit{
		{"viewchange.go", "if s.last.batch != nil {", "if false {"}}},
	{"no-Q", "VIEW-CHANGE does not tell what was agreed to", stands, []edit{
		{"viewchange.go", "for _, a := range s.agreed {", "for _, a := range s.agreed[:0] {"}}},
	{"join-f", "f replicas' VIEW-CHANGEs take others along", stands, []edit{
		{"viewchange.go", "return smallest, count >= r.params.Weak()", "return smallest, count >= r.params.Faults"}}},
	{"new-view-of-2f", "2f VIEW-CHANGEs begin a view", unsafe, []edit{
		{"message/codec.go", "quorum() int { return 2*((l.Replicas-1)/3) + 1 }", "quorum() int { return 2 * ((l.Replicas - 1) / 3) }"},
		{"viewchange.go", "!r.isPrimary() || len(ready) < r.params.Quorum()", "!r.isPrimary() || len(ready) < r.params.Quorum()-1"},
		{"newview.go", "len(m.Changes) < r.params.Quorum()", "len(m.Changes) < r.params.Quorum()-1"},
		{"decide.go", "held >= p.Weak() && kept >= p.Quorum()", "held >= p.Weak() && kept >= p.Quorum()-1"},
		{"decide.go", "return nullDigest, none >= p.Quorum()", "return nullDigest, none >= p.Quorum()-1"},
		{"decide.go", "count++\n\t\t}\n\t}\n\treturn count >= p.Quorum()", "count++\n\t\t}\n\t}\n\treturn count >= p.Quorum()-1"}}},
	{"no-timeout-doubling", "the timeout of view changes stays as it is", stands, []edit{
		{"timers.go", "r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)\n\tr.leaveView(r.view + 1)", "r.leaveView(r.view + 1)"},
		{"timers.go", "r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)\n\t\t\tr.leaveView(r.view + 1)", "r.leaveView(r.view + 1)"}}},
	// Replicas that have lost their memory are faulty; so says the simulator.
	{"amnesia-is-no-fault", "replicas vote again in views in which they may have voted, more than f of them", unsafe, []edit{
		{"sim/disturb.go", "w.impaired[r.node.Replica] = &impaired{highest", "_ = &impaired{highest"}}},
}
