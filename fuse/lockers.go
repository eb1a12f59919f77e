package fuse

import (
	"context"
	"sync"

	"bfs/fsstate"
)

// A locker is who may have locks on a file here: a process, or an open file
// description. The kernel tells of either by a number alone.
type locker struct {
	ino   fsstate.Ino
	kind  fsstate.LockKind
	owner uint64
}

// lockers remembers who may have locks, and by which handle, so that closing
// costs something only where there are locks to give back.
//
// The kernel tells when a process closes a descriptor, but not when the last
// of a description is closed whose locks are fcntl(2)'s. So what was locked by
// a handle goes with the handle: a process has closed it by then, and lost its
// locks. Nobody waits for that, and the kernel may give the number of a
// description that is closed to a new one at once. So the new one has to wait
// until the locks of the old one are gone, or would lose its own with them.
type lockers struct {
	mu       sync.Mutex
	handles  map[locker]uint64 // the last that each locked by
	byHandle map[uint64]map[locker]bool
	leaving  map[locker]chan struct{} // closed when the locks are gone
}

func newLockers() *lockers {
	return &lockers{
		handles:  make(map[locker]uint64),
		byHandle: make(map[uint64]map[locker]bool),
		leaving:  make(map[locker]chan struct{}),
	}
}

// note records that l may have locks from now on, set by the handle fh.
func (s *lockers) note(ctx context.Context, l locker, fh uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.leaving[l] != nil {
		gone := s.leaving[l]
		s.mu.Unlock()
		select {
		case <-gone:
		case <-ctx.Done():
		}
		s.mu.Lock()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	s.drop(l)
	s.handles[l] = fh
	if s.byHandle[fh] == nil {
		s.byHandle[fh] = make(map[locker]bool)
	}
	s.byHandle[fh][l] = true
	return nil
}

func (s *lockers) has(l locker) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.handles[l]
	return ok
}

// forget records that l has none.
func (s *lockers) forget(l locker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(l)
}

// drop is forget. s.mu is held.
func (s *lockers) drop(l locker) {
	fh, ok := s.handles[l]
	if !ok {
		return
	}
	delete(s.handles, l)
	delete(s.byHandle[fh], l)
	if len(s.byHandle[fh]) == 0 {
		delete(s.byHandle, fh)
	}
}

// take returns who has locked by fh. Each of them is to be told gone when its
// locks are.
func (s *lockers) take(fh uint64) (all []locker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.byHandle[fh] {
		delete(s.handles, l)
		s.leaving[l] = make(chan struct{})
		all = append(all, l)
	}
	delete(s.byHandle, fh)
	return all
}

// gone ends what take began.
func (s *lockers) gone(l locker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.leaving[l])
	delete(s.leaving, l)
}
