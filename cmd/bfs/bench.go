package main

import (
	"encoding/json"
	"fmt"
	"os"

	"bfs/bench"

	"github.com/urfave/cli/v2"
)

func benchCommand() *cli.Command {
	return &cli.Command{
		Name:        "bench",
		Usage:       "measure",
		Subcommands: []*cli.Command{benchNullCommand()},
	}
}

func benchNullCommand() *cli.Command {
	return &cli.Command{
		Name:  "null",
		Usage: "latency and messages of null operations, with and without replication",
		Description: `Starts a cluster and a server without replication, both as processes on this
machine, and measures one client's null operations on them by turns. Nothing
else should keep the machine busy meanwhile.

   bfs bench null --rounds 9 --operations 5000`,
		Flags: []cli.Flag{
			faultsFlag(),
			&cli.IntFlag{Name: "rounds", Value: 7, Usage: "measure each kind this `NUMBER` of times on each side"},
			&cli.IntFlag{Name: "operations", Aliases: []string{"n"}, Value: 2000, Usage: "`NUMBER` of operations in a round"},
			&cli.BoolFlag{Name: "json", Usage: "for programs"},
		},
		Action: benchNull,
	}
}

func benchNull(c *cli.Context) error {
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	report, err := bench.Null(ctx, bench.NullConfig{
		Executable: executable,
		Faults:     c.Int("faults"),
		Rounds:     c.Int("rounds"),
		Operations: c.Int("operations"),
		Progress:   showRound,
	})
	if isTerminal(os.Stderr) {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(report)
	}
	return report.Table(c.App.Writer)
}

// showRound tells on a terminal how far the measurement is.
func showRound(done, total int, what string) {
	if isTerminal(os.Stderr) {
		fmt.Fprintf(os.Stderr, "\r\x1b[Kround %d of %d: %s", done+1, total, what)
	}
}
