package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"bfs/bfs/cluster"
	"bfs/pbft/auth"
	"bfs/pbft/message"

	"github.com/urfave/cli/v2"
)

func replicaCommand() *cli.Command {
	return &cli.Command{
		Name:  "replica",
		Usage: "run one replica that attacks",
		Description: "The flags are those of bfs replica, and --behaviour, one of\n\n" + behaviourList() +
			"\nA primary's attack needs a replica that is one: number 0 at first.",
		Flags: []cli.Flag{
			configFlag(),
			&cli.IntFlag{Name: "id", Required: true, Usage: "the replica's `NUMBER`"},
			&cli.PathFlag{Name: "key", Usage: "the replica's private key is in `FILE`"},
			&cli.StringFlag{Name: "behaviour", Value: "lie-reads", Usage: "attack in this `WAY`"},
			&cli.StringFlag{Name: "victim", Usage: "the client `NAME` that a starving primary starves; the first if not said"},
			&cli.DurationFlag{Name: "after", Usage: "corrupt the memory after this `LONG`"},
			logLevelFlag(),
			&cli.IntFlag{Name: "ready-fd", Hidden: true},
		},
		Action: runReplica,
	}
}

func runReplica(c *cli.Context) error {
	b, err := findBehaviour(c.String("behaviour"))
	if err != nil {
		return err
	}
	log, err := logger(c)
	if err != nil {
		return err
	}
	config, err := cluster.Load(c.Path("config"))
	if err != nil {
		return err
	}
	a, err := newAttack(c, config)
	if err != nil {
		return err
	}
	a.log = log
	log.Warn("this replica attacks", "behaviour", b.name)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return cluster.RunReplica(ctx, b.options(a, cluster.ReplicaOptions{
		Config:  config,
		ID:      c.Int("id"),
		KeyPath: c.Path("key"),
		Version: "byzantine " + b.name,
		Logger:  log,
		Ready:   cluster.ReadyFile(c.Int("ready-fd")),
	}))
}

func newAttack(c *cli.Context, config *cluster.Config) (*attack, error) {
	id := c.Int("id")
	if id < 0 || id >= len(config.Replicas) {
		return nil, fmt.Errorf("there is no replica %d: they are 0 to %d", id, len(config.Replicas)-1)
	}
	path := c.Path("key")
	if path == "" {
		path = config.ReplicaKeyPath(id)
	}
	identity, err := auth.ReadIdentity(path)
	if err != nil {
		return nil, err
	}
	group, err := config.Group()
	if err != nil {
		return nil, err
	}
	a := &attack{id: message.ReplicaID(id), group: group, identity: identity, after: c.Duration("after"), corrupt: corruptOnSignal()}
	a.victim, err = principal(config, c.String("victim"))
	return a, err
}

// principal is the number of the client of that name, of the first if it is
// empty.
func principal(config *cluster.Config, name string) (uint32, error) {
	for _, cl := range config.Clients {
		if name == "" || cl.Name == name {
			return cl.Principal, nil
		}
	}
	return 0, fmt.Errorf("%s has no client %q", config.Path(), name)
}

// corruptOnSignal takes SIGUSR1 from now on, also for those behaviours that do
// nothing on it.
func corruptOnSignal() chan struct{} {
	signals, corrupt := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		for range signals {
			select {
			case corrupt <- struct{}{}:
			default:
			}
		}
	}()
	return corrupt
}
