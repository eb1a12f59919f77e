package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bfs/bfs/cluster"
	"bfs/pbft/runtime"

	"github.com/urfave/cli/v2"
)

// The clients that `bfs up` and `bfs init` make keys for. The tools have a
// key of their own so that many short commands never push the mount's session
// out of the replicas' table.
const (
	mountClient = "mount"
	toolsClient = "tools"
)

func dataFlag() cli.Flag {
	return &cli.PathFlag{
		Name:  "data",
		Usage: "keep configuration, keys and logs in `DIR` (default: " + defaultDataHelp + ")",
	}
}

func configFlag() cli.Flag {
	return &cli.PathFlag{
		Name:    "config",
		EnvVars: []string{"BFS_CONFIG"},
		Usage:   "the cluster's `FILE` (default: cluster.json in " + defaultDataHelp + ")",
	}
}

// clientFlags say as whom to ask.
func clientFlags() []cli.Flag {
	return []cli.Flag{
		configFlag(),
		&cli.StringFlag{Name: "client", Usage: "ask as the client `NAME`, whose key is beside the configuration"},
		&cli.PathFlag{Name: "key", Usage: "ask as the holder of the private key in `FILE`"},
	}
}

const defaultDataHelp = "$BFS_DATA, $XDG_STATE_HOME/bfs or ~/.local/state/bfs"

func defaultData() (string, error) {
	if dir := os.Getenv("BFS_DATA"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "bfs"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home directory to keep state in: say where with --data or --config")
	}
	return filepath.Join(home, ".local", "state", "bfs"), nil
}

func dataDir(c *cli.Context) (string, error) {
	dir := c.Path("data")
	if dir == "" {
		var err error
		if dir, err = defaultData(); err != nil {
			return "", err
		}
	}
	return filepath.Abs(dir)
}

func loadConfig(c *cli.Context) (*cluster.Config, error) {
	path := c.Path("config")
	if path == "" {
		dir, err := defaultData()
		if err != nil {
			return nil, err
		}
		path = cluster.ConfigPath(dir)
	}
	return cluster.Load(path)
}

// keyPath is the private key to ask with: the one that the flags name, or
// that of the preferred client, or of the first whose key is here.
func keyPath(c *cli.Context, config *cluster.Config, preferred string) (string, error) {
	if path := c.Path("key"); path != "" {
		return path, nil
	}
	if name := c.String("client"); name != "" {
		known := func(cl cluster.Client) bool { return cl.Name == name }
		if !slices.ContainsFunc(config.Clients, known) {
			return "", fmt.Errorf("%s has no client %q: use one that it lists under \"clients\"", config.Path(), name)
		}
		return config.ClientKeyPath(name), nil
	}
	candidates := []string{preferred}
	for _, cl := range config.Clients {
		candidates = append(candidates, cl.Name)
	}
	for _, name := range candidates {
		path := config.ClientKeyPath(name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no client's key beside %s: name one with --key", config.Path())
}

// connectTimeout is how long a command waits for enough replicas to answer.
const connectTimeout = 10 * time.Second

// connect loads the configuration and reaches enough replicas for operations.
func connect(ctx context.Context, c *cli.Context, preferred string) (*cluster.Config, *runtime.Client, error) {
	return open(ctx, c, preferred, false)
}

// observe is connect for asking replicas about themselves: it waits for none.
func observe(ctx context.Context, c *cli.Context) (*cluster.Config, *runtime.Client, error) {
	return open(ctx, c, toolsClient, true)
}

func open(ctx context.Context, c *cli.Context, preferred string, noWait bool) (*cluster.Config, *runtime.Client, error) {
	config, err := loadConfig(c)
	if err != nil {
		return nil, nil, err
	}
	key, err := keyPath(c, config, preferred)
	if err != nil {
		return nil, nil, err
	}
	log, err := logger(c)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	client, err := cluster.Connect(ctx, cluster.ClientOptions{Config: config, KeyPath: key, Logger: log, NoWait: noWait})
	return config, client, err
}

// clientName is what the configuration calls a principal.
func clientName(config *cluster.Config, principal uint32) string {
	for _, c := range config.Clients {
		if c.Principal == principal {
			return c.Name
		}
	}
	return fmt.Sprint(principal)
}
