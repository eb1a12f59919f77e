package main

import (
	"fmt"
	"slices"
	"strings"

	"bfs/pbft"
)

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
		r.Diverged = r.Diverged || some && common != r.StableDigest
		if r.trouble() == "" {
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
	for _, word := range []string{"down", "diverged", "behind", "changing view"} {
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
	case r.Changing:
		return "changing view"
	}
	return ""
}
