package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

// What the command's exit status says.
const (
	exitViolation = 1
	exitUsage     = 2
)

// errFound says that a run has gone wrong, which has been told already.
var errFound = errors.New("bfs-sim: something was found")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newApp().RunContext(ctx, os.Args)
	switch {
	case err == nil:
	case errors.Is(err, errFound):
		os.Exit(exitViolation)
	default:
		fmt.Fprintln(os.Stderr, "bfs-sim:", err)
		os.Exit(exitUsage)
	}
}

func newApp() *cli.App {
	return &cli.App{
		Name:            "bfs-sim",
		Usage:           "look for runs that break the protocol, and replay them",
		HideHelpCommand: true,
		Description: `Play the first 2,000 seeds with one fault, on all processors:

   bfs-sim --seeds 2000

Play one of them again, and write down everything that happens:

   bfs-sim --replay 93 --trace trace.txt

The exit status is 1 if a run broke the protocol, or if many runs together
never took one of its paths.`,
		Flags: []cli.Flag{
			&cli.Uint64Flag{Name: "seeds", Value: 1000, Usage: "play `N` seeds, each with every workload chosen"},
			&cli.Uint64Flag{Name: "first", Usage: "begin with seed `S`"},
			&cli.IntFlag{Name: "f", Value: 1, Usage: "tolerate `F` faulty replicas of 3F+1: 1, 2 or 3; 0: each seed draws it"},
			&cli.StringFlag{Name: "workload", Value: "registers", Usage: "what clients do: " + workloadNames()},
			&cli.Float64Flag{Name: "minutes", Usage: "stop after `M` minutes; without --seeds, play as many as there is time for"},
			&cli.IntFlag{Name: "workers", Value: runtime.NumCPU(), Usage: "play `N` runs at a time"},
			&cli.Uint64Flag{Name: "replay", Usage: "play only `SEED`, and write its trace"},
			&cli.PathFlag{Name: "trace", Usage: "write the trace to `FILE`, not to the standard output"},
			&cli.BoolFlag{Name: "json", Usage: "print the summary as JSON"},
		},
		Action:         act,
		ExitErrHandler: func(*cli.Context, error) {},
	}
}

func act(c *cli.Context) error {
	workloads, err := chosenWorkloads(c.String("workload"))
	if err != nil {
		return err
	}
	f := c.Int("f")
	if f < 0 || f > maxFaults {
		return fmt.Errorf("--f is %d; it must be from 0 to %d", f, maxFaults)
	}
	if c.Args().Present() {
		return fmt.Errorf("%q: there are no arguments besides flags", c.Args().First())
	}
	if c.IsSet("replay") {
		return replay(c, workloads, f)
	}
	x := exploration{
		first: c.Uint64("first"), seeds: c.Uint64("seeds"), faults: f, workloads: workloads,
		workers: max(1, c.Int("workers")),
		limit:   time.Duration(c.Float64("minutes") * float64(time.Minute)),
	}
	if x.limit > 0 && !c.IsSet("seeds") {
		x.seeds = endless
	}
	p := newProgress(os.Stderr, x)
	s := x.explore(c.Context, p.update)
	p.end()
	if err := s.print(c.App.Writer, c.Bool("json")); err != nil {
		return err
	}
	if !s.OK {
		return errFound
	}
	return nil
}
