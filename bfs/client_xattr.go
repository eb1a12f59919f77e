package bfs

import (
	"context"

	"bfs/fsstate"
)

// Getxattr returns the value of an extended attribute.
func (c *Client) Getxattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, name string) ([]byte, error) {
	res := contents{max: fsstate.MaxXattrValue}
	err := c.do(ctx, caller, &getxattr{ino, name}, &res)
	return res.bytes, err
}

// Setxattr sets an extended attribute. The value is not kept.
func (c *Client) Setxattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, name string, value []byte, flags fsstate.XattrFlags) error {
	return c.nothing(ctx, caller, &setxattr{ino, name, value, flags})
}

// Removexattr removes an extended attribute.
func (c *Client) Removexattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, name string) error {
	return c.nothing(ctx, caller, &removexattr{ino, name})
}

// Listxattr returns the names of the extended attributes of ino.
func (c *Client) Listxattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) ([]string, error) {
	var res xattrNames
	err := c.do(ctx, caller, &listxattr{ino}, &res)
	return res.names, err
}
