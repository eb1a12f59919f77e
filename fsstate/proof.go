package fsstate

import (
	"errors"
	"fmt"

	"bfs/fsstate/trie"
)

// ErrProof is what the errors of Prove wrap that come from the pages: they do
// not show what they should.
var ErrProof = errors.New("fsstate: pages that prove nothing")

// Proven is what pages prove of a path.
type Proven struct {
	// Found is how many names of the path there are; all of them, unless what
	// is proven is that the next one is missing.
	Found int
	// Attr is that of the file with the last of these names, as it was.
	// Attr.Blocks is not known.
	Attr Attr
	// Clock is the ordered time of the state, in nanoseconds.
	Clock int64

	node   inode
	blocks trie.Digest // of the blocks from the second on
}

// Prove follows a path, of names from the root, in the state whose digest is
// root. All it needs to know it takes from pages that fetch returns, each of
// which it checks. So whoever keeps the pages can have the same found again,
// by whoever trusts the digest. Symbolic links are not followed. The error is
// fetch's or wraps ErrProof, or is a Status if the path makes no sense.
func Prove(root [32]byte, path []string, fetch func(PageID) ([]byte, error)) (*Proven, error) {
	w := &proof{fetch: fetch}
	var v version
	page, err := w.fetch(PageID{Digest: root})
	if err != nil {
		return nil, err
	}
	tables, ok := v.adoptRoot(page, root)
	if !ok {
		return nil, fmt.Errorf("%w: not the state's root page", ErrProof)
	}
	p := &Proven{Clock: v.clock}
	at := standing{inodes: tableID{kind: inodeTable}, digest: digestOf(tables, inodeTable), ino: RootIno}
	if len(path) > 0 && path[0] == SnapshotsName {
		if len(path) == 1 {
			return nil, NotSupported
		}
		if at, ok, err = w.snapshot(digestOf(tables, savedTable), path[1]); err != nil || !ok {
			return p, err
		}
		path, p.Found = path[2:], 2
	}
	return p, w.follow(p, at, path)
}

// digestOf is the digest of a table among those found in a row, zero if it is
// empty.
func digestOf(found []branch, kind tableKind) trie.Digest {
	for _, b := range found {
		if b.kind == kind {
			return b.digest
		}
	}
	return trie.Digest{}
}

// standing is where a proof has come to: a file of one of the trees.
type standing struct {
	inodes tableID
	digest trie.Digest // of inodes
	number uint64      // of the snapshot
	ino    Ino
}

// proof is one run of Prove.
type proof struct {
	fetch func(PageID) ([]byte, error)
}

// follow goes on from at by the names of path.
func (w *proof) follow(p *Proven, at standing, path []string) error {
	for {
		entries, err := w.inode(p, at)
		if err != nil || len(path) == 0 {
			return err
		}
		name := path[0]
		switch {
		case !p.node.isDir():
			return NotDir
		case checkName(name) != OK || isDot(name):
			return Inval
		}
		ino, err := w.entry(at.inodes.under(uint64(at.ino), entryTable), entries, name)
		if err != nil || ino == 0 {
			return err
		}
		at.ino, path = ino, path[1:]
		p.Found++
	}
}

// inode proves the inode that at stands on, and returns the digest of its
// entries.
func (w *proof) inode(p *Proven, at standing) (entries trie.Digest, err error) {
	value, found, err := w.leaf(at.inodes, at.digest, uint64(at.ino))
	if err != nil {
		return trie.Digest{}, err
	}
	n, tables, ok := inode{}.fromLeaf(value)
	if !found || !ok {
		return trie.Digest{}, fmt.Errorf("%w: an entry names an inode that does not exist", ErrProof)
	}
	p.node, p.blocks = n, digestOf(tables, blockTable)
	p.Attr = n.attr(at.ino.in(at.number))
	p.Attr.Blocks = 0
	return digestOf(tables, entryTable), nil
}

// entry proves which inode a name in a directory is, or that it is none: 0.
func (w *proof) entry(id tableID, digest trie.Digest, name string) (Ino, error) {
	first := bucketOf(name)
	for cookie := first; cookie < first+ordinals; cookie++ {
		value, found, err := w.leaf(id, digest, cookie)
		if err != nil {
			return 0, err
		}
		if !found {
			continue
		}
		e, _, ok := entry{}.fromLeaf(value)
		if !ok {
			return 0, fmt.Errorf("%w: a malformed entry", ErrProof)
		}
		if e.name == name {
			return e.ino, nil
		}
	}
	return 0, nil
}

// snapshot proves which snapshot has a name, or that none has.
func (w *proof) snapshot(digest trie.Digest, name string) (at standing, ok bool, err error) {
	id := tableID{kind: savedTable}
	err = w.each(pagePath{table: id, region: trie.All}, digest, func(number uint64, value []byte) error {
		p, tables, sound := saved{}.fromLeaf(value)
		if !sound {
			return fmt.Errorf("%w: a malformed snapshot", ErrProof)
		}
		if p.name == name {
			ok = true
			at = standing{inodes: id.under(number, savedInodes), digest: digestOf(tables, savedInodes), number: number, ino: RootIno}
		}
		return nil
	})
	return at, ok, err
}

// node proves a node of a table.
func (w *proof) node(p pagePath, digest trie.Digest) (*fetchedNode, error) {
	page, err := w.fetch(PageID{p.String(), digest})
	if err != nil {
		return nil, err
	}
	n, ok := readNode(page, p.region, digest)
	if !ok {
		return nil, fmt.Errorf("%w: not the node that was asked for", ErrProof)
	}
	return n, nil
}

// leaf proves the row of a key in a table, or that there is none.
func (w *proof) leaf(id tableID, digest trie.Digest, key uint64) (value []byte, found bool, err error) {
	p := pagePath{table: id, region: trie.All}
	for digest != (trie.Digest{}) {
		n, err := w.node(p, digest)
		if err != nil || !n.has(key) {
			return nil, false, err
		}
		d := int(key >> n.Shift % 16)
		if n.Leaves&(1<<d) != 0 {
			p.leaves = 1 << d
			leaves, err := w.leaves(p, n, digest)
			if err != nil || leaves[0].key != key {
				return nil, false, err
			}
			return leaves[0].value, true, nil
		}
		p.region, digest = n.Child(d), n.child(d)
	}
	return nil, false, nil
}

// has tells whether key lies where the node's keys do.
func (f *fetchedNode) has(key uint64) bool { r := f.Region(); return r.Has(key) }

// child is the digest of the child at a digit, zero if there is none.
func (f *fetchedNode) child(digit int) trie.Digest {
	for i, d := range digits(f.Kids | f.Leaves) {
		if d == digit {
			return f.Digests[i]
		}
	}
	return trie.Digest{}
}

// leaves proves the leaves of a node at the digits of p.
func (w *proof) leaves(p pagePath, n *fetchedNode, digest trie.Digest) ([]pageLeaf, error) {
	if p.leaves&^n.inline == 0 {
		return n.inlineAt(p.leaves), nil
	}
	page, err := w.fetch(PageID{p.String(), digest})
	if err != nil {
		return nil, err
	}
	leaves, ok := readLeaves(page, &n.Node, p.leaves)
	if !ok {
		return nil, fmt.Errorf("%w: not the rows that were asked for", ErrProof)
	}
	return leaves, nil
}

// each proves all rows of a table.
func (w *proof) each(p pagePath, digest trie.Digest, visit func(key uint64, value []byte) error) error {
	if digest == (trie.Digest{}) {
		return nil
	}
	n, err := w.node(p, digest)
	if err != nil {
		return err
	}
	for i, d := range digits(n.Kids | n.Leaves) {
		if n.Kids&(1<<d) != 0 {
			err = w.each(pagePath{table: p.table, region: n.Child(d)}, n.Digests[i], visit)
		} else {
			p.leaves = 1 << d
			var leaves []pageLeaf
			if leaves, err = w.leaves(p, n, digest); err == nil {
				err = visit(leaves[0].key, leaves[0].value)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
