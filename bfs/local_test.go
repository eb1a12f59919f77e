package bfs

import (
	"context"
	"errors"
	"sync"
	"testing"

	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

// recorder is a service that remembers what it was asked.
type recorder struct {
	pbft.Service
	executed, queried []pbft.Operation
	answers           bool
}

func (r *recorder) Execute(op pbft.Operation) []byte {
	r.executed = append(r.executed, op)
	return []byte("executed")
}

func (r *recorder) Query(op pbft.Operation) ([]byte, bool) {
	r.queried = append(r.queried, op)
	return []byte("answered"), r.answers
}

func TestLocalOrdersTime(t *testing.T) {
	t.Parallel()
	clock := []int64{100, 100, 50, 200, 201}
	r := &recorder{}
	local := NewLocal(LocalConfig{Service: r, Clock: func() int64 {
		now := clock[0]
		clock = clock[1:]
		return now
	}})
	session := local.Session(message.ClientID{Principal: 3, Session: 4})
	want := []message.Time{100, 101, 102, 200, 201}
	for range want {
		if _, err := session.Invoke(t.Context(), []byte("op"), false); err != nil {
			t.Fatal(err)
		}
	}
	for i, op := range r.executed {
		if op.Time != want[i] || op.Client != (message.ClientID{Principal: 3, Session: 4}) || string(op.Body) != "op" {
			t.Errorf("operation %d: %+v, want time %d", i, op, want[i])
		}
	}
}

func TestLocalReadOnly(t *testing.T) {
	t.Parallel()
	for _, answers := range []bool{true, false} {
		r := &recorder{answers: answers}
		session := NewLocal(LocalConfig{Service: r, Clock: func() int64 { return 0 }}).Session(message.ClientID{})
		result, err := session.Invoke(t.Context(), nil, true)
		want := map[bool]string{true: "answered", false: "executed"}[answers]
		if err != nil || string(result) != want || len(r.queried) != 1 {
			t.Errorf("the service answers queries %v: result %q, error %v, want %q", answers, result, err, want)
		}
	}
}

func TestLocalMindsItsContext(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	session := NewLocal(LocalConfig{Service: r, Clock: func() int64 { return 0 }}).Session(message.ClientID{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := session.Invoke(ctx, nil, false)
	if !errors.Is(err, context.Canceled) || len(r.executed) != 0 {
		t.Errorf("error %v, %d operations executed", err, len(r.executed))
	}
}

// Several sessions at once: under the race detector this shows that calls are
// serialised, and the size shows that none is lost.
func TestLocalIsConcurrent(t *testing.T) {
	t.Parallel()
	const sessions, each = 4, 200
	local := newLocal(newState())
	root := fsstate.Caller{}
	client := NewClient(local.Session(message.ClientID{}))
	file, _, err := client.Create(t.Context(), root, fsstate.RootIno, "f", 0o666, fsstate.OpenRead)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for s := range uint64(sessions) {
		writer := NewClient(local.Session(message.ClientID{Principal: 1, Session: s}))
		all.Go(func() {
			for range each {
				if _, err := writer.Write(t.Context(), root, file.Ino, 0, []byte("x"), true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if attr, err := client.Getattr(t.Context(), root, file.Ino); err != nil || attr.Size != sessions*each {
		t.Errorf("size %d, error %v, want %d", attr.Size, err, sessions*each)
	}
}

func newLocal(state *fsstate.State) *Local {
	return NewLocal(LocalConfig{Service: NewService(state), Clock: func() int64 { return 2 * day }})
}
