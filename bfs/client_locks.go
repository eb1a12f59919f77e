package bfs

import (
	"context"

	"bfs/fsstate"
)

// SetLock sets or gives back a lock. The ticket is 0, or with wait the one that
// the request waits with: LockWaits tells when it has been granted, and
// CancelLock gives it up.
func (c *Client) SetLock(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, lock fsstate.Lock, wait bool) (number uint64, err error) {
	var res ticket
	err = c.do(ctx, caller, &setLock{ino, lock, wait}, &res)
	return res.number, err
}

// GetLock returns a lock that is in the way of lock, or one of type Unlock.
func (c *Client) GetLock(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, lock fsstate.Lock) (fsstate.Lock, error) {
	var res foundLock
	err := c.do(ctx, caller, &getLock{ino, lock}, &res)
	return res.lock, err
}

// CancelLock ends a wait, and tells whether there was one: if not, the lock has
// been granted.
func (c *Client) CancelLock(ctx context.Context, caller fsstate.Caller, number uint64) (withdrawn bool, err error) {
	var res cancelled
	err = c.do(ctx, caller, &cancelLock{number}, &res)
	return res.withdrawn, err
}

// LockWaits returns what the session waits for.
func (c *Client) LockWaits(ctx context.Context, caller fsstate.Caller) (fsstate.LockWaits, error) {
	var res waiting
	err := c.do(ctx, caller, &lockWaits{}, &res)
	return res.waits, err
}
