package main

// mutation is one mistake: in each edit old, which occurs exactly once in the
// file, is replaced by new.
type mutation struct {
	name   string
	breaks string // what it breaks
	edits  []edit
}

type edit struct{ file, old, new string }

// mutations are the mistakes, by the section of the core.
var mutations = []mutation{
	// Certificates.
	{"small-quorum", "two quorums need not share a correct replica", []edit{
		{"params.go", "Quorum() int { return 2*p.Faults + 1 }", "Quorum() int { return 2 * p.Faults }"},
		{"message/codec.go", "quorum() int { return 2*((l.Replicas-1)/3) + 1 }", "quorum() int { return 2 * ((l.Replicas - 1) / 3) }"}}},
	{"small-weak", "f replicas, all of them faulty, are believed", []edit{
		{"params.go", "Weak() int { return p.Faults + 1 }", "Weak() int { return p.Faults }"}}},
	{"prepared-with-2f-1", "a batch counts as prepared with one prepare too few", []edit{
		{"normal.go", "s.prepares.count(s.batch.View, s.digest) < 2*r.params.Faults", "s.prepares.count(s.batch.View, s.digest) < 2*r.params.Faults-1"}}},
	{"committed-with-weak", "f+1 commits commit a batch", []edit{
		{"normal.go", "either >= r.params.Quorum()", "either >= r.params.Weak()"}}},
	{"committed-by-one", "one replica's word commits a batch", []edit{
		{"normal.go", "return committed >= r.params.Weak() ||", "return committed >= 1 ||"},
		{"normal.go", "case s.stated.count(0, d) >= r.params.Weak():", "case s.stated.count(0, d) >= 1:"},
		{"normal.go", "if s.committed || s.stated.count(0, c.Digest) < r.params.Weak() {", "if s.committed {"}}},
	{"no-water-mark", "sequence numbers have no upper limit", []edit{
		{"log.go", "return n > l.low && n-l.low <= l.window", "return n > l.low"}}},
	{"no-vouching", "batches are prepared although nobody has checked their requests or time", []edit{
		{"normal.go", "if (s.unchecked || s.offClock) &&", "if false &&"}}},
	// Execution and replies.
	{"no-exactly-once", "a request that was executed is executed again", []edit{
		{"sessions.go", "case e.timestamp == ts:", "case e.timestamp == ts && false:"}}},
	{"no-session-floor", "a session that was forgotten begins anew", []edit{
		{"sessions.go", "if p.find(id.Session) == nil && id.Session <= p.newest {", "if false {"}}},
	{"time-goes-back", "the ordered time is whatever the primary proposes", []edit{
		{"execute.go", "r.clock = max(s.batch.Time, r.clock+1)", "r.clock = s.batch.Time"}}},
	{"no-rollback", "tentative effects stay when the view changes", []edit{
		{"execute.go", "r.restore(r.tentative.before)", "_ = r.tentative.before"}}},
	{"rollback-keeps-replies", "replies to what was rolled back stay cached", []edit{
		{"execute.go", "r.sessions.restore(v.sessions)", "_ = v.sessions"}}},
	{"reads-too-early", "reads are answered from tentative state", []edit{
		{"reads.go", "return r.tentative == nil && r.executed >= r.readable", "return true"}}},
	{"reads-after-rollback", "reads are answered without what was rolled back, and may be complete", []edit{
		{"reads.go", "return r.tentative == nil && r.executed >= r.readable", "return r.tentative == nil"}}},
	// The client.
	{"weak-client", "clients accept f+1 equal replies", []edit{
		{"params.go", "Quorum:       p.Quorum(),", "Quorum:       p.Weak(),"}}},
	{"tentative-across-views", "tentative replies of different views count together", []edit{
		{"client.go", "(!o.Tentative || o.View == r.View)", "(!o.Tentative || o.View <= r.View || r.Tentative)"}}},
	// Checkpoints and state transfer.
	{"checkpoint-digest-ignored", "a checkpoint is stable whatever state the others have", []edit{
		{"checkpoint.go", "if v.digest != own.digest {", "if false {"}}},
	{"replies-not-in-digest", "the last-reply table is not part of the state's digest", []edit{
		{"sessions.go", "if e := &s.replies[i]; e.timestamp != 0 {", "if e := &s.replies[i]; e.timestamp != 0 && s.low == 0 {"}}},
	{"pages-not-verified", "pages of the state are taken from anyone as they are", []edit{
		{"assembly.go", "if message.Sum(data) != id.Digest {", "if false {"},
		{"assembly.go", "if message.ResultDigest(data) != id.Digest || len(data)", "if len(data)"}}},
	{"goal-by-one", "one replica's claim of a checkpoint is fetched", []edit{
		{"transfer.go", "r.claimed(c) >= r.params.Weak()", "r.claimed(c) >= 1"}}},
	// View changes.
	{"no-A1", "an older batch is chosen though a later view prepared another", []edit{
		{"decide.go", "ok && notContradicted(p, changes, e) && vouchedFor", "ok && vouchedFor"}}},
	{"no-A2", "a liar's P entry is chosen though nobody has agreed to the batch", []edit{
		{"decide.go", "notContradicted(p, changes, e) && vouchedFor(p, changes, e) {", "notContradicted(p, changes, e) {"}}},
	{"weak-B", "null is chosen though f replicas have a batch prepared", []edit{
		{"decide.go", "return nullDigest, none >= p.Quorum()", "return nullDigest, none >= p.Weak()"}}},
	{"wrong-null", "the null request has another digest", []edit{
		{"decide.go", "return nullDigest, none >=", "return message.Digest{1}, none >="}}},
	{"checkpoint-of-one", "a view starts at a checkpoint that one replica claims", []edit{
		{"decide.go", "held >= p.Weak() &&", "held >= 1 &&"}}},
	{"no-P", "VIEW-CHANGE does not tell what prepared", []edit{
		{"viewchange.go", "if s.last.batch != nil {", "if false {"}}},
	{"no-Q", "VIEW-CHANGE does not tell what was agreed to", []edit{
		{"viewchange.go", "for _, a := range s.agreed {", "for _, a := range s.agreed[:0] {"}}},
	{"join-one", "one replica's VIEW-CHANGE takes others along", []edit{
		{"viewchange.go", "return smallest, count >= r.params.Weak()", "return smallest, count >= 1"}}},
	{"no-timeout-doubling", "the timeout of view changes stays as it is", []edit{
		{"timers.go", "r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)\n\tr.leaveView(r.view + 1)", "r.leaveView(r.view + 1)"},
		{"timers.go", "r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)\n\t\t\tr.leaveView(r.view + 1)", "r.leaveView(r.view + 1)"}}},
}
