package bfs

import (
	"context"

	"bfs/fsstate"
)

// Fallocate reserves blocks for a range of a file, frees them or makes zeros
// of it, as mode says.
func (c *Client) Fallocate(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.FallocMode, offset, length uint64) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &fallocate{ino, mode, offset, length})
}

// Seek returns where the next data, or the next hole, begins.
func (c *Client) Seek(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, whence fsstate.Whence) (uint64, error) {
	var res number
	err := c.do(ctx, caller, &seek{ino, offset, whence}, &res)
	return res.value, err
}

// CopyRange copies bytes between files without moving them to here, and
// returns how many it has copied, which may be fewer than there are: then call
// it again for what is left.
func (c *Client) CopyRange(ctx context.Context, caller fsstate.Caller, r fsstate.CopyRange) (uint64, error) {
	var res number
	err := c.do(ctx, caller, &copyRange{r}, &res)
	return res.value, err
}
