package main

import (
	"fmt"
	"io"
	"os"

	"bfs/bfs/cluster"

	"github.com/urfave/cli/v2"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "make the configuration and the keys of a cluster on several machines",
		ArgsUsage: "DIR",
		Description: `Makes DIR with cluster.json, which every machine needs, and one private key
for each replica and client, which only that one needs. For one fault there
are four replicas:

   bfs init cluster --replica a:4000 --replica b:4000 --replica c:4000 --replica d:4000 --client laptop

Without --replica all of them get free ports of this machine.`,
		Flags: append(filesFlags(), []cli.Flag{
			faultsFlag(),
			&cli.BoolFlag{Name: "unreplicated", Usage: "one server instead of replicas, for bfs serve"},
			&cli.StringSliceFlag{Name: "replica", Usage: "`HOST:PORT` of a replica, in the order of their numbers"},
			&cli.StringSliceFlag{Name: "client", Usage: "make a key for the client `NAME`",
				DefaultText: mountClient + " and " + toolsClient},
			&cli.UintFlag{Name: "root-uid", Value: uint(os.Getuid()), DefaultText: "yours", Usage: "the root directory belongs to the user with this `NUMBER`"},
			&cli.UintFlag{Name: "root-gid", Value: uint(os.Getgid()), DefaultText: "yours", Usage: "and to the group with this `NUMBER`"},
		}...),
		Action: initCluster,
	}
}

func faultsFlag() cli.Flag {
	return &cli.IntFlag{
		Name: "faults", Aliases: []string{"f"}, Value: 1,
		Usage: "tolerate this `NUMBER` of faulty replicas, with three times as many and one",
	}
}

func initCluster(c *cli.Context) error {
	if err := wantArgs(c, 1, 1); err != nil {
		return err
	}
	clients := c.StringSlice("client")
	if len(clients) == 0 {
		clients = []string{mountClient, toolsClient}
	}
	adjust, err := adjustFiles(c)
	if err != nil {
		return err
	}
	config, err := cluster.Create(cluster.Options{
		Dir:          c.Args().First(),
		Faults:       c.Int("faults"),
		Unreplicated: c.Bool("unreplicated"),
		Addresses:    c.StringSlice("replica"),
		Clients:      clients,
		RootUID:      uint32(c.Uint("root-uid")),
		RootGID:      uint32(c.Uint("root-gid")),
		Adjust:       adjust,
	})
	if err != nil {
		return err
	}
	explainInit(c.App.Writer, config)
	return nil
}

// explainInit says what was made and what to do with it.
func explainInit(w io.Writer, config *cluster.Config) {
	fmt.Fprintf(w, "Made %s and the keys beside it. Copy it to every machine, and start\n", config.Path())
	for id, r := range config.Replicas {
		command := fmt.Sprintf("bfs replica --config cluster.json --id %d", id)
		if config.Unreplicated {
			command = "bfs serve --config cluster.json"
		}
		fmt.Fprintf(w, "  at %-21s  %s   (with %s)\n", r.Address, command, config.ReplicaKeyPath(id))
	}
	fmt.Fprintln(w, "Then mount it with")
	for _, cl := range config.Clients {
		fmt.Fprintf(w, "  bfs mount --config cluster.json --client %s MOUNTPOINT   (with %s)\n", cl.Name, config.ClientKeyPath(cl.Name))
	}
	fmt.Fprintln(w, "Keep every .key file secret: only the machine that uses it needs it.")
}
