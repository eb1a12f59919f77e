package pbft

import "bfs/pbft/message"

// The state as a service hands it to other replicas (TOCS'02, section 5.3.1): a
// tree of pages. The digest of the root page is the service's Digest, and what
// a page carries lets the service check the pages below it, so that whoever
// knows a certified root can check each page alone, from whomever it comes. The
// digest in a page's name is the service's affair, too: only Supply says whether
// bytes are the page.

// PageID names a page: its path means something to the service only.
type PageID = message.PageID

// MaxPage bounds a page's contents, in bytes.
const MaxPage = 64 << 10

// Pages gives out the pages of a version.
type Pages interface {
	// Page returns the page of a version at a path, if its digest is the
	// one asked for; nil if there is none. The request may be hostile.
	Page(v Version, id PageID) []byte
	// Assemble begins to build the state whose Digest is root. It uses what
	// the current state has in common with it. The service goes on serving
	// its current state meanwhile.
	Assemble(root message.Digest) Assembly
}

// Assembly is a state that is being put together from pages.
type Assembly interface {
	// Missing appends to ids up to limit pages that are needed next and
	// that have not been supplied; the same ones until they are. None are
	// missing when the state is complete.
	Missing(ids []PageID, limit int) []PageID
	// Supply takes a page that was missing. It is false, and nothing has
	// changed, if the bytes are not that page.
	Supply(id PageID, page []byte) bool
	// Retarget changes the goal to another state, keeping what is of use.
	Retarget(root message.Digest)
	// Version returns the complete state, for Rollback. Only when nothing
	// is missing.
	Version() Version
}
