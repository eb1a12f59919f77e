package runtime

import (
	"time"

	"bfs/pbft/message"
)

// clock is a wall clock that never goes back: the wall time at the start, and
// the monotonic time since.
type clock struct {
	start time.Time
}

func newClock() clock { return clock{start: time.Now()} }

func (c clock) now() message.Time {
	return message.Time(c.start.UnixNano() + int64(time.Since(c.start)))
}

// until is how long to wait for a time; 0 if it is past.
func (c clock) until(t message.Time) time.Duration {
	return max(0, time.Duration(t-c.now()))
}

// alarm is a timer that is set to a time of the clock. Setting it to the time
// that it is set to costs nothing.
type alarm struct {
	clock clock
	timer *time.Timer
	at    message.Time // 0 if it is not set
}

func newAlarm(c clock) *alarm {
	a := &alarm{clock: c, timer: time.NewTimer(time.Hour)}
	a.timer.Stop()
	return a
}

func (a *alarm) set(t message.Time) {
	if t != a.at {
		a.at = t
		a.timer.Reset(a.clock.until(t))
	}
}

// rang notes that the timer has gone off, once.
func (a *alarm) rang() { a.at = 0 }

func (a *alarm) stop() { a.timer.Stop() }
