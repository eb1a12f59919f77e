package main

import (
	"fmt"
	"slices"
	"strings"

	"bfs/bfs/simfs"
	"bfs/pbft/sim"
)

// maxFaults bounds --f: larger clusters are slow to play, and show nothing new.
const maxFaults = 3

// workload makes the settings of a seed.
type workload struct {
	name string
	draw func(seed uint64, f int) sim.Settings
}

// settings are those of a seed; f of 0 is drawn, too.
func (w workload) settings(seed uint64, f int) sim.Settings {
	if f == 0 {
		f = sim.DrawFaults(seed)
	}
	return w.draw(seed, f)
}

var allWorkloads = []workload{{"registers", sim.Draw}, {"bfs", simfs.Draw}}

func workloadNames() string {
	var names []string
	for _, w := range allWorkloads {
		names = append(names, w.name)
	}
	return strings.Join(append(names, "all"), ", ")
}

func chosenWorkloads(name string) ([]workload, error) {
	if name == "all" {
		return allWorkloads, nil
	}
	i := slices.IndexFunc(allWorkloads, func(w workload) bool { return w.name == name })
	if i < 0 {
		return nil, fmt.Errorf("--workload is %q; it must be one of %s", name, workloadNames())
	}
	return allWorkloads[i : i+1], nil
}
