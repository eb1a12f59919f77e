package bench

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestSummarize(t *testing.T) {
	t.Parallel()
	of := func(us ...int) round {
		r := round{messages: float64(len(us))}
		for _, u := range us {
			r.latencies = append(r.latencies, time.Duration(u)*time.Microsecond)
		}
		return r
	}
	got := summarize([]round{of(30, 10, 20), of(5), of(100, 40, 60, 80, 90)})
	want := Side{Median: 20, Low: 5, High: 80, P99: 20, Messages: 3}
	if got != want {
		t.Errorf("summary is %+v, want %+v", got, want)
	}
}

func TestCompareDividesMedians(t *testing.T) {
	t.Parallel()
	slow := []round{{latencies: []time.Duration{300 * time.Microsecond}}}
	fast := []round{{latencies: []time.Duration{100 * time.Microsecond}}}
	if got := compare(kinds[0], fast, slow).Ratio; got != 3 {
		t.Errorf("ratio is %v, want 3", got)
	}
}

func TestTableHasALinePerKind(t *testing.T) {
	t.Parallel()
	r := NullReport{Faults: 1, Rounds: 5, Operations: 100}
	for _, k := range kinds {
		r.Kinds = append(r.Kinds, NullResult{Kind: k, Ratio: 2.5})
	}
	var out bytes.Buffer
	if err := r.Table(&out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "2.50"); got != len(kinds) {
		t.Errorf("%d lines with a ratio, want %d:\n%s", got, len(kinds), out.String())
	}
}

func TestNullRefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, c := range []NullConfig{{Rounds: 0, Operations: 1}, {Rounds: 1, Operations: 0}, {Rounds: maxRounds + 1, Operations: 1}} {
		if _, err := Null(t.Context(), c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
