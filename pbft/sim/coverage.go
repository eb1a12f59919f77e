package sim

import (
	"fmt"
	"maps"
	"slices"

	"bfs/pbft"
)

// Coverage counts what runs have exercised: attacks, disturbances, paths of
// the protocol, refusals. What is expected and never happened is a fault of the
// simulator.
type Coverage struct{ Counts map[string]int }

// NewCoverage returns one that has counted nothing.
func NewCoverage() Coverage { return Coverage{Counts: make(map[string]int)} }

// Add counts what another has counted.
func (c Coverage) Add(o Coverage) {
	for name, n := range o.Counts {
		c.Counts[name] += n
	}
}

// Missing are the names that a thorough exploration must have and this one has
// not.
func (c Coverage) Missing() []string {
	var out []string
	for _, name := range Expected() {
		if c.Counts[name] == 0 {
			out = append(out, name)
		}
	}
	return out
}

// Names are the expected ones in their order, then the others that happened.
func (c Coverage) Names() []string {
	names := Expected()
	for _, name := range slices.Sorted(maps.Keys(c.Counts)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Path is a way that the protocol can take.
type Path string

// The paths, as they are called in tables.
const (
	PathExecuted      Path = "batch executed"
	PathNull          Path = "null request executed"
	PathRolledBack    Path = "tentative execution rolled back"
	PathMisled        Path = "backup misled by the primary, or lies"
	PathCompleted     Path = "request completed"
	PathRead          Path = "read answered without ordering"
	PathReadAccepted  Path = "read accepted without ordering"
	PathSession       Path = "session begun"
	PathForgotten     Path = "client learned that its session is forgotten"
	PathFallback      Path = "read ordered after all"
	PathDuplicate     Path = "duplicate answered again"
	PathDigestReply   Path = "reply by digest"
	PathLarge         Path = "large request only named"
	PathExpired       Path = "session expired"
	PathOutOfWindow   Path = "timestamp out of the window"
	PathDoubted       Path = "suspect's request passed around"
	PathCheckpoint    Path = "checkpoint taken"
	PathStable        Path = "checkpoint stable"
	PathCatchUp       Path = "batch committed by statements"
	PathRelayed       Path = "batch relayed by a backup"
	PathLeftView      Path = "view left"
	PathEnteredView   Path = "view entered"
	PathPreparedGoes  Path = "view change with prepared entries"
	PathProposedAgain Path = "batch proposed again"
	PathFailedView    Path = "view left before it began"
	PathFetchBody     Path = "chosen batch fetched"
	PathFetchAsleep   Path = "chosen batch fetched by a new primary"
	PathBehind        Path = "behind the others' logs"
	PathFetching      Path = "state transfer begun"
	PathFetched       Path = "state transfer finished"
	PathRetarget      Path = "state transfer aimed at a later state"
	PathFetchInChange Path = "state transfer during a view change"
	PathDiverged      Path = "divergence noticed"
	PathRepaired      Path = "divergence repaired"
	PathAmnesia       Path = "restart without memory"
	PathTrusted       Path = "impaired replica trusted again"
	PathBadFrame      Path = "frame refused"
	PathBadSignature  Path = "signature refused"
	PathCoreOnly      Path = "progress with f replicas away"
)

var paths = []Path{
	PathExecuted, PathNull, PathRolledBack, PathMisled, PathCompleted, PathRead, PathReadAccepted, PathFallback, PathDuplicate, PathDigestReply,
	PathLarge, PathSession, PathExpired, PathForgotten, PathOutOfWindow, PathDoubted, PathCheckpoint, PathStable, PathCatchUp, PathRelayed,
	PathLeftView, PathEnteredView, PathPreparedGoes, PathProposedAgain, PathFailedView, PathFetchBody,
	PathFetchAsleep, PathBehind, PathFetching, PathFetched, PathRetarget, PathFetchInChange, PathDiverged,
	PathRepaired, PathAmnesia, PathTrusted, PathBadFrame, PathBadSignature, PathCoreOnly,
}

// refusals are the reasons for which a correct replica must have refused
// something.
var refusals = []pbft.Reason{
	pbft.BadView, pbft.OutsideWindow, pbft.NotPrimary, pbft.Conflict, pbft.BadTime, pbft.Unauthentic,
	pbft.QueueFull, pbft.StaleRequest, pbft.BadPage, pbft.NotReadOnly,
}

// Expected are the names of everything that has to happen.
func Expected() []string {
	var out []string
	for _, p := range paths {
		out = append(out, string(p))
	}
	for _, r := range refusals {
		out = append(out, refusal(r))
	}
	for _, d := range disturbances {
		out = append(out, "disturbance: "+d.name)
	}
	for _, name := range occasionNames {
		out = append(out, ambushName(name))
	}
	for _, s := range strikes {
		out = append(out, ambushName(s.name))
	}
	for _, a := range Attacks() {
		out = append(out, attackName(a))
	}
	return out
}

func refusal(r pbft.Reason) string { return fmt.Sprintf("refused: %v", r) }

func attackName(a Attack) string {
	if a.ByClient {
		return "client attack: " + a.Name
	}
	return "attack: " + a.Name
}

func (c Coverage) happened(p Path) { c.Counts[string(p)]++ }

func (c Coverage) attacked(a Attack) { c.Counts[attackName(a)]++ }

func (c Coverage) disturbed(name string) { c.Counts["disturbance: "+name]++ }

func (c Coverage) refused(r pbft.Reason) { c.Counts[refusal(r)]++ }
