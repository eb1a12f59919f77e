package sim

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// clock is a replica's: off by a fixed time, and faster or slower than the
// true one by drift millionths.
type clock struct {
	offset message.Time
	drift  message.Time
}

// read is what the clock shows at a true time. It never goes back.
func (c clock) read(now message.Time) message.Time {
	return now + c.offset + (now-epochStart)*c.drift/1e6
}

// until is how long it takes until the clock shows at, or a little later; at
// least a nanosecond, so that a clock which is slow cannot make time stand
// still.
func (c clock) until(now, at message.Time) message.Time {
	return max((at-c.read(now))*1e6/(1e6+c.drift), 0) + 1
}

// drawClock draws a clock that stays within skew of the true one for as long
// as a run takes.
func (w *World) drawClock() clock {
	skew := int64(w.settings.Skew)
	if skew == 0 {
		return clock{}
	}
	const longest = int64(faultyTime+coreTime+healingTime) / int64(pbft.Second)
	drift := skew / (2000 * longest) // of half the skew in the whole run
	return clock{
		offset: message.Time(w.rng.Int64N(skew) - skew/2),
		drift:  message.Time(w.rng.Int64N(2*drift+1) - drift),
	}
}
