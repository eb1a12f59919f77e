package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bfs/bfs/proof"
	"bfs/fsstate"
	"bfs/pbft/message"
)

// prover makes one proof of what is at a path now.
type prover struct {
	*files
	keys  proof.Keys
	names []string
}

// prove makes a proof, if need be of a checkpoint that it provokes.
func (m *prover) prove() (*proof.Proof, *proof.Statement, error) {
	for {
		now, found, err := m.look()
		if err != nil {
			return nil, nil, err
		}
		if found < len(m.names) && !m.Bool("absent") {
			return nil, nil, fmt.Errorf("%w: with --absent that can be proven", fsstate.NoEnt)
		}
		if found == len(m.names) && m.Bool("absent") {
			return nil, nil, fsstate.Exist
		}
		p, s, err := m.after(func(s *proof.Statement) bool { return m.Bool("last") || isOf(s, now, found) })
		if err != nil {
			return nil, nil, err
		}
		if !isOf(s, now, found) {
			fmt.Fprintln(os.Stderr, "The file has changed since that checkpoint. This proves what it was.")
			return p, s, nil
		}
		if p.Holes, err = m.holes(now); err != nil {
			return nil, nil, fmt.Errorf("looking for holes: %w", err)
		}
		// If it has changed meanwhile, the holes may be another version's.
		if again, _, err := m.look(); err == nil && again.Ctime == now.Ctime {
			s, err := p.Verify(m.keys)
			return p, s, err
		}
	}
}

// look finds out what is at the path now: the attributes of the last name that
// is there, and how many are.
func (m *prover) look() (attr fsstate.Attr, found int, err error) {
	attr, err = m.client.Getattr(m.ctx, m.caller, fsstate.RootIno)
	for _, name := range m.names {
		if err != nil {
			return attr, found, err
		}
		next, err := m.client.Lookup(m.ctx, m.caller, attr.Ino, name)
		if errors.Is(err, fsstate.NoEnt) {
			return attr, found, nil
		}
		if errors.Is(err, fsstate.NotDir) {
			return attr, found, fmt.Errorf("%s is no directory, nor are symbolic links followed: %w", printable(proof.Join(m.names[:found])), err)
		}
		if err != nil {
			return attr, found, err
		}
		attr, found = next, found+1
	}
	return attr, found, err
}

// isOf tells whether a statement is of the files as they are: what was found
// last has its present attributes, and whatever changes a file changes those.
func isOf(s *proof.Statement, now fsstate.Attr, found int) bool {
	then := s.File.Attr
	then.Blocks, then.Atime = now.Blocks, now.Atime
	return s.File.Found == found && then == now
}

// after makes a proof that is good enough, of the last checkpoint or a later one.
func (m *prover) after(good func(*proof.Statement) bool) (*proof.Proof, *proof.Statement, error) {
	var last message.Sequence
	for tries := 0; ; tries++ {
		p, s, err := m.attempt()
		switch {
		case err == nil && good(s):
			return p, s, nil
		case err == nil && s.Sequence > last:
			last, tries = s.Sequence, 0
		case m.ctx.Err() != nil:
			return nil, nil, errors.Join(fmt.Errorf("no checkpoint in time: %w", m.ctx.Err()), err)
		case err != nil && !errors.Is(err, proof.ErrNoCheckpoint) && tries > proofPatience:
			return nil, nil, err
		}
		if tries%proofPatience == 0 {
			if err := m.provoke(); err != nil {
				return nil, nil, err
			}
		}
		sleep(m.ctx, proofRetry)
	}
}

func (m *prover) attempt() (*proof.Proof, *proof.Statement, error) {
	ctx, cancel := context.WithTimeout(m.ctx, proofAttempt)
	defer cancel()
	return proof.Make(ctx, m.replicas, m.keys, proof.Join(m.names))
}

// provoke has so many operations ordered, which do nothing, that a checkpoint
// is due.
func (m *prover) provoke() error {
	shown := isTerminal(os.Stderr)
	interval := m.config.Protocol.CheckpointInterval
	for i := range interval {
		if shown && i%16 == 0 {
			fmt.Fprintf(os.Stderr, "\r\x1b[KProvoking the next checkpoint: %d of %d operations", i, interval)
		}
		if _, err := m.client.Null(m.ctx, false, nil, 0); err != nil {
			return err
		}
	}
	if shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	return nil
}

// sleep waits, but not beyond the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
