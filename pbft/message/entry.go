package message

import (
	"bytes"
	"cmp"

	"bfs/pbft/wire"
)

// The sets of a VIEW-CHANGE are arrays of entries, and an entry is an array of
// its own: sequence number, view, digest; without the view in a checkpoint's.

// compare orders entries by sequence number, then by digest.
func (e *Entry) compare(other *Entry) int {
	if c := cmp.Compare(e.Sequence, other.Sequence); c != 0 {
		return c
	}
	return bytes.Compare(e.Digest[:], other.Digest[:])
}

func appendEntries(dst []byte, set []Entry) []byte {
	dst = wire.AppendArray(dst, len(set))
	for i := range set {
		dst = wire.AppendArray(dst, entryFields)
		dst = wire.AppendUint(dst, uint64(set[i].Sequence))
		dst = wire.AppendUint(dst, uint64(set[i].View))
		dst = wire.AppendBytes(dst, set[i].Digest[:])
	}
	return dst
}

func appendCheckpoints(dst []byte, set []Entry) []byte {
	dst = wire.AppendArray(dst, len(set))
	for i := range set {
		dst = wire.AppendArray(dst, checkpointFields)
		dst = wire.AppendUint(dst, uint64(set[i].Sequence))
		dst = wire.AppendBytes(dst, set[i].Digest[:])
	}
	return dst
}

// readEntries reads P or Q of a view-change message, in which a sequence
// number may have so many entries. It refuses what is not in order, not in
// the log above v.Stable, or not of a view below v.View.
func readEntries(r *wire.Reader, v *ViewChange, limits Limits, perSequence int) []Entry {
	set := makeEntries(r, perSequence*limits.Window, sizeEntryMin)
	for i := range set {
		start := r.Offset()
		set[i] = readEntry(r, v, limits)
		if i > 0 && set[i-1].compare(&set[i]) >= 0 {
			r.Fail(start, "an entry in its place", ErrOrder)
		}
		if i >= perSequence && set[i-perSequence].Sequence == set[i].Sequence {
			r.Fail(start, "few entries for a sequence number", wire.ErrTooLong)
		}
		if r.Err() != nil {
			return nil
		}
	}
	return set
}

func readEntry(r *wire.Reader, v *ViewChange, limits Limits) Entry {
	r.Array(entryFields)
	start := r.Offset()
	n := Sequence(r.Uint())
	if n <= v.Stable || n-v.Stable > Sequence(limits.Window) {
		r.Fail(start, "a sequence number in the log", wire.ErrRange)
	}
	return Entry{
		Sequence: n,
		View:     View(r.UintMax(uint64(v.View) - 1)),
		Digest:   readDigest(r),
	}
}

// readCheckpoints reads C of a view-change message: at least one checkpoint,
// the first at v.Stable, the others above, in order.
func readCheckpoints(r *wire.Reader, v *ViewChange, limits Limits) []Entry {
	array := r.Offset()
	set := makeEntries(r, limits.Window+1, sizeCheckpointMin)
	if len(set) == 0 {
		r.Fail(array, "a checkpoint", wire.ErrLength)
	}
	for i := range set {
		r.Array(checkpointFields)
		start := r.Offset()
		set[i].Sequence = Sequence(r.Uint())
		if i == 0 && set[i].Sequence != v.Stable {
			r.Fail(start, "the stable checkpoint first", wire.ErrRange)
		}
		if i > 0 && set[i].Sequence <= set[i-1].Sequence {
			r.Fail(start, "a checkpoint in its place", ErrOrder)
		}
		set[i].Digest = readDigest(r)
		if r.Err() != nil {
			return nil
		}
	}
	return set
}

// makeEntries reads an array's head and makes room for its entries; an empty
// set is nil.
func makeEntries(r *wire.Reader, most, size int) []Entry {
	count := readCount(r, most, size)
	if count == 0 {
		return nil
	}
	return make([]Entry, count)
}
