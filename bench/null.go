package bench

import (
	"context"
	"fmt"
	"time"
)

// NullConfig says what to measure.
type NullConfig struct {
	// Executable is the bfs program, which is run as the replicas.
	Executable string
	// Faults is f.
	Faults int
	// Rounds is how often each kind of operation is measured on each side.
	Rounds int
	// Operations is how many make a round.
	Operations int
	// Progress, unless nil, is told before each round.
	Progress func(done, total int, what string)
}

// Bounds of NullConfig.
const (
	maxRounds     = 1000
	maxOperations = 1 << 20
	// warmup operations come before the measured ones of a round.
	warmup = 100
	// settleTries and settlePause are how often, and how far apart, the
	// replicas are asked whether they have nothing more to say.
	settleTries = 50
	settlePause = 10 * time.Millisecond
	// startTimeout is how long the processes may take to serve.
	startTimeout = 30 * time.Second
	// roundTimeout is how long a round may take.
	roundTimeout = 2 * time.Minute
)

// kinds are the operations that are measured, as the papers have them.
var kinds = []Kind{
	{Name: "0/0"},
	{Name: "4/0", Argument: 4096},
	{Name: "0/4", Result: 4096},
	{Name: "0/0 read-only", ReadOnly: true},
}

// Kind is a null operation.
type Kind struct {
	// Name has the argument's and the result's size in KB.
	Name     string `json:"name"`
	Argument int    `json:"argument_bytes"`
	Result   int    `json:"result_bytes"`
	ReadOnly bool   `json:"read_only"`
}

// NullReport is what Null found.
type NullReport struct {
	Faults     int          `json:"faults"`
	Rounds     int          `json:"rounds"`
	Operations int          `json:"operations_per_round"`
	Kinds      []NullResult `json:"kinds"`
}

// NullResult is what Null found of one kind of operation.
type NullResult struct {
	Kind
	Replicated   Side `json:"replicated"`
	Unreplicated Side `json:"unreplicated"`
	// Ratio of the median latencies.
	Ratio float64 `json:"ratio"`
}

// Side is what an operation costs on one side.
type Side struct {
	// Median, Low and High are the median, lowest and highest of the rounds'
	// median latencies, in microseconds.
	Median float64 `json:"median_us"`
	Low    float64 `json:"low_us"`
	High   float64 `json:"high_us"`
	// P99 is the median of the rounds' 99th percentiles.
	P99 float64 `json:"p99_us"`
	// Messages is how many messages everybody together sent per operation.
	Messages float64 `json:"messages_per_operation"`
}

// Null runs the measurement.
func Null(ctx context.Context, c NullConfig) (report NullReport, err error) {
	if c.Rounds < 1 || c.Rounds > maxRounds || c.Operations < 1 || c.Operations > maxOperations {
		return report, fmt.Errorf("%d rounds of %d operations: measure 1 to %d rounds of 1 to %d",
			c.Rounds, c.Operations, maxRounds, maxOperations)
	}
	sides, stop, err := startSides(ctx, c)
	defer stop()
	if err != nil {
		return report, err
	}
	report = NullReport{Faults: c.Faults, Rounds: c.Rounds, Operations: c.Operations}
	done := 0
	for _, kind := range kinds {
		var rounds [2][]round
		for range c.Rounds {
			for i, side := range sides {
				c.tell(done, fmt.Sprintf("%s %s", kind.Name, side.name))
				r, err := side.measure(ctx, kind, c.Operations)
				if err != nil {
					return report, fmt.Errorf("measuring %s %s: %w", kind.Name, side.name, err)
				}
				rounds[i] = append(rounds[i], r)
				done++
			}
		}
		report.Kinds = append(report.Kinds, compare(kind, rounds[0], rounds[1]))
	}
	return report, nil
}

func (c NullConfig) tell(done int, what string) {
	if c.Progress != nil {
		c.Progress(done, 2*c.Rounds*len(kinds), what)
	}
}

func compare(kind Kind, unreplicated, replicated []round) NullResult {
	r := NullResult{Kind: kind, Replicated: summarize(replicated), Unreplicated: summarize(unreplicated)}
	r.Ratio = r.Replicated.Median / r.Unreplicated.Median
	return r
}
