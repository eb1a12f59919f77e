package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	"bfs/pbft/sim"

	"github.com/urfave/cli/v2"
)

// replay plays one seed with each workload chosen, and writes the traces.
func replay(c *cli.Context, workloads []workload, f int) error {
	out := c.App.Writer
	if name := c.Path("trace"); name != "" {
		file, err := os.Create(name)
		if err != nil {
			return err
		}
		defer file.Close() // what was written has been flushed, or an error returned
		out = file
	}
	buffered := bufio.NewWriter(out)
	var found error
	for _, w := range workloads {
		if _, err := sim.Run(sim.New(w.settings(c.Uint64("replay"), f), buffered)); err != nil {
			fmt.Fprintf(c.App.ErrWriter, "VIOLATION: %v\n", err)
			found = errFound
		}
	}
	return errors.Join(found, buffered.Flush())
}
