package transport

import (
	"log/slog"
	"sync"
	"time"
)

// complaints logs what peers can provoke: each kind at most once an interval.
type complaints struct {
	logger   *slog.Logger
	interval time.Duration

	mu    sync.Mutex
	kinds map[string]*complaint
}

type complaint struct {
	logged  time.Time
	omitted int
}

func newComplaints(logger *slog.Logger, interval time.Duration) *complaints {
	return &complaints{logger: logger, interval: interval, kinds: make(map[string]*complaint)}
}

// complain logs the line unless one of its kind was logged less than an
// interval ago; "omitted" counts those that were not. There must be few
// kinds, and no peer may choose them.
func (c *complaints) complain(kind, line string, attributes ...any) {
	omitted, due := c.due(kind, time.Now())
	if !due {
		return
	}
	if omitted > 0 {
		attributes = append(attributes, "omitted", omitted)
	}
	c.logger.Warn(line, attributes...)
}

func (c *complaints) due(kind string, now time.Time) (omitted int, due bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.kinds[kind]
	if last == nil {
		c.kinds[kind] = &complaint{logged: now}
		return 0, true
	}
	if now.Sub(last.logged) < c.interval {
		last.omitted++
		return 0, false
	}
	omitted = last.omitted
	*last = complaint{logged: now}
	return omitted, true
}
