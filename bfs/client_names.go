package bfs

import (
	"context"

	"bfs/fsstate"
)

// Lookup returns the attributes of name in dir.
func (c *Client) Lookup(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &lookup{dir, name})
}

// Mkdir makes an empty directory.
func (c *Client) Mkdir(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode uint32) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &mkdir{dir, name, mode})
}

// Mknod makes a file that nobody has open, of the type in mode; rdev is the
// number of a device.
func (c *Client) Mknod(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode, rdev uint32) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &mknod{dir, name, mode, rdev})
}

// Tmpfile makes a file without a name and opens it; Link gives it one unless it
// is exclusive.
func (c *Client) Tmpfile(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, mode uint32, open fsstate.OpenMode, exclusive bool) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &tmpfile{dir, mode, open, exclusive})
}

// Symlink makes a symbolic link to target.
func (c *Client) Symlink(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name, target string) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &symlink{dir, name, target})
}

// Readlink returns the target of a symbolic link.
func (c *Client) Readlink(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) (string, error) {
	res := contents{max: fsstate.MaxTarget}
	err := c.do(ctx, caller, &readlink{ino}, &res)
	return string(res.bytes), err
}

// Link gives ino one more name.
func (c *Client) Link(ctx context.Context, caller fsstate.Caller, ino, dir fsstate.Ino, name string) (fsstate.Attr, error) {
	return c.attr(ctx, caller, &link{ino, dir, name})
}

// Unlink removes a name that is not a directory's.
func (c *Client) Unlink(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) error {
	return c.nothing(ctx, caller, &unlink{dir, name})
}

// Rmdir removes an empty directory.
func (c *Client) Rmdir(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) error {
	return c.nothing(ctx, caller, &rmdir{dir, name})
}

// Rename moves a name.
func (c *Client) Rename(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, newDir fsstate.Ino, newName string, flags fsstate.RenameFlags) error {
	return c.nothing(ctx, caller, &rename{dir, name, newDir, newName, flags})
}

// Readdir returns the entries after cookie, at most limit and fsstate.MaxPage
// of them, with attributes if plus, and whether these were the last.
func (c *Client) Readdir(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, cookie uint64, limit int, plus bool) (entries []fsstate.Dirent, eof bool, err error) {
	res := page{plus: plus}
	most := uint32(max(0, min(limit, fsstate.MaxPage)))
	err = c.do(ctx, caller, &readdir{dir, cookie, most, plus}, &res)
	return res.entries, res.eof, err
}
