package sim

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// Blob is the state of a small service as bytes, cut into pages: a root page
// that lists the digests of the others, which hold blobPage bytes each. It does
// for the services of tests what tries do for the file system.
type Blob []byte

const blobPage = 64

// rootPage lists the pages.
func (b Blob) rootPage() []byte {
	root := []byte("blob")
	for i := 0; i < len(b); i += blobPage {
		d := message.Sum(b.leaf(i))
		root = append(root, d[:]...)
	}
	return root
}

func (b Blob) leaf(i int) []byte {
	return append([]byte("leaf"), b[i:min(i+blobPage, len(b))]...)
}

// Digest is the state's digest.
func (b Blob) Digest() message.Digest { return message.Sum(b.rootPage()) }

// Page is pbft.Pages' Page for a version that is b.
func (b Blob) Page(id pbft.PageID) []byte {
	pages := [][]byte{b.rootPage()}
	for i := 0; i < len(b); i += blobPage {
		pages = append(pages, b.leaf(i))
	}
	for _, p := range pages {
		if message.Sum(p) == id.Digest {
			return p
		}
	}
	return nil
}

// blobAssembly puts a Blob together.
type blobAssembly struct {
	root   message.Digest
	have   map[message.Digest][]byte
	finish func(Blob) pbft.Version
}

// Assemble is pbft.Pages' Assemble; finish makes a version of the result. What
// b has in common with the result is not fetched.
func (b Blob) Assemble(root message.Digest, finish func(Blob) pbft.Version) pbft.Assembly {
	a := &blobAssembly{root: root, have: make(map[message.Digest][]byte), finish: finish}
	for i := 0; i < len(b); i += blobPage {
		p := b.leaf(i)
		a.have[message.Sum(p)] = p
	}
	return a
}

func (a *blobAssembly) leaves() []message.Digest {
	root := a.have[a.root]
	var out []message.Digest
	for i := 4; i < len(root); i += 32 {
		out = append(out, message.Digest(root[i:i+32]))
	}
	return out
}

func (a *blobAssembly) Missing(ids []pbft.PageID, limit int) []pbft.PageID {
	if a.have[a.root] == nil {
		return append(ids, pbft.PageID{Digest: a.root})
	}
	for _, d := range a.leaves() {
		if a.have[d] == nil && limit > 0 {
			ids = append(ids, pbft.PageID{Path: string(d[:4]), Digest: d})
			limit--
		}
	}
	return ids
}

func (a *blobAssembly) Supply(id pbft.PageID, page []byte) bool {
	if message.Sum(page) != id.Digest || len(page) < 4 {
		return false
	}
	a.have[id.Digest] = append([]byte(nil), page...)
	return true
}

func (a *blobAssembly) Retarget(root message.Digest) { a.root = root }

func (a *blobAssembly) Version() pbft.Version {
	var b Blob
	for _, d := range a.leaves() {
		b = append(b, a.have[d][4:]...)
	}
	return a.finish(b)
}
