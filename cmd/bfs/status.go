package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bfs/bfs/cluster"
	"bfs/pbft"
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
	// longer have it in their logs. Diverged: its state is not that of the
	// others at the same stable sequence number.
	Behind   bool `json:"behind"`
	Lost     bool `json:"lost"`
	Diverged bool `json:"diverged"`

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
	s.Reachable, s.Lost = true, r.Behind
	s.View, s.Executed, s.Stable = uint64(r.View), uint64(r.Executed), uint64(r.Stable)
	s.StableDigest = fmt.Sprintf("%x", r.StableDigest)
	s.LogSlots, s.LogBytes, s.Queued, s.Clients = r.LogSlots, r.LogBytes, r.Queued, r.Clients
	s.Requests, s.Batches = r.Requests, r.Batches
	s.Sent, s.Received, s.Rejected = r.Sent, r.Received, r.Rejected
	s.UptimeSeconds = float64(r.Now-r.Started) / float64(time.Second)
	s.Version = r.Version
	return s
}

// behindBy is how many sequence numbers a replica may lack and not be called
// behind: the others go on while it is asked.
const behindBy = 2 * pbft.DefaultInFlight

// assess compares the replicas with each other.
func (s *clusterStatus) assess() {
	most := s.median(func(r replicaStatus) uint64 { return r.Executed })
	view := s.median(func(r replicaStatus) uint64 { return r.View })
	digests := s.commonDigests()
	well := 0
	for i := range s.Replicas {
		r := &s.Replicas[i]
		if !r.Reachable {
			continue
		}
		r.Primary = s.Faults > 0 && int(view%uint64(len(s.Replicas))) == i
		r.Behind = r.Lost || r.Executed+behindBy < most
		common, some := digests[r.Stable]
		r.Diverged = some && common != r.StableDigest
		if !r.Behind && !r.Diverged {
			well++
		}
	}
	s.summarize(well)
}

// median of what the reachable replicas say: with f liars among 2f+1 or more
// it lies between the words of two that are honest.
func (s *clusterStatus) median(of func(replicaStatus) uint64) uint64 {
	var all []uint64
	for _, r := range s.Replicas {
		if r.Reachable {
			all = append(all, of(r))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// commonDigests maps stable sequence numbers to the digest that f+1 replicas
// have there, one of which is honest.
func (s *clusterStatus) commonDigests() map[uint64]string {
	type vote struct {
		stable uint64
		digest string
	}
	votes := map[vote]int{}
	common := map[uint64]string{}
	for _, r := range s.Replicas {
		if !r.Reachable {
			continue
		}
		v := vote{r.Stable, r.StableDigest}
		if votes[v]++; votes[v] > s.Faults {
			common[r.Stable] = r.StableDigest
		}
	}
	return common
}

func (s *clusterStatus) summarize(well int) {
	n := len(s.Replicas)
	failed := n - well
	switch {
	case failed == 0:
		s.State = healthy
		s.Summary = fmt.Sprintf("healthy: all %d replicas are well; %d may fail", n, s.Faults)
		if s.Faults == 0 {
			s.Summary = "healthy: the server is well; it is not replicated"
		}
	case failed <= s.Faults:
		s.State = degraded
		s.Summary = fmt.Sprintf("degraded: %d of %d replicas not well (%s); %s", failed, n, s.failures(), tolerance(s.Faults-failed))
	default:
		s.State = unavailable
		s.Summary = fmt.Sprintf("unavailable: only %d of %d replicas are well (%s); operations need %d",
			well, n, s.failures(), n-s.Faults)
	}
}

func tolerance(more int) string {
	if more == 0 {
		return "tolerates no more"
	}
	return fmt.Sprintf("tolerates %d more", more)
}

// failures counts what is wrong, by kind.
func (s *clusterStatus) failures() string {
	counts := map[string]int{}
	for _, r := range s.Replicas {
		if word := r.trouble(); word != "" {
			counts[word]++
		}
	}
	var words []string
	for _, word := range []string{"down", "diverged", "behind"} {
		if counts[word] > 0 {
			words = append(words, fmt.Sprintf("%d %s", counts[word], word))
		}
	}
	return strings.Join(words, ", ")
}

// trouble is the worst that can be said of the replica, or nothing.
func (r replicaStatus) trouble() string {
	switch {
	case !r.Reachable:
		return "down"
	case r.Diverged:
		return "diverged"
	case r.Behind:
		return "behind"
	}
	return ""
}
