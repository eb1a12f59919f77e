package main

import (
	"encoding"
	"fmt"

	"bfs/bfs/cluster"

	"github.com/urfave/cli/v2"
)

// filesFlags are those of commands that make a configuration, for what its
// file system allows.
func filesFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "atime", Value: "relatime", Usage: "which reads move access times, a `POLICY`: relatime, strict or none"},
		&cli.StringFlag{Name: "devices", Value: "root-only", Usage: "who may make device nodes, a `POLICY`: root-only, allow or refuse"},
	}
}

// adjustFiles returns what applies the flags to a new configuration.
func adjustFiles(c *cli.Context) (func(*cluster.Config), error) {
	var files cluster.Files
	for name, policy := range map[string]encoding.TextUnmarshaler{"atime": &files.Atime, "devices": &files.Devices} {
		if err := policy.UnmarshalText([]byte(c.String(name))); err != nil {
			return nil, misused(c, "--%s: %v", name, err)
		}
	}
	return func(config *cluster.Config) {
		config.Files.Atime, config.Files.Devices = files.Atime, files.Devices
	}, nil
}

// checkPolicies refuses flags that contradict a configuration that is there.
func checkPolicies(c *cli.Context, config *cluster.Config) error {
	for name, policy := range map[string]string{"atime": config.Files.Atime.String(), "devices": config.Files.Devices.String()} {
		if c.IsSet(name) && c.String(name) != policy {
			return fmt.Errorf("%s says %s for %s: use another directory with --data, or change it there while no replica runs",
				config.Path(), policy, name)
		}
	}
	return nil
}
