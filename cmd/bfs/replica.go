package main

import (
	"bfs/bfs/cluster"

	"github.com/urfave/cli/v2"
)

func replicaCommand() *cli.Command {
	return &cli.Command{
		Name:  "replica",
		Usage: "run one replica",
		Description: `Runs in the foreground until SIGTERM or SIGINT, and logs to stderr. The
private key is replica-N.key beside the configuration unless --key names it.
The replica keeps the files in memory: one that starts again has nothing, and
fetches them from the others while these serve.

   bfs replica --config /etc/bfs/cluster.json --id 2`,
		Flags: []cli.Flag{
			configFlag(),
			&cli.IntFlag{Name: "id", Value: -1, DefaultText: "none", Usage: "the replica's `NUMBER`, its place in the configuration from 0 on"},
			&cli.PathFlag{Name: "key", Usage: "the replica's private key is in `FILE`"},
			logLevelFlag(), readyFlag(),
		},
		Action: func(c *cli.Context) error {
			if !c.IsSet("id") {
				return misused(c, "--id is missing")
			}
			return runReplica(c, c.Int("id"), false)
		},
	}
}

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "run the file service on one server, without replication",
		Description: `Runs in the foreground until SIGTERM or SIGINT. The configuration is one that
bfs init --unreplicated made. Mount it with bfs mount, as a cluster.

   bfs init --unreplicated single
   bfs serve --config single/cluster.json`,
		Flags: []cli.Flag{
			configFlag(),
			&cli.PathFlag{Name: "key", Usage: "the server's private key is in `FILE`"},
			logLevelFlag(), readyFlag(),
		},
		Action: func(c *cli.Context) error { return runReplica(c, 0, true) },
	}
}

// readyFlag is how a supervisor learns that the process serves.
func readyFlag() cli.Flag {
	return &cli.IntFlag{Name: "ready-fd", Hidden: true}
}

func runReplica(c *cli.Context, id int, unreplicated bool) error {
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	config, err := loadConfig(c)
	if err != nil {
		return err
	}
	if config.Unreplicated != unreplicated {
		return misused(c, "%s", otherCommand(config))
	}
	log, err := logger(c)
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	return cluster.RunReplica(ctx, cluster.ReplicaOptions{
		Config:  config,
		ID:      id,
		KeyPath: c.Path("key"),
		Version: version(),
		Logger:  log,
		Ready:   cluster.ReadyFile(c.Int("ready-fd")),
	})
}

func otherCommand(config *cluster.Config) string {
	if config.Unreplicated {
		return config.Path() + " is for one server without replication: run it with `bfs serve`"
	}
	return config.Path() + " is for a replicated cluster: run its members with `bfs replica`"
}
