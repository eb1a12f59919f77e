package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"
)

// The flags' defaults.
const (
	inquireTimeout = 2 * time.Second
	watchEvery     = time.Second
)

func statusCommand() *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "show how the replicas are",
		Description: `Asks all replicas at once. A replica is "behind" if it lacks what most have
executed, and "diverged" if its state differs from theirs at the same stable
sequence number, and "changing" if it waits for another primary and does not
vote meanwhile. What a replica says of itself may be a lie.

Exit status: 0 healthy, 3 degraded (some replicas are not well, operations go
on), 4 unavailable, 1 when nobody could be asked.`,
		Flags: append(clientFlags(),
			&cli.BoolFlag{Name: "json", Usage: "for programs; with --watch one object per line"},
			&cli.BoolFlag{Name: "watch", Aliases: []string{"w"}, Usage: "go on until Ctrl-C"},
			&cli.DurationFlag{Name: "timeout", Value: inquireTimeout, Usage: "wait at most this `LONG` for a replica"},
			quietLogFlag(),
		),
		Action: showStatus,
	}
}

func showStatus(c *cli.Context) error {
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	config, client, err := observe(ctx, c)
	if err != nil {
		return err
	}
	defer client.Close()
	ask := func() clusterStatus { return inquireAll(ctx, client, config, c.Duration("timeout")) }
	if c.Bool("watch") {
		return watch(ctx, c, ask)
	}
	status := ask()
	if err := status.print(c); err != nil {
		return err
	}
	return status.exit()
}

// watch shows the status again and again until ctx ends.
func watch(ctx context.Context, c *cli.Context, ask func() clusterStatus) error {
	clear := !c.Bool("json") && isTerminal(os.Stdout)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		status := ask()
		if ctx.Err() != nil {
			return nil
		}
		if clear {
			fmt.Fprint(c.App.Writer, "\x1b[H\x1b[2J")
		}
		if err := status.print(c); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (s clusterStatus) print(c *cli.Context) error {
	if !c.Bool("json") {
		return s.table(c.App.Writer)
	}
	encoder := json.NewEncoder(c.App.Writer)
	if !c.Bool("watch") {
		encoder.SetIndent("", "  ")
	}
	return encoder.Encode(s)
}

// exit is the exit status that tells the state.
func (s clusterStatus) exit() error {
	switch s.State {
	case healthy:
		return nil
	case degraded:
		return exitStatus(exitDegraded)
	default:
		return exitStatus(exitUnavailable)
	}
}

// table is the status for people.
func (s clusterStatus) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REPLICA\tADDRESS\tSTATE\tVIEW\tEXECUTED\tSTABLE\tDIGEST\tLOG\tQUEUED\tCLIENTS\tUPTIME\tVERSION")
	for _, r := range s.Replicas {
		if !r.Reachable {
			fmt.Fprintf(w, "%d\t%s\tDOWN\t-\t-\t-\t-\t-\t-\t-\t-\t-\n", r.ID, r.Address)
			continue
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%.12s\t%d (%s)\t%d\t%d\t%s\t%s\n", r.ID, r.Address, r.word(), r.View,
			r.Executed, r.Stable, r.StableDigest, r.LogSlots, size(r.LogBytes), r.Queued, r.Clients, uptime(r.UptimeSeconds), r.Version)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\n", s.Summary)
	return err
}

// word is the replica's state in the table: what calls for attention is loud.
func (r replicaStatus) word() string {
	switch {
	case r.Diverged:
		return "DIVERGED"
	case r.Lost:
		return "BEHIND (fetches the state)"
	case r.Behind:
		return "BEHIND"
	case r.Changing:
		return "CHANGING"
	case r.Primary:
		return "primary"
	}
	return "ok"
}

func uptime(seconds float64) string {
	return (time.Duration(seconds) * time.Second).String()
}
