package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bfs/bfs/cluster"
	"bfs/pbft/message"
)

// replicaStatus is what is known of one replica, as --json prints it.
type replicaStatus struct {
	ID        int    `json:"id"`
	Address   string `json:"address"`
	Reachable bool   `json:"reachable"`
	Error     string `json:"error,omitempty"` // why it is not
	Primary   bool   `json:"primary"`
	// Behind: it lacks what the others have executed. Lost: and they no
	// longer have it in their logs, so that it fetches the state. Diverged:
	// its state is not that of the others at the same sequence number; it
	// repairs itself at its next checkpoint.
	Behind   bool `json:"behind"`
	Lost     bool `json:"lost"`
	Diverged bool `json:"diverged"`
	// Changing: it has left the view that the others are in, or all of them
	// have, and does not vote.
	Changing bool `json:"changing"`

	View          uint64  `json:"view"`
	Executed      uint64  `json:"executed"`
	Stable        uint64  `json:"stable"`
	StableDigest  string  `json:"stable_digest"`
	LogSlots      uint64  `json:"log_slots"`
	LogBytes      uint64  `json:"log_bytes"`
	Queued        uint64  `json:"queued"`
	Clients       uint64  `json:"clients"`
	Requests      uint64  `json:"requests"`
	Batches       uint64  `json:"batches"`
	Sent          uint64  `json:"sent"`
	Received      uint64  `json:"received"`
	Rejected      uint64  `json:"rejected"`
	UptimeSeconds float64 `json:"uptime_seconds"`
	Version       string  `json:"version"`
}

// state is what a whole cluster is like.
type state string

const (
	healthy     state = "healthy"
	degraded    state = "degraded"
	unavailable state = "unavailable"
)

// clusterStatus is what is known of a cluster, as --json prints it.
type clusterStatus struct {
	Cluster  string          `json:"cluster"`
	State    state           `json:"state"`
	Summary  string          `json:"summary"`
	Faults   int             `json:"faults"` // tolerated
	Replicas []replicaStatus `json:"replicas"`
}

// inquirer asks a replica about itself: the runtime's client.
type inquirer interface {
	Inquire(ctx context.Context, replica message.ReplicaID) (message.Report, error)
}

// inquireAll asks all replicas at once and waits for each at most timeout.
func inquireAll(ctx context.Context, client inquirer, config *cluster.Config, timeout time.Duration) clusterStatus {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	status := clusterStatus{Cluster: config.Cluster, Faults: config.Faults}
	status.Replicas = make([]replicaStatus, len(config.Replicas))
	var asked sync.WaitGroup
	for id, r := range config.Replicas {
		asked.Go(func() {
			report, err := client.Inquire(ctx, message.ReplicaID(id))
			status.Replicas[id] = statusOf(id, r.Address, report, err)
		})
	}
	asked.Wait()
	status.assess()
	return status
}

func statusOf(id int, address string, r message.Report, err error) replicaStatus {
	s := replicaStatus{ID: id, Address: address}
	if err != nil {
		s.Error = err.Error()
		return s
	}
	s.Reachable, s.Lost, s.Diverged, s.Changing = true, r.Behind, r.Diverged, r.Changing
	s.View, s.Executed, s.Stable = uint64(r.View), uint64(r.Executed), uint64(r.Stable)
	s.StableDigest = fmt.Sprintf("%x", r.StableDigest)
	s.LogSlots, s.LogBytes, s.Queued, s.Clients = r.LogSlots, r.LogBytes, r.Queued, r.Clients
	s.Requests, s.Batches = r.Requests, r.Batches
	s.Sent, s.Received, s.Rejected = r.Sent, r.Received, r.Rejected
	s.UptimeSeconds = float64(r.Now-r.Started) / float64(time.Second)
	s.Version = r.Version
	return s
}
