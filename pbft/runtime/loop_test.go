package runtime

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// impatient is a core that always wants to be woken at once, and notes what
// time it is then.
type impatient struct {
	ticks chan message.Time
	wake  message.Time
}

func (c *impatient) Step(pbft.Input) *pbft.Output { return &pbft.Output{} }

func (c *impatient) Tick(now message.Time) *pbft.Output {
	select {
	case c.ticks <- now:
	default:
	}
	return &pbft.Output{}
}

func (c *impatient) Wake() message.Time { return c.wake }

func (c *impatient) Report() message.Report { return message.Report{} }

func startWith(t *testing.T, c core) *Replica {
	t.Helper()
	g := newGroup(t, true, 0)
	l := listen(t, "127.0.0.1:0")
	g.Replicas[0].Address = l.Addr().String()
	config := g.replicaConfig(0)
	config.Listener = l
	r, err := start(config, newClock(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestTimePassesForTheCore(t *testing.T) {
	t.Parallel()
	for name, wake := range map[string]message.Time{"in the past": 0, "soon": newClock().now() + message.Time(20*shortestPause)} {
		c := &impatient{ticks: make(chan message.Time, 2), wake: wake}
		startWith(t, c)
		first, second := <-c.ticks, <-c.ticks
		if first < wake || second < first+message.Time(shortestPause) {
			t.Errorf("%s, %d: ticks at %d and %d", name, wake, first, second)
		}
	}
}

func TestClockDoesNotGoBack(t *testing.T) {
	t.Parallel()
	c := newClock()
	before := c.now()
	for range 1000 {
		now := c.now()
		if now < before {
			t.Fatalf("%d after %d", now, before)
		}
		before = now
	}
	if c.until(before-1) != 0 || c.until(before+message.Time(patience)) <= 0 {
		t.Error("the past is to be waited for, or the future is not")
	}
}
