package bfs

import (
	"context"

	"bfs/fsstate"
)

// Usage returns what owners have and may have, from a number on, at most limit
// and fsstate.MaxPage of them, and whether these were the last.
func (c *Client) Usage(ctx context.Context, caller fsstate.Caller, from uint32, limit int) (owners []fsstate.Usage, eof bool, err error) {
	var res ownerPage
	most := uint32(max(0, min(limit, fsstate.MaxPage)))
	err = c.do(ctx, caller, &usage{from, most}, &res)
	return res.owners, res.eof, err
}
