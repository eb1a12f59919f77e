package fuse

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bfs/bfs"
	"bfs/fsstate"
)

func TestComplaintIsLimited(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	var c complaint
	tests := []struct {
		after      time.Duration
		suppressed int
		due        bool
	}{
		{0, 0, true},
		{1, 0, false},
		{logEvery - 1, 0, false},
		{logEvery, 2, true},
		{logEvery + 1, 0, false},
		{3 * logEvery, 1, true},
		{5 * logEvery, 0, true},
	}
	for _, test := range tests {
		if suppressed, due := c.due(start.Add(test.after)); suppressed != test.suppressed || due != test.due {
			t.Errorf("after %v: got %d, %v; want %d, %v", test.after, suppressed, due, test.suppressed, test.due)
		}
	}
}

// TestOnlyMissingAnswersAreLogged: refusals are everyday life.
func TestOnlyMissingAnswersAreLogged(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	f := raw(t, newService().invoker())
	f.unanswered.logger = slog.New(slog.NewTextHandler(&lines, nil))
	f.result("mkdir", fsstate.NoEnt)
	if lines.Len() != 0 {
		t.Errorf("a refusal was logged: %s", lines.String())
	}
	f.result("mkdir", bfs.ErrUnavailable)
	f.result("mkdir", bfs.ErrUnavailable)
	if got := strings.Count(lines.String(), "operation=mkdir"); got != 1 {
		t.Errorf("two missing answers made %d lines:\n%s", got, lines.String())
	}
}
