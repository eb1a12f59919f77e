package runtime

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// BenchmarkNull is one null operation at a time, with all processes' parts in
// one process.
func BenchmarkNull(b *testing.B) {
	for _, unreplicated := range []bool{true, false} {
		b.Run(fmt.Sprintf("unreplicated=%t", unreplicated), func(b *testing.B) {
			c := startGroup(b, unreplicated, 1, nil).dial(b, 0)
			for b.Loop() {
				null(b, c)
			}
		})
	}
}

// BenchmarkThroughput has eight clients with 64 operations outstanding each.
func BenchmarkThroughput(b *testing.B) {
	for _, unreplicated := range []bool{true, false} {
		b.Run(fmt.Sprintf("unreplicated=%t", unreplicated), func(b *testing.B) {
			const clients, each = 8, 64
			g := startGroup(b, unreplicated, clients, nil)
			work := make(chan struct{}, clients*each)
			var all sync.WaitGroup
			for i := range clients {
				c := g.dial(b, i)
				for range each {
					all.Go(func() {
						for range work {
							null(b, c)
						}
					})
				}
			}
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			all.Wait()
		})
	}
}

// null is cheaper than add.
func null(b *testing.B, c *Client) {
	if _, err := c.Invoke(context.Background(), nil, false); err != nil {
		b.Error(err)
	}
}
