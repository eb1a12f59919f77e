package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"bfs/bfs/cluster"
	"bfs/pbft"

	"github.com/urfave/cli/v2"
)

func main() {
	if err := newApp().Run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "bfs-byzantine:", err)
		os.Exit(1)
	}
}

func newApp() *cli.App {
	return &cli.App{
		Name:            "bfs-byzantine",
		Usage:           "a replica that attacks, for demonstrations",
		HideHelpCommand: true,
		Description: `Takes the place of one replica of a cluster:

   bfs-byzantine replica --config cluster.json --id 2 --behaviour lie-reads`,
		Commands: []*cli.Command{{
			Name:  "replica",
			Usage: "run one replica that attacks",
			Flags: []cli.Flag{
				&cli.PathFlag{Name: "config", Required: true, EnvVars: []string{"BFS_CONFIG"}, Usage: "the cluster's `FILE`"},
				&cli.IntFlag{Name: "id", Required: true, Usage: "the replica's `NUMBER`"},
				&cli.PathFlag{Name: "key", Usage: "the replica's private key is in `FILE`"},
				&cli.StringFlag{Name: "behaviour", Value: "lie-reads", Usage: "attack in this `WAY`: " + behaviourNames()},
				&cli.StringFlag{Name: "log-level", Value: "info", Usage: "debug, info, warn or error"},
				&cli.IntFlag{Name: "ready-fd", Hidden: true},
			},
			Action: attack,
		}},
		ExitErrHandler: func(*cli.Context, error) {},
	}
}

func attack(c *cli.Context) error {
	behaviour, ok := behaviours[c.String("behaviour")]
	if !ok {
		return fmt.Errorf("there is no behaviour %q: choose one of %s", c.String("behaviour"), behaviourNames())
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	config, err := cluster.Load(c.Path("config"))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	log.Warn("this replica attacks", "behaviour", c.String("behaviour"))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return cluster.RunReplica(ctx, cluster.ReplicaOptions{
		Config:  config,
		ID:      c.Int("id"),
		KeyPath: c.Path("key"),
		Version: "byzantine",
		Logger:  log,
		Ready:   cluster.ReadyFile(c.Int("ready-fd")),
		Wrap:    func(honest pbft.Service) pbft.Service { return behaviour(honest, log) },
	})
}
