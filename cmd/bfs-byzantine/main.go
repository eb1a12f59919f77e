package main

import (
	"fmt"
	"log/slog"
	"os"

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
		Usage:           "replicas and clients that attack, for demonstrations",
		HideHelpCommand: true,
		Description: `Takes the place of one replica of a cluster, or of a client:

   bfs-byzantine replica --config cluster.json --id 2 --behaviour lie-reads
   bfs-byzantine client --config cluster.json --client tools --behaviour request-flood`,
		Commands:       []*cli.Command{replicaCommand(), clientCommand()},
		ExitErrHandler: func(*cli.Context, error) {},
	}
}

func configFlag() cli.Flag {
	return &cli.PathFlag{Name: "config", Required: true, EnvVars: []string{"BFS_CONFIG"}, Usage: "the cluster's `FILE`"}
}

func logLevelFlag() cli.Flag {
	return &cli.StringFlag{Name: "log-level", Value: "info", Usage: "debug, info, warn or error"}
}

func logger(c *cli.Context) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}
