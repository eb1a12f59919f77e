package bfs

import (
	"context"

	"bfs/fsstate"
)

// Getattr returns the attributes of ino.
func (c *Client) Getattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &getattr{ino})
}

// Setattr changes what set.Mask names.
func (c *Client) Setattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, set fsstate.SetAttr) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &setattr{ino, set})
}

// Access tells whether the caller may do all that mask says.
func (c *Client) Access(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mask fsstate.AccessMask) error {
	return c.nothing(ctx, caller, &access{ino, mask})
}

// Statfs returns the totals of the file system.
func (c *Client) Statfs(ctx context.Context, caller fsstate.Caller) (fsstate.Statfs, error) {
	var res total
	err := c.do(ctx, caller, &statfs{}, &res)
	return res.statfs, err
}

// Create makes and opens a file, or opens the one that exists; made tells
// which.
func (c *Client) Create(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode uint32, open fsstate.OpenMode) (attr fsstate.Attr, made bool, err error) {
	var res created
	err = c.do(ctx, caller, &create{dir, name, mode, open}, &res)
	return res.attr, res.made, err
}

// Open opens ino for mode; give it back with Release.
func (c *Client) Open(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &open{ino, mode})
}

// Release gives back one Open or Create with that mode.
func (c *Client) Release(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode) error {
	return c.nothing(ctx, caller, &release{ino, mode})
}

// Read returns size bytes at offset, or fewer at the end of the file; size is
// at most MaxIO.
func (c *Client) Read(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, size uint32) ([]byte, error) {
	res := contents{max: int(min(size, MaxIO))}
	err := c.do(ctx, caller, &read{ino, offset, size}, &res)
	return res.bytes, err
}

// Write writes data, at most MaxIO bytes, at offset, or at the end of the
// file if atEnd. It is all or nothing; data is not kept.
func (c *Client) Write(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, data []byte, atEnd bool) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &write{ino, offset, atEnd, data})
}

// Fsync returns when everything done to ino before is as durable as the
// service makes it.
func (c *Client) Fsync(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) error {
	return c.nothing(ctx, caller, &fsync{ino})
}

// Renew keeps what the session holds open from running out.
func (c *Client) Renew(ctx context.Context, caller fsstate.Caller) error {
	return c.nothing(ctx, caller, &renew{})
}
