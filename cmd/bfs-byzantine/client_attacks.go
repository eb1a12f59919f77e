package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"sync"
	"time"

	"bfs/bfs"
	"bfs/pbft/message"
)

// clientBehaviour is one way for a client to attack. It runs until ctx ends.
type clientBehaviour struct {
	name, sentence string
	run            func(context.Context, *client) error
}

var clientBehaviours = []clientBehaviour{
	{"partly-authentic", "sends requests whose authenticators are right for some replicas only, others each time",
		inSession((*session).partlyAuthentic, time.Millisecond)},
	{"two-faced", "sends two requests under one timestamp, to each half of the replicas one",
		inSession((*session).twoFaced, time.Millisecond)},
	{"oversized", "sends operations, and frames, that are larger than allowed",
		inSession((*session).oversized, 5*time.Millisecond)},
	{"request-flood", "sends requests without waiting for answers, far beyond its window, some of them to one replica only",
		inSession((*session).flood, time.Millisecond)},
	{"connection-flood", "opens connections and sessions as fast as it can, and leaves most of them half open", floodConnections},
	{"garbage", "sends authenticated frames of noise, and parts of real messages",
		inSession((*session).garbage, time.Millisecond)},
	{"slow-reader", "asks for large results and reads nothing", readSlowly},
}

func clientBehaviourList() string {
	var rows [][2]string
	for _, b := range clientBehaviours {
		rows = append(rows, [2]string{b.name, b.sentence})
	}
	return list(rows)
}

// inSession repeats an attack in a session that it opens.
func inSession(once func(s *session, t message.Timestamp), every time.Duration) func(context.Context, *client) error {
	return func(ctx context.Context, c *client) error {
		s, err := c.connect(ctx, false)
		if err != nil {
			return err
		}
		tick := time.NewTicker(every)
		defer tick.Stop()
		for t := message.Timestamp(1); ; t++ {
			once(s, t)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return s.Close()
			}
		}
	}
}

// nothingMuch is an operation without an effect, another for each n.
func nothingMuch(n message.Timestamp, bytes int) []byte {
	return operation(func(c *bfs.Client) {
		_, _ = c.Null(context.Background(), false, append(make([]byte, bytes), fmt.Sprint(n)...), 0)
	})
}

func (s *session) partlyAuthentic(t message.Timestamp) {
	q := s.request(t, nothingMuch(t, 0))
	for i := range q.Auth {
		if mathrand.IntN(2) == 0 {
			q.Auth[i] = message.MAC{}
		}
	}
	s.sendAll(q)
}

func (s *session) twoFaced(t message.Timestamp) {
	for i := range s.group.Replicas {
		s.sendTo(i, message.Encode(s.request(t, nothingMuch(message.Timestamp(i%2), 0))))
	}
}

func (s *session) oversized(t message.Timestamp) {
	size := s.group.Params.MaxOperation + 1
	if t%8 == 0 {
		size += 1 << 20 // beyond any frame
	}
	s.sendAll(s.request(t, make([]byte, size)))
}

// floodRequests go out at once.
const floodRequests = 50

func (s *session) flood(t message.Timestamp) {
	for i := range message.Timestamp(floodRequests) {
		n := t*floodRequests + i
		q := s.request(n, nothingMuch(n, mathrand.IntN(1<<12)))
		if i%2 == 0 { // as if all before it still waited
			q.Ack = 1
			q.Seal()
			q.Auth = s.keys.Authenticate(q.Digest())
		}
		if i%3 == 0 { // so that the primary and the backups have others
			s.sendTo(mathrand.IntN(len(s.group.Replicas)), message.Encode(q))
			continue
		}
		s.sendAll(q)
	}
}

func (s *session) garbage(t message.Timestamp) {
	b := message.Encode(s.request(t, nothingMuch(t, 100)))
	if t%2 == 0 {
		rand.Read(b)
	} else {
		b = b[:mathrand.IntN(len(b))]
	}
	for i := range s.group.Replicas {
		s.sendTo(i, b)
	}
}

// readSlowly has several sessions, none of which reads.
func readSlowly(ctx context.Context, c *client) error {
	const sessions = 4
	large := operation(func(f *bfs.Client) {
		_, _ = f.Null(ctx, false, nil, bfs.MaxIO)
	})
	var all sync.WaitGroup
	errs := make(chan error, sessions)
	for range sessions {
		all.Go(func() { errs <- c.askAndNotRead(ctx, large) })
	}
	all.Wait()
	return <-errs
}

func (c *client) askAndNotRead(ctx context.Context, large []byte) error {
	s, err := c.connect(ctx, true)
	if err != nil {
		return err
	}
	for t := message.Timestamp(1); ctx.Err() == nil; t++ {
		s.sendAll(s.request(t, large))
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return s.Close()
}

// floodConnections keeps opening connections to all replicas: some say nothing,
// some noise, and some are good sessions that are given up at once.
func floodConnections(ctx context.Context, c *client) error {
	const kept = 512
	var conns []net.Conn
	defer func() {
		for _, conn := range conns {
			conn.Close()
		}
	}()
	for n := 0; ctx.Err() == nil; n++ {
		if n%64 == 0 {
			if s, err := c.connect(ctx, false); err == nil {
				s.Close()
			}
		}
		r := c.group.Replicas[n%len(c.group.Replicas)]
		conn, err := net.DialTimeout("tcp", r.Address, time.Second)
		if err != nil {
			continue
		}
		if n%3 == 0 {
			noise := make([]byte, 200)
			rand.Read(noise)
			_, _ = conn.Write(noise)
		}
		if conns = append(conns, conn); len(conns) > kept {
			conns[0].Close()
			conns = conns[1:]
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}
