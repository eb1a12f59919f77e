package bfs

import (
	"context"
	"errors"
	"fmt"

	"bfs/fsstate"
)

// Invoker carries an encoded operation to the service and its result back.
// It must be safe for concurrent use, must not keep operation after it
// returns, and must not change the result afterwards. With readOnly the
// operation may be answered without being ordered; an invoker that cannot get
// it answered so has it ordered.
type Invoker interface {
	Invoke(ctx context.Context, operation []byte, readOnly bool) (result []byte, err error)
}

// ErrUnavailable: the invoker had no result. Whether the operation was, or
// will be, carried out is not known. It wraps the invoker's error, so that
// context.Canceled and the like can be found in it.
var ErrUnavailable = errors.New("bfs: no answer from the service")

// Client is the file service as typed calls, safe for concurrent use.
//
// Each method is one operation of fsstate.State, which says what it means;
// caller is the process it is done for. Errors are a fsstate.Status if the
// operation was refused, and wrap ErrUnavailable or ErrMalformed otherwise.
type Client struct{ invoker Invoker }

// NewClient returns a client whose operations go through invoker.
func NewClient(invoker Invoker) *Client { return &Client{invoker} }

// smallOperation is enough for every operation but writes and long names.
const smallOperation = 128

// do has op carried out and reads its result into res.
func (c *Client) do(ctx context.Context, caller fsstate.Caller, op operation, res result) error {
	kind := &kinds[op.code()]
	encoded := appendOperation(make([]byte, 0, smallOperation), &caller, op)
	if len(encoded) > MaxOperation {
		return fsstate.Inval
	}
	err := c.invoke(ctx, encoded, kind, kind.query, res)
	if kind.query && errors.Is(err, fsstate.MustOrder) {
		return c.invoke(ctx, encoded, kind, false, res)
	}
	return err
}

func (c *Client) invoke(ctx context.Context, encoded []byte, kind *kind, readOnly bool, res result) error {
	b, err := c.invoker.Invoke(ctx, encoded, readOnly)
	if err != nil {
		return fmt.Errorf("%w to %s: %w", ErrUnavailable, kind.name, err)
	}
	return decodeResult(b, res)
}

// attr is do for the operations that return attributes.
func (c *Client) attr(ctx context.Context, caller fsstate.Caller, op operation) (fsstate.Attr, error) {
	var res attributes
	err := c.do(ctx, caller, op, &res)
	return res.attr, err
}

// nothing is do for the operations that return only a status.
func (c *Client) nothing(ctx context.Context, caller fsstate.Caller, op operation) error {
	return c.do(ctx, caller, op, &nothing{})
}

// Null sends argument there and gets resultSize bytes back, at most MaxIO
// each, and changes no file: for measurements.
func (c *Client) Null(ctx context.Context, readOnly bool, argument []byte, resultSize uint32) ([]byte, error) {
	op := &null{resultSize: resultSize, argument: argument}
	res := contents{max: MaxIO}
	encoded := appendOperation(nil, &fsstate.Caller{}, op)
	if len(encoded) > MaxOperation || resultSize > MaxIO {
		return nil, fsstate.Inval
	}
	err := c.invoke(ctx, encoded, &kinds[opNull], readOnly, &res)
	return res.bytes, err
}
