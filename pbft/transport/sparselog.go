package transport

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// sparseLog logs what peers can provoke: each kind at most once an interval.
type sparseLog struct {
	logger   *slog.Logger
	interval time.Duration

	mu    sync.Mutex
	kinds map[string]*logged
}

type logged struct {
	at      time.Time
	omitted int
}

func newSparseLog(logger *slog.Logger, interval time.Duration) *sparseLog {
	return &sparseLog{logger: logger, interval: interval, kinds: make(map[string]*logged)}
}

// log logs the line unless one of its kind was logged less than an
// interval ago; "omitted" counts those that were not. There must be few
// kinds, and no peer may choose them.
func (l *sparseLog) log(level slog.Level, kind, line string, attributes ...any) {
	omitted, due := l.due(kind, time.Now())
	if !due {
		return
	}
	if omitted > 0 {
		attributes = append(attributes, "omitted", omitted)
	}
	l.logger.Log(context.Background(), level, line, attributes...)
}

func (l *sparseLog) due(kind string, now time.Time) (omitted int, due bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.kinds[kind]
	if last == nil {
		l.kinds[kind] = &logged{at: now}
		return 0, true
	}
	if now.Sub(last.at) < l.interval {
		last.omitted++
		return 0, false
	}
	omitted = last.omitted
	*last = logged{at: now}
	return omitted, true
}
