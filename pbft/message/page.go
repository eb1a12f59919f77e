package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeFetchState.
func (f *FetchState) Type() Type { return TypeFetchState }

// Append appends the question's encoding to dst.
func (f *FetchState) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeFetchState)
	dst = wire.AppendUint(dst, uint64(f.Replica))
	dst = wire.AppendUint(dst, uint64(f.Sequence))
	dst = wire.AppendArray(dst, len(f.Pages))
	for i := range f.Pages {
		dst = appendPageID(dst, &f.Pages[i])
	}
	return dst
}

func (f *FetchState) sizeMax() int {
	size := sizeHead + 2*sizeUint + sizeArrayHead
	for i := range f.Pages {
		size += f.Pages[i].sizeMax()
	}
	return size
}

// String is the question in one line.
func (f *FetchState) String() string {
	return fmt.Sprintf("FETCH-STATE n=%d pages=%d from=%d", f.Sequence, len(f.Pages), f.Replica)
}

func readFetchState(r *wire.Reader, limits Limits) *FetchState {
	f := &FetchState{Replica: readReplica(r, limits), Sequence: readBatchSequence(r)}
	start := r.Offset()
	count := r.ArrayMax(MaxPages)
	switch {
	case r.Err() != nil:
		return f
	case count == 0:
		r.Fail(start, "at least one page", wire.ErrLength)
	case count*sizePageIDMin > r.Remaining():
		r.Fail(start, "pages", wire.ErrTruncated)
	default:
		f.Pages = make([]PageID, count)
		for i := range f.Pages {
			f.Pages[i] = readPageID(r)
		}
	}
	return f
}

// Type is TypeStatePage.
func (p *StatePage) Type() Type { return TypeStatePage }

// Append appends the page's encoding to dst.
func (p *StatePage) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeStatePage)
	dst = wire.AppendUint(dst, uint64(p.Replica))
	dst = wire.AppendUint(dst, uint64(p.Sequence))
	dst = appendPageID(dst, &p.ID)
	return wire.AppendBytes(dst, p.Data)
}

func (p *StatePage) sizeMax() int {
	return sizeHead + 2*sizeUint + p.ID.sizeMax() + sizeBytesHead + len(p.Data)
}

// String is the page in one line, without its contents.
func (p *StatePage) String() string {
	return fmt.Sprintf("STATE-PAGE n=%d path=%x d=%x bytes=%d from=%d",
		p.Sequence, p.ID.Path, p.ID.Digest[:4], len(p.Data), p.Replica)
}

func readStatePage(r *wire.Reader, limits Limits) *StatePage {
	return &StatePage{
		Replica:  readReplica(r, limits),
		Sequence: readBatchSequence(r),
		ID:       readPageID(r),
		Data:     r.Bytes(limits.MaxPage),
	}
}

func (id *PageID) sizeMax() int { return 1 + sizeBytesHead + len(id.Path) + sizeDigest }

func appendPageID(dst []byte, id *PageID) []byte {
	dst = wire.AppendArray(dst, pageFields)
	dst = wire.AppendBytes(dst, id.Path)
	return wire.AppendBytes(dst, id.Digest[:])
}

func readPageID(r *wire.Reader) PageID {
	r.Array(pageFields)
	return PageID{Path: string(r.Bytes(MaxPagePath)), Digest: readDigest(r)}
}
