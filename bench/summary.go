package bench

import (
	"slices"
	"time"
)

// summarize reduces the rounds of one side. There is at least one.
func summarize(rounds []round) Side {
	var medians, tails, messages []float64
	for _, r := range rounds {
		slices.Sort(r.latencies)
		medians = append(medians, microseconds(percentile(r.latencies, 50)))
		tails = append(tails, microseconds(percentile(r.latencies, 99)))
		messages = append(messages, r.messages)
	}
	slices.Sort(medians)
	slices.Sort(tails)
	slices.Sort(messages)
	return Side{
		Median:   percentile(medians, 50),
		Low:      medians[0],
		High:     medians[len(medians)-1],
		P99:      percentile(tails, 50),
		Messages: percentile(messages, 50),
	}
}

// percentile is the value below which p percent of the sorted values are.
func percentile[T any](sorted []T, p int) T {
	return sorted[(len(sorted)-1)*p/100]
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
