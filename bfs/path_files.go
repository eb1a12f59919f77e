package bfs

import (
	"bytes"
	"context"
	"errors"
	"io"

	"bfs/fsstate"
)

// ReadFile returns the contents of the file at path.
func (c *Client) ReadFile(ctx context.Context, caller fsstate.Caller, path string) ([]byte, error) {
	var buf bytes.Buffer
	_, err := c.ReadTo(ctx, caller, path, &buf)
	return buf.Bytes(), err
}

// ReadTo copies the contents of the file at path to w, MaxIO bytes at a time,
// and returns how many bytes it has copied.
func (c *Client) ReadTo(ctx context.Context, caller fsstate.Caller, path string, w io.Writer) (int64, error) {
	ino, err := c.openToRead(ctx, caller, path)
	if err != nil {
		return 0, pathError("open", path, err)
	}
	n, err := c.copyOut(ctx, caller, ino, w)
	err = c.giveBack(ctx, caller, ino, fsstate.OpenRead, err)
	return n, pathError("read", path, err)
}

func (c *Client) openToRead(ctx context.Context, caller fsstate.Caller, path string) (ino fsstate.Ino, err error) {
	err = anew(func() error {
		place, err := c.mustFind(ctx, caller, path, true)
		if err != nil {
			return err
		}
		if isDir(place.Attr) {
			return fsstate.IsDir
		}
		ino = place.Attr.Ino
		_, err = c.Open(ctx, caller, ino, fsstate.OpenRead)
		return err
	})
	return ino, err
}

func (c *Client) copyOut(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, w io.Writer) (int64, error) {
	for offset := int64(0); ; {
		data, err := c.Read(ctx, caller, ino, uint64(offset), MaxIO)
		if err != nil || len(data) == 0 {
			return offset, err
		}
		n, err := w.Write(data)
		offset += int64(n)
		if err != nil {
			return offset, err
		}
	}
}

// WriteFile makes data the contents of the file at path, which is created
// with the permission bits of mode if it does not exist.
func (c *Client) WriteFile(ctx context.Context, caller fsstate.Caller, path string, data []byte, mode uint32) error {
	_, err := c.WriteFrom(ctx, caller, path, bytes.NewReader(data), mode)
	return err
}

// WriteFrom is WriteFile for what r gives until its end, MaxIO bytes at a
// time. It returns how many bytes it has written.
func (c *Client) WriteFrom(ctx context.Context, caller fsstate.Caller, path string, r io.Reader, mode uint32) (int64, error) {
	ino, err := c.openToReplace(ctx, caller, path, mode)
	if err != nil {
		return 0, pathError("create", path, err)
	}
	n, err := c.copyIn(ctx, caller, ino, r)
	err = c.giveBack(ctx, caller, ino, toReplace, err)
	return n, pathError("write", path, err)
}

// toReplace is how a file is opened whose contents are to be replaced.
const toReplace = fsstate.OpenWrite | fsstate.OpenTruncate

func (c *Client) openToReplace(ctx context.Context, caller fsstate.Caller, path string, mode uint32) (ino fsstate.Ino, err error) {
	err = anew(func() error {
		place, err := Find(ctx, c, caller, path, true)
		if err != nil {
			return err
		}
		if ino = place.Attr.Ino; place.Found {
			_, err = c.Open(ctx, caller, ino, toReplace)
			return err
		}
		attr, _, err := c.Create(ctx, caller, place.Dir, place.Name, mode, toReplace)
		ino = attr.Ino
		return err
	})
	return ino, err
}

func (c *Client) copyIn(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, r io.Reader) (int64, error) {
	buf := make([]byte, MaxIO)
	for offset := int64(0); ; {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			if _, err := c.Write(ctx, caller, ino, uint64(offset), buf[:n], false); err != nil {
				return offset, err
			}
		}
		offset += int64(n)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return offset, nil
		case err != nil:
			return offset, err
		}
	}
}

// giveBack releases ino and returns err, or else what went wrong with that.
// If ctx has ended, the session's lease gives the file back later; if the
// lease has run out, which is Inval, it has done so before.
func (c *Client) giveBack(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode, err error) error {
	failed := c.Release(ctx, caller, ino, mode)
	if err == nil && !errors.Is(failed, fsstate.Inval) {
		err = failed
	}
	return err
}
