package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bfs/bfs/cluster"
	"bfs/pbft/message"
)

// oracle answers inquiries from a table; what is nil is down.
type oracle []*message.Report

func (o oracle) Inquire(ctx context.Context, id message.ReplicaID) (message.Report, error) {
	if o[id] == nil {
		return message.Report{}, errors.New("connection refused")
	}
	return *o[id], nil
}

// at is the report of a replica that has executed so much.
func at(executed message.Sequence, digest byte) *message.Report {
	return &message.Report{Executed: executed, Stable: 128, StableDigest: message.Digest{digest}, View: 5, Version: "v"}
}

func assessed(o oracle) clusterStatus {
	config := &cluster.Config{Cluster: "c", Faults: (len(o) - 1) / 3, Replicas: make([]cluster.Replica, len(o))}
	return inquireAll(context.Background(), o, config, time.Minute)
}

func TestAssess(t *testing.T) {
	t.Parallel()
	lost := at(200, 1)
	lost.Behind = true
	changing := at(200, 1)
	changing.Changing = true
	cases := []struct {
		name    string
		reports oracle
		state   state
		says    string
		words   string // of the replicas in the table
	}{
		{"all well", oracle{at(200, 1), at(200, 1), at(199, 1), at(201, 1)}, healthy, "all 4", "ok primary ok ok"},
		{"one down", oracle{at(200, 1), at(200, 1), nil, at(200, 1)}, degraded, "1 down); tolerates no more", "ok primary DOWN ok"},
		{"one behind", oracle{at(200, 1), at(20, 1), at(200, 1), at(200, 1)}, degraded, "1 behind", "ok BEHIND ok ok"},
		{"one lost", oracle{at(200, 1), at(200, 1), at(200, 1), lost}, degraded, "1 behind", "ok primary ok BEHIND"},
		{"one changing", oracle{at(200, 1), at(200, 1), changing, at(200, 1)}, degraded, "1 changing view", "ok primary CHANGING ok"},
		{"one diverged", oracle{at(200, 1), at(200, 2), at(200, 1), at(200, 1)}, degraded, "1 diverged", "ok DIVERGED ok ok"},
		{"one boasts", oracle{at(200, 1), at(200, 1), at(200, 1), at(1e9, 1)}, healthy, "all 4", "ok primary ok ok"},
		{"two of different kinds", oracle{nil, at(200, 2), at(200, 1), at(200, 1)}, unavailable, "1 down, 1 diverged", "DOWN DIVERGED ok ok"},
		{"none", oracle{nil, nil, nil, nil}, unavailable, "need 3", "DOWN DOWN DOWN DOWN"},
		{"one of seven", oracle{at(9, 1), at(9, 1), at(9, 1), nil, at(9, 1), at(9, 1), at(9, 1)}, degraded,
			"tolerates 1 more", "ok ok ok DOWN ok primary ok"},
		{"a server", oracle{at(0, 0)}, healthy, "not replicated", "ok"},
		{"no server", oracle{nil}, unavailable, "need 1", "DOWN"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := assessed(tc.reports)
			if s.State != tc.state || !strings.Contains(s.Summary, tc.says) {
				t.Errorf("%s: %s; want %s: … %s …", s.State, s.Summary, tc.state, tc.says)
			}
			if got := tableWords(t, s); got != tc.words {
				t.Errorf("the table says %q, want %q", got, tc.words)
			}
		})
	}
}

// tableWords is the column of states in the table.
func tableWords(t *testing.T, s clusterStatus) string {
	t.Helper()
	var out bytes.Buffer
	if err := s.table(&out); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, line := range strings.Split(out.String(), "\n")[1:] {
		if line == "" {
			break
		}
		words = append(words, strings.Fields(line)[1])
	}
	return strings.Join(words, " ")
}

func TestExitTellsTheState(t *testing.T) {
	t.Parallel()
	for state, want := range map[state]error{
		healthy: nil, degraded: exitStatus(exitDegraded), unavailable: exitStatus(exitUnavailable),
	} {
		if got := (clusterStatus{State: state}).exit(); got != want {
			t.Errorf("exit for %s is %v, want %v", state, got, want)
		}
	}
}
