package fuse

import (
	"log/slog"
	"sync"
	"time"
)

// A complaint is one kind of log line that could come very often. It is
// written once in logEvery and says how many were left out.
type complaint struct {
	logger *slog.Logger

	mu         sync.Mutex
	last       time.Time
	suppressed int
}

func (c *complaint) log(message string, args ...any) {
	suppressed, due := c.due(time.Now())
	if !due {
		return
	}
	if suppressed > 0 {
		args = append(args, "left_out", suppressed)
	}
	c.logger.Warn(message, args...)
}

// due counts an occurrence at now, and tells whether to write it.
func (c *complaint) due(now time.Time) (suppressed int, due bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.last.IsZero() && now.Sub(c.last) < logEvery {
		c.suppressed++
		return 0, false
	}
	suppressed, c.suppressed, c.last = c.suppressed, 0, now
	return suppressed, true
}
