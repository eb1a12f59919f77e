package bfs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

const day = int64(86_400_000_000_000)

func newState() *fsstate.State {
	return fsstate.New(fsstate.Config{
		Limits:   fsstate.Limits{Bytes: 64 << 20, Inodes: 10_000, Lease: day},
		RootMode: 0o755,
		Now:      day,
	})
}

func operationOf(op operation) []byte { return appendOperation(nil, &fsstate.Caller{}, op) }

// host gives a service's operations one client and a clock.
type host struct {
	*Service
	now message.Time
}

func newHost() *host { return newHostOf(newState()) }

func newHostOf(state *fsstate.State) *host {
	return &host{NewService(state), message.Time(2 * day)}
}

func (h *host) next(body []byte) pbft.Operation {
	h.now++
	return pbft.Operation{Client: message.ClientID{Principal: 1, Session: 1}, Time: h.now, Body: body}
}

func (h *host) execute(body []byte) []byte       { return h.Execute(h.next(body)) }
func (h *host) query(body []byte) ([]byte, bool) { return h.Query(h.next(body)) }

// scenario is a sequence of operations that touches everything. The inode
// numbers count from 2 in the order in which inodes are made.
func scenario() [][]byte {
	ops := []operation{
		&mkdir{dir: 1, name: "d", mode: 0o777}, &create{dir: 1, name: "f", mode: 0o644, open: fsstate.OpenRead | fsstate.OpenWrite},
		&write{ino: 3, offset: 5000, data: []byte("data")}, &write{ino: 3, atEnd: true, data: []byte("more")},
		&createSnapshot{"s"}, &read{ino: 3, offset: 4990, size: 100}, &symlink{dir: 2, name: "s", target: "../f"}, &readlink{ino: 4},
		&link{ino: 3, dir: 2, name: "g"}, &lookup{dir: 2, name: ".."}, &getattr{ino: 3},
		&setattr{ino: 3, set: fsstate.SetAttr{Mask: fsstate.SetSize | fsstate.SetMode, Mode: 0o600, Size: 5001}},
		&access{ino: 3, mask: fsstate.MayRead}, &readdir{ino: 2, max: 10, plus: true}, &readdir{ino: 1, max: 1},
		&mknod{dir: 2, name: "p", mode: 0o010600}, &rename{dir: 2, name: "p", newDir: 2, newName: "g", flags: fsstate.RenameExchange}, &unlink{dir: 2, name: "g"},
		&rename{dir: 2, name: "p", newDir: 2, newName: "g"},
		&rename{dir: 1, name: "f", newDir: 2, newName: "h"}, &unlink{dir: 2, name: "g"}, &unlink{dir: 2, name: "h"},
		&read{ino: 3, size: MaxIO}, &release{ino: 3, mode: fsstate.OpenRead | fsstate.OpenWrite}, &getattr{ino: 3},
		&open{ino: 1, mode: fsstate.OpenRead}, &renew{}, &fsync{ino: 1}, &statfs{}, &null{resultSize: 9, argument: []byte("argument")},
		&release{ino: 1, mode: fsstate.OpenRead}, &unlink{dir: 2, name: "s"}, &rmdir{dir: 1, name: "d"},
		&listSnapshots{}, &lookup{dir: fsstate.SnapshotsIno, name: "s"}, &deleteSnapshot{"s"},
	}
	var encoded [][]byte
	for _, op := range ops {
		encoded = append(encoded, operationOf(op))
	}
	return encoded
}

// The same operations give the same results and digests, also where one
// replica takes and goes back to versions in between.
func TestServiceIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := newHost(), newHost()
	for i, op := range scenario() {
		version, time := b.Checkpoint(), b.now
		b.execute(operationOf(&create{dir: 1, name: "tentative", open: fsstate.OpenRead}))
		b.Rollback(version)
		b.now = time
		if got, want := b.execute(op), a.execute(op); !bytes.Equal(got, want) {
			t.Errorf("operation %d: results %x and %x", i, got, want)
		}
		if a.Digest() != b.Digest() {
			t.Fatalf("the digests differ after operation %d", i)
		}
	}
}

// A version is not changed by what comes after it.
func TestVersionsStay(t *testing.T) {
	t.Parallel()
	h := newHost()
	var versions []pbft.Version
	var digests []message.Digest
	for _, op := range scenario() {
		digests = append(digests, h.Digest())
		versions = append(versions, h.Checkpoint())
		h.execute(op)
	}
	for i := len(versions) - 1; i >= 0; i-- {
		h.Rollback(versions[i])
		if h.Digest() != digests[i] {
			t.Errorf("version %d has another digest now", i)
		}
	}
}

func TestRollbackToAForeignVersionPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	newHost().Rollback("not a snapshot")
}

func TestMalformedOperationsChangeNothing(t *testing.T) {
	t.Parallel()
	h := newHost()
	before := h.Digest()
	for _, g := range golden {
		for _, body := range [][]byte{nil, {0xc1}, append(operationOf(g.op), 0), operationOf(g.op)[:5]} {
			if err := decodeResult(h.execute(body), &nothing{}); !errors.Is(err, fsstate.Inval) {
				t.Errorf("%x: %v, want %v", body, err, fsstate.Inval)
			}
		}
	}
	if h.Digest() != before {
		t.Error("the digest has changed")
	}
}

// The service answers exactly those operations out of order that cannot
// change anything, whoever asks for it, and the answer changes nothing.
func TestQuery(t *testing.T) {
	t.Parallel()
	want := map[opcode]bool{
		opNull: true, opLookup: true, opGetattr: true, opAccess: true, opReadlink: true,
		opRead: true, opReaddir: true, opStatfs: true, opUsage: true, opSeek: true,
		opListSnapshots: true,
		opGetLock:       true, opLockWaits: true,
		opGetxattr: true, opListxattr: true,
	}
	h := newHost()
	for _, g := range golden {
		before := h.Digest()
		if _, ok := h.query(operationOf(g.op)); ok != want[g.op.code()] {
			t.Errorf("%s: answered %v, want %v", kinds[g.op.code()].name, ok, want[g.op.code()])
		}
		if h.Digest() != before {
			t.Errorf("%s: the query has changed the state", kinds[g.op.code()].name)
		}
	}
	for _, body := range [][]byte{nil, {0x90}, {0x92, byte(opEnd), 0}} {
		if _, ok := h.query(body); ok {
			t.Errorf("%x: a query was answered", body)
		}
	}
}

// A query with a good head and bad arguments is answered, and the answer is
// the one that Execute has.
func TestMalformedQuery(t *testing.T) {
	t.Parallel()
	h := newHost()
	body := append(operationOf(&getattr{ino: 1}), 0)
	result, ok := h.query(body)
	if err := decodeResult(result, &nothing{}); !ok || !errors.Is(err, fsstate.Inval) {
		t.Errorf("answered %v with %v", ok, err)
	}
}

func TestNull(t *testing.T) {
	t.Parallel()
	h := newHost()
	before := h.Digest()
	for _, size := range []uint32{0, 1, 4096, MaxIO} {
		res := contents{max: MaxIO}
		body := operationOf(&null{resultSize: size, argument: make([]byte, size)})
		if err := decodeResult(h.execute(body), &res); err != nil || len(res.bytes) != int(size) {
			t.Errorf("%d bytes, error %v, want %d", len(res.bytes), err, size)
		}
	}
	if h.Digest() != before {
		t.Error("a null operation has changed the state")
	}
}

// The client that the request names is the session that holds files open.
func TestSessionsAreClients(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.execute(operationOf(&create{dir: 1, name: "f", open: fsstate.OpenWrite}))
	op := h.next(operationOf(&release{ino: 2, mode: fsstate.OpenWrite}))
	for _, client := range []message.ClientID{{Principal: 2, Session: 1}, {Principal: 1, Session: 2}} {
		op.Client = client
		if err := decodeResult(h.Execute(op), &nothing{}); !errors.Is(err, fsstate.Inval) {
			t.Errorf("%v releases another's file: %v", client, err)
		}
	}
	op.Client = message.ClientID{Principal: 1, Session: 1}
	if err := decodeResult(h.Execute(op), &nothing{}); err != nil {
		t.Error(err)
	}
}

// FuzzService executes sequences of hostile operations.
func FuzzService(f *testing.F) {
	var all []byte
	for _, op := range scenario() {
		all = append(all, framed(op)...)
	}
	f.Add(all)
	for _, g := range golden {
		f.Add(framed(operationOf(g.op)))
	}
	f.Add(append(framed(operationOf(&lookup{dir: 1, name: strings.Repeat("n", 300)})), 0, 3, 1, 2, 3))
	f.Fuzz(func(t *testing.T, input []byte) {
		h := newHost()
		for len(input) >= 2 {
			size := min(int(binary.BigEndian.Uint16(input)), len(input)-2)
			checkHostile(t, h, input[2:2+size])
			input = input[2+size:]
		}
	})
}

// framed puts the length in two bytes before an operation.
func framed(op []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(op))), op...)
}

func checkHostile(t *testing.T, h *host, body []byte) {
	before := h.Digest()
	if answer, ok := h.query(body); ok && (len(answer) == 0 || h.Digest() != before) {
		t.Fatalf("the query %x has changed the state, or was answered with %x", body, answer)
	}
	result := h.execute(body)
	if len(result) == 0 || len(result) > MaxResult {
		t.Fatalf("%x has a result of %d bytes", body, len(result))
	}
	if _, _, err := decodeOperation(body); err != nil && h.Digest() != before {
		t.Fatalf("%x is malformed and has changed the state", body)
	}
	if err := h.state.CheckInvariants(); err != nil {
		t.Fatalf("after %x: %v", body, err)
	}
}
