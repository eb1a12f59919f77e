package bfs

import (
	"context"

	"bfs/fsstate"
)

// CreateSnapshot keeps the files as they are now under a name.
func (c *Client) CreateSnapshot(ctx context.Context, caller fsstate.Caller, name string) (fsstate.SnapshotInfo, error) {
	var res snapshots
	if err := c.do(ctx, caller, &createSnapshot{name}, &res); err != nil {
		return fsstate.SnapshotInfo{}, err
	}
	if len(res.list) != 1 {
		return fsstate.SnapshotInfo{}, ErrMalformed
	}
	return res.list[0], nil
}

// DeleteSnapshot forgets a snapshot.
func (c *Client) DeleteSnapshot(ctx context.Context, caller fsstate.Caller, name string) error {
	return c.nothing(ctx, caller, &deleteSnapshot{name})
}

// Snapshots lists the snapshots, the oldest first.
func (c *Client) Snapshots(ctx context.Context, caller fsstate.Caller) ([]fsstate.SnapshotInfo, error) {
	var res snapshots
	err := c.do(ctx, caller, &listSnapshots{}, &res)
	return res.list, err
}
