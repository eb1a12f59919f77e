package transport

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestSparseLogIsSparse(t *testing.T) {
	t.Parallel()
	c := newSparseLog(slog.New(slog.DiscardHandler), time.Minute)
	start := time.Unix(1000, 0)
	steps := []struct {
		kind    string
		after   time.Duration
		omitted int
		due     bool
	}{
		{"a", 0, 0, true},
		{"a", time.Second, 0, false},
		{"b", time.Second, 0, true},
		{"a", 59 * time.Second, 0, false},
		{"a", 60 * time.Second, 2, true},
		{"a", 61 * time.Second, 0, false},
		{"b", 200 * time.Second, 0, true},
		{"a", 200 * time.Second, 1, true},
	}
	for i, s := range steps {
		if omitted, due := c.due(s.kind, start.Add(s.after)); omitted != s.omitted || due != s.due {
			t.Errorf("step %d: %d, %v; not %d, %v", i, omitted, due, s.omitted, s.due)
		}
	}
}

func TestSparseLogSaysHowManyWereOmitted(t *testing.T) {
	t.Parallel()
	var logged logLines
	c := newSparseLog(slog.New(slog.NewTextHandler(&logged, nil)), time.Hour)
	for range 3 {
		c.log(slog.LevelWarn, "kind", "it went wrong", "peer", "x")
	}
	if got := logged.String(); strings.Count(got, "\n") != 1 {
		t.Fatalf("logged %q", got)
	}
	c.kinds["kind"].at = time.Now().Add(-2 * time.Hour)
	c.log(slog.LevelWarn, "kind", "it went wrong", "peer", "x")
	if got := logged.String(); !strings.Contains(got, `msg="it went wrong" peer=x omitted=2`) {
		t.Errorf("logged %q", got)
	}
}
