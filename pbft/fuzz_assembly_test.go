package pbft

import (
	"bytes"
	"encoding/binary"
	"testing"

	"bfs/pbft/message"
)

// noFiles is the assembly of a service without state.
type noFiles struct{ nullService }

func (noFiles) Assemble(message.Digest) Assembly     { return noFiles{} }
func (noFiles) Missing(ids []PageID, _ int) []PageID { return ids }
func (noFiles) Supply(PageID, []byte) bool           { return false }
func (noFiles) Retarget(message.Digest)              {}
func (noFiles) Version() Version                     { return nil }

// rootOf is the root page of the state at n with a last-reply table.
func rootOf(n message.Sequence, table message.Digest) (b []byte) {
	b = binary.BigEndian.AppendUint64([]byte(labelState), uint64(n))
	b = binary.BigEndian.AppendUint64(b, 1)
	b = append(b, make([]byte, len(message.Digest{}))...)
	return append(b, table[:]...)
}

// answeredOnce is a session that remembers one result.
func answeredOnce(p Params, result []byte) *session {
	s := newSessions(p)
	q := req(1, 1, 1, 0)
	s.begin(q, 1)
	s.finish(q, 1, result)
	return s.principals[0].sessions[0]
}

// FuzzAssembly gives an assembly pages of the last-reply table that say
// anything at all, with the digests that are asked for (5.3.2). Such pages can
// only come when more than f replicas lie; they do no more than make up a state.
func FuzzAssembly(f *testing.F) {
	p := DefaultParams(1)
	p.ClientWindow, p.Sessions = 4, 2
	good := answeredOnce(p, []byte("result"))
	d := good.sum()
	table := binary.BigEndian.AppendUint64([]byte(labelSessions), 1)
	table = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(table, 1), 1)
	f.Add(append(bytes.Clone(table), d[:]...), good.page(), []byte("result"))
	f.Add([]byte(labelSessions), []byte(labelSession), []byte{})
	f.Add(table, []byte{}, []byte("x"))
	tooLarge := binary.BigEndian.AppendUint64([]byte(labelSessions), 1<<32) // a principal that no client has
	f.Add(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(tooLarge, 1), 0), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, table, sessionPage, result []byte) {
		root := rootOf(4, message.Sum(table))
		a := newAssembly(p, noFiles{}, message.Entry{Sequence: 4, Digest: message.Sum(root)}, newSessions(p))
		if !a.supply(PageID{Path: string(pageRoot), Digest: message.Sum(root)}, root) {
			t.Fatal("a root page was refused")
		}
		pages := map[byte][]byte{pageSessions: table, pageSession: sessionPage, pageResult: result}
		for range 8 {
			for _, id := range a.missing(nil, 16) {
				a.supply(id, pages[id.Path[0]])
			}
		}
		if !a.complete() {
			return
		}
		v := a.version()
		if written := v.sessions.page(); !bytes.Equal(written, table) {
			t.Errorf("the table %x is written as %x", table, written)
		}
	})
}
