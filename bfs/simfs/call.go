package simfs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bfs/bfs"
	"bfs/fsstate"
)

// call is one operation of a client on its way.
type call struct {
	script   *script
	in       input
	out      output
	answers  [][]byte
	body     []byte
	readOnly bool
}

// newCall makes the operation of a call.
func newCall(s *script, in input) *call {
	c := &call{script: s, in: in}
	if done, err := c.replay(); done || err != nil {
		panic(fmt.Sprintf("simfs: %v needs no operation: %v", in, err))
	}
	return c
}

func (c *call) Operation() ([]byte, bool) { return c.body, c.readOnly }
func (c *call) Input() any                { return c.in }
func (c *call) Output() any               { return c.out }

func (c *call) Answer(result []byte) (done bool, err error) {
	c.answers = append(c.answers, result)
	done, err = c.replay()
	if done && err == nil {
		c.script.learn(c.out)
	}
	return done, err
}

// replay does the call again from its start, with the answers that have come.
func (c *call) replay() (done bool, err error) {
	p := player{answers: c.answers}
	c.out, err = c.in.perform(bfs.NewClient(&p))
	if !errors.Is(err, errNoAnswer) {
		return true, err
	}
	c.body, c.readOnly = p.body, p.readOnly
	c.script.run.inputs[string(c.body)] = c.in
	return false, nil
}

// errNoAnswer: what was asked last has no result yet.
var errNoAnswer = errors.New("simfs: no answer yet")

// player is an invoker that plays answers back, and notes what is asked after
// the last.
type player struct {
	answers  [][]byte
	body     []byte
	readOnly bool
}

// Invoke fails where the answers end.
func (p *player) Invoke(_ context.Context, operation []byte, readOnly bool) ([]byte, error) {
	if len(p.answers) > 0 {
		a := p.answers[0]
		p.answers = p.answers[1:]
		return a, nil
	}
	p.body, p.readOnly = slices.Clone(operation), readOnly
	return nil, errNoAnswer
}

// kind is what an operation does.
type kind uint8

const (
	doLookup kind = iota
	doGetattr
	doRead
	doReaddir
	doCreate
	doMkdir
	doWrite
	doAppend
	doTruncate
	doChmod
	doLink
	doUnlink
	doRmdir
	doRename
	doOpen
	doRelease
	kinds // how many there are
)

var kindNames = [kinds]string{"lookup", "getattr", "read", "readdir", "create", "mkdir", "write", "append",
	"truncate", "chmod", "link", "unlink", "rmdir", "rename", "open", "release"}

// openMode is what files are opened for.
const openMode = fsstate.OpenRead | fsstate.OpenWrite

// perform carries a call out. The error is not of the file system's kind: that
// is in the output.
func (in input) perform(c *bfs.Client) (output, error) {
	out, err := in.invoke(context.Background(), c)
	if status := fsstate.Status(0); errors.As(err, &status) {
		return output{status: status}, nil
	}
	return out, err
}

func (in input) invoke(ctx context.Context, c *bfs.Client) (out output, err error) {
	var attr fsstate.Attr
	root := fsstate.Caller{}
	switch in.kind {
	case doLookup:
		attr, err = c.Lookup(ctx, root, in.dir, in.name)
	case doGetattr:
		attr, err = c.Getattr(ctx, root, in.ino)
	case doRead:
		data, err := c.Read(ctx, root, in.ino, in.offset, uint32(in.size))
		return output{data: string(data)}, err
	case doReaddir:
		entries, eof, err := c.Readdir(ctx, root, in.dir, 0, fsstate.MaxPage, false)
		return output{data: listing(entries, eof)}, err
	case doCreate:
		attr, out.made, err = c.Create(ctx, root, in.dir, in.name, in.mode, openMode|in.flags)
	case doMkdir:
		attr, err = c.Mkdir(ctx, root, in.dir, in.name, in.mode)
	case doWrite, doAppend:
		attr, err = c.Write(ctx, root, in.ino, in.offset, []byte(in.data), in.kind == doAppend)
	case doTruncate:
		attr, err = c.Setattr(ctx, root, in.ino, fsstate.SetAttr{Mask: fsstate.SetSize, Size: in.size})
	case doChmod:
		attr, err = c.Setattr(ctx, root, in.ino, fsstate.SetAttr{Mask: fsstate.SetMode, Mode: in.mode})
	case doLink:
		attr, err = c.Link(ctx, root, in.ino, in.dir, in.name)
	case doUnlink:
		err = c.Unlink(ctx, root, in.dir, in.name)
	case doRmdir:
		err = c.Rmdir(ctx, root, in.dir, in.name)
	case doRename:
		err = c.Rename(ctx, root, in.dir, in.name, in.newDir, in.newName, in.renameFlags)
	case doOpen:
		attr, err = c.Open(ctx, root, in.ino, openMode)
	case doRelease:
		err = c.Release(ctx, root, in.ino, openMode)
	}
	out.setAttr(attr)
	return out, err
}
