package fsstate

import (
	"slices"

	"bfs/fsstate/trie"
)

// Assembly is a version that is being put together from pages that others
// have. It begins as a copy of a version at hand, and each page brings one
// region of one table to what it is to be: what lies outside the page's node
// goes, leaves are set, and of the children only those are fetched whose
// digest differs from that of the same region in the copy.
//
// INVARIANT: a region of work that no page in asked or stack is for is either
// as in base, whose digests say so, or as in the goal.
type Assembly struct {
	goal  trie.Digest
	base  *Snapshot // what work was when the goal was set, hashed
	work  *State
	asked []want // that Missing has returned, in that order
	stack []want // that it will, from the end on

	pages, bytes uint64
}

// want is a page that is missing.
type want struct {
	id   PageID
	path pagePath
	node *trie.Node // whose leaves are wanted, if path.leaves are some
}

// Assemble begins to put the state together whose Digest is goal, using what
// the present one has in common with it. The state may go on meanwhile.
func (s *State) Assemble(goal [32]byte) *Assembly {
	a := &Assembly{work: new(State)}
	s.Digest()
	a.work.Restore(s.Snapshot())
	a.Retarget(goal)
	return a
}

// Retarget makes another state the goal. What has been fetched serves for it.
func (a *Assembly) Retarget(goal [32]byte) {
	a.goal = goal
	a.asked, a.stack = nil, nil
	if a.work.Digest() != a.goal {
		a.push(pagePath{}, a.goal, nil)
	}
	a.base = a.work.Snapshot()
}

// Missing appends to ids up to limit pages that are to be supplied next. It
// returns the same ones, in the same order, until they are. None are missing
// when the state is complete.
//
// Pages are wanted depth first, so that what waits is bounded: for each of the
// limit, at most some 20 for each step on its way from the root.
func (a *Assembly) Missing(ids []PageID, limit int) []PageID {
	for len(a.asked) < limit && len(a.stack) > 0 {
		last := len(a.stack) - 1
		w := a.stack[last]
		a.stack[last] = want{}
		a.stack = a.stack[:last]
		if !a.share(&w) {
			a.asked = append(a.asked, w)
		}
	}
	for _, w := range a.asked[:min(max(limit, 0), len(a.asked))] {
		ids = append(ids, w.id)
	}
	return ids
}

// Supply takes a page that Missing has returned. It is false, and nothing has
// changed, if the bytes are not that page.
func (a *Assembly) Supply(id PageID, page []byte) bool {
	i := slices.IndexFunc(a.asked, func(w want) bool { return w.id == id })
	if i < 0 || len(page) > MaxPageBytes || !a.accept(a.asked[i], page) {
		return false
	}
	a.asked = slices.Delete(a.asked, i, i+1)
	a.pages++
	a.bytes += uint64(len(page))
	if a.pages%hashEvery == 0 {
		a.work.Digest() // now, so that there is never much to hash at once
	}
	return true
}

// Progress is how many pages and bytes have been supplied.
func (a *Assembly) Progress() (pages, bytes uint64) { return a.pages, a.bytes }

// Version returns the complete state, when nothing is missing any more.
func (a *Assembly) Version() *Snapshot {
	if len(a.asked)+len(a.stack) > 0 || a.work.Digest() != a.goal {
		panic("fsstate: a version was asked for of a state that is not complete")
	}
	return a.work.Snapshot()
}

func (a *Assembly) push(p pagePath, digest trie.Digest, node *trie.Node) {
	a.stack = append(a.stack, want{PageID{p.String(), digest}, p, node})
}

func (a *Assembly) pushTables(tables []found) {
	for _, t := range tables {
		a.push(pagePath{table: t.table, region: trie.All}, t.digest, nil)
	}
}

func (a *Assembly) accept(w want, page []byte) bool {
	switch {
	case w.path.table.kind == noTable:
		return a.acceptRoot(w.id.Digest, page)
	case w.path.leaves == 0:
		return a.acceptNode(w, page)
	}
	leaves, ok := readLeaves(page, w.node, w.path.leaves)
	return ok && a.put(a.work.editTable(w.path.table), w.path.table, leaves)
}

func (a *Assembly) acceptRoot(want trie.Digest, page []byte) bool {
	branches, ok := a.work.adoptRoot(page, want)
	for _, b := range branches {
		a.pushTables([]found{{tableID{kind: b.kind}, b.digest}})
	}
	return ok
}

func (a *Assembly) acceptNode(w want, page []byte) bool {
	n, ok := readNode(page, w.path.region, w.id.Digest)
	if !ok {
		return false
	}
	id := w.path.table
	t, base := a.work.editTable(id), a.base.table(id)
	differ := n.differ(base)
	if !a.put(t, id, n.inlineAt(differ)) {
		return false
	}
	t.DeleteAround(a.work.epoch, w.path.region, n.Region())
	for _, d := range digits(^(n.Kids | n.Leaves)) {
		t.DeleteRegion(a.work.epoch, n.Child(d))
	}
	a.pushChildren(w, n, differ)
	return true
}

// pushChildren wants the children of n, the page w, at the digits of differ,
// but for the leaves that came with it.
func (a *Assembly) pushChildren(w want, n *fetchedNode, differ uint16) {
	for i, d := range digits(n.Kids | n.Leaves) {
		if n.Kids&differ&(1<<d) != 0 {
			a.push(pagePath{table: w.path.table, region: n.Child(d)}, n.Digests[i], nil)
		}
	}
	p, some, count := w.path, uint16(0), 0
	for _, d := range digits(n.Leaves &^ n.inline & differ) {
		some |= 1 << d
		if count++; count%leavesPerPage == 0 {
			p.leaves, some = some, 0
			a.push(p, w.id.Digest, &n.Node)
		}
	}
	if some != 0 {
		p.leaves = some
		a.push(p, w.id.Digest, &n.Node)
	}
}

// put sets leaves in t, which is the table id.
func (a *Assembly) put(t table, id tableID, leaves []pageLeaf) bool {
	tables, ok := t.put(a.work.epoch, id, leaves)
	a.pushTables(tables)
	return ok
}
